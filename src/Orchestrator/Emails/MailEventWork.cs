using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>Works on what SendGrid tells of emails: one transaction for a tenant's part of a batch, which keeps the events and does what follows from them.</summary>
public sealed partial class MailEventWork(
    LeadDatabase database, InboxStore inbox, AttemptStore attempts, TouchPointStore touchPoints, LeadStore leads, EmailAddressStore addresses, EmailOptOut optOut,
    ILogger<MailEventWork> logger)
{
    /// <summary>Keeps these events and does their work, each once.</summary>
    /// <returns>How many were new.</returns>
    public async Task<int> DoAsync(Guid tenantId, IReadOnlyList<MailEvent> events, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(events);
        var optedOut = 0;
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var ours = await attempts.MailedAsync(transaction, [.. events.Select(one => one.AttemptId).OfType<Guid>().Distinct()], cancel);
        var byKey = events.ToDictionary(one => one.Id);
        var fresh = await inbox.AddHandledAsync(transaction, [.. events.Select(one => ToKeep(tenantId, one, ours))], cancel);
        // By its own time, so that of two things said of one address the later one is said last.
        foreach (var one in fresh.Select(handled => byKey[handled.Event.DedupeKey]).OrderBy(one => one.Timestamp).ThenBy(one => one.Meaning.Step?.Rank))
        {
            optedOut += await DoAsync(transaction, one, one.AttemptId is { } id ? ours.GetValueOrDefault(id) : null, cancel) ? 1 : 0;
        }

        await transaction.CommitAsync(cancel);
        Failpoint.Reach(Failpoint.CallbackCommitted);
        for (var told = 0; told < optedOut; told++)
        {
            Measures.OptedOut("email");
        }

        return fresh.Count;
    }

    private static HandledEvent ToKeep(Guid tenantId, MailEvent one, IReadOnlyDictionary<Guid, MailedAttempt> ours)
    {
        var isOurs = one.AttemptId is { } id && ours.ContainsKey(id);
        var meaning = one.Meaning;
        // Of a message that we never sent, only a "no" counts: it is said to the shop all the same.
        var noUse = meaning.NoUse ?? (isOurs || (meaning.IsOptOut && one.Email is not null) ? null : "unknown_message");
        return new HandledEvent(
            new NewInboxEvent(tenantId, "sendgrid", one.Id, one.MessageId, "email_event", one.Name, one.AttemptId?.ToString(), one.Payload, null),
            noUse is null ? "done" : "ignored", noUse);
    }

    /// <returns>Whether somebody opted out who had not before.</returns>
    private async Task<bool> DoAsync(TenantTransaction transaction, MailEvent one, MailedAttempt? attempt, CancellationToken cancel)
    {
        var meaning = one.Meaning;
        if (attempt is not null && meaning.Step is { } step && await attempts.AdvanceEmailAsync(transaction, attempt.Id, step, one.MessageId, meaning.Failure, cancel))
        {
            await SettleAsync(transaction, attempt, step, meaning.Failure, one.MessageId, cancel);
        }

        if (attempt is not null && meaning.Suppression is { } why && await addresses.SuppressAsync(transaction, attempt.Address, why, cancel))
        {
            await touchPoints.CancelEmailsAsync(transaction, attempt.Address, why, cancel);
            await leads.MarkUnreachableByEmailAsync(transaction, attempt.LeadId, attempt.Address, cancel);
            Suppressed(logger, attempt.Id, transaction.TenantId, why);
        }

        return meaning.IsOptOut && (attempt?.Address ?? one.Email) is { } email
            && await optOut.EndAsync(transaction, email, attempt?.LeadId, new ConsentEvidence("email", $"sendgrid event {one.Id}", Wording(one)), cancel);
    }

    private async Task SettleAsync(TenantTransaction transaction, MailedAttempt attempt, MailStep step, string? failure, string? providerId, CancellationToken cancel)
    {
        await touchPoints.SettleEmailAsync(transaction, attempt.TouchPointId, attempt.Id, step.Touch, failure, providerId, cancel);
        if (step.Touch != "failed")
        {
            await leads.MarkContactedAsync(transaction, attempt.LeadId, cancel);
        }

        Moved(logger, attempt.TouchPointId, transaction.TenantId, step.Touch, failure ?? "");
    }

    private static string Wording(MailEvent one) => one.Name switch
    {
        "spamreport" => "The reader reported the email as spam (SendGrid: spamreport)",
        "dropped" => $"SendGrid knows that the reader wants no mail (dropped: {one.Reason})",
        _ => $"The reader unsubscribed at SendGrid ({one.Name})",
    };

    [LoggerMessage(3330, LogLevel.Debug, "SendGrid says that the email of touch point {TouchPointId} of tenant {TenantId} is {Status}: {Reason}")]
    private static partial void Moved(ILogger logger, Guid touchPointId, Guid tenantId, string status, string reason);

    [LoggerMessage(3331, LogLevel.Information, "The address of attempt {AttemptId} of tenant {TenantId} takes no mail: {Reason}; nothing more is sent there")]
    private static partial void Suppressed(ILogger logger, Guid attemptId, Guid tenantId, string reason);
}
