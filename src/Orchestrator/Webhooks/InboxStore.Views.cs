using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>An event as staff see it.</summary>
public sealed record InboxEventView
{
    public required Guid Id { get; init; }

    /// <summary>shopmonkey, twilio or sendgrid.</summary>
    public required string Provider { get; init; }

    /// <summary>webhook, or poll: we found it ourselves.</summary>
    public required string Origin { get; init; }
    public required string Topic { get; init; }
    public required string Operation { get; init; }
    public string? ExternalId { get; init; }

    /// <summary>received, processing, done, ignored, dead.</summary>
    public required string Status { get; init; }

    /// <summary>One machine word: why it is in this status.</summary>
    public string? Reason { get; init; }

    /// <summary>The reason in words, with what can be done about it.</summary>
    public string? Explanation => EventReasons.Explain(Reason);
    public required int Attempts { get; init; }

    /// <summary>How often somebody put it back.</summary>
    public required int Replays { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? ProcessedAt { get; init; }

    /// <summary>What was sent, for those who may see it: of one event, and in lists of dead ones, since somebody must look at those.</summary>
    public string? Payload { get; init; }
}

/// <summary>Which events to list. Null = any.</summary>
/// <param name="From">Received at or after (business time).</param>
/// <param name="To">Received before.</param>
public sealed record InboxFilter(string? Status, string? Topic, string? Reason, string? Origin, string? ExternalId, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>Events that ended alike.</summary>
/// <param name="Newest">When the newest of them came in.</param>
public sealed record InboxSummaryLine(string Status, string Topic, string Reason, long Count, DateTimeOffset Newest)
{
    /// <summary>The reason in words, with what can be done about it.</summary>
    public string? Explanation => EventReasons.Explain(Reason);
}

/// <summary>How the inbox is read by staff.</summary>
public sealed partial class InboxStore
{
    private const string ViewColumns = "id, provider, origin, topic, operation, external_id, status, reason, attempts, replays, received_at, processed_at";

    /// <summary>A page of events, newest first.</summary>
    /// <param name="withPayload">Shows what dead events hold.</param>
    public Task<IReadOnlyList<InboxEventView>> ListAsync(Guid tenantId, InboxFilter filter, Guid? before, int limit, bool withPayload, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return database.QueryAsync<InboxEventView>(tenantId, $"""
            SELECT {ViewColumns}, CASE WHEN status = 'dead' AND @withPayload THEN payload END AS payload
            FROM webhook_events
            WHERE tenant_id = @tenantId AND {OfStatus(filter.Status)} AND (@before::uuid IS NULL OR id < @before)
              AND (@Topic::text IS NULL OR topic = @Topic) AND (@Reason::text IS NULL OR reason = @Reason) AND (@Origin::text IS NULL OR origin = @Origin)
              AND (@ExternalId::text IS NULL OR external_id = @ExternalId)
              AND (@From::timestamptz IS NULL OR received_at >= @From) AND (@To::timestamptz IS NULL OR received_at < @To)
            ORDER BY id DESC
            LIMIT @limit
            """, new { status = filter.Status, filter.Topic, filter.Reason, filter.Origin, filter.ExternalId, filter.From, filter.To, before, limit, withPayload }, cancel);
    }

    /// <summary>One event, or null.</summary>
    public Task<InboxEventView?> GetAsync(Guid tenantId, Guid id, bool withPayload, CancellationToken cancel) => database.FirstOrDefaultAsync<InboxEventView>(tenantId, $"""
        SELECT {ViewColumns}, CASE WHEN @withPayload THEN payload END AS payload FROM webhook_events WHERE tenant_id = @tenantId AND id = @id
        """, new { id, withPayload }, cancel);

    /// <summary>What was not used since a time, counted by what became of it and why; the most frequent first.</summary>
    public Task<IReadOnlyList<InboxSummaryLine>> SummaryAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancel) => database.QueryAsync<InboxSummaryLine>(tenantId, """
        SELECT status, topic, coalesce(reason, '') AS reason, count(*) AS count, max(received_at) AS newest
        FROM webhook_events
        WHERE tenant_id = @tenantId AND status IN ('dead', 'ignored') AND received_at >= @since
        GROUP BY 1, 2, 3
        ORDER BY status, count(*) DESC, newest DESC
        """, new { since }, cancel);

    // The rare ones have an index of their own, which is only used for a word and not for a parameter.
    private static string OfStatus(string? status) => status is "dead" or "received" ? $"status = '{status}'" : "(@status::text IS NULL OR status = @status)";
}
