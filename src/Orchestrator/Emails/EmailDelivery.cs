using System.Diagnostics;
using System.Security.Cryptography;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>Takes a claimed email through the gate to the vendor. What may have gone out is never sent again by guess.</summary>
/// <remarks>
/// As with texts, a transaction of its own holds the contact and the address FOR SHARE from before the gate until the email has been written to the vendor's socket:
/// an opt-out or an unsubscription is acknowledged before the gate or after the email has left.
/// </remarks>
public sealed partial class EmailDelivery(
    LeadDatabase database, TouchPointStore touchPoints, AttemptStore attempts, EmailAddressStore addresses, VendorAccounts accounts, SendGridMailer mailer, EmailGate gate, CadenceBook cadences, SenderHealth health, EmailPauses pauses,
    OrchestratorSettings settings, TimeProvider clock, ILogger<EmailDelivery> logger)
{
    internal const string AccountWaits = "sendgrid_account_waits";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWaitForALock = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLock = CallStart.LongestPause + TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    private readonly string _publicUrl = settings.Platform.PublicUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>Sends it, ends it or puts it back. Never fails: what could not be worked on is left to its lease.</summary>
    public async Task DeliverAsync(TouchPointClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        try
        {
            if (await touchPoints.ReadEmailAsync(claim, CancellationToken.None) is not { } touch)
            {
                return;
            }

            var cadence = await cadences.OfAsync(claim.TenantId, touch.CadenceId, CancellationToken.None);
            if (await BeginAsync(claim, touch with { Planned = cadence.Find(touch.Step) }) is { } ended)
            {
                await WriteAsync(ended, NextOf(cadence, ended));
            }
        }
        catch (Exception exception)
        {
            LeftToItsLease(logger, exception, claim.Id, claim.TenantId);
        }
    }

    private async Task<EndedEmail?> BeginAsync(TouchPointClaim claim, DueEmail touch)
    {
        var allowed = Clearance.Now;
        var account = await accounts.SendGridAsync(claim.TenantId, CancellationToken.None);
        var address = EmailAddress.Read(touch.Email);
        var addressId = address is null ? (Guid?)null : await EnsureAsync(claim.TenantId, address);
        TenantBatch? locks = await TenantBatch.OpenForLocksAsync(database, CancellationToken.None);
        try
        {
            var recipient = await LockAsync(locks, claim, touch, address, addressId);
            if (touch.IsHeld)
            {
                await EndAsync(claim, new EmailEnd("scheduled", HoldStore.Held));
                return null;
            }

            if (gate.Decide(touch, recipient, account, clock.GetUtcNow()) is { } end)
            {
                await EndAsync(claim, end);
                return null;
            }

            if (touch is { Content: null, Step: not Cadence.Greeting } && health.OfMails(claim.TenantId).Reason is { } reason)
            {
                await EndAsync(claim, new EmailEnd("scheduled", reason), clock.GetUtcNow() + SenderHealth.WhileThrottled);
                return null;
            }

            if (pauses.Ask(claim.TenantId, account!, 1, out var wait) == 0)
            {
                // Not for as long as a dead key rests: one that was mended meanwhile is tried soon.
                await EndAsync(claim, new EmailEnd("scheduled", AccountWaits), clock.GetUtcNow() + (wait < LongestWait ? wait : LongestWait));
                return null;
            }

            var (email, attempt) = Prepare(claim, touch, address!, account!);
            if (!await HandOverAsync(claim, attempt, addressId!.Value, email))
            {
                return null;
            }

            var start = new CallStart(allowed, locks.AreLocksHeldAsync);
            var call = CallAsync(claim.TenantId, account!, touch, email.Email, start);
            // Decided within seconds: a call that cannot begin is given up.
            await start.Decided;
            await LetGoAsync(locks);
            locks = null;
            return new EndedEmail(claim, touch, attempt.Id, await call, clock.GetUtcNow());
        }
        finally
        {
            if (locks is not null)
            {
                await LetGoAsync(locks);
            }
        }
    }

    private async Task<Guid> EnsureAsync(Guid tenantId, string address)
    {
        await using var transaction = await database.BeginAsync(tenantId, CancellationToken.None);
        var id = (await addresses.EnsureAsync(transaction, [address], CancellationToken.None))[address];
        await transaction.CommitAsync(CancellationToken.None);
        return id;
    }

    private static async Task<EmailRecipient> LockAsync(TenantBatch locks, TouchPointClaim claim, DueEmail touch, string? address, Guid? addressId)
    {
        locks.Limit("lock_timeout", LongestWaitForALock);
        locks.Limit("idle_in_transaction_session_timeout", LongestLock);
        locks.Enter(claim.TenantId);
        EmailAddressStore.AddLocks(locks, touch.ContactId, touch.PersonId, addressId ?? Guid.Empty);
        await using var reader = await locks.ReadAsync(CancellationToken.None);
        await reader.NextResultAsync();
        await reader.NextResultAsync();
        await reader.NextResultAsync(); // past both limits and the tenant
        var (saidStop, saidNoInCrm) = await AnyAsync(reader);
        await reader.NextResultAsync();
        var isKnown = await reader.ReadAsync();
        return new EmailRecipient(address, saidStop, isKnown && !reader.IsDBNull(0), isKnown && !reader.IsDBNull(1) ? reader.GetString(1) : null, saidNoInCrm);
    }

    private static async Task<(bool First, bool Second)> AnyAsync(NpgsqlDataReader reader)
    {
        var (first, second) = (false, false);
        while (await reader.ReadAsync())
        {
            (first, second) = (first || !reader.IsDBNull(0), second || !reader.IsDBNull(1));
        }

        return (first, second);
    }

    private (Capabilities Email, NewAttempt Attempt) Prepare(TouchPointClaim claim, DueEmail touch, string address, SendGridAccount account)
    {
        var attemptId = Guid.CreateVersion7();
        var (code, token) = (ChatCode.Mint(), ChatCode.Mint());
        var unsubscribe = new Uri($"{_publicUrl}/unsubscribe/{token}");
        var reply = ReplyAddress.For(account.FromEmail);
        var words = EmailTemplates.Of(touch);
        string Filled(string text) => text.Replace(EmailTemplates.Link, $"{_publicUrl}/c/{code}", StringComparison.Ordinal)
            .Replace(EmailTemplates.Unsubscribe, unsubscribe.AbsoluteUri, StringComparison.Ordinal);
        var email = new OutgoingEmail(address, touch.LocationName, words with { Plain = Filled(words.Plain), Html = Filled(words.Html) }, unsubscribe, reply?.Address, attemptId);
        // An answer is known by the email that it names as well, where the sender's address has no room for a token.
        return (new Capabilities(email, ChatCode.Hash(token), reply?.Hash ?? RandomNumberGenerator.GetBytes(32)), new NewAttempt(attemptId, claim, touch.LeadId, address, words.Plain, ChatCode.Hash(code)));
    }

    private async Task<bool> HandOverAsync(TouchPointClaim claim, NewAttempt attempt, Guid addressId, Capabilities email)
    {
        await using var transaction = await database.BeginAsync(claim.TenantId, CancellationToken.None);
        if (!await touchPoints.HandOverEmailAsync(transaction, claim, CancellationToken.None))
        {
            return false;
        }

        await attempts.BeginEmailAsync(transaction, attempt, CancellationToken.None);
        await addresses.AddTokenAsync(transaction, addressId, attempt.Id, email.Token, email.Reply, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private async Task<SendOutcome> CallAsync(Guid tenantId, SendGridAccount account, DueEmail touch, OutgoingEmail email, CallStart start)
    {
        using var activity = Telemetry.Continue("send email", touch.TraceParent, ActivityKind.Producer);
        pauses.Began(tenantId, account);
        var outcome = await mailer.SendAsync(tenantId, account, email, start);
        pauses.Ended(tenantId, account, outcome);
        return outcome;
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

    private async Task EndAsync(TouchPointClaim claim, EmailEnd end, DateTimeOffset? until = null)
    {
        await using (var batch = await TenantBatch.OpenAsync(database, CancellationToken.None))
        {
            batch.Enter(claim.TenantId);
            TouchPointStore.AddChanges(batch, [new TouchPointChange(claim, end.Status, end.Reason, null, until, clock.GetUtcNow())]);
            await batch.ExecuteAsync(CancellationToken.None);
        }

        Held(logger, claim.Id, claim.TenantId, end.Status, end.Reason);
        Measures.Text(end.Status == "scheduled" ? "waiting" : end.Status, end.Reason, "email");
    }

    private static NewTouchPoint? NextOf(Cadence cadence, EndedEmail ended) => ended.Outcome is SendOutcome.Accepted && ended.Touch is { Followed: false } touch
        ? FollowUps.Next(cadence, new EndedStep(touch.LeadId, touch.Step, touch.ArrivedAt, ended.At, touch.Timezone, touch.TraceParent))
        : null;

    // The end of a call is worth some patience: without it the rescue would make an email unknown of which we know.
    private async Task WriteAsync(EndedEmail ended, NewTouchPoint? next)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(AfterAFailure))
        {
            try
            {
                await using var batch = await TenantBatch.OpenAsync(database, CancellationToken.None);
                batch.Enter(ended.Claim.TenantId);
                var isAccepted = ended.Outcome is SendOutcome.Accepted;
                AttemptStore.AddEnds(batch, [ended.Attempt]);
                if (isAccepted)
                {
                    LeadStore.AddContacted(batch, [ended.Touch.LeadId], ended.At);
                }

                TouchPointStore.AddChanges(batch, [ended.Change with { IsFollowed = isAccepted }]);
                touchPoints.AddPlans(batch, next is null ? [] : [(ended.Claim.Id, next)]);

                await batch.ExecuteAsync(CancellationToken.None);
                break;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException && Stopwatch.GetElapsedTime(since) < LongestEnd)
            {
                EndWaits(logger, exception, ended.Claim.Id, ended.Claim.TenantId);
            }
        }

        Tell(ended);
    }

    private void Tell(EndedEmail ended)
    {
        var change = ended.Change;
        var outcome = ended.Outcome switch
        {
            SendOutcome.Accepted => "sent",
            SendOutcome.Refused => "refused",
            SendOutcome.NotSent => "not_sent",
            _ => "unknown",
        };
        Measures.Text(outcome, change.Reason ?? "", "email");
        if (outcome == "sent")
        {
            Sent(logger, ended.Claim.Id, ended.Touch.LeadId, ended.Claim.TenantId, change.Reason ?? "");
        }
        else if (outcome == "unknown")
        {
            OutcomeUnknown(logger, ended.Claim.Id, ended.Claim.TenantId, change.Reason!);
        }
        else
        {
            WasNotSent(logger, ended.Claim.Id, ended.Claim.TenantId, change.Status, change.Reason!);
        }
    }

    /// <param name="Token">Hash of its link to unsubscribe.</param>
    /// <param name="Reply">Hash of the token in the address that answers it; null = it is answered at the sender's plain address.</param>
    private sealed record Capabilities(OutgoingEmail Email, byte[] Token, byte[] Reply);

    [LoggerMessage(3300, LogLevel.Information, "Sent touch point {TouchPointId} of lead {LeadId} (tenant {TenantId}) by email: {Reason}")]
    private static partial void Sent(ILogger logger, Guid touchPointId, Guid leadId, Guid tenantId, string reason);

    [LoggerMessage(3301, LogLevel.Information, "Email of touch point {TouchPointId} of tenant {TenantId} does not go out: {Status}, {Reason}")]
    private static partial void Held(ILogger logger, Guid touchPointId, Guid tenantId, string status, string reason);

    [LoggerMessage(3302, LogLevel.Warning, "Email of touch point {TouchPointId} of tenant {TenantId} was not sent; it is {Status} now: {Reason}")]
    private static partial void WasNotSent(ILogger logger, Guid touchPointId, Guid tenantId, string status, string reason);

    [LoggerMessage(3303, LogLevel.Error, "Nobody knows whether the email of touch point {TouchPointId} of tenant {TenantId} went out ({Reason}); it is parked for a person after 15 minutes")]
    private static partial void OutcomeUnknown(ILogger logger, Guid touchPointId, Guid tenantId, string reason);

    [LoggerMessage(3304, LogLevel.Error, "Email of touch point {TouchPointId} of tenant {TenantId} could not be worked on; it is taken up again when its lease ends")]
    private static partial void LeftToItsLease(ILogger logger, Exception exception, Guid touchPointId, Guid tenantId);

    [LoggerMessage(3305, LogLevel.Warning, "The end of the call for the email of touch point {TouchPointId} of tenant {TenantId} could not be stored; it is tried again")]
    private static partial void EndWaits(ILogger logger, Exception exception, Guid touchPointId, Guid tenantId);

    [LoggerMessage(3306, LogLevel.Warning, "The connection that held the locks of an email was lost ({Kind})")]
    private static partial void LocksWereLost(ILogger logger, string kind);
}
