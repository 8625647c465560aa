using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Takes one claimed touch point from the gate to its outcome. One text per touch: what may have gone out is never sent again by guess.</summary>
public sealed partial class TextDelivery(
    LeadDatabase database, TouchPointStore touchPoints, AttemptStore attempts, LeadStore leads, ContactStore contacts,
    TwilioClient twilio, Gate gate, OrchestratorSettings settings, TimeProvider clock, ILogger<TextDelivery> logger)
{
    // Between the commit of the hand-over and the call lies nothing but a freeze of this process: too long a one, and the text is left alone.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <summary>Gate and hand-over in one transaction, then one call, then its outcome.</summary>
    public async Task DeliverAsync(TouchPointClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var begun = Stopwatch.GetTimestamp();
        if (await HandOverAsync(claim) is not { } handedOver)
        {
            return;
        }

        using var activity = Telemetry.Continue("send text", handedOver.Touch.TraceParent, ActivityKind.Producer);
        var outcome = Stopwatch.GetElapsedTime(begun) < LongestPause
            ? await twilio.SendAsync(handedOver.Text)
            : new SendOutcome.NotSent("process_was_frozen", null);
        await RecordAsync(claim, handedOver, outcome);
    }

    private async Task<HandedOver?> HandOverAsync(TouchPointClaim claim)
    {
        await using var transaction = await database.BeginAsync(claim.TenantId, CancellationToken.None);
        if (await touchPoints.ReadForSendingAsync(transaction, claim, CancellationToken.None) is not { } touch)
        {
            return null; // The lease ran out while it waited its turn: another worker has it.
        }

        switch (gate.Decide(touch, clock.GetUtcNow()))
        {
            case GateDecision.End end:
                await touchPoints.EndAsync(transaction, claim, end.Status, end.Reason, CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
                Held(logger, claim.Id, claim.TenantId, end.Status, end.Reason);
                return null;
            case GateDecision.Wait wait:
                await touchPoints.PutBackAsync(transaction, claim, wait.Until, wait.Reason, CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
                Waits(logger, claim.Id, claim.TenantId, wait.Until, wait.Reason);
                return null;
            case GateDecision.Send send:
                return await HandOverAsync(transaction, claim, touch, send.Validity);
            default:
                throw new InvalidOperationException("Unknown decision");
        }
    }

    private async Task<HandedOver?> HandOverAsync(TenantTransaction transaction, TouchPointClaim claim, DueTouchPoint touch, TimeSpan validity)
    {
        if (!await touchPoints.HandOverAsync(transaction, claim, CancellationToken.None))
        {
            return null;
        }

        var code = ChatCode.Mint();
        var body = TextTemplates.Greeting(touch.FirstName, touch.LocationName, touch.Vehicle);
        var attemptId = await attempts.BeginAsync(
            transaction, claim.Id, touch.LeadId, touch.Attempts + 1, touch.Phone, body, ChatCode.Hash(code), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        var publicUrl = settings.Platform.PublicUrl.AbsoluteUri.TrimEnd('/');
        return new HandedOver(touch, attemptId, new OutgoingText(
            touch.Phone, body.Replace(TextTemplates.LinkPlaceholder, $"{publicUrl}/c/{code}", StringComparison.Ordinal),
            new Uri($"{publicUrl}/webhooks/twilio/status/{attemptId}"), validity));
    }

    // The outcome is written even while the host stops. If this fails, the row stays "handed over", and the rescue makes it unknown.
    private async Task RecordAsync(TouchPointClaim claim, HandedOver handedOver, SendOutcome outcome)
    {
        await using var transaction = await database.BeginAsync(claim.TenantId, CancellationToken.None);
        switch (outcome)
        {
            case SendOutcome.Accepted accepted:
                await attempts.FinishAsync(transaction, handedOver.AttemptId, "accepted", accepted.Sid, null, CancellationToken.None);
                await touchPoints.MarkSentAsync(transaction, claim, accepted.Sid, CancellationToken.None);
                await leads.MarkContactedAsync(transaction, handedOver.Touch.LeadId, CancellationToken.None);
                Sent(logger, claim.Id, handedOver.Touch.LeadId, claim.TenantId, handedOver.Touch.Attempts + 1);
                break;
            case SendOutcome.Refused refused:
                await RecordRefusalAsync(transaction, claim, handedOver, refused.Code);
                break;
            case SendOutcome.NotSent notSent:
                await RecordNotSentAsync(transaction, claim, handedOver, notSent);
                break;
            case SendOutcome.Unknown unknown:
                await attempts.FinishAsync(transaction, handedOver.AttemptId, "unknown", null, unknown.Reason, CancellationToken.None);
                await touchPoints.EndAsync(transaction, claim, "unknown", unknown.Reason, CancellationToken.None);
                OutcomeUnknown(logger, claim.Id, claim.TenantId, unknown.Reason);
                break;
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task RecordRefusalAsync(TenantTransaction transaction, TouchPointClaim claim, HandedOver handedOver, int code)
    {
        var reason = $"twilio_{code}";
        await attempts.FinishAsync(transaction, handedOver.AttemptId, "refused", null, reason, CancellationToken.None);
        switch (code)
        {
            case 21610: // They told the carrier to stop.
                var contact = await contacts.EnsureAsync(transaction, handedOver.Touch.Phone, CancellationToken.None);
                await contacts.OptOutAsync(
                    transaction, contact.Id, new ConsentEvidence("vendor", $"attempt {handedOver.AttemptId}", "Twilio 21610: the recipient has unsubscribed"), CancellationToken.None);
                await touchPoints.EndAsync(transaction, claim, "suppressed", "opted_out", CancellationToken.None);
                break;
            case 21211 or 21614 or 21635: // Nobody's number, or one that takes no texts.
                await leads.MarkUnreachableAsync(
                    transaction, handedOver.Touch.LeadId, code == 21211 ? PhoneTypes.Invalid : PhoneTypes.Landline, CancellationToken.None);
                await touchPoints.EndAsync(transaction, claim, "failed", reason, CancellationToken.None);
                break;
            case 20003 or 21606 or 21608 or 21612 or 21408: // Our account, number or registration: a person must mend it.
                await touchPoints.EndAsync(transaction, claim, "needs_review", reason, CancellationToken.None);
                break;
            default:
                await touchPoints.EndAsync(transaction, claim, "failed", reason, CancellationToken.None);
                break;
        }

        Refused(logger, claim.Id, claim.TenantId, code);
    }

    private async Task RecordNotSentAsync(TenantTransaction transaction, TouchPointClaim claim, HandedOver handedOver, SendOutcome.NotSent notSent)
    {
        var tries = handedOver.Touch.Attempts + 1;
        await attempts.FinishAsync(transaction, handedOver.AttemptId, "not_sent", null, notSent.Reason, CancellationToken.None);
        if (tries >= handedOver.Touch.MaxAttempts)
        {
            await touchPoints.EndAsync(transaction, claim, "failed", notSent.Reason, CancellationToken.None);
        }
        else
        {
            var wait = notSent.RetryAfter ?? TimeSpan.FromSeconds(Math.Min(3600, 5 * Math.Pow(2, tries)));
            await touchPoints.PutBackAsync(transaction, claim, clock.GetUtcNow() + wait, notSent.Reason, CancellationToken.None);
        }

        NotSent(logger, claim.Id, claim.TenantId, tries, notSent.Reason);
    }

    private sealed record HandedOver(DueTouchPoint Touch, Guid AttemptId, OutgoingText Text);

    [LoggerMessage(3101, LogLevel.Information, "Sent touch point {TouchPointId} of lead {LeadId} (tenant {TenantId}, attempt {Attempt})")]
    private static partial void Sent(ILogger logger, Guid touchPointId, Guid leadId, Guid tenantId, int attempt);

    [LoggerMessage(3102, LogLevel.Information, "Touch point {TouchPointId} of tenant {TenantId} does not go out: {Status}, {Reason}")]
    private static partial void Held(ILogger logger, Guid touchPointId, Guid tenantId, string status, string reason);

    [LoggerMessage(3103, LogLevel.Information, "Touch point {TouchPointId} of tenant {TenantId} waits until {Until}: {Reason}")]
    private static partial void Waits(ILogger logger, Guid touchPointId, Guid tenantId, DateTimeOffset until, string reason);

    [LoggerMessage(3104, LogLevel.Warning, "Twilio refused touch point {TouchPointId} of tenant {TenantId} with code {Code}")]
    private static partial void Refused(ILogger logger, Guid touchPointId, Guid tenantId, int code);

    [LoggerMessage(3105, LogLevel.Warning, "Touch point {TouchPointId} of tenant {TenantId} was surely not sent at attempt {Attempt}: {Reason}")]
    private static partial void NotSent(ILogger logger, Guid touchPointId, Guid tenantId, int attempt, string reason);

    [LoggerMessage(3106, LogLevel.Error, "Nobody knows whether touch point {TouchPointId} of tenant {TenantId} went out ({Reason}); the reconcile looks for it at Twilio")]
    private static partial void OutcomeUnknown(ILogger logger, Guid touchPointId, Guid tenantId, string reason);
}
