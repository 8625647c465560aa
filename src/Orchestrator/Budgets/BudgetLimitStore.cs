using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Budgets;

/// <summary>What a franchise's models may cost in a period, and what they have cost in the one that runs.</summary>
/// <param name="Period">day or month, of the franchise's zone.</param>
/// <param name="LimitMicros">Micro-dollars; null = no limit of its own. No call is made that could pass it.</param>
/// <param name="SoftPercent">From this share of the limit on, the cheaper model is asked first.</param>
/// <param name="SpentMicros">Of the period that runs.</param>
/// <param name="ReservedMicros">For calls that run at this moment.</param>
public sealed record BudgetView(string Period, long? LimitMicros, int SoftPercent, long SpentMicros, long ReservedMicros);

/// <summary>The table <c>ai_limits</c>. What is spent is counted by the Chat API, in <c>ai_budgets</c>.</summary>
public sealed class BudgetLimitStore(LeadDatabase database, AuditStore audit, TimeProvider clock)
{
    /// <summary>The day's and the month's.</summary>
    public Task<IReadOnlyList<BudgetView>> ReadAsync(Guid tenantId, CancellationToken cancel) => database.QueryAsync<BudgetView>(tenantId, """
        SELECT p.period, coalesce(l.limit_micros, CASE WHEN p.period = 'day' THEN t.ai_daily_limit_micros END) AS limit_micros, coalesce(l.soft_percent, 80) AS soft_percent,
            coalesce(sum(b.spent_micros), 0)::bigint AS spent_micros, coalesce(sum(b.reserved_micros), 0)::bigint AS reserved_micros
        FROM tenants t
        CROSS JOIN (VALUES ('day'), ('month')) AS p (period)
        LEFT JOIN ai_limits l ON l.tenant_id = t.id AND l.period = p.period
        LEFT JOIN ai_budgets b ON b.tenant_id = t.id AND b.day >= date_trunc(p.period, @now AT TIME ZONE t.timezone)::date
            AND b.day < (date_trunc(p.period, @now AT TIME ZONE t.timezone) + ('1 ' || p.period)::interval)::date
        WHERE t.id = @tenantId
        GROUP BY p.period, l.limit_micros, l.soft_percent, t.ai_daily_limit_micros
        ORDER BY p.period
        """, new { now = clock.GetUtcNow() }, cancel);

    /// <summary>Sets one of them. It holds for the next call of a model.</summary>
    public async Task WriteAsync(Guid tenantId, Guid actorId, string period, long limitMicros, int softPercent, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await transaction.ExecuteAsync("""
            INSERT INTO ai_limits (tenant_id, id, period, limit_micros, soft_percent, updated_at)
            VALUES (@tenantId, @id, @period, @limitMicros, @softPercent, @now)
            ON CONFLICT (tenant_id, period) DO UPDATE
            SET limit_micros = excluded.limit_micros, soft_percent = excluded.soft_percent, updated_at = excluded.updated_at
            """, new { id = Guid.CreateVersion7(), period, limitMicros, softPercent, now = clock.GetUtcNow() }, cancel);
        await audit.AddAsync(transaction, actorId, "budget_set", $"budgets/{period}", cancel);
        await transaction.CommitAsync(cancel);
    }
}
