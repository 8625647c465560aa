using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A lead that a source has handed in before under the same id.</summary>
public sealed record EarlierLead(Guid Id, string ExternalId, string? Phone, string? Email);

/// <summary>A lead that was taken in before.</summary>
/// <param name="HasLeft">Its order was no lead any more.</param>
/// <param name="HadWrongNumber">Whoever has its number said that it is not the customer's.</param>
public sealed record LeadBefore(string Source, string ExternalId, Guid? ContactId, bool HasLeft, bool HadWrongNumber);

/// <summary>A lead as it was written.</summary>
/// <param name="IsOpen">As in <see cref="ChangedLead"/>.</param>
public sealed record WrittenLead(Guid Id, string Source, string ExternalId, Guid? ContactId, DateTimeOffset ExternalCreatedAt, bool IsOptedOut, bool IsOpen);

/// <summary>What leads by other ways than the CRM need.</summary>
public sealed partial class LeadStore
{
    // No text reaches the lead <c>l</c>: without its address nothing does.
    private const string NoTexts = "(l.contact_id IS NULL OR l.phone_type IN ('landline', 'foreign', 'invalid', 'missing'))";

    /// <summary>The leads with these ids of a source.</summary>
    public Task<IReadOnlyList<EarlierLead>> EarlierAsync(TenantTransaction transaction, string source, IReadOnlyList<string> externalIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<EarlierLead>("""
            SELECT id, external_id, phone, email FROM leads WHERE tenant_id = @tenantId AND source = @source AND external_id = ANY(@externalIds)
            """, new { source, externalIds = externalIds.ToArray() }, cancel);
    }

    /// <summary>Is this line in the ledger already?</summary>
    public async Task<bool> HasAgreedAsync(TenantTransaction transaction, ConsentEntry entry, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(entry);
        return await transaction.FirstOrDefaultAsync<int?>("""
            SELECT 1 FROM consent_events
            WHERE tenant_id = @tenantId AND (contact_id = @ContactId OR email_address_id = @EmailAddressId) AND lead_id = @LeadId AND kind = @Kind
              AND source = @Source AND wording = @Wording AND (@At::timestamptz IS NULL OR occurred_at = @At)
            LIMIT 1
            """, new { entry.ContactId, entry.EmailAddressId, entry.LeadId, entry.Kind, entry.Evidence.Source, entry.Evidence.Wording, entry.At }, cancel) is not null;
    }

    /// <summary>What a lead needs to know of its shop; null when the tenant has no such shop.</summary>
    public Task<ShopOfLead?> ShopOfAsync(TenantTransaction transaction, Guid locationId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<ShopOfLead>("SELECT timezone, test_marker FROM locations WHERE tenant_id = @tenantId AND id = @locationId", new { locationId }, cancel);
    }

    /// <summary>They agreed to be written to, and there is evidence. A "no" that came before stands: only the person takes that back.</summary>
    public Task MarkOptedInAsync(TenantTransaction transaction, IReadOnlyList<Guid> leadIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return leadIds.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync(
            "UPDATE leads SET consent = 'opted_in' WHERE tenant_id = @tenantId AND id = ANY(@leadIds) AND consent = 'inquiry'", new { leadIds = leadIds.ToArray() }, cancel);
    }

    /// <summary>Who handed a lead in.</summary>
    public Task SetPartnerAsync(TenantTransaction transaction, Guid leadId, string partner, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("UPDATE leads SET partner = @partner WHERE tenant_id = @tenantId AND id = @leadId", new { leadId, partner }, cancel);
    }

    /// <summary>Who has no number that takes texts and is not to be mailed cannot be written to at all.</summary>
    /// <param name="email">In small letters.</param>
    public Task MarkUnsubscribedAsync(TenantTransaction transaction, string email, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync($"""
            UPDATE leads l
            SET consent = 'opted_out', status = CASE WHEN l.status IN ('booked', 'won', 'lost') THEN l.status ELSE 'opted_out' END, updated_at = @now
            FROM person_keys k
            WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = @email
              AND l.tenant_id = @tenantId AND l.person_id = k.person_id AND lower(trim(l.email)) = @email AND {NoTexts}
            """, new { email, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Leads that nothing but this address reaches want to hear of us again, or had never said that they do not.</summary>
    /// <param name="email">In small letters.</param>
    /// <param name="hasAgreed">They say so themselves. Else whoever had not agreed before is an inquiry again.</param>
    /// <returns>Those leads.</returns>
    public Task<IReadOnlyList<Guid>> MarkResubscribedAsync(TenantTransaction transaction, string email, bool hasAgreed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<Guid>($"""
            UPDATE leads l
            SET consent = CASE WHEN @hasAgreed OR EXISTS (
                    SELECT 1 FROM email_addresses a JOIN consent_events e ON e.tenant_id = a.tenant_id AND e.email_address_id = a.id AND e.kind = 'opted_in' AND e.channel <> 'console'
                    WHERE a.tenant_id = @tenantId AND a.email = @email AND (e.lead_id IS NULL OR e.lead_id = l.id))
                    THEN 'opted_in' ELSE 'inquiry' END,
                status = CASE WHEN l.status = 'opted_out' THEN 'engaged' ELSE l.status END, updated_at = @now
            FROM person_keys k
            WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = @email
              AND l.tenant_id = @tenantId AND l.person_id = k.person_id AND lower(trim(l.email)) = @email AND {NoTexts}
              AND NOT EXISTS (SELECT FROM contacts c WHERE c.tenant_id = @tenantId AND c.id = l.contact_id AND c.opted_out_at IS NOT NULL)
            RETURNING l.id
            """, new { email, hasAgreed, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>An email came back from the only way there was to this lead: nobody can write to it.</summary>
    /// <param name="email">In small letters.</param>
    public Task MarkUnreachableByEmailAsync(TenantTransaction transaction, Guid leadId, string email, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync($"""
            UPDATE leads l SET status = 'unreachable', updated_at = @now
            WHERE l.tenant_id = @tenantId AND l.id = @leadId AND lower(trim(l.email)) = @email AND l.status IN ('new', 'contacted')
              AND {NoTexts}
            """, new { leadId, email, now = clock.GetUtcNow() }, cancel);
    }
}
