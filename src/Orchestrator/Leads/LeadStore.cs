using LeadOrchestrator.Shared.Consent;
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

/// <summary>The table <c>leads</c>, and <c>external_tombstones</c>: the orders that are none.</summary>
public sealed class LeadStore(LeadDatabase database, TimeProvider clock)
{
    private const string Columns = """
        l.id, l.tenant_id, l.location_id, l.source, l.external_id, l.status, l.first_name, l.last_name, l.phone, l.email, l.vehicle, l.service_interest,
        l.timezone, l.consent, l.is_test, l.created_at, l.updated_at, l.first_contacted_at,
        (SELECT min(t.due_at) FROM touch_points t WHERE t.tenant_id = l.tenant_id AND t.lead_id = l.id AND t.status = 'scheduled') AS next_touch_at
        """;

    /// <summary>One order at a time, whichever door its events came through. Held until the transaction ends.</summary>
    public Task LockAsync(TenantTransaction transaction, string source, string externalId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended(@key, 0))", new { key = $"{transaction.TenantId}/{source}/{externalId}" }, cancel);
    }

    /// <summary>Writes the lead unless a newer version of it is there.</summary>
    /// <returns>Its id, and whether it is new.</returns>
    public async Task<(Guid Id, bool IsNew)> UpsertAsync(TenantTransaction transaction, NewLead lead, Contact? contact, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(lead);
        var id = Guid.CreateVersion7();
        await transaction.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, external_version, status, first_name, last_name, phone, phone_type,
                email, vehicle, service_interest, timezone, consent, is_test, external_created_at, created_at, updated_at)
            VALUES (@tenantId, @id, @LocationId, @contactId, @Source, @ExternalId, @ExternalVersion, @status, @FirstName, @LastName, @phone, @phoneType,
                @Email, @Vehicle, @ServiceInterest, @Timezone, @consent, @IsTest, @ExternalCreatedAt, @now, @now)
            ON CONFLICT (tenant_id, source, external_id) DO UPDATE
            SET location_id = excluded.location_id, contact_id = excluded.contact_id, external_version = excluded.external_version,
                first_name = excluded.first_name, last_name = excluded.last_name, phone = excluded.phone, phone_type = excluded.phone_type,
                email = excluded.email, vehicle = excluded.vehicle, service_interest = excluded.service_interest, timezone = excluded.timezone,
                is_test = excluded.is_test, updated_at = excluded.updated_at
            WHERE leads.external_version < excluded.external_version AND leads.deleted_at IS NULL
            """,
            new
            {
                id, lead.LocationId, contactId = contact?.Id, lead.Source, lead.ExternalId, lead.ExternalVersion,
                status = contact?.OptedOutAt is null ? "new" : "opted_out", lead.FirstName, lead.LastName, phone = lead.Phone.E164, phoneType = lead.Phone.Type,
                lead.Email, lead.Vehicle, lead.ServiceInterest, lead.Timezone, consent = contact?.OptedOutAt is null ? "inquiry" : "opted_out",
                lead.IsTest, lead.ExternalCreatedAt, now = clock.GetUtcNow(),
            }, cancel);
        var stored = await transaction.FirstOrDefaultAsync<Guid>(
            "SELECT id FROM leads WHERE tenant_id = @tenantId AND source = @Source AND external_id = @ExternalId", new { lead.Source, lead.ExternalId }, cancel);
        return (stored, stored == id);
    }

    /// <summary>The order went elsewhere, or is gone: then the lead is lost, and no late event brings it back.</summary>
    /// <returns>The lead, or null when there is none or a newer version said otherwise.</returns>
    public Task<Guid?> LetGoAsync(TenantTransaction transaction, string source, string externalId, long version, bool isGone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Guid?>("""
            UPDATE leads
            SET external_version = greatest(external_version, @version), updated_at = @now,
                deleted_at = CASE WHEN @isGone THEN coalesce(deleted_at, @now) ELSE deleted_at END,
                status = CASE WHEN @isGone AND status IN ('new', 'contacted', 'engaged') THEN 'lost' ELSE status END
            WHERE tenant_id = @tenantId AND source = @source AND external_id = @externalId AND (@isGone OR external_version < @version)
            RETURNING id
            """, new { source, externalId, version, isGone, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Remembers an order that is no lead, although it never was one here: an older event of it may still come.</summary>
    public Task BuryAsync(TenantTransaction transaction, string source, string externalId, long version, bool isGone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO external_tombstones AS t (tenant_id, id, source, external_id, external_version, is_gone, created_at)
            VALUES (@tenantId, @id, @source, @externalId, @version, @isGone, @now)
            ON CONFLICT (tenant_id, source, external_id) DO UPDATE
            SET external_version = greatest(t.external_version, excluded.external_version), is_gone = t.is_gone OR excluded.is_gone
            """, new { id = Guid.CreateVersion7(), source, externalId, version, isGone, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Is this version of an order older than what we know of it: deleted, or no lead any more?</summary>
    public async Task<bool> IsBuriedAsync(TenantTransaction transaction, string source, string externalId, long version, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FirstOrDefaultAsync<int?>("""
            SELECT 1 FROM external_tombstones
            WHERE tenant_id = @tenantId AND source = @source AND external_id = @externalId AND (is_gone OR external_version > @version)
            """, new { source, externalId, version }, cancel) is not null;
    }

    /// <summary>A text went out: a new lead is contacted now.</summary>
    public Task MarkContactedAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE leads SET status = CASE WHEN status = 'new' THEN 'contacted' ELSE status END,
                first_contacted_at = coalesce(first_contacted_at, @now), updated_at = @now
            WHERE tenant_id = @tenantId AND id = @leadId
            """, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>They wrote back.</summary>
    public Task MarkEngagedAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE leads SET status = 'engaged', updated_at = @now WHERE tenant_id = @tenantId AND id = @leadId AND status IN ('new', 'contacted', 'unreachable')
            """, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The carrier says that no text can reach this number.</summary>
    public Task MarkUnreachableAsync(TenantTransaction transaction, Guid leadId, string phoneType, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE leads SET phone_type = @phoneType, status = CASE WHEN status IN ('new', 'contacted') THEN 'unreachable' ELSE status END, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @leadId
            """, new { leadId, phoneType, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The newest lead with this contact, or null.</summary>
    public Task<Guid?> NewestOfContactAsync(TenantTransaction transaction, Guid contactId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Guid?>("""
            SELECT id FROM leads WHERE tenant_id = @tenantId AND contact_id = @contactId ORDER BY created_at DESC, id DESC LIMIT 1
            """, new { contactId }, cancel);
    }

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
