using System.Diagnostics;
using System.Text;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Works through the inbox: what the door of this process put in hand at once, and by claims what others left behind or had no room for.</summary>
public sealed partial class InboxWorker(
    InboxStore inbox, InboxHand hand, RightOfWay rightOfWay, InboxSignal signal, OrderEvents orders, RowEvents rows, LeadIntake intake, ClockWatch clock, IHostApplicationLifetime lifetime, ILogger<InboxWorker> logger) : BackgroundService
{
    private const int BatchSize = 256;

    // Questions to the CRM: more of them would only make the door of this process wait for its turn.
    private const int AskingAtOnce = 24;

    // An event that the CRM lets hang holds up its own batch alone.
    private const int BatchesAtOnce = 3;

    // What is wrong with the event itself, or with us, is worth a few tries and then a person's eyes.
    private const int FewAttempts = 8;

    // An outage of the CRM, a key that was rotated, a database away: each says nothing about the event: a day of tries, as long as a greeting would still be sent.
    private const int ADayOfAttempts = 2_900;
    private const int LongestPauseSeconds = 30;
    private const string Unexpected = "failed";
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Backstop = TimeSpan.FromSeconds(2);

    // An event after a pause is worked on at once; those that come one by one are claimed together, ten times a second.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    // With enough in hand, the table is asked this often whether somebody else's events wait there.
    private static readonly TimeSpan BetweenClaims = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _batches = new(BatchesAtOnce);
    private readonly SemaphoreSlim _asking = new(AskingAtOnce);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // No new claims from the moment on that a stop is asked for; the host's own token comes later.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        hand.Open();
        try
        {
            await ClaimUntilStoppedAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }

        await PutBackAsync(hand.Close());
        // What is begun finishes, within the host's patience: its lease would otherwise make a lead wait for a minute.
        for (var batch = 0; batch < BatchesAtOnce; batch++)
        {
            await _batches.WaitAsync(CancellationToken.None);
        }
    }

    private async Task ClaimUntilStoppedAsync(CancellationToken stopping)
    {
        var claimedAt = 0L;
        while (true)
        {
            var begun = Stopwatch.GetTimestamp();
            var isMore = false;
            IReadOnlyList<InboxEvent> held = [];
            await _batches.WaitAsync(stopping);
            try
            {
                await SettleDoubtsAsync();
                held = TakeFromHand();
                // Half a batch is the most that one tenant gets: with less than that, nobody has more.
                isMore = held.Count >= BatchSize / 2;
                IReadOnlyList<(Guid, Guid)> claimed = [];
                if (!isMore || Stopwatch.GetElapsedTime(claimedAt) > BetweenClaims)
                {
                    claimedAt = begun;
                    // Not cancelled: what was claimed without our being told of it would lie until its lease ends.
                    claimed = await ClaimAsync(CancellationToken.None);
                    isMore |= claimed.Count >= BatchSize / 2;
                }

                if (isMore)
                {
                    rightOfWay.Behind();
                }

                _ = WorkAsync(held, claimed).ContinueWith(_ => _batches.Release(), TaskScheduler.Default);
            }
            catch (Exception exception)
            {
                _batches.Release();
                // What was taken from the hand is in nobody's now, and would wait for the end of its lease.
                hand.Doubt(held);
                RoundFailed(logger, exception);
            }

            if (!isMore)
            {
                await signal.WaitAsync(Backstop, stopping);
                if (Pace - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } early)
                {
                    await Task.Delay(early, stopping);
                }
            }
        }
    }

    /// <summary>One round: what is in hand, and a batch that it claims, worked on to the end.</summary>
    /// <returns>How many events they were.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancel)
    {
        var held = TakeFromHand();
        var claimed = await ClaimAsync(cancel);
        await WorkAsync(held, claimed);
        return held.Count + claimed.Count;
    }

    private IReadOnlyList<InboxEvent> TakeFromHand()
    {
        var held = hand.Take(BatchSize, BatchSize / 2);
        if (clock.IsWrong)
        {
            // It would find orders of this minute too old. They are put back, for a process whose clock is right.
            hand.Doubt(held);
            return [];
        }

        if (held.Count > 0)
        {
            Failpoint.Reach(Failpoint.InboxClaimed);
        }

        return held;
    }

    private async Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ClaimAsync(CancellationToken cancel)
    {
        var claimed = clock.IsWrong ? [] : await inbox.ClaimAsync(BatchSize, cancel);
        if (claimed.Count > 0)
        {
            Failpoint.Reach(Failpoint.InboxClaimed);
        }

        return claimed;
    }

    // With the database away they stay in doubt for the next round.
    private async Task SettleDoubtsAsync()
    {
        var doubtful = hand.TakeDoubtful();
        try
        {
            await inbox.PutBackAsync(doubtful, CancellationToken.None);
        }
        catch
        {
            hand.Doubt(doubtful);
            throw;
        }
    }

    // What cannot be put back now is taken over when its lease ends.
    private async Task PutBackAsync(IReadOnlyList<InboxEvent> events)
    {
        try
        {
            await inbox.PutBackAsync(events, CancellationToken.None);
        }
        catch (Exception away)
        {
            NotPutBack(logger, events.Count, away.GetType().Name);
        }
    }

    private Task WorkAsync(IReadOnlyList<InboxEvent> held, IReadOnlyList<(Guid TenantId, Guid Id)> claimed) => Task.WhenAll(
    [
        .. held.Select(ProcessAsync),
        .. claimed.GroupBy(claim => claim.TenantId, claim => claim.Id)
            .Select(async tenant => await Task.WhenAll((await ReadAsync(tenant.Key, [.. tenant])).Select(ProcessAsync))),
    ]);

    private async Task<IReadOnlyList<InboxEvent>> ReadAsync(Guid tenantId, IReadOnlyList<Guid> ids)
    {
        try
        {
            return await inbox.ReadAsync(tenantId, ids, CancellationToken.None);
        }
        catch (Exception exception)
        {
            foreach (var id in ids)
            {
                await SetBackAsync(tenantId, id, 1, exception);
            }

            return [];
        }
    }

    // One bad event must not fail its batch: whatever happens ends in a state of its row.
    private async Task ProcessAsync(InboxEvent inboxEvent)
    {
        using var activity = Telemetry.Continue($"inbox {inboxEvent.Topic}", inboxEvent.TraceParent, ActivityKind.Consumer);
        try
        {
            await intake.TakeInAsync(await AskAsync(Reread(inboxEvent)));
        }
        catch (Exception exception)
        {
            await SetBackAsync(inboxEvent.TenantId, inboxEvent.Id, inboxEvent.Attempts, exception);
        }
    }

    // What could not be read at the door may be readable now that somebody put it back.
    private static InboxEvent Reread(InboxEvent inboxEvent)
    {
        if (inboxEvent.Topic != ShopmonkeyEvent.Unknown)
        {
            return inboxEvent;
        }

        var read = ShopmonkeyEvent.Read(Encoding.UTF8.GetBytes(inboxEvent.Payload));
        return read is { Fault: null, ExternalId: { } id }
            ? inboxEvent with { Topic = read.Table, Operation = read.Operation, ExternalId = id }
            : throw new UnmappableException(read?.Fault ?? "not_an_event");
    }

    private async Task<Intake> AskAsync(InboxEvent inboxEvent)
    {
        await _asking.WaitAsync(CancellationToken.None);
        try
        {
            return inboxEvent.Topic == "order"
                ? await orders.ReadAsync(inboxEvent, CancellationToken.None)
                : await rows.ReadAsync(inboxEvent, CancellationToken.None);
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task SetBackAsync(Guid tenantId, Guid id, int attempts, Exception exception)
    {
        var (reason, most, wait) = exception switch
        {
            ShopmonkeyException failure => (failure.Message, failure.Failure == ShopmonkeyFailure.Refused ? FewAttempts : ADayOfAttempts, failure.RetryAfter),
            _ when RowFault.Is(exception) => ("refused_by_database", FewAttempts, null),
            NpgsqlException or TimeoutException or OperationCanceledException => ("database_away", ADayOfAttempts, null),
            NotYetThereException missing => (missing.Message, FewAttempts, null),
            UnmappableException fault => (fault.Message, 0, null),
            _ => (Unexpected, FewAttempts, (TimeSpan?)null),
        };
        var delay = attempts < most ? wait ?? Backoff(attempts) : (TimeSpan?)null;
        if (!await UntilStoredAsync(tenantId, id, reason, delay))
        {
            return;
        }

        if (delay is null)
        {
            Died(logger, exception, id, tenantId, attempts, reason);
            Measures.InboxProcessed("dead", reason);
        }
        else
        {
            // What nobody expected is shown whole, the first time already: by the eighth, minutes have passed.
            SetBack(logger, reason == Unexpected ? exception : null, id, tenantId, attempts, reason, delay.Value);
            Measures.InboxProcessed("set_back", reason);
        }
    }

    // A database that was away is back long before the lease ends, and nobody else may take the event before that.
    private async Task<bool> UntilStoredAsync(Guid tenantId, Guid id, string reason, TimeSpan? delay)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(BetweenTries))
        {
            try
            {
                // Not cancelled by a stop: a row set back is better than one that waits for its lease.
                await inbox.SetBackAsync(tenantId, id, reason, delay, CancellationToken.None);
                return true;
            }
            catch (Exception away) when (lifetime.ApplicationStopping.IsCancellationRequested || Stopwatch.GetElapsedTime(since) > InboxStore.Lease)
            {
                LeftToItsLease(logger, id, tenantId, away.GetType().Name);
                return false;
            }
            catch (Exception away)
            {
                NotYetSetBack(logger, id, tenantId, away.GetType().Name);
            }
        }
    }

    // 1 s, 2 s, 4 s … 30 s, a fifth of it by chance, so that a crowd does not come back as one.
    private static TimeSpan Backoff(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestPauseSeconds, Math.Pow(2, Math.Min(attempts, 10) - 1)) * (0.9 + Random.Shared.NextDouble() * 0.2));

    [LoggerMessage(2010, LogLevel.Error, "A round of the inbox failed; the next one tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(2015, LogLevel.Warning, "{Events} webhook events could not be put back ({Kind}); they are taken over when their lease ends")]
    private static partial void NotPutBack(ILogger logger, int events, string kind);

    [LoggerMessage(2014, LogLevel.Debug, "Webhook event {EventId} of tenant {TenantId} cannot be set back yet ({Kind}); trying again")]
    private static partial void NotYetSetBack(ILogger logger, Guid eventId, Guid tenantId, string kind);

    [LoggerMessage(2011, LogLevel.Error, "Webhook event {EventId} of tenant {TenantId} is dead after {Attempts} attempts: {Reason}")]
    private static partial void Died(ILogger logger, Exception exception, Guid eventId, Guid tenantId, int attempts, string reason);

    [LoggerMessage(2012, LogLevel.Warning, "Webhook event {EventId} of tenant {TenantId} failed at attempt {Attempts} ({Reason}); again in {Delay}")]
    private static partial void SetBack(ILogger logger, Exception? exception, Guid eventId, Guid tenantId, int attempts, string reason, TimeSpan delay);

    [LoggerMessage(2013, LogLevel.Warning, "Webhook event {EventId} of tenant {TenantId} could not be set back ({Kind}); it is taken over when its lease ends")]
    private static partial void LeftToItsLease(ILogger logger, Guid eventId, Guid tenantId, string kind);
}

/// <summary>Something that the event names is not there yet; the message is one machine word. Worth a few tries.</summary>
public sealed class NotYetThereException(string reason) : Exception(reason);

/// <summary>The event says something that cannot be mapped; the message is one machine word.</summary>
public sealed class UnmappableException(string reason) : Exception(reason);
