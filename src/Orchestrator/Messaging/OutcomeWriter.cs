using System.Diagnostics;
using System.Threading.Channels;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Writes how calls ended: those of a twentieth of a second in one round trip, whoever's they are.</summary>
/// <remarks>
/// What cannot be written because the database is away is kept and tried again for as long as this process lives. Meanwhile its lease may end:
/// then the rescue has made it unknown, and an acceptance that comes late settles it all the same.
/// </remarks>
public sealed partial class OutcomeWriter(
    LeadDatabase database, VendorVerdicts verdicts, TouchPointStore touchPoints, CadenceBook cadences, ILogger<OutcomeWriter> logger) : BackgroundService
{
    private const int Most = 500;
    private const int Enough = 50;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromMilliseconds(500);

    // After a stop was asked for; the host gives 35 s for everything.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private readonly Channel<EndedCall> _ended = Channel.CreateUnbounded<EndedCall>();
    private readonly List<EndedCall> _kept = [];

    /// <summary>A call has ended.</summary>
    public void Add(EndedCall call) => _ended.Writer.TryWrite(call);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (_kept.Count > 0 || await _ended.Reader.WaitToReadAsync(stoppingToken))
            {
                await GatherAsync(stoppingToken);
                if (!await RunOnceAsync(CancellationToken.None))
                {
                    await Task.Delay(AfterAFailure, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        // The senders have stopped before this: what they left is written now.
        for (var since = Stopwatch.GetTimestamp(); (_kept.Count > 0 || _ended.Reader.Count > 0) && Stopwatch.GetElapsedTime(since) < LongestEnd;)
        {
            if (!await RunOnceAsync(CancellationToken.None))
            {
                await Task.Delay(AfterAFailure, CancellationToken.None);
            }
        }
    }

    /// <summary>Writes what has come by now.</summary>
    /// <returns>False when the database did not take it; it is kept.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancel)
    {
        while (_kept.Count < Most && _ended.Reader.TryRead(out var call))
        {
            _kept.Add(call);
        }

        if (_kept.Count == 0)
        {
            return true;
        }

        var calls = _kept.ToArray();
        try
        {
            await WriteAsync(calls, cancel);
            _kept.Clear();
            return true;
        }
        catch (Exception exception) when (RowFault.Is(exception))
        {
            return await WriteSinglyAsync(calls, cancel);
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            Kept(logger, exception, calls.Length);
            return false;
        }
    }

    private async Task GatherAsync(CancellationToken stopping)
    {
        if (_ended.Reader.Count < Enough)
        {
            await Task.Delay(Gather, stopping);
        }
    }

    // The same rows one by one: the one that is at fault is found, and the others are written.
    private async Task<bool> WriteSinglyAsync(EndedCall[] calls, CancellationToken cancel)
    {
        foreach (var call in calls)
        {
            try
            {
                await WriteAsync([call], cancel);
            }
            catch (Exception exception) when (RowFault.Is(exception))
            {
                LeftToItsLease(logger, exception, call.HandedOver.Claim.Id, call.HandedOver.Claim.TenantId);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                Kept(logger, exception, _kept.Count);
                return false;
            }

            _kept.Remove(call);
        }

        return true;
    }

    private async Task WriteAsync(EndedCall[] calls, CancellationToken cancel)
    {
        foreach (var call in calls)
        {
            await HeedAsync(call, cancel);
        }

        var plans = await PlansAsync(calls);
        await using (var batch = await TenantBatch.OpenAsync(database, cancel))
        {
            // Always in the same order, so that two processes never wait for each other in a ring.
            foreach (var tenant in calls.GroupBy(call => call.HandedOver.Claim.TenantId).OrderBy(group => group.Key))
            {
                batch.Enter(tenant.Key);
                AttemptStore.AddEnds(batch, [.. tenant.Select(call => call.Attempt)]);
                // The leads before their touch points, as whoever ends these takes them.
                if (tenant.Where(call => call.IsAccepted).ToList() is { Count: > 0 } accepted)
                {
                    LeadStore.AddContacted(batch, [.. accepted.Select(call => call.HandedOver.Touch.LeadId)], accepted.Max(call => call.At));
                }

                TouchPointStore.AddChanges(batch, [.. tenant.Select(call => call.Change with { IsFollowed = call.IsAccepted })]);
                // Under the locks of the leads: what is planned comes wholly before a reply, which ends it, or not at all.
                touchPoints.AddPlans(batch, [.. tenant.Where(plans.ContainsKey).Select(call => (call.HandedOver.Claim.Id, plans[call]))]);
            }

            await batch.ExecuteAsync(cancel);
        }

        Failpoint.Reach(Failpoint.OutcomeCommitted);
        foreach (var call in calls)
        {
            Tell(call);
        }

        foreach (var tenantId in calls.Where(call => call.IsAccepted).Select(call => call.HandedOver.Claim.TenantId).Distinct())
        {
            verdicts.Accepted(tenantId);
        }
    }

    // A text that went out is followed at once; what ended otherwise is looked at by the round.
    private async Task<Dictionary<EndedCall, NewTouchPoint>> PlansAsync(EndedCall[] calls)
    {
        var plans = new Dictionary<EndedCall, NewTouchPoint>();
        foreach (var call in calls.Where(call => call.IsAccepted && !call.HandedOver.Touch.IsFollowed))
        {
            var (claim, touch, _) = call.HandedOver;
            var ended = new EndedStep(touch.LeadId, touch.Step, touch.ArrivedAt, call.At, touch.Timezone, touch.TraceParent);
            if (await cadences.AfterAsync(claim.TenantId, touch.CadenceId, ended) is { } next)
            {
                plans[call] = next;
            }
        }

        return plans;
    }

    // What a refusal says about the person is written first, by itself: a "no" shall not hang on the bookkeeping of others.
    private async Task HeedAsync(EndedCall call, CancellationToken cancel)
    {
        if (call.Outcome is not SendOutcome.Refused refused)
        {
            return;
        }

        var error = TwilioErrors.Of(refused);
        if (!VendorVerdicts.Concerns(error))
        {
            return;
        }

        await using var transaction = await database.BeginAsync(call.HandedOver.Claim.TenantId, cancel);
        await verdicts.HeedAsync(transaction, call.HandedOver.Touch.LeadId, call.HandedOver.Touch.Phone, error, $"attempt {call.HandedOver.AttemptId}", cancel);
        await transaction.CommitAsync(cancel);
    }

    private void Tell(EndedCall call)
    {
        var (claim, touch, _) = call.HandedOver;
        switch (call.Outcome)
        {
            case SendOutcome.Accepted:
                Sent(logger, claim.Id, touch.LeadId, claim.TenantId, call.HandedOver.Number);
                Measures.Text("sent");
                break;
            case SendOutcome.Refused refused:
                Refused(logger, claim.Id, claim.TenantId, refused.Code);
                Measures.Text("refused", $"twilio_{refused.Code}");
                break;
            case SendOutcome.NotSent notSent:
                NotSent(logger, claim.Id, claim.TenantId, call.HandedOver.Number, notSent.Reason);
                Measures.Text("not_sent", notSent.Reason);
                break;
            case SendOutcome.Unknown unknown:
                OutcomeUnknown(logger, claim.Id, claim.TenantId, unknown.Reason);
                Measures.Text("unknown", unknown.Reason);
                break;
        }
    }

    [LoggerMessage(3101, LogLevel.Information, "Sent touch point {TouchPointId} of lead {LeadId} (tenant {TenantId}, attempt {Attempt})")]
    private static partial void Sent(ILogger logger, Guid touchPointId, Guid leadId, Guid tenantId, int attempt);

    [LoggerMessage(3104, LogLevel.Warning, "Twilio refused touch point {TouchPointId} of tenant {TenantId} with code {Code}")]
    private static partial void Refused(ILogger logger, Guid touchPointId, Guid tenantId, int code);

    [LoggerMessage(3105, LogLevel.Warning, "Touch point {TouchPointId} of tenant {TenantId} was surely not sent at attempt {Attempt}: {Reason}")]
    private static partial void NotSent(ILogger logger, Guid touchPointId, Guid tenantId, int attempt, string reason);

    [LoggerMessage(3106, LogLevel.Error, "Nobody knows whether touch point {TouchPointId} of tenant {TenantId} went out ({Reason}); the reconcile looks for it at Twilio")]
    private static partial void OutcomeUnknown(ILogger logger, Guid touchPointId, Guid tenantId, string reason);

    [LoggerMessage(3109, LogLevel.Warning, "The ends of {Count} calls could not be stored; they are kept and tried again")]
    private static partial void Kept(ILogger logger, Exception exception, int count);

    [LoggerMessage(3110, LogLevel.Error, "The end of the call for touch point {TouchPointId} of tenant {TenantId} cannot be stored; the rescue makes it unknown when its lease ends")]
    private static partial void LeftToItsLease(ILogger logger, Exception exception, Guid touchPointId, Guid tenantId);
}
