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
}

/// <summary>What of a lead explains what is sent to it.</summary>
public sealed record ExplainedLead
{
    public required string Status { get; init; }
    public string? StatusReason { get; init; }
    public string? Phone { get; init; }
    public required string PhoneType { get; init; }
    public string? Email { get; init; }
    public required string Consent { get; init; }
    public required string Timezone { get; init; }
    public string? AddressState { get; init; }
    public DateTimeOffset? OptedOutAt { get; init; }
    public DateTimeOffset? UnsubscribedAt { get; init; }
}

/// <summary>Reads what explains a lead's messages.</summary>
public sealed class ExplanationStore(LeadDatabase database)
{
    /// <summary>The lead, or null.</summary>
    public Task<ExplainedLead?> LeadAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.FirstOrDefaultAsync<ExplainedLead>(tenantId, """
        SELECT l.status, l.status_reason, l.phone, l.phone_type, l.email, l.consent, o.timezone, l.address_state, c.opted_out_at, e.unsubscribed_at
        FROM leads l
        JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
        LEFT JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
        LEFT JOIN email_addresses e ON e.tenant_id = l.tenant_id AND e.email = lower(trim(l.email))
        WHERE l.tenant_id = @tenantId AND l.id = @leadId
        """, new { leadId }, cancel);

    /// <summary>All its touch points, in the order of their time.</summary>
    public Task<IReadOnlyList<ExplainedTouch>> TouchesAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.QueryAsync<ExplainedTouch>(tenantId, """
        SELECT id, step, channel, status, reason, due_at, updated_at, sent_at, delivered_at FROM touch_points
        WHERE tenant_id = @tenantId AND lead_id = @leadId ORDER BY coalesce(sent_at, due_at), id
        """, new { leadId }, cancel);
}
