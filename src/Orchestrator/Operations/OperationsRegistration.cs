using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Operations;

/// <summary>What an operator looks at.</summary>
internal static class OperationsRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<OperationsStore>()
        .AddSingleton<OperationsWorker>().AddHostedService(provider => provider.GetRequiredService<OperationsWorker>())
        .AddSingleton<WebhookRegistration>().AddHostedService(provider => provider.GetRequiredService<WebhookRegistration>());
}
