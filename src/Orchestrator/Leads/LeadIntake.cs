using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A lead as a source describes it.</summary>
public sealed record NewLead
{
    public required string Source { get; init; }
    public required string ExternalId { get; init; }

    /// <summary>The source's version: an older one changes nothing.</summary>
    public required long ExternalVersion { get; init; }

    /// <summary>When the person asked.</summary>
    public required DateTimeOffset ExternalCreatedAt { get; init; }
    public required Guid LocationId { get; init; }
    public required string Timezone { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public required Phone Phone { get; init; }

    /// <summary>The CRM has a "no" to texts for this number.</summary>
    public required bool SaidNoAtTheShop { get; init; }
    public required string? Email { get; init; }
    public required string Vehicle { get; init; }
    public required string ServiceInterest { get; init; }
    public required bool IsTest { get; init; }
}

/// <summary>Takes a lead in: lead, contact, evidence of consent, first touch point and the end of its event, in one transaction.</summary>
public sealed partial class LeadIntake(
    LeadDatabase database, LeadStore leads, ContactStore contacts, TouchPointStore touchPoints, InboxStore inbox, TouchPointSignal signal,
    TimeProvider clock, ILogger<LeadIntake> logger)
{
    /// <summary>An order older than this is taken in and never greeted: a first sync must not text last year's customers.</summary>
    public static readonly TimeSpan GreetedUntil = TimeSpan.FromDays(1);

    /// <summary>Does all of it, or nothing. An event that somebody else has finished meanwhile changes nothing.</summary>
    public async Task TakeInAsync(InboxEvent inboxEvent, NewLead lead, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(inboxEvent);
        ArgumentNullException.ThrowIfNull(lead);
        await using var transaction = await database.BeginAsync(inboxEvent.TenantId, cancel);
        await leads.LockAsync(transaction, lead.Source, lead.ExternalId, cancel);
        if (await leads.IsBuriedAsync(transaction, lead.Source, lead.ExternalId, lead.ExternalVersion, cancel))
        {
            await FinishAsync(transaction, inboxEvent, "ignored", "overtaken_by_a_newer_event", cancel);
            return;
        }

        var contact = lead.Phone.E164 is { } phone ? await contacts.EnsureAsync(transaction, phone, cancel) : null;
        var (leadId, isNew) = await leads.UpsertAsync(transaction, lead, contact, cancel);
        if (isNew)
        {
            await PlanGreetingAsync(transaction, leadId, lead, contact, inboxEvent.TraceParent, cancel);
        }

        if (isNew && contact is not null)
        {
            await contacts.AddEventAsync(transaction, contact.Id, leadId, "inquiry",
                new ConsentEvidence("crm", $"shopmonkey order {lead.ExternalId}", "Quote request in the shop's CRM"), cancel);
        }

        if (await inbox.FinishAsync(transaction, inboxEvent, "done", null, cancel))
        {
            await transaction.CommitAsync(cancel);
            signal.Wake();
            TookIn(logger, leadId, inboxEvent.TenantId, inboxEvent.Id, isNew);
        }
    }

    /// <summary>The order is no lead (any more): what was planned for it ends, and the event with it.</summary>
    /// <param name="isGone">The order was deleted, not merely moved on.</param>
    public async Task LetGoAsync(InboxEvent inboxEvent, long version, bool isGone, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(inboxEvent);
        await using var transaction = await database.BeginAsync(inboxEvent.TenantId, cancel);
        await leads.LockAsync(transaction, "shopmonkey", inboxEvent.ExternalId, cancel);
        var leadId = await leads.LetGoAsync(transaction, "shopmonkey", inboxEvent.ExternalId, version, isGone, cancel);
        if (leadId is { } id)
        {
            await touchPoints.CancelAsync(transaction, id, reason, cancel);
        }

        await leads.BuryAsync(transaction, "shopmonkey", inboxEvent.ExternalId, version, isGone, cancel);
        await FinishAsync(transaction, inboxEvent, leadId is null ? "ignored" : "done", reason, cancel);
    }

    private async Task FinishAsync(TenantTransaction transaction, InboxEvent inboxEvent, string status, string reason, CancellationToken cancel)
    {
        if (await inbox.FinishAsync(transaction, inboxEvent, status, reason, cancel))
        {
            await transaction.CommitAsync(cancel);
        }
    }

    // A touch that will never be is planned all the same, as suppressed: there is a reason for every silence.
    private Task PlanGreetingAsync(TenantTransaction transaction, Guid leadId, NewLead lead, Contact? contact, string? traceParent, CancellationToken cancel)
    {
        var silence = lead switch
        {
            _ when clock.GetUtcNow() - lead.ExternalCreatedAt > GreetedUntil => "order_too_old",
            { Phone.Type: PhoneTypes.Missing } => "no_phone",
            { Phone.Type: var type } when !PhoneTypes.TakesTexts(type) => $"{type}_phone",
            { SaidNoAtTheShop: true } => "crm_opt_out",
            _ when contact?.OptedOutAt is not null => "opted_out",
            _ => null,
        };
        return touchPoints.PlanAsync(transaction, leadId, Cadence.Greeting, silence, traceParent, cancel);
    }

    [LoggerMessage(2020, LogLevel.Information, "Took in lead {LeadId} of tenant {TenantId} from webhook event {EventId} (new: {IsNew})")]
    private static partial void TookIn(ILogger logger, Guid leadId, Guid tenantId, Guid eventId, bool isNew);
}
