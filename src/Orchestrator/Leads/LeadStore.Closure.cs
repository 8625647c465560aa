using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Leads;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>How staff work with one lead.</summary>
public sealed partial class LeadStore
{
    /// <summary>What a lead <c>l</c> is to whoever sends: who said stop is out, with whatever number or address, also when they have booked or their lead is closed.</summary>
    public const string StatusToSend = "CASE WHEN l.consent = 'opted_out' THEN 'opted_out' ELSE l.status END";

    /// <summary>Where whoever has the number of a lead <c>l</c> lives, as far as the CRM has told; where this lead's row does not say it, by all others with the number.</summary>
    public const string AddressState = """
        coalesce(l.address_state, (
            SELECT string_agg(DISTINCT k.address_state, '/') FROM leads k WHERE k.tenant_id = l.tenant_id AND k.contact_id = l.contact_id AND k.address_state IS NOT NULL))
        """;

    /// <summary>The contact of a lead; null when it has no number.</summary>
    public Task<Guid?> ContactOfAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Guid?>("SELECT contact_id FROM leads WHERE tenant_id = @tenantId AND id = @leadId", new { leadId }, cancel);
    }

    /// <summary>Locks a lead until the transaction ends, and the others of the same person or phone; null when there is none.</summary>
    /// <remarks>In the order of their ids: two members of staff who write to two leads of one person never wait for each other in a ring.</remarks>
    public async Task<LeadToWriteTo?> LockForStaffAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync($"""
            SELECT o.id
            FROM leads l {SamePerson.Join}
            WHERE l.tenant_id = @tenantId AND l.id = @leadId
            ORDER BY o.id FOR NO KEY UPDATE OF o
            """, new { leadId }, cancel);
        return await transaction.FirstOrDefaultAsync<LeadToWriteTo>($"""
            SELECT l.id, l.phone, l.phone_type, l.email, l.status, l.timezone, c.opted_out_at, c.crm_opt_out_at, c.wrong_number_at, e.unsubscribed_at, {EmailAddressStore.WhyNoMail} AS no_mail, l.consent = 'opted_out' AS has_said_no
            FROM leads l
            LEFT JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
            LEFT JOIN email_addresses e ON e.tenant_id = l.tenant_id AND e.email = lower(trim(l.email))
            WHERE l.tenant_id = @tenantId AND l.id = @leadId
            FOR NO KEY UPDATE OF l
            """, new { leadId }, cancel);
    }

    /// <summary>Nothing more of their sequences comes to this lead and the others of the same person or phone, whatever is with the vendor at the moment. They are locked already.</summary>
    public Task EndSequencesAsync(TenantTransaction transaction, Guid leadId, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE leads o SET sequence_ended_as = @reason, updated_at = @now
            FROM leads l
            WHERE l.tenant_id = @tenantId AND l.id = @leadId AND o.tenant_id = @tenantId AND o.sequence_ended_as IS NULL
              AND (o.id = l.id OR o.contact_id = l.contact_id OR o.person_id = l.person_id)
            """, new { leadId, reason, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Staff say how it ended. Who has opted out stays so in what is sent, whatever the status says.</summary>
    /// <param name="outcome">won or lost.</param>
    public Task CloseAsync(TenantTransaction transaction, Guid leadId, string outcome, string? note, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE leads SET status = @outcome, status_reason = 'closed_by_staff', status_at = @now, closing_note = coalesce(@note, closing_note), updated_at = @now
            WHERE tenant_id = @tenantId AND id = @leadId AND (status <> @outcome OR status_reason IS DISTINCT FROM 'closed_by_staff' OR @note::text IS NOT NULL)
            """, new { leadId, outcome, note, now = clock.GetUtcNow() }, cancel);
    }
}

/// <summary>What staff need to know of a lead before they write to it.</summary>
public sealed record LeadToWriteTo
{
    public required Guid Id { get; init; }
    public string? Phone { get; init; }
    public required string PhoneType { get; init; }
    public string? Email { get; init; }
    public required string Status { get; init; }
    public required string Timezone { get; init; }
    public DateTimeOffset? OptedOutAt { get; init; }
    public DateTimeOffset? CrmOptOutAt { get; init; }
    public DateTimeOffset? UnsubscribedAt { get; init; }

    /// <summary>Why the address takes no mail, other than that its owner said so to us; null = it does.</summary>
    public string? NoMail { get; init; }

    /// <summary>Whoever has the number said that it is not theirs: that ends texts to it, and nothing else.</summary>
    public DateTimeOffset? WrongNumberAt { get; init; }

    /// <summary>With whatever number or address they had then.</summary>
    public bool HasSaidNo { get; init; }

    /// <summary>Who said no to everything: one machine word; null = nobody.</summary>
    public string? SaidNo => Silence.OfTheNo(WrongNumberAt is null ? OptedOutAt : null, CrmOptOutAt, HasSaidNo ? "opted_out" : Status, isWrongNumber: false);
}
