using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Coverage;

/// <summary>How complete a shop knows itself to be. Times are business time but <see cref="Marks"/>, which are the CRM's.</summary>
public sealed record LocationCoverage
{
    public required Guid LocationId { get; init; }
    public required string Name { get; init; }

    /// <summary>When the latest webhook about it was received.</summary>
    public DateTimeOffset? WebhookAt { get; init; }
    public required long WebhookEvents { get; init; }

    /// <summary>When the poll last found something that no webhook had told.</summary>
    public DateTimeOffset? PollFoundAt { get; init; }
    public required long PollFoundEvents { get; init; }

    /// <summary>As many of them since the latest webhook.</summary>
    public required long PollFoundInARow { get; init; }

    /// <summary>The longest pause between two of its webhooks; it fades with each event.</summary>
    public required long LongestPauseSeconds { get; init; }

    /// <summary>When the CRM last told about the shop and its services.</summary>
    public DateTimeOffset? CatalogSyncedAt { get; init; }

    /// <summary>How far every topic is complete, by the CRM's clock; null = not once.</summary>
    public DateTimeOffset? CompleteUntil { get; init; }

    /// <summary>The same, topic by topic.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> Marks { get; init; }

    /// <summary>When the latest complete poll was, and how long ago in seconds.</summary>
    public DateTimeOffset? PolledAt { get; init; }
    public long? LagSeconds { get; init; }
    public DateTimeOffset? SweptAt { get; init; }
    public DateTimeOffset? ComparedAt { get; init; }

    /// <summary>Orders that the CRM has and we could not take in, at the last comparison. Should be 0; null = never compared.</summary>
    public long? Missing { get; init; }

    /// <summary>Why the latest poll was not complete: one machine word.</summary>
    public string? PollReason { get; init; }

    /// <summary>Events of the whole franchise that wait or are being worked on, and those that are dead; at most 1,000 are counted.</summary>
    public required long OpenEvents { get; init; }
    public required long DeadEvents { get; init; }

    /// <summary>complete, behind, failing, silent, never or off.</summary>
    public string Status { get; init; } = "never";

    /// <summary>The same as a sentence.</summary>
    public string Summary { get; init; } = "";
}

/// <summary>What a franchise's polls have come to, for all of its shops.</summary>
public sealed record TenantCoverage(
    DateTimeOffset? PolledAt, DateTimeOffset? SweptAt, DateTimeOffset? ComparedAt, long? Missing, int Failures, string? Reason, long OpenEvents, long DeadEvents,
    IReadOnlyDictionary<string, DateTimeOffset> Marks);

/// <summary>Reads how complete a franchise knows itself to be.</summary>
public sealed class CoverageStore(LeadDatabase database)
{
    /// <summary>What holds for all shops.</summary>
    public async Task<TenantCoverage> ReadAsync(Guid tenantId, CancellationToken cancel)
    {
        var marks = await database.QueryAsync<(string Topic, DateTimeOffset Mark)>(tenantId, "SELECT topic, mark FROM poll_marks WHERE tenant_id = @tenantId", null, cancel);
        var row = await database.FirstOrDefaultAsync<StateRow>(tenantId, """
            SELECT p.polled_at, p.swept_at, p.compared_at, p.missing, coalesce(p.failures, 0) AS failures, p.reason,
                (SELECT count(*) FROM (SELECT FROM webhook_events w WHERE w.tenant_id = @tenantId AND w.status = 'received' LIMIT 1000) open)
                    + (SELECT count(*) FROM (SELECT FROM webhook_events w WHERE w.tenant_id = @tenantId AND w.status = 'processing' LIMIT 1000) busy) AS open_events,
                (SELECT count(*) FROM (SELECT FROM webhook_events w WHERE w.tenant_id = @tenantId AND w.status = 'dead' LIMIT 1000) dead) AS dead_events
            FROM (SELECT 1) one LEFT JOIN poll_states p ON p.tenant_id = @tenantId AND p.id = @tenantId
            """, null, cancel);
        return new TenantCoverage(
            row!.PolledAt, row.SweptAt, row.ComparedAt, row.Missing, row.Failures, row.Reason, row.OpenEvents, row.DeadEvents,
            marks.OrderBy(mark => mark.Topic, StringComparer.Ordinal).ToDictionary(mark => mark.Topic, mark => mark.Mark));
    }

    /// <summary>A page of shops, by their ids.</summary>
    public async Task<IReadOnlyList<LocationCoverage>> LocationsAsync(Guid tenantId, TenantCoverage tenant, Guid? after, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        var rows = await database.QueryAsync<LocationRow>(tenantId, """
            SELECT l.id, l.name, l.synced_at, a.webhook_at, coalesce(a.webhook_events, 0) AS webhook_events, coalesce(a.longest_pause_seconds, 0) AS longest_pause_seconds,
                a.poll_at, coalesce(a.poll_events, 0) AS poll_events, coalesce(a.poll_events_in_a_row, 0) AS poll_events_in_a_row
            FROM locations l LEFT JOIN location_activity a ON a.tenant_id = l.tenant_id AND a.location_id = l.id
            WHERE l.tenant_id = @tenantId AND (@after::uuid IS NULL OR l.id > @after)
            ORDER BY l.id
            LIMIT @limit
            """, new { after, limit }, cancel);
        return [.. rows.Select(row => new LocationCoverage
        {
            LocationId = row.Id, Name = row.Name, WebhookAt = row.WebhookAt, WebhookEvents = row.WebhookEvents, PollFoundAt = row.PollAt, PollFoundEvents = row.PollEvents,
            PollFoundInARow = row.PollEventsInARow, LongestPauseSeconds = row.LongestPauseSeconds, CatalogSyncedAt = row.SyncedAt,
            CompleteUntil = tenant.Marks.Count > 0 ? tenant.Marks.Values.Min() : null, Marks = tenant.Marks, PolledAt = tenant.PolledAt, SweptAt = tenant.SweptAt,
            ComparedAt = tenant.ComparedAt, Missing = tenant.Missing, PollReason = tenant.Reason, OpenEvents = tenant.OpenEvents, DeadEvents = tenant.DeadEvents,
        })];
    }

    private sealed record StateRow(
        DateTimeOffset? PolledAt, DateTimeOffset? SweptAt, DateTimeOffset? ComparedAt, long? Missing, int Failures, string? Reason, long OpenEvents, long DeadEvents);

    private sealed record LocationRow(
        Guid Id, string Name, DateTimeOffset? SyncedAt, DateTimeOffset? WebhookAt, long WebhookEvents, long LongestPauseSeconds, DateTimeOffset? PollAt, long PollEvents,
        long PollEventsInARow);
}
