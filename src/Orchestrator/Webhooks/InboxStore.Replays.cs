using LeadOrchestrator.Shared.Hosting;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>An event that somebody wants to put back.</summary>
public sealed record ReplayableEvent(Guid Id, string Provider, string Status, string? Reason, string Payload);

/// <summary>How events are put back. What waits, is being worked on or is done stays as it is, so that a second replay changes nothing.</summary>
public sealed partial class InboxStore
{
    /// <summary>Why an event of a company that is no tenant is dead.</summary>
    public const string UnknownCompany = "unknown_company";

    /// <summary>Why such an event is ignored later: it is another tenant's, and was given to it.</summary>
    public const string HandedOver = "handed_to_its_tenant";

    // Orders that the rules of their shop made no leads; those that ended by their own state are none under any rules.
    private static readonly string[] ByTheRules = ["not_in_a_lead_column", "excluded_by_rule", "not_an_estimate", "in_a_lost_column"];

    /// <summary>Would other rules of its shop make this order a lead?</summary>
    public static bool IsByTheRules(string reason) => ByTheRules.Contains(reason);

    /// <summary>An event with what decides whether it can be put back; null when there is none.</summary>
    public Task<ReplayableEvent?> FindReplayableAsync(Guid tenantId, Guid id, CancellationToken cancel) => database.FirstOrDefaultAsync<ReplayableEvent>(tenantId, """
        SELECT id, provider, status, reason, payload FROM webhook_events WHERE tenant_id = @tenantId AND id = @id
        """, new { id }, cancel);

    /// <summary>Dead events of companies that were no tenants, the oldest first.</summary>
    public Task<IReadOnlyList<ReplayableEvent>> OfUnknownCompaniesAsync(Guid tenantId, string? topic, int limit, CancellationToken cancel) => database.QueryAsync<ReplayableEvent>(tenantId, """
        SELECT id, provider, status, reason, payload FROM webhook_events
        WHERE tenant_id = @tenantId AND status = 'dead' AND reason = 'unknown_company' AND (@topic::text IS NULL OR topic = @topic)
        ORDER BY id
        LIMIT @limit
        """, new { topic, limit }, cancel);

    /// <summary>Puts a dead or ignored event of the CRM back, due at once.</summary>
    /// <returns>Whether it was dead or ignored.</returns>
    public async Task<bool> ReplayAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("""
            UPDATE webhook_events
            SET status = 'received', attempts = 0, replays = replays + 1, next_attempt_at = clock_timestamp(), processed_at = NULL
            WHERE tenant_id = @tenantId AND id = @id AND provider = 'shopmonkey' AND status IN ('dead', 'ignored') AND reason IS DISTINCT FROM 'handed_to_its_tenant'
            """, new { id }, cancel) == 1;
    }

    /// <summary>Puts many back, the oldest first; those of unknown companies need <see cref="HandToAsync"/>.</summary>
    /// <param name="status">dead or ignored.</param>
    /// <returns>How many.</returns>
    public Task<int> ReplayManyAsync(TenantTransaction transaction, string status, string? reason, string? topic, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync($"""
            WITH chosen AS MATERIALIZED (
                SELECT id FROM webhook_events
                WHERE tenant_id = @tenantId AND {OfStatus(status)} AND status IN ('dead', 'ignored') AND provider = 'shopmonkey'
                  AND reason IS DISTINCT FROM 'unknown_company' AND reason IS DISTINCT FROM 'handed_to_its_tenant'
                  AND (@reason::text IS NULL OR reason = @reason) AND (@topic::text IS NULL OR topic = @topic)
                ORDER BY id
                LIMIT @limit
                FOR UPDATE SKIP LOCKED
            )
            UPDATE webhook_events w
            SET status = 'received', attempts = 0, replays = w.replays + 1, next_attempt_at = clock_timestamp(), processed_at = NULL
            FROM chosen
            WHERE w.tenant_id = @tenantId AND w.id = chosen.id
            """, new { status, reason, topic, limit }, cancel);
    }

    /// <summary>Gives an event of an unknown company to the tenant that has the company by now. Both happen, or neither.</summary>
    public async Task HandToAsync(Guid from, Guid to, Guid id, NewInboxEvent copy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(copy);
        await using var batch = await OpenAsync(database, cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        batch.Enter(to);
        batch.Add("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, delivery_id, topic, operation, external_id, payload, trace_parent,
                status, next_attempt_at, replays, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received', clock_timestamp(), 1, $11)
            ON CONFLICT (tenant_id, provider, dedupe_key) DO NOTHING
            """, Value(copy.Id), Value(copy.Provider), Value(copy.DedupeKey), Text(copy.DeliveryId), Value(copy.Topic), Value(copy.Operation), Text(copy.ExternalId),
            Value(copy.Payload), Text(copy.TraceParent), Value(now));
        batch.Enter(from);
        batch.Add("""
            UPDATE webhook_events SET status = 'ignored', reason = 'handed_to_its_tenant', replays = replays + 1, processed_at = $3
            WHERE tenant_id = $1 AND id = $2 AND status = 'dead' AND reason = 'unknown_company'
            """, Value(id), Value(now));
        await batch.ExecuteAsync(cancel);
    }

    /// <summary>Looks again at a shop's orders that its old rules made no leads.</summary>
    /// <param name="locationId">The shop's id at the CRM.</param>
    /// <param name="delay">Real time until then.</param>
    public Task<int> LookAgainAsync(TenantTransaction transaction, string locationId, DateTimeOffset since, TimeSpan delay, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE webhook_events
            SET status = 'received', reason = 'lead_rules_changed', attempts = 0, next_attempt_at = clock_timestamp() + @delay, processed_at = NULL
            WHERE tenant_id = @tenantId AND provider = 'shopmonkey' AND topic = 'order' AND status = 'ignored' AND reason = ANY(@reasons)
              AND received_at >= @since AND position(@locationId IN payload) > 0
            """, new { locationId, since, delay, reasons = ByTheRules }, cancel);
    }
}
