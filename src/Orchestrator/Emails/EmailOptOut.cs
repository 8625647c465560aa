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
    /// <returns>False when it was ended before, as clearly, or by the same words: then there is no second evidence.</returns>
    public async Task<bool> EndAsync(TenantTransaction transaction, string email, Guid? leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(evidence);
        var (addressId, isNews) = await contacts.EndAddressAsync(transaction, email, evidence, cancel);
        if (isNews)
        {
            await touchPoints.CancelEmailsAsync(transaction, email, "unsubscribed", cancel);
            await leads.MarkUnsubscribedAsync(transaction, email, cancel);
            await contacts.AddEventsAsync(transaction, [new ConsentEntry(null, addressId, leadId, "opted_out", evidence)], cancel);
        }

        return isNews;
    }

    /// <summary>Mail to an address may go on. What was planned before stays ended, but for what is still to be said of appointments.</summary>
    /// <param name="email">In small letters.</param>
    /// <returns>Whether it was ended.</returns>
    public async Task<bool> UndoAsync(TenantTransaction transaction, string email, Guid? leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (await addresses.ResubscribeAsync(transaction, email, cancel) is not { } addressId)
        {
            return false;
        }

        foreach (var freed in await leads.MarkResubscribedAsync(transaction, email, hasAgreed: evidence.Channel != "console", cancel))
        {
            await contacts.RemindAgainAsync(transaction, contactId: null, freed, cancel);
        }

        await contacts.AddEventsAsync(transaction, [new ConsentEntry(null, addressId, leadId, "opted_in", evidence)], cancel);
        return true;
    }
}
