using LeadOrchestrator.Orchestrator.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Sends due touch points until the host stops. Any number of copies may run.</summary>
public sealed partial class TouchPointWorker(
    TouchPointStore store, TextDelivery delivery, TouchPointSignal signal, OrchestratorSettings settings, IHostApplicationLifetime lifetime,
    ILogger<TouchPointWorker> logger) : BackgroundService
{
    private const int BatchSize = 100;
    private const int AtOnce = 50;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // No new claims from the moment on that a stop is asked for; the host's own token comes later.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // A claim takes at most half a batch from one tenant: with less than that, nobody has more.
                while (await RunOnceAsync(stopping.Token) >= BatchSize / 2)
                {
                }
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                // One bad round must not stop the host (the default); the next tick tries again.
                RoundFailed(logger, exception);
            }

            await signal.WaitAsync(settings.TouchPointInterval, stopping.Token);
        }
    }

    /// <summary>One round: rescue, expire, claim, send.</summary>
    /// <returns>How many were claimed.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancel)
    {
        foreach (var (tenantId, id, status) in await store.RescueAsync(cancel))
        {
            Rescued(logger, id, tenantId, status);
        }

        foreach (var (tenantId, id) in await store.ExpireAsync(cancel))
        {
            Expired(logger, id, tenantId);
        }

        var claims = await store.ClaimAsync(BatchSize, cancel);
        // A stop ends the taking of new ones; what is begun finishes, or a deploy would make unknowns.
        await Parallel.ForEachAsync(claims, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (claim, _) =>
        {
            if (!cancel.IsCancellationRequested)
            {
                await SendAsync(claim);
            }
        });
        return claims.Count;
    }

    private async Task SendAsync(TouchPointClaim claim)
    {
        try
        {
            await delivery.DeliverAsync(claim);
        }
        catch (Exception exception)
        {
            // Not in a state of its own: its lease ends, and the rescue decides by what was committed.
            LeftToItsLease(logger, exception, claim.Id, claim.TenantId);
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "A round of touch points failed; the next one tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "Rescued touch point {TouchPointId} of tenant {TenantId} from a worker that died: it is {Status} now")]
    private static partial void Rescued(ILogger logger, Guid touchPointId, Guid tenantId, string status);

    [LoggerMessage(3003, LogLevel.Information, "Let touch point {TouchPointId} of tenant {TenantId} go: it is too late for it")]
    private static partial void Expired(ILogger logger, Guid touchPointId, Guid tenantId);

    [LoggerMessage(3004, LogLevel.Error, "Touch point {TouchPointId} of tenant {TenantId} could not be worked on; it is taken up again when its lease ends")]
    private static partial void LeftToItsLease(ILogger logger, Exception exception, Guid touchPointId, Guid tenantId);
}
