using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>What polls the CRMs.</summary>
internal static class PollingRegistration
{
    public static IServiceCollection AddPolling(this IServiceCollection services) => services
        .AddSingleton<PollStore>().AddSingleton<KeeperTools>().AddSingleton<TenantMemories>().AddSingleton<TenantPoll>()
        .AddSingleton<CrmSweep>().AddSingleton<CrmComparison>().AddSingleton<LongLooks>()
        .AddSingleton<ShopmonkeyPoller>().AddHostedService(provider => provider.GetRequiredService<ShopmonkeyPoller>());
}
