using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>What stops what is sent, and what a person decides.</summary>
internal static class HoldRegistration
{
    public static IServiceCollection AddHolds(this IServiceCollection services) => services
        .AddSingleton<HoldStore>().AddSingleton<RestoreHolds>().AddSingleton<TextLists>().AddSingleton<HoldReleases>().AddSingleton<ReviewItemStore>().AddSingleton<ReviewResolutions>()
        .AddSingleton<RestoreWatch>().AddSingleton<IWarmUp>(provider => provider.GetRequiredService<RestoreWatch>())
        .AddHostedService(provider => provider.GetRequiredService<RestoreWatch>());
}
