using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>Sends due emails until the host stops, a few at once. Any number of copies may run.</summary>
public sealed partial class EmailWorker(
    TouchPointStore store, EmailDelivery delivery, EmailSignal signal, ClockWatch clock, OrchestratorSettings settings, IHostApplicationLifetime lifetime,
    ILogger<EmailWorker> logger) : BackgroundService
{
    // No more is claimed than is called at once, so that no lease runs down in a queue.
    private const int AtOnce = 8;
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ParksEvery = TimeSpan.FromSeconds(10);

    private long? _parkedAt;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await signal.RoundsAsync(RunOnceAsync, settings.TouchPointInterval, Failed, stopping.Token);
    }

    /// <summary>One claim, worked off; now and then what stayed unknown for too long is parked.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancel)
    {
        if (_parkedAt is not { } parkedAt || Stopwatch.GetElapsedTime(parkedAt) > ParksEvery)
        {
            await ParkAsync(Reconciler.LooksFor, cancel);
            _parkedAt = Stopwatch.GetTimestamp();
        }

        cancel.ThrowIfCancellationRequested();
        if (clock.IsWrong)
        {
            return false;
        }

        // Not cancelled from here on: what was claimed without being told of lies until its lease ends, and what is begun finishes.
        var claims = await store.ClaimEmailsAsync(AtOnce, CancellationToken.None);
        await Task.WhenAll(claims.Select(delivery.DeliverAsync));
        return claims.Count > 0;
    }

    private TimeSpan Failed(Exception exception)
    {
        RoundFailed(logger, exception);
        return AfterAFailure;
    }

    /// <summary>Gives to a person what nobody could tell about for so long (real time).</summary>
    public async Task ParkAsync(TimeSpan after, CancellationToken cancel)
    {
        foreach (var (tenantId, id) in await store.ParkUnknownEmailsAsync(after, cancel))
        {
            Parked(logger, id, tenantId);
            Measures.TextSettled("needs_review");
        }
    }

    [LoggerMessage(3310, LogLevel.Error, "A round of emails failed; the next one tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3311, LogLevel.Error, "Nobody knows whether the email of touch point {TouchPointId} of tenant {TenantId} went out; a person must look at SendGrid's activity and decide")]
    private static partial void Parked(ILogger logger, Guid touchPointId, Guid tenantId);
}
