using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>A shop whose Orchestrators each test starts itself.</summary>
internal sealed class QuietShop : Shop
{
    protected override bool StartsOne => false;

    /// <summary>Starts one whose worker claims nothing: on a slow machine its first round would come after the seed, and take what the test wants to send itself.</summary>
    public async Task<WebApplication> StartIdleAsync<TWorker>(params (string Name, string? Value)[] changes)
        where TWorker : BackgroundService
    {
        var app = await StartAsync([.. changes, ("TOUCH_POINT_INTERVAL_MS", "3600000")]);
        await app.Services.GetServices<IHostedService>().OfType<TWorker>().Single().StopAsync(CancellationToken.None);
        return app;
    }
}
