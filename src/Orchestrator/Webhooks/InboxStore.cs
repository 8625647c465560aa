using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>A claimed event with its content.</summary>
/// <param name="Origin">webhook, or poll: found before a webhook told.</param>
public sealed record InboxEvent(
    Guid TenantId, Guid Id, string Topic, string Operation, string ExternalId, string Payload, int Attempts, string? TraceParent, DateTimeOffset ReceivedAt,
    string Origin = "webhook");

/// <summary>How the work on an event ended.</summary>
/// <param name="Status">done or ignored.</param>
/// <param name="Reason">One machine word; null for done.</param>
public sealed record InboxEnding(InboxEvent Event, string Status, string? Reason);

/// <summary>The table <c>webhook_events</c>: the durable inbox.</summary>
public sealed partial class InboxStore(LeadDatabase database, TimeProvider clock, ServiceInstance instance)
{
    // An event is worked on at most this long before another process takes it over.
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const string Insert = """
        INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent, origin,
            status, reason, attempts, next_attempt_at, claimed_by, lease_until, received_at, processed_at)
        SELECT $1, e.id, e.provider, e.dedupe_key, e.delivery_id, e.topic, e.operation, e.external_id, e.payload, e.trace_parent, e.origin,
            CASE WHEN e.fault IS NOT NULL THEN 'dead' WHEN $14 IS NULL THEN 'received' ELSE 'processing' END, e.fault,
            CASE WHEN e.fault IS NULL AND $14 IS NOT NULL THEN 1 ELSE 0 END, CASE WHEN e.fault IS NULL AND $14 IS NULL THEN clock_timestamp() END,
            CASE WHEN e.fault IS NULL THEN $14 END, CASE WHEN e.fault IS NULL AND $14 IS NOT NULL THEN clock_timestamp() + $15 END,
            $2, CASE WHEN e.fault IS NOT NULL THEN $2 END
        FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            AS e (id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent, fault, origin)
        ON CONFLICT (tenant_id, provider, dedupe_key) DO NOTHING
        RETURNING id
        """;

    /// <summary>Keeps events durably, each once: one round trip and one commit for all of them.</summary>
    /// <param name="isOurs">They are this process's own from the start, as if it had claimed them.</param>
    /// <returns>For each, in their order: false when it was there already.</returns>
    public async Task<IReadOnlyList<bool>> AddAsync(IReadOnlyList<NewInboxEvent> events, bool isOurs, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        var stored = await InsertAsync(connection, events, isOurs, cancel);
        return [.. events.Select(inboxEvent => stored.Contains(inboxEvent.Id))];
    }

    /// <summary>Does all of <see cref="AddAsync"/> and takes it back.</summary>
    internal async Task RehearseAsync(IReadOnlyList<NewInboxEvent> events, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await InsertAsync(connection, events, isOurs: false, cancel);
        await transaction.RollbackAsync(cancel);
    }

    // All tenants in one batch: it commits as one, and each statement runs in its own tenant.
    private async Task<HashSet<Guid>> InsertAsync(NpgsqlConnection connection, IReadOnlyList<NewInboxEvent> events, bool isOurs, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var tenant in events.GroupBy(inboxEvent => inboxEvent.TenantId).OrderBy(tenant => tenant.Key))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT set_config('app.tenant_id', $1, true)")
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = tenant.Key.ToString() } },
            });
            // In one order: two processes that store the same deliveries crosswise would wait for each other.
            batch.BatchCommands.Add(InsertCommand(tenant.Key, [.. tenant.OrderBy(inboxEvent => inboxEvent.DedupeKey, StringComparer.Ordinal)], isOurs));
        }

        HashSet<Guid> stored = [];
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        do
        {
            while (await reader.ReadAsync(cancel))
            {
                if (reader.GetFieldType(0) == typeof(Guid))
                {
                    stored.Add(reader.GetGuid(0));
                }
            }
        }
        while (await reader.NextResultAsync(cancel));

        return stored;
    }

    private NpgsqlBatchCommand InsertCommand(Guid tenantId, IReadOnlyList<NewInboxEvent> events, bool isOurs) => new(Insert)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = tenantId },
            new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime },
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, Value = events.Select(e => e.Id).ToArray() },
            Texts(events, e => e.Provider),
            Texts(events, e => e.DedupeKey),
            Texts(events, e => e.DeliveryId),
            Texts(events, e => e.Topic),
            Texts(events, e => e.Operation),
            Texts(events, e => e.ExternalId),
            Texts(events, e => e.Payload),
            Texts(events, e => e.TraceParent),
            Texts(events, e => e.Fault),
            Texts(events, e => e.Origin),
            Owner(isOurs),
            new NpgsqlParameter<TimeSpan> { TypedValue = Lease },
        },
    };

    private NpgsqlParameter Owner(bool isOurs) => new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = isOurs ? instance.Id : DBNull.Value };

    /// <summary>What <see cref="AddAsync"/> has stored as this process's own, as a claim would give it.</summary>
    internal InboxEvent Claimed(NewInboxEvent added) => new(
        added.TenantId, added.Id, added.Topic, added.Operation, added.ExternalId!, added.Payload, 1, added.TraceParent, clock.GetUtcNow(), added.Origin);

    /// <summary>Leaves events that this process has claimed and not begun to whoever claims next.</summary>
    public async Task PutBackAsync(IReadOnlyList<InboxEvent> events, CancellationToken cancel)
    {
        foreach (var tenant in events.GroupBy(inboxEvent => inboxEvent.TenantId))
        {
            await database.ExecuteAsync(tenant.Key, """
                UPDATE webhook_events
                SET status = 'received', attempts = attempts - 1, next_attempt_at = clock_timestamp(), claimed_by = NULL, lease_until = NULL
                WHERE tenant_id = @tenantId AND id = ANY(@ids) AND status = 'processing' AND claimed_by = @worker
                """, new { ids = tenant.Select(inboxEvent => inboxEvent.Id).ToArray(), worker = instance.Id }, cancel);
        }
    }

    /// <summary>Adds events to a transaction of the caller's, each once. The result is the ids of those that are new.</summary>
    internal void AddTo(TenantBatch batch, IReadOnlyList<NewInboxEvent> events)
    {
        NewInboxEvent[] ordered = [.. events.OrderBy(inboxEvent => inboxEvent.DedupeKey, StringComparer.Ordinal)];
        batch.Add(
            Insert, TenantBatch.Value(clock.GetUtcNow().UtcDateTime), TenantBatch.Ids([.. ordered.Select(e => e.Id)]), Texts(ordered, e => e.Provider),
            Texts(ordered, e => e.DedupeKey), Texts(ordered, e => e.DeliveryId), Texts(ordered, e => e.Topic), Texts(ordered, e => e.Operation),
            Texts(ordered, e => e.ExternalId), Texts(ordered, e => e.Payload), Texts(ordered, e => e.TraceParent), Texts(ordered, e => e.Fault),
            Texts(ordered, e => e.Origin), Owner(isOurs: false), TenantBatch.Value(Lease));
    }

    /// <summary>Events that came to nothing are worked on again where their shop has changed since: what is a lead may be another matter now.</summary>
    /// <param name="events">Their keys, and their shops' ids at the CRM.</param>
    /// <returns>How many are.</returns>
    public Task<int> ReconsiderAsync(Guid tenantId, IReadOnlyList<(string DedupeKey, string LocationId)> events, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE webhook_events w
        SET status = 'received', reason = NULL, attempts = 0, next_attempt_at = clock_timestamp(), processed_at = NULL
        FROM unnest(@keys, @locations) AS e (dedupe_key, location_id)
        JOIN locations l ON l.tenant_id = @tenantId AND l.external_id = e.location_id
        WHERE w.tenant_id = @tenantId AND w.provider = 'shopmonkey' AND w.dedupe_key = e.dedupe_key AND w.status = 'ignored' AND w.processed_at < l.updated_at + @untilEveryoneKnows
        """, new { keys = events.Select(one => one.DedupeKey).ToArray(), locations = events.Select(one => one.LocationId).ToArray(), untilEveryoneKnows = LocationSync.KnownFor }, cancel);

    private static NpgsqlParameter Texts(IReadOnlyList<NewInboxEvent> events, Func<NewInboxEvent, string?> field) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = events.Select(field).ToArray() };

    /// <summary>Keeps an event as part of the transaction that also does its work.</summary>
    /// <returns>False when it was there already: then the transaction must not commit.</returns>
    public async Task<bool> AddHandledAsync(TenantTransaction transaction, NewInboxEvent inboxEvent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(inboxEvent);
        return await transaction.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent,
                status, reason, attempts, received_at, processed_at)
            VALUES (@tenantId, @Id, @Provider, @DedupeKey, @DeliveryId, @Topic, @Operation, @ExternalId, @Payload, @TraceParent,
                CASE WHEN @Fault::text IS NULL THEN 'done' ELSE 'dead' END, @Fault, 1, @now, @now)
            ON CONFLICT (tenant_id, provider, dedupe_key) DO NOTHING
            """,
            new
            {
                inboxEvent.Id, inboxEvent.Provider, inboxEvent.DedupeKey, inboxEvent.DeliveryId, inboxEvent.Topic, inboxEvent.Operation,
                inboxEvent.ExternalId, inboxEvent.Payload, inboxEvent.Fault, inboxEvent.TraceParent, now = clock.GetUtcNow(),
            }, cancel) == 1;
    }

    /// <summary>Takes up to <paramref name="limit"/> due events, fairly over tenants. No two workers get the same one.</summary>
    public async Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ClaimAsync(int limit, CancellationToken cancel) =>
        await database.DoorAsync<(Guid, Guid)>(
            "SELECT tenant_id, id FROM claim_webhook_events(@worker, @limit, @perTenant, @lease)",
            new { worker = instance.Id, limit, perTenant = Math.Max(1, limit / 2), lease = Lease }, cancel);

    /// <summary>The content of claimed events, the oldest first. What is no longer ours is not among them.</summary>
    public Task<IReadOnlyList<InboxEvent>> ReadAsync(Guid tenantId, IEnumerable<Guid> ids, CancellationToken cancel) => database.QueryAsync<InboxEvent>(tenantId, """
        SELECT tenant_id, id, topic, operation, external_id, payload, attempts, trace_parent, received_at, origin
        FROM webhook_events
        WHERE tenant_id = @tenantId AND id = ANY(@ids) AND status = 'processing' AND claimed_by = @worker
        ORDER BY id
        """, new { ids = ids.ToArray(), worker = instance.Id }, cancel);

    /// <summary>Ends the work on events, inside the transaction that did it.</summary>
    /// <returns>How many were still ours. Fewer than given: somebody else has one by now, and the transaction must not commit.</returns>
    public Task<int> FinishAsync(TenantTransaction transaction, IReadOnlyList<InboxEnding> endings, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // Whoever is claimed is processing. To say so here would let the planner walk through everything that is processing, thousands in a flood, instead of the keys.
        return transaction.ExecuteAsync("""
            UPDATE webhook_events w SET status = e.status, reason = e.reason, claimed_by = NULL, lease_until = NULL, processed_at = @now
            FROM unnest(@ids, @attempts, @statuses, @reasons) AS e (id, attempts, status, reason)
            WHERE w.tenant_id = @tenantId AND w.id = e.id AND w.claimed_by = @worker AND w.attempts = e.attempts
            """,
            new
            {
                ids = endings.Select(ending => ending.Event.Id).ToArray(), attempts = endings.Select(ending => ending.Event.Attempts).ToArray(),
                statuses = endings.Select(ending => ending.Status).ToArray(), reasons = endings.Select(ending => ending.Reason).ToArray(),
                worker = instance.Id, now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>Puts an event back for later (<paramref name="delay"/>, real time) or, without a delay, among the dead.</summary>
    public Task SetBackAsync(Guid tenantId, Guid id, string reason, TimeSpan? delay, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE webhook_events
        SET status = CASE WHEN @delay::interval IS NULL THEN 'dead' ELSE 'received' END, reason = @reason,
            next_attempt_at = clock_timestamp() + @delay::interval, claimed_by = NULL, lease_until = NULL,
            processed_at = CASE WHEN @delay::interval IS NULL THEN @now END
        WHERE tenant_id = @tenantId AND id = @id AND status = 'processing' AND claimed_by = @worker
        """, new { id, reason, delay, worker = instance.Id, now = clock.GetUtcNow() }, cancel);
}
