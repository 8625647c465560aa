using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>An event that is worked on by the transaction that keeps it.</summary>
/// <param name="Status">done, ignored or dead.</param>
/// <param name="Reason">One machine word; null for done.</param>
public sealed record HandledEvent(NewInboxEvent Event, string Status, string? Reason);

/// <summary>Events that need no worker: they are kept by the transaction that does their work.</summary>
public sealed partial class InboxStore
{
    /// <summary>Which of these keys of a vendor's events are known.</summary>
    public async Task<IReadOnlySet<string>> KnownAsync(Guid tenantId, string provider, IReadOnlyList<string> keys, CancellationToken cancel) =>
        (await database.QueryAsync<string>(tenantId, """
            SELECT dedupe_key FROM webhook_events WHERE tenant_id = @tenantId AND provider = @provider AND dedupe_key = ANY(@keys)
            """, new { provider, keys = keys.ToArray() }, cancel)).ToHashSet();

    /// <summary>Up to when a franchise's list of texts at its vendor was read (business time); null = it never was.</summary>
    public Task<DateTimeOffset?> TextsReadUntilAsync(Guid tenantId, CancellationToken cancel) => database.FirstOrDefaultAsync<DateTimeOffset?>(
        tenantId, "SELECT read_until FROM text_list_marks WHERE tenant_id = @tenantId AND id = @tenantId", null, cancel);

    /// <summary>It was read, and all that stood in it is known.</summary>
    public Task NoteTextsReadAsync(Guid tenantId, DateTimeOffset until, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        INSERT INTO text_list_marks (tenant_id, id, read_until) VALUES (@tenantId, @tenantId, @until)
        ON CONFLICT (tenant_id, id) DO UPDATE SET read_until = excluded.read_until WHERE text_list_marks.read_until < excluded.read_until
        """, new { until }, cancel);

    /// <summary>Keeps events together with their work, each once.</summary>
    /// <returns>Those that are new. The work of the others was done before, and is not done again.</returns>
    public async Task<IReadOnlyList<HandledEvent>> AddHandledAsync(TenantTransaction transaction, IReadOnlyList<HandledEvent> events, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(events);
        // In one order: two processes that keep the same batch crosswise would wait for each other.
        HandledEvent[] ordered = [.. events.OrderBy(handled => handled.Event.DedupeKey, StringComparer.Ordinal)];
        var added = (await transaction.QueryAsync<Guid>("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent,
                status, reason, attempts, received_at, processed_at)
            SELECT @tenantId, e.id, e.provider, e.dedupe_key, e.delivery_id, e.topic, e.operation, e.external_id, e.payload, e.trace_parent, e.status, e.reason, 1, @now, @now
            FROM unnest(@ids, @providers, @keys, @deliveries, @topics, @operations, @externalIds, @payloads, @traceParents, @statuses, @reasons)
                AS e (id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent, status, reason)
            ON CONFLICT (tenant_id, provider, dedupe_key) DO NOTHING
            RETURNING id
            """,
            new
            {
                ids = Each(handled => handled.Event.Id), providers = Each(handled => handled.Event.Provider), keys = Each(handled => handled.Event.DedupeKey),
                deliveries = Each(handled => handled.Event.DeliveryId), topics = Each(handled => handled.Event.Topic), operations = Each(handled => handled.Event.Operation),
                externalIds = Each(handled => handled.Event.ExternalId), payloads = Each(handled => handled.Event.Payload),
                traceParents = Each(handled => handled.Event.TraceParent), statuses = Each(handled => handled.Status), reasons = Each(handled => handled.Reason),
                now = clock.GetUtcNow(),
            }, cancel)).ToHashSet();
        return [.. events.Where(handled => added.Contains(handled.Event.Id))];

        T[] Each<T>(Func<HandledEvent, T> field) => [.. ordered.Select(field)];
    }
}
