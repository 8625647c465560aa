using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Each second: ends the claims of workers that died, and lets go what is too late. It is done by every process; the first one wins.</summary>
public sealed partial class TouchPointRescue(
    TouchPointStore store, TouchPointSignal signal, ReconcileSignal reconcile, ClockWatch clock, ILogger<TouchPointRescue> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(Every, RunOnceAsync, exception => RoundFailed(logger, exception), stoppingToken);

    /// <summary>One round.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var (tenantId, id, status) in await store.RescueAsync(cancel))
        {
            Rescued(logger, id, tenantId, status);
            // Whoever waits for this text has waited for a lease already.
            if (status == "unknown")
            {
                reconcile.Wake();
            }
            else
            {
                signal.Wake();
            }
        }

        // The claims of the dead end by the database's clock, what is too late by this one.
        foreach (var (tenantId, id) in clock.IsWrong ? [] : await store.ExpireAsync(cancel))
        {
            Expired(logger, id, tenantId);
            Measures.Text("expired", "too_late", channel: "");
        }
    }

    [LoggerMessage(3005, LogLevel.Error, "Touch points of dead workers could not be looked for; the next second tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "Rescued touch point {TouchPointId} of tenant {TenantId} from a worker that died: it is {Status} now")]
    private static partial void Rescued(ILogger logger, Guid touchPointId, Guid tenantId, string status);

    [LoggerMessage(3003, LogLevel.Information, "Let touch point {TouchPointId} of tenant {TenantId} go: it is too late for it")]
    private static partial void Expired(ILogger logger, Guid touchPointId, Guid tenantId);
}
