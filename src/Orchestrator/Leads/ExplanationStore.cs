using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A touch point with what explains it.</summary>
public sealed record ExplainedTouch
{
    public required Guid Id { get; init; }
    public required string Step { get; init; }
    public required string Channel { get; init; }
    public required string Status { get; init; }
    public string? Reason { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>It is a step of the cadence: nobody's own words, and about no appointment.</summary>
    public bool IsStep { get; init; }

    /// <summary>Nothing comes after it, or what comes is planned already.</summary>
    public bool Followed { get; init; }

    /// <summary>It had left when the person said stop, and arrived after that.</summary>
    public bool LeftBeforeTheStop { get; init; }
}

/// <summary>What of a lead explains what is sent to it.</summary>
public sealed record ExplainedLead
{
    public required string Status { get; init; }
    public string? StatusReason { get; init; }

    /// <summary>Null, or why nothing more of its sequence comes: one machine word.</summary>
    public string? SequenceEndedAs { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public string? Phone { get; init; }
    public required string PhoneType { get; init; }
    public string? Email { get; init; }
    public required string Consent { get; init; }
    public required string Timezone { get; init; }
    public string? AddressState { get; init; }
    public bool IsTest { get; init; }
    public string? LocationAddress { get; init; }
    public DateTimeOffset? OptedOutAt { get; init; }
    public DateTimeOffset? CrmOptOutAt { get; init; }
    public DateTimeOffset? WrongNumberAt { get; init; }

    /// <summary>To us, or to the CRM, by any number of theirs: that ends emails, too.</summary>
    public bool SaidStop { get; init; }
    public bool SaidNoInCrm { get; init; }
    public DateTimeOffset? UnsubscribedAt { get; init; }

    /// <summary>Null, or why the address takes no mail: one machine word.</summary>
    public string? Suppression { get; init; }
}

/// <summary>Reads what explains a lead's messages.</summary>
public sealed class ExplanationStore(LeadDatabase database)
{
    /// <summary>What the person of a lead <c>l</c> with the contact <c>c</c> has said by any number of theirs.</summary>
    internal const string WithTheirNumbers = """
        LEFT JOIN LATERAL (
            SELECT bool_or(n.opted_out_at IS NOT NULL AND n.wrong_number_at IS NULL) AS said_stop, bool_or(n.crm_opt_out_at IS NOT NULL) AS said_no_in_crm
            FROM contacts n
            WHERE n.tenant_id = l.tenant_id AND n.phone = ANY (ARRAY(
                SELECT c.phone UNION ALL SELECT k.value FROM person_keys k WHERE k.tenant_id = l.tenant_id AND k.person_id = l.person_id AND k.kind = 'phone'))
        ) theirs ON true
        """;

    /// <summary>The lead, or null.</summary>
    public Task<ExplainedLead?> LeadAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.FirstOrDefaultAsync<ExplainedLead>(tenantId, $"""
        SELECT l.status, l.status_reason, l.sequence_ended_as, l.deleted_at, l.phone, l.phone_type, l.email, l.consent, l.is_test, o.timezone, o.address AS location_address, {LeadStore.AddressState} AS address_state,
            c.opted_out_at, c.crm_opt_out_at, c.wrong_number_at, coalesce(theirs.said_stop, false) AS said_stop, coalesce(theirs.said_no_in_crm, false) AS said_no_in_crm, e.unsubscribed_at,
            {EmailAddressStore.WhyNoMail} AS suppression
        FROM leads l
        JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
        LEFT JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
        {WithTheirNumbers}
        LEFT JOIN email_addresses e ON e.tenant_id = l.tenant_id AND e.email = lower(trim(l.email))
        WHERE l.tenant_id = @tenantId AND l.id = @leadId
        """, new { leadId }, cancel);

    /// <summary>All its touch points, in the order of their time.</summary>
    public Task<IReadOnlyList<ExplainedTouch>> TouchesAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.QueryAsync<ExplainedTouch>(tenantId, """
        SELECT id, step, channel, status, reason, due_at, updated_at, sent_at, delivered_at, message_id IS NULL AND appointment_id IS NULL AS is_step, followed,
            channel = 'sms' AND status IN ('sent', 'delivered') AND EXISTS (
                SELECT 1 FROM message_attempts a JOIN contacts c ON c.tenant_id = a.tenant_id AND c.phone = a.address
                WHERE a.tenant_id = @tenantId AND a.touch_point_id = touch_points.id AND a.started_at <= c.opted_out_at AND coalesce(touch_points.delivered_at, touch_points.sent_at) > c.opted_out_at)
                AS left_before_the_stop
        FROM touch_points
        WHERE tenant_id = @tenantId AND lead_id = @leadId ORDER BY coalesce(sent_at, due_at), id
        """, new { leadId }, cancel);
}
