using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A lead as the API shows it. <c>phone</c> is E.164.</summary>
public sealed record LeadView
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required Guid LocationId { get; init; }
    public required string Source { get; init; }
    public required string ExternalId { get; init; }

    /// <summary>new, contacted, engaged, booked, won, lost, opted_out, unreachable.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is in this status, where it is not plain: one machine word.</summary>
    public string? StatusReason { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public string? Phone { get; init; }
    public string? Email { get; init; }
    public required string Vehicle { get; init; }
    public required string ServiceInterest { get; init; }
    public required string Timezone { get; init; }

    /// <summary>inquiry, opted_in, opted_out.</summary>
    public required string Consent { get; init; }
    public required bool IsTest { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? FirstContactedAt { get; init; }
    public DateTimeOffset? NextTouchAt { get; init; }
}

/// <summary>One thing that happened with a lead. <c>kind</c>: touch_point, message, consent, lead.</summary>
public sealed record TimelineEntry(DateTimeOffset At, string Kind, Guid Id, string What, string? Detail);

/// <summary>How leads are read.</summary>
public sealed partial class LeadStore
{
    private const string Columns = """
        l.id, l.tenant_id, l.location_id, l.source, l.external_id, l.status, l.status_reason, l.first_name, l.last_name, l.phone, l.email, l.vehicle, l.service_interest,
        l.timezone, l.consent, l.is_test, l.created_at, l.updated_at, l.first_contacted_at,
        (SELECT min(t.due_at) FROM touch_points t WHERE t.tenant_id = l.tenant_id AND t.lead_id = l.id AND t.status = 'scheduled') AS next_touch_at
        """;

    /// <summary>One lead, or null.</summary>
    public Task<LeadView?> GetAsync(Guid tenantId, Guid id, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<LeadView>(tenantId, $"SELECT {Columns} FROM leads l WHERE l.tenant_id = @tenantId AND l.id = @id", new { id }, cancel);

    /// <summary>A page of leads, newest first; <paramref name="search"/> looks in name, phone and email.</summary>
    public Task<IReadOnlyList<LeadView>> ListAsync(
        Guid tenantId, string? status, string? search, (DateTimeOffset CreatedAt, Guid Id)? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<LeadView>(tenantId, $"""
            SELECT {Columns}
            FROM leads l
            WHERE l.tenant_id = @tenantId
              AND (@status::text IS NULL OR l.status = @status)
              AND (@search::text IS NULL OR concat_ws(' ', l.first_name, l.last_name, l.phone, l.email) ILIKE '%' || @search || '%')
              AND (@beforeAt::timestamptz IS NULL OR (l.created_at, l.id) < (@beforeAt, @beforeId))
            ORDER BY l.created_at DESC, l.id DESC
            LIMIT @limit
            """, new { status, search, beforeAt = before?.CreatedAt, beforeId = before?.Id, limit }, cancel);

    /// <summary>Everything that happened with a lead, oldest first.</summary>
    public Task<IReadOnlyList<TimelineEntry>> TimelineAsync(Guid tenantId, Guid id, CancellationToken cancel) => database.QueryAsync<TimelineEntry>(tenantId, """
        SELECT created_at AS at, 'lead' AS kind, id, 'created' AS what, source AS detail FROM leads WHERE tenant_id = @tenantId AND id = @id
        UNION ALL
        SELECT status_at, 'lead', id, status, status_reason FROM leads WHERE tenant_id = @tenantId AND id = @id AND status_at IS NOT NULL
        UNION ALL
        SELECT coalesce(delivered_at, sent_at, updated_at), 'touch_point', id, status, concat_ws(': ', step, reason)
        FROM touch_points WHERE tenant_id = @tenantId AND lead_id = @id
        UNION ALL
        SELECT c.occurred_at, 'consent', c.id, c.kind, concat_ws(': ', c.channel, c.source)
        FROM consent_events c JOIN leads l ON l.tenant_id = c.tenant_id AND l.contact_id = c.contact_id
        WHERE c.tenant_id = @tenantId AND l.id = @id AND (c.lead_id IS NULL OR c.lead_id = @id)
        UNION ALL
        SELECT m.created_at, 'message', m.id, m.role, m.content
        FROM chat_messages m JOIN chat_sessions s ON s.tenant_id = m.tenant_id AND s.id = m.session_id
        WHERE m.tenant_id = @tenantId AND s.lead_id = @id
        ORDER BY 1, 3
        """, new { id }, cancel);
}
