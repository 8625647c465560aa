using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>The table <c>ai_calls</c>: one row per call of a model, those that failed or were cut as well.</summary>
public sealed class CallStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>Notes a call before it is made.</summary>
    public Task<int> AddAsync(TenantTransaction transaction, NewCall call, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO ai_calls
                (tenant_id, id, session_id, message_id, location_id, provider, model, status, budget_day, reserved_micros, owner_id, created_at)
            VALUES (@tenantId, @Id, @SessionId, @MessageId, @LocationId, @Provider, @Model, 'reserved', @BudgetDay, @ReservedMicros, @OwnerId, @now)
            """,
            new
            {
                call.Id, call.SessionId, call.MessageId, call.LocationId, call.Provider, call.Model, call.BudgetDay, call.ReservedMicros, call.OwnerId,
                now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>Notes what a call used.</summary>
    /// <returns>Its reservation, or null when it was settled before: then its money is counted already.</returns>
    public Task<Reserved?> SettleAsync(TenantTransaction transaction, Guid callId, Settlement settlement, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(settlement);
        return transaction.FirstOrDefaultAsync<Reserved>("""
            UPDATE ai_calls
            SET status = @Status, outcome = @Outcome, finished_at = @now, cost_micros = coalesce(@CostMicros, reserved_micros),
                input_tokens = @Input, output_tokens = @Output, cache_read_tokens = @CacheRead, cache_write_tokens = @CacheWrite
            WHERE tenant_id = @tenantId AND id = @callId AND status = 'reserved'
            RETURNING budget_day, reserved_micros, cost_micros
            """,
            new
            {
                callId, settlement.Status, settlement.Outcome, settlement.CostMicros, settlement.Tokens.Input, settlement.Tokens.Output,
                settlement.Tokens.CacheRead, settlement.Tokens.CacheWrite, now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>The calls of an answer that are not settled.</summary>
    public Task<IReadOnlyList<Guid>> OpenOfAsync(TenantTransaction transaction, Guid messageId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<Guid>(
            "SELECT id FROM ai_calls WHERE tenant_id = @tenantId AND message_id = @messageId AND status = 'reserved'", new { messageId }, cancel);
    }

    /// <summary>Calls, of all tenants, whose process has shown no sign of life for this long.</summary>
    public Task<IReadOnlyList<OrphanedCall>> OrphansAsync(TimeSpan silence, CancellationToken cancel) =>
        database.DoorAsync<OrphanedCall>("SELECT tenant_id, id FROM orphaned_ai_calls(@silence)", new { silence }, cancel);
}

/// <summary>A call that is about to be made.</summary>
public sealed record NewCall(
    Guid Id, Guid SessionId, Guid MessageId, Guid LocationId, string Provider, string Model, DateOnly BudgetDay, long ReservedMicros, Guid OwnerId);

/// <summary>What a settled call had reserved, and its cost.</summary>
public sealed record Reserved(DateOnly BudgetDay, long ReservedMicros, long CostMicros);

/// <summary>A call whose process is gone.</summary>
public sealed record OrphanedCall(Guid TenantId, Guid Id);
