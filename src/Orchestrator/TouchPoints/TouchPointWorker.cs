using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Sends due touch points until the host stops, up to a hundred at once. Any number of copies may run.</summary>
/// <remarks>
/// The hundred are a sliding window: a slow call keeps its own slot and nobody else's, and that for a second at most. No more is claimed than has a slot, so that what is claimed is handed over,
/// and what is handed over is called, at once.
/// </remarks>
public sealed partial class TouchPointWorker(
    TouchPointStore store, TextDelivery delivery, TextPauses pauses, TouchPointSignal signal, RightOfWay rightOfWay, UnreadLists unread, ClockWatch clock, OrchestratorSettings settings,
    IHostApplicationLifetime lifetime, ILogger<TouchPointWorker> logger) : BackgroundService
{
    /// <summary>Texts of this process that are with the vendor at once.</summary>
    public const int InFlight = 100;

    // A claim costs the database about the same for one row as for many: free slots wait for each other, but not for long, and so do new texts, for a moment that no
    // customer notices.
    private const int Worthwhile = 25;
    private const int GroupsAtOnce = 4;
    private static readonly TimeSpan GatherSlots = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan GatherTexts = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromSeconds(1);

    // Longer than any call takes; the host gives 35 s for everything.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    private readonly SendWindow _window = new(InFlight);
    private readonly SemaphoreSlim _groups = new(GroupsAtOnce);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // No new claims from the moment on that a stop is asked for; the host's own token comes later.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await signal.RoundsAsync(RunOnceAsync, settings.TouchPointInterval, Failed, stopping.Token, GatherTexts);

        // What is begun finishes, or a deploy would make unknowns.
        await _window.WaitAsync(InFlight, LongestEnd, CancellationToken.None);
        await delivery.EndedAsync(LongestEnd);
    }

    /// <summary>One claim, and the start of what it gave.</summary>
    /// <returns>Whether more may be due.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancel)
    {
        if (clock.IsWrong)
        {
            return false;
        }

        await _window.WaitAsync(Worthwhile, GatherSlots, cancel);
        await _window.WaitAsync(1, null, cancel);
        await rightOfWay.GiveAsync(cancel);
        await unread.RestAsync(cancel);
        await _groups.WaitAsync(cancel);
        var limit = _window.Free;
        IReadOnlyList<TouchPointClaim> claims;
        try
        {
            claims = await store.ClaimAsync(limit, pauses.Waiting(), CancellationToken.None);
        }
        catch
        {
            _groups.Release();
            throw;
        }

        if (claims.Count == 0)
        {
            _groups.Release();
            return false;
        }

        Failpoint.Reach(Failpoint.TouchClaimed);
        _window.Take(claims.Count);
        _ = StartAsync(claims);
        // A claim takes at most a share from one tenant: with less than that, nobody has more.
        return claims.Count >= TouchPointStore.ShareOf(limit);
    }

    // Not awaited: the next claim need not wait for the hand-over of this one. It never fails.
    private async Task StartAsync(IReadOnlyList<TouchPointClaim> claims)
    {
        try
        {
            await delivery.StartAsync(claims, _window.Release);
        }
        finally
        {
            _groups.Release();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _groups.Dispose();
        base.Dispose();
    }

    private TimeSpan Failed(Exception exception)
    {
        RoundFailed(logger, exception);
        return AfterAFailure;
    }

    [LoggerMessage(3001, LogLevel.Error, "A round of touch points failed; the next one tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);
}
