using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>An event to be kept.</summary>
/// <param name="Fault">Null, or why it is dead on arrival.</param>
public sealed record NewInboxEvent(
    Guid TenantId, string Provider, string DedupeKey, string? DeliveryId, string Topic, string Operation, string? ExternalId, string Payload, string? Fault);

/// <summary>A claimed event with its content.</summary>
public sealed record InboxEvent(
    Guid TenantId, Guid Id, string Topic, string Operation, string ExternalId, string Payload, int Attempts, string? TraceParent, DateTimeOffset ReceivedAt);

/// <summary>An event as staff see it. <c>payload</c>: what the vendor sent, of dead events only, since somebody must look at those.</summary>
public sealed record InboxEventView(
    Guid Id, string Provider, string Topic, string Operation, string? ExternalId, string Status, string? Reason, int Attempts,
    DateTimeOffset ReceivedAt, DateTimeOffset? ProcessedAt, string? Payload);

/// <summary>The table <c>webhook_events</c>: the durable inbox.</summary>
public sealed class InboxStore(LeadDatabase database, TimeProvider clock, ServiceInstance instance)
{
    /// <summary>An event is worked on at most this long before another process takes it over.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const string Insert = """
        INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent,
            status, reason, next_attempt_at, received_at, processed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
            CASE WHEN $11::text IS NULL THEN 'received' ELSE 'dead' END, $11,
            CASE WHEN $11 IS NULL THEN clock_timestamp() END, $12, CASE WHEN $11 IS NOT NULL THEN $12 END)
        ON CONFLICT (tenant_id, provider, dedupe_key) DO NOTHING
        """;

    /// <summary>Keeps an event durably, once. The webhook's hot path: one round trip, one commit.</summary>
    /// <returns>False when it was there already.</returns>
    public async Task<bool> AddAsync(NewInboxEvent inboxEvent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(inboxEvent);
        await using var connection = await database.Source.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(SetTenant(inboxEvent.TenantId));
        batch.BatchCommands.Add(InsertCommand(inboxEvent));
        return await batch.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>Does all of <see cref="AddAsync"/> and takes it back.</summary>
    internal async Task RehearseAsync(NewInboxEvent inboxEvent, CancellationToken cancel)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(SetTenant(inboxEvent.TenantId));
        batch.BatchCommands.Add(InsertCommand(inboxEvent));
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.RollbackAsync(cancel);
    }

    /// <summary>Keeps an event as part of the transaction that also does its work.</summary>
    /// <returns>False when it was there already: then the transaction must not commit.</returns>
    public async Task<bool> AddHandledAsync(TenantTransaction transaction, NewInboxEvent inboxEvent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(inboxEvent);
        return await transaction.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent,
                status, reason, attempts, received_at, processed_at)
            VALUES (@tenantId, @id, @Provider, @DedupeKey, @DeliveryId, @Topic, @Operation, @ExternalId, @Payload, @traceParent,
                CASE WHEN @Fault::text IS NULL THEN 'done' ELSE 'dead' END, @Fault, 1, @now, @now)
            ON CONFLICT (tenant_id, provider, dedupe_key) DO NOTHING
            """,
            new
            {
                id = Guid.CreateVersion7(), inboxEvent.Provider, inboxEvent.DedupeKey, inboxEvent.DeliveryId, inboxEvent.Topic, inboxEvent.Operation,
                inboxEvent.ExternalId, inboxEvent.Payload, inboxEvent.Fault, traceParent = Telemetry.CurrentTraceParent, now = clock.GetUtcNow(),
            }, cancel) == 1;
    }

    /// <summary>Takes up to <paramref name="limit"/> due events, fairly over tenants. No two workers get the same one.</summary>
    public async Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ClaimAsync(int limit, CancellationToken cancel) =>
        await database.DoorAsync<(Guid, Guid)>(
            "SELECT tenant_id, id FROM claim_webhook_events(@worker, @limit, @perTenant, @lease)",
            new { worker = instance.Id, limit, perTenant = Math.Max(1, limit / 2), lease = Lease }, cancel);

    /// <summary>The content of a claimed event; null when the claim is no longer ours.</summary>
    public Task<InboxEvent?> ReadAsync(Guid tenantId, Guid id, CancellationToken cancel) => database.FirstOrDefaultAsync<InboxEvent>(tenantId, """
        SELECT tenant_id, id, topic, operation, external_id, payload, attempts, trace_parent, received_at
        FROM webhook_events
        WHERE tenant_id = @tenantId AND id = @id AND status = 'processing' AND claimed_by = @worker
        """, new { id, worker = instance.Id }, cancel);

    /// <summary>Ends the work on an event, inside the transaction that did it.</summary>
    /// <param name="status">done or ignored.</param>
    /// <returns>False when somebody else has it by now: then the transaction must not commit.</returns>
    public async Task<bool> FinishAsync(TenantTransaction transaction, InboxEvent inboxEvent, string status, string? reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(inboxEvent);
        return await transaction.ExecuteAsync("""
            UPDATE webhook_events SET status = @status, reason = @reason, claimed_by = NULL, lease_until = NULL, processed_at = @now
            WHERE tenant_id = @tenantId AND id = @Id AND status = 'processing' AND claimed_by = @worker AND attempts = @Attempts
            """, new { inboxEvent.Id, inboxEvent.Attempts, status, reason, worker = instance.Id, now = clock.GetUtcNow() }, cancel) == 1;
    }

    /// <summary>Puts an event back for later (<paramref name="delay"/>, real time) or, without a delay, among the dead.</summary>
    public Task SetBackAsync(Guid tenantId, Guid id, string reason, TimeSpan? delay, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE webhook_events
        SET status = CASE WHEN @delay::interval IS NULL THEN 'dead' ELSE 'received' END, reason = @reason,
            next_attempt_at = clock_timestamp() + @delay::interval, claimed_by = NULL, lease_until = NULL,
            processed_at = CASE WHEN @delay::interval IS NULL THEN @now END
        WHERE tenant_id = @tenantId AND id = @id AND status = 'processing' AND claimed_by = @worker
        """, new { id, reason, delay, worker = instance.Id, now = clock.GetUtcNow() }, cancel);

    /// <summary>A page of events, newest first.</summary>
    public Task<IReadOnlyList<InboxEventView>> ListAsync(Guid tenantId, string? status, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<InboxEventView>(tenantId, """
            SELECT id, provider, topic, operation, external_id, status, reason, attempts, received_at, processed_at,
                CASE WHEN status = 'dead' THEN payload END AS payload
            FROM webhook_events
            WHERE tenant_id = @tenantId AND (@status::text IS NULL OR status = @status) AND (@before::uuid IS NULL OR id < @before)
            ORDER BY id DESC
            LIMIT @limit
            """, new { status, before, limit }, cancel);

    private static NpgsqlBatchCommand SetTenant(Guid tenantId) => new("SELECT set_config('app.tenant_id', $1, true)")
    {
        Parameters = { new NpgsqlParameter<string> { TypedValue = tenantId.ToString() } },
    };

    private NpgsqlBatchCommand InsertCommand(NewInboxEvent e) => new(Insert)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = e.TenantId },
            new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7() },
            new NpgsqlParameter<string> { TypedValue = e.Provider },
            new NpgsqlParameter<string> { TypedValue = e.DedupeKey },
            Text(e.DeliveryId),
            new NpgsqlParameter<string> { TypedValue = e.Topic },
            new NpgsqlParameter<string> { TypedValue = e.Operation },
            Text(e.ExternalId),
            new NpgsqlParameter<string> { TypedValue = e.Payload },
            Text(Telemetry.CurrentTraceParent),
            Text(e.Fault),
            new NpgsqlParameter<DateTime> { TypedValue = clock.GetUtcNow().UtcDateTime },
        },
    };

    private static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };
}
