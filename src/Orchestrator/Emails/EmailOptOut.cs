using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>Somebody wants no more email, whichever way it was said: the address ends, what is planned for it ends, and the evidence is kept. Or they want it again.</summary>
public sealed class EmailOptOut(EmailAddressStore addresses, ContactStore contacts, TouchPointStore touchPoints, LeadStore leads)
{
    /// <summary>Ends mail to an address, in the caller's transaction.</summary>
    /// <param name="email">In small letters.</param>
    /// <returns>False when it was ended before, as clearly: then there is no second evidence.</returns>
    public async Task<bool> EndAsync(TenantTransaction transaction, string email, Guid? leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(evidence);
        var (addressId, isNew) = await addresses.UnsubscribeAsync(transaction, email, isClear: evidence.Reason is null, cancel);
        if (isNew)
        {
            await NoteAsync(transaction, addressId, email, leadId, evidence, cancel);
        }

        return isNew;
    }

    /// <summary>Mail to an address may go on. What was planned before stays ended.</summary>
    /// <param name="email">In small letters.</param>
    /// <returns>Whether it was ended.</returns>
    public async Task<bool> UndoAsync(TenantTransaction transaction, string email, Guid? leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (await addresses.ResubscribeAsync(transaction, email, cancel) is not { } addressId)
        {
            return false;
        }

        await leads.MarkResubscribedAsync(transaction, email, hasAgreed: evidence.Channel != "console", cancel);
        await contacts.AddEventsAsync(transaction, [new ConsentEntry(null, addressId, leadId, "opted_in", evidence)], cancel);
        return true;
    }

    /// <summary>What follows once the address's own row says so.</summary>
    public async Task NoteAsync(TenantTransaction transaction, Guid addressId, string email, Guid? leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        await touchPoints.CancelEmailsAsync(transaction, email, "unsubscribed", cancel);
        await leads.MarkUnsubscribedAsync(transaction, email, cancel);
        await contacts.AddEventsAsync(transaction, [new ConsentEntry(null, addressId, leadId, "opted_out", evidence)], cancel);
    }
}
