using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>The table <c>ai_budgets</c>: a tenant's money of one day. Its CHECK is the cap: spent + reserved never passes the limit.</summary>
public sealed class BudgetStore(TimeProvider clock)
{
    /// <summary>Reserves money of today, if the tenant has that much left. Today is a day of the tenant's zone; the limit is the tenant's of this moment.</summary>
    /// <returns>The day, or null when it does not fit.</returns>
    public async Task<DateOnly?> ReserveAsync(TenantTransaction transaction, long micros, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FirstOrDefaultAsync<DateOnly?>("""
            INSERT INTO ai_budgets (tenant_id, id, day, limit_micros, reserved_micros)
            SELECT @tenantId, @id, (@now AT TIME ZONE t.timezone)::date, t.ai_daily_limit_micros, @micros
            FROM tenants t
            WHERE t.id = @tenantId AND @micros <= t.ai_daily_limit_micros
            ON CONFLICT (tenant_id, day) DO UPDATE
            SET limit_micros = excluded.limit_micros, reserved_micros = ai_budgets.reserved_micros + excluded.reserved_micros
            WHERE ai_budgets.spent_micros + ai_budgets.reserved_micros + excluded.reserved_micros <= excluded.limit_micros
            RETURNING day
            """, new { id = Guid.CreateVersion7(), micros, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Turns a reservation into what was spent.</summary>
    /// <remarks>A cost above its reservation (a vendor that ignores its own limits) fills the day at most: then nothing more is asked that day.</remarks>
    public Task<int> SettleAsync(TenantTransaction transaction, DateOnly day, long reserved, long cost, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE ai_budgets
            SET reserved_micros = reserved_micros - @reserved,
                spent_micros = least(spent_micros + @cost, limit_micros - reserved_micros + @reserved)
            WHERE tenant_id = @tenantId AND day = @day
            """, new { day, reserved, cost }, cancel);
    }
}
