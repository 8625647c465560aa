using System.Data.Common;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using NpgsqlTypes;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>The table <c>ai_calls</c>: one row per call of a model, those that failed or were cut as well.</summary>
public sealed class CallStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>Reserves the money of calls and notes them, all or none, in one round trip.</summary>
    /// <returns>False: the tenant's day has not that much left, and nothing was noted.</returns>
    public async Task<bool> ReserveAsync(Guid tenantId, IReadOnlyList<NewCall> reserve, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reserve);
        await using var batch = await TenantBatch.OpenAsync(database, cancel);
        batch.Enter(tenantId);
        batch.Add(BudgetStore.HoldMonth);
        batch.Add($"""
            WITH budget AS (
                {BudgetStore.Reserve}
            )
            INSERT INTO ai_calls
                (tenant_id, id, session_id, message_id, location_id, provider, model, status, budget_day, reserved_micros, owner_id, created_at)
            SELECT $1, c.id, c.session_id, c.message_id, c.location_id, c.provider, c.model, 'reserved', budget.day, c.micros, c.owner_id, $3
            FROM budget, unnest($5, $6, $7, $8, $9, $10, $11, $12) AS c (id, session_id, message_id, location_id, provider, model, micros, owner_id)
            RETURNING id
            """,
            Value(reserve.Sum(call => call.ReservedMicros)), Value(clock.GetUtcNow().UtcDateTime), Value(Guid.CreateVersion7()),
            Ids([.. reserve.Select(call => call.Id)]), Ids([.. reserve.Select(call => call.SessionId)]), Ids([.. reserve.Select(call => call.MessageId)]),
            Ids([.. reserve.Select(call => call.LocationId)]), Texts([.. reserve.Select(call => call.Provider)]), Texts([.. reserve.Select(call => call.Model)]),
            Numbers([.. reserve.Select(call => call.ReservedMicros)]), Ids([.. reserve.Select(call => call.OwnerId)]));
        await using var reader = await batch.ReadAsync(cancel);
        await reader.NextResultAsync(cancel); // the month's limit
        await reader.NextResultAsync(cancel);
        var isReserved = await reader.ReadAsync(cancel);
        await reader.NextResultAsync(cancel); // the commit, or its error
        return isReserved;
    }

    /// <summary>Notes what calls used, and books it; <see cref="ReadSettledAsync"/> tells what they had reserved.</summary>
    /// <param name="batch">In the calls' tenant. The day's row, which all calls of the tenant want, is taken here: let it be the last statement.</param>
    public void AddSettle(TenantBatch batch, IReadOnlyList<SettledCall> settle)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(settle);
        batch.Add($"""
            WITH call AS (
                UPDATE ai_calls c
                SET status = s.status, outcome = s.outcome, finished_at = $2, cost_micros = coalesce(s.cost, c.reserved_micros),
                    input_tokens = s.input, output_tokens = s.output, cache_read_tokens = s.cache_read, cache_write_tokens = s.cache_write
                FROM unnest($3, $4, $5, $6, $7, $8, $9, $10) AS s (id, status, outcome, cost, input, output, cache_read, cache_write)
                WHERE c.tenant_id = $1 AND c.id = s.id AND c.status = 'reserved'
                RETURNING c.id, c.budget_day, c.reserved_micros, c.cost_micros
            ), budget AS (
                {BudgetStore.Settle}
            )
            SELECT id, reserved_micros, cost_micros FROM call
            """,
            Value(clock.GetUtcNow().UtcDateTime), Ids([.. settle.Select(call => call.Id)]), Texts([.. settle.Select(call => call.Settlement.Status)]),
            Texts([.. settle.Select(call => call.Settlement.Outcome)]), Costs([.. settle.Select(call => call.Settlement.CostMicros)]),
            Numbers([.. settle.Select(call => call.Settlement.Tokens.Input)]), Numbers([.. settle.Select(call => call.Settlement.Tokens.Output)]),
            Numbers([.. settle.Select(call => call.Settlement.Tokens.CacheRead)]), Numbers([.. settle.Select(call => call.Settlement.Tokens.CacheWrite)]));
    }

    /// <summary>What became of <see cref="AddSettle"/>; what is missing was settled before, and its money is counted already. The reader stands on the result before.</summary>
    public static async Task<IReadOnlyList<Reserved>> ReadSettledAsync(DbDataReader reader, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        var settled = new List<Reserved>();
        while (await reader.ReadAsync(cancel))
        {
            settled.Add(new Reserved(reader.GetGuid(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return settled;
    }

    /// <summary>The calls of an answer that are not settled.</summary>
    public Task<IReadOnlyList<Guid>> OpenOfAsync(Guid tenantId, Guid messageId, CancellationToken cancel) => database.QueryAsync<Guid>(
        tenantId, "SELECT id FROM ai_calls WHERE tenant_id = @tenantId AND message_id = @messageId AND status = 'reserved'", new { messageId }, cancel);

    /// <summary>Calls, of all tenants, whose process has shown no sign of life for this long.</summary>
    public Task<IReadOnlyList<OrphanedCall>> OrphansAsync(TimeSpan silence, CancellationToken cancel) =>
        database.DoorAsync<OrphanedCall>("SELECT tenant_id, id FROM orphaned_ai_calls(@silence)", new { silence }, cancel);

    private static NpgsqlParameter<long?[]> Costs(long?[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, TypedValue = values };
}

/// <summary>A call that is about to be made.</summary>
public sealed record NewCall(
    Guid Id, Guid SessionId, Guid MessageId, Guid LocationId, string Provider, string Model, long ReservedMicros, Guid OwnerId);

/// <summary>What a settled call had reserved, and its cost.</summary>
public sealed record Reserved(Guid CallId, long ReservedMicros, long CostMicros);

/// <summary>A call that is over.</summary>
public sealed record SettledCall(Guid Id, Settlement Settlement);

/// <summary>A call whose process is gone.</summary>
public sealed record OrphanedCall(Guid TenantId, Guid Id);
