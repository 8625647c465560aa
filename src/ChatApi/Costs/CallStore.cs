using System.Data.Common;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using NpgsqlTypes;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>The table <c>ai_calls</c>: one row per call of a model, those that failed or were cut as well.</summary>
public sealed class CallStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>Reserves the money of a call and notes the call, in one round trip.</summary>
    /// <returns>False: the tenant's day has not that much left, and nothing was noted.</returns>
    public async Task<bool> ReserveAsync(Guid tenantId, NewCall call, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(call);
        await using var batch = await TenantBatch.OpenAsync(database, cancel);
        batch.Enter(tenantId);
        batch.Add($"""
            WITH budget AS (
                {BudgetStore.Reserve}
            )
            INSERT INTO ai_calls
                (tenant_id, id, session_id, message_id, location_id, provider, model, status, budget_day, reserved_micros, owner_id, created_at)
            SELECT $1, $5, $6, $7, $8, $9, $10, 'reserved', day, $2, $11, $3 FROM budget
            RETURNING id
            """,
            Value(call.ReservedMicros), Value(clock.GetUtcNow().UtcDateTime), Value(Guid.CreateVersion7()), Value(call.Id), Value(call.SessionId),
            Value(call.MessageId), Value(call.LocationId), Value(call.Provider), Value(call.Model), Value(call.OwnerId));
        await using var reader = await batch.ReadAsync(cancel);
        await reader.NextResultAsync(cancel);
        var isReserved = await reader.ReadAsync(cancel);
        await reader.NextResultAsync(cancel); // the commit, or its error
        return isReserved;
    }

    /// <summary>Notes what a call used, and books it; <see cref="ReadSettledAsync"/> tells what it had reserved.</summary>
    /// <param name="batch">In the call's tenant.</param>
    public void AddSettle(TenantBatch batch, Guid callId, Settlement settlement)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(settlement);
        batch.Add($"""
            WITH call AS (
                UPDATE ai_calls
                SET status = $3, outcome = $4, finished_at = $5, cost_micros = coalesce($6, reserved_micros),
                    input_tokens = $7, output_tokens = $8, cache_read_tokens = $9, cache_write_tokens = $10
                WHERE tenant_id = $1 AND id = $2 AND status = 'reserved'
                RETURNING budget_day, reserved_micros, cost_micros
            ), budget AS (
                {BudgetStore.Settle}
            )
            SELECT reserved_micros, cost_micros FROM call
            """,
            Value(callId), Value(settlement.Status), Value(settlement.Outcome), Value(clock.GetUtcNow().UtcDateTime), Number(settlement.CostMicros),
            Value(settlement.Tokens.Input), Value(settlement.Tokens.Output), Value(settlement.Tokens.CacheRead), Value(settlement.Tokens.CacheWrite));
    }

    /// <summary>What became of <see cref="AddSettle"/>. The reader stands on the result before.</summary>
    /// <returns>Null: it was settled before, and its money is counted already.</returns>
    public static async Task<Reserved?> ReadSettledAsync(DbDataReader reader, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        return await reader.ReadAsync(cancel) ? new Reserved(reader.GetInt64(0), reader.GetInt64(1)) : null;
    }

    /// <summary>The calls of an answer that are not settled.</summary>
    public Task<IReadOnlyList<Guid>> OpenOfAsync(Guid tenantId, Guid messageId, CancellationToken cancel) => database.QueryAsync<Guid>(
        tenantId, "SELECT id FROM ai_calls WHERE tenant_id = @tenantId AND message_id = @messageId AND status = 'reserved'", new { messageId }, cancel);

    /// <summary>Calls, of all tenants, whose process has shown no sign of life for this long.</summary>
    public Task<IReadOnlyList<OrphanedCall>> OrphansAsync(TimeSpan silence, CancellationToken cancel) =>
        database.DoorAsync<OrphanedCall>("SELECT tenant_id, id FROM orphaned_ai_calls(@silence)", new { silence }, cancel);

    private static NpgsqlParameter Number(long? value) => new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value is { } known ? known : DBNull.Value };
}

/// <summary>A call that is about to be made.</summary>
public sealed record NewCall(
    Guid Id, Guid SessionId, Guid MessageId, Guid LocationId, string Provider, string Model, long ReservedMicros, Guid OwnerId);

/// <summary>What a settled call had reserved, and its cost.</summary>
public sealed record Reserved(long ReservedMicros, long CostMicros);

/// <summary>A call whose process is gone.</summary>
public sealed record OrphanedCall(Guid TenantId, Guid Id);
