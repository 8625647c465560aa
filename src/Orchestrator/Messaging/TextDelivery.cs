using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Takes claimed touch points through the gate to the vendor. One text per touch: what may have gone out is never sent again by guess.</summary>
/// <remarks>
/// Opt-out and send meet at the contact's row. A transaction of its own holds it locked from before the gate until the text has been written to the vendor's socket;
/// the hand-over is committed meanwhile by another. So an opt-out is acknowledged either before the gate has read the contact, and the touch is suppressed,
/// or after the text has left; there is no instant in between at which a send could still begin.
/// Should this process freeze with the lock, PostgreSQL ends the lock's session; the text is then older than <see cref="CallStart.LongestPause"/> and does not begin.
/// Should PostgreSQL go away while the vendor's connection is opened, the lock is asked for right before the first byte.
/// </remarks>
public sealed partial class TextDelivery(
    LeadDatabase database, TouchPointStore touchPoints, AttemptStore attempts, TwilioClient twilio, VendorAccounts accounts, TextPauses pauses, TouchPointSignal signal,
    Gate gate, CadenceBook cadences, SenderPaceStore paces, SenderHealth health, UnreadLists unread, OutcomeWriter outcomes, OrchestratorSettings settings, TimeProvider clock, ILogger<TextDelivery> logger)
{
    // An opt-out takes milliseconds. One that takes longer shall not hold up the others of the group.
    private static readonly TimeSpan LongestWaitForALock = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLock = CallStart.LongestPause + TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AfterAFailure = TimeSpan.FromSeconds(1);

    internal const string AccountWaits = "twilio_account_waits";
    private const string UnreadFirst = "unread_texts_first";

    // After that too little of the lease would be left to hand over.
    private static readonly TimeSpan LongestWaitForTheDatabase = TimeSpan.FromSeconds(10);

    private readonly string _publicUrl = settings.Platform.PublicUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>Starts the calls of those that may go out, and ends or puts back the others. Over when every call has begun; never fails.</summary>
    /// <param name="ended">Called once for each claim: when its call has ended or takes longer than a second, or when there is none.</param>
    public Task StartAsync(IReadOnlyList<TouchPointClaim> claims, Action ended)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(ended);
        return StartAsync(claims, isAgain: false, ended);
    }

    private async Task StartAsync(IReadOnlyList<TouchPointClaim> claims, bool isAgain, Action ended)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(AfterAFailure))
        {
            try
            {
                if (isAgain)
                {
                    await TakeBackAsync(claims);
                }

                await StartGroupAsync(claims, ended);
                return;
            }
            catch (Exception exception) when (IsAway(exception) && Stopwatch.GetElapsedTime(since) < LongestWaitForTheDatabase)
            {
                // What was committed without being told of is handed over again: no call has begun, as only this process can know.
                GroupWaits(logger, exception, claims.Count);
                isAgain = true;
            }
            catch (Exception exception) when (claims.Count > 1 && !IsAway(exception))
            {
                // One bad row, or one contact that somebody holds, must not keep the others back.
                GroupFailed(logger, exception, claims.Count);
                foreach (var claim in claims)
                {
                    await StartAsync([claim], isAgain, ended);
                }

                return;
            }
            catch (Exception exception)
            {
                LeaveToTheirLease(claims, exception, ended);
                return;
            }
        }
    }

    // Not in a state of their own: the lease ends, and the rescue decides by what was committed.
    private void LeaveToTheirLease(IReadOnlyList<TouchPointClaim> claims, Exception exception, Action ended)
    {
        foreach (var claim in claims)
        {
            LeftToItsLease(logger, exception, claim.Id, claim.TenantId);
            ended();
        }
    }

    // The connection or the server (57 shut down, 53 out of something), and no row's fault.
    private static bool IsAway(Exception exception) => exception switch
    {
        PostgresException { SqlState: ['5', '7' or '3', ..] } => true,
        PostgresException => false,
        _ => exception is NpgsqlException or TimeoutException,
    };

    private async Task StartGroupAsync(IReadOnlyList<TouchPointClaim> claims, Action ended)
    {
        var allowed = Clearance.Now;
        var known = await AccountsAsync(claims);
        var locks = await TenantBatch.OpenForLocksAsync(database, CancellationToken.None);
        List<Task> starts;
        try
        {
            var texts = await HandOverAsync(locks, claims, known);
            // From here on nothing may throw: whoever catches it would take it that no call has begun.
            starts = [.. texts.Select(text => Begin(text, new CallStart(allowed, locks.AreLocksHeldAsync), ended))];
        }
        catch
        {
            await LetGoAsync(locks);
            throw;
        }

        for (var without = claims.Count - starts.Count; without > 0; without--)
        {
            ended();
        }

        // Each of them is decided within seconds: a call that cannot begin is given up.
        await Task.WhenAll(starts);
        await LetGoAsync(locks);
    }

    private async Task<Dictionary<Guid, TwilioAccount?>> AccountsAsync(IReadOnlyList<TouchPointClaim> claims)
    {
        var known = new Dictionary<Guid, TwilioAccount?>();
        foreach (var claim in claims)
        {
            if (!known.ContainsKey(claim.TenantId))
            {
                known[claim.TenantId] = await accounts.TwilioAsync(claim.TenantId, CancellationToken.None);
            }
        }

        return known;
    }

    private async Task LetGoAsync(TenantBatch locks)
    {
        try
        {
            await locks.DisposeAsync();
        }
        catch (Exception exception)
        {
            LocksWereLost(logger, exception.GetType().Name);
        }
    }

    // What may go out, handed over: committed, and under the locks.
    private async Task<List<Allowed>> HandOverAsync(TenantBatch locks, IReadOnlyList<TouchPointClaim> claims, Dictionary<Guid, TwilioAccount?> known)
    {
        var allowed = new List<Allowed>();
        var held = new List<TouchPointChange>();
        foreach (var (claim, touch) in await ReadAsync(locks, WithoutPaused(claims, known, held)))
        {
            var cadence = await cadences.OfAsync(claim.TenantId, touch.CadenceId, CancellationToken.None);
            Decide(claim, WithTextsOf(allowed, claim, touch) with { Planned = cadence.Find(touch.Step) }, known[claim.TenantId], allowed, held);
        }

        var slots = new List<(TouchPointClaim Claim, DateTimeOffset At)>();
        allowed = IntroducedOnce(await PaceAsync(allowed, held, slots));
        var handedOver = await HandOverAsync(allowed, held, slots);
        return [.. allowed.Where(text => handedOver.Contains(text.HandedOver.Claim.Id))];
    }

    // Not handed over and not counted as a try: nothing was tried.
    private List<TouchPointClaim> WithoutPaused(IReadOnlyList<TouchPointClaim> claims, Dictionary<Guid, TwilioAccount?> known, List<TouchPointChange> held)
    {
        var may = new List<TouchPointClaim>(claims.Count);
        foreach (var tenant in claims.GroupBy(claim => claim.TenantId))
        {
            var wait = TimeSpan.Zero;
            var now = clock.GetUtcNow();
            var count = known[tenant.Key] is { } account ? pauses.Ask(tenant.Key, account, tenant.Count(), out wait) : tenant.Count();
            may.AddRange(tenant.Take(count));
            foreach (var claim in tenant.Skip(count))
            {
                held.Add(new TouchPointChange(claim, "scheduled", AccountWaits, null, now + wait, now));
                Measures.Text("waiting", AccountWaits);
            }
        }

        return may;
    }

    // Two texts of one group may be to the same person: the second counts the first.
    private DueTouchPoint WithTextsOf(List<Allowed> allowed, TouchPointClaim claim, DueTouchPoint touch)
    {
        var others = allowed.Count(text => text.HandedOver.Claim.TenantId == claim.TenantId && text.Attempt.Address == touch.Phone);
        return others == 0 ? touch : touch with { TextedAt = [.. touch.TextedAt, .. Enumerable.Repeat(clock.GetUtcNow(), others)] };
    }

    // Who writes and how to stop it is said in the first of them that goes, which is known when the others have their places.
    private List<Allowed> IntroducedOnce(List<Allowed> texts)
    {
        var introduced = new HashSet<(Guid, string)>();
        return [.. texts.Select(text => introduced.Add((text.HandedOver.Claim.TenantId, text.Attempt.Address)) || text.HandedOver.Touch.FirstIn is null
            ? text
            : Prepare(text.HandedOver.Claim, text.HandedOver.Touch with { FirstIn = null }, text.Account, new GateDecision.Send(text.Text.Validity, text.Attempt.IsReply)))];
    }

    private async Task<List<(TouchPointClaim Claim, DueTouchPoint Touch)>> ReadAsync(TenantBatch locks, IReadOnlyList<TouchPointClaim> claims)
    {
        locks.Limit("lock_timeout", LongestWaitForALock);
        locks.Limit("idle_in_transaction_session_timeout", LongestLock);
        var tenants = claims.GroupBy(claim => claim.TenantId).OrderBy(group => group.Key).ToList();
        foreach (var tenant in tenants)
        {
            locks.Enter(tenant.Key);
            TouchPointStore.AddRead(locks, [.. tenant]);
            attempts.AddRecipients(locks, [.. tenant]);
        }

        var byId = claims.ToDictionary(claim => claim.Id);
        var due = new List<(TouchPointClaim Claim, DueTouchPoint Touch)>();
        var recipients = new Dictionary<Guid, (string? AddressState, DateTimeOffset[] TextedAt, string? FirstIn)>();
        await using var reader = await locks.ReadAsync(CancellationToken.None);
        await reader.NextResultAsync(); // past the first limit
        foreach (var _ in tenants)
        {
            await reader.NextResultAsync(); // past the limit or the last tenant's recipients
            await reader.NextResultAsync(); // past the tenant
            while (await reader.ReadAsync())
            {
                var (id, touch) = TouchPointStore.ReadRow(reader);
                due.Add((byId[id], touch));
            }

            await reader.NextResultAsync();
            while (await reader.ReadAsync())
            {
                var (id, state, times, firstIn) = AttemptStore.ReadRecipient(reader);
                recipients[id] = (state, times, firstIn);
            }
        }

        return [.. due.Select(row => (row.Claim, recipients.TryGetValue(row.Claim.Id, out var of) ? row.Touch with { AddressState = of.AddressState, TextedAt = of.TextedAt, FirstIn = of.FirstIn } : row.Touch))];
    }

    private void Decide(TouchPointClaim claim, DueTouchPoint touch, TwilioAccount? account, List<Allowed> allowed, List<TouchPointChange> held)
    {
        var now = clock.GetUtcNow();
        if (touch.IsHeld)
        {
            // Its time is not moved: when the hold ends, it is as late as it is.
            held.Add(new TouchPointChange(claim, "scheduled", HoldStore.Held, null, null, now));
            Measures.Text("waiting", HoldStore.Held);
            return;
        }

        if (unread.Keeps(claim.TenantId, touch.IsFirst ? touch.RepliesToAt ?? touch.ArrivedAt : null))
        {
            held.Add(new TouchPointChange(claim, "scheduled", UnreadFirst, null, null, now));
            Measures.Text("waiting", UnreadFirst);
            return;
        }

        switch (DecideSafely(claim, touch, account, now))
        {
            case GateDecision.Send send:
                allowed.Add(Prepare(claim, touch, account!, send));
                break;
            case GateDecision.Wait wait:
                held.Add(new TouchPointChange(claim, "scheduled", wait.Reason, null, wait.Until, now));
                Waits(logger, claim.Id, claim.TenantId, wait.Until, wait.Reason);
                Measures.Text("waiting", wait.Reason);
                break;
            case GateDecision.End end:
                held.Add(new TouchPointChange(claim, end.Status, end.Reason, null, null, now));
                Held(logger, claim.Id, claim.TenantId, end.Status, end.Reason);
                Measures.Text(end.Status, end.Reason);
                break;
        }
    }

    // Data that nobody foresaw is a person's business, not a reason to try again for ever.
    private GateDecision DecideSafely(TouchPointClaim claim, DueTouchPoint touch, TwilioAccount? account, DateTimeOffset now)
    {
        try
        {
            var decision = gate.Decide(touch, account, now);
            return decision is GateDecision.Send && TextTemplates.BodyOf(touch).Length > TextTemplates.LongestText
                ? new GateDecision.End("needs_review", "first_text_too_long")
                : decision;
        }
        catch (Exception exception)
        {
            Undecided(logger, exception, claim.Id, claim.TenantId);
            return new GateDecision.End("needs_review", "could_not_be_decided");
        }
    }

    private Allowed Prepare(TouchPointClaim claim, DueTouchPoint touch, TwilioAccount account, GateDecision.Send send)
    {
        var handedOver = new HandedOver(claim, touch, Guid.CreateVersion7());
        var code = ChatCode.Mint();
        var body = TextTemplates.BodyOf(touch);
        return new Allowed(
            handedOver, account,
            new NewAttempt(handedOver.AttemptId, claim, touch.LeadId, touch.Phone, body, ChatCode.Hash(code)) { IsReply = send.IsReply },
            new OutgoingText(
                touch.Phone, body.Replace(TextTemplates.LinkPlaceholder, $"{_publicUrl}/c/{code}", StringComparison.Ordinal),
                new Uri($"{_publicUrl}/webhooks/twilio/status/{handedOver.AttemptId}"), send.Validity));
    }
}
