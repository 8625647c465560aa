namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>The table <c>ai_budgets</c>: a tenant's money of one day. Its CHECK is the cap: spent + reserved never passes the limit.</summary>
/// <remarks>A tenant's day is one row, which all its calls want: each statement takes and leaves it in one round trip.</remarks>
internal static class BudgetStore
{
    /// <summary>
    /// Reserves <c>$2</c> of today, if the tenant has that much left; gives the day. Today is a day of the tenant's zone, at <c>$3</c>; the limit is
    /// the tenant's of this moment.
    /// </summary>
    public const string Reserve = """
        INSERT INTO ai_budgets (tenant_id, id, day, limit_micros, reserved_micros)
        SELECT $1, $4, today.day, today.cap, $2
        FROM (
            SELECT ($3 AT TIME ZONE t.timezone)::date AS day,
                coalesce((SELECT l.limit_micros FROM ai_limits l WHERE l.tenant_id = $1 AND l.period = 'day'), t.ai_daily_limit_micros) AS cap
            FROM tenants t
            WHERE t.id = $1
        ) today
        WHERE $2 <= today.cap AND NOT EXISTS (
            SELECT 1 FROM ai_limits m
            WHERE m.tenant_id = $1 AND m.period = 'month' AND m.limit_micros < $2 + (
                SELECT coalesce(sum(b.spent_micros + b.reserved_micros), 0) FROM ai_budgets b
                WHERE b.tenant_id = $1 AND b.day >= date_trunc('month', today.day)::date AND b.day < (date_trunc('month', today.day) + interval '1 month')::date))
        ON CONFLICT (tenant_id, day) DO UPDATE
        SET limit_micros = excluded.limit_micros, reserved_micros = ai_budgets.reserved_micros + excluded.reserved_micros
        WHERE ai_budgets.spent_micros + ai_budgets.reserved_micros + excluded.reserved_micros <= excluded.limit_micros
        RETURNING day
        """;

    /// <summary>Takes the month's limit until the transaction ends, if there is one; its sum is of many rows, and two that add to it at once would both see it fit.</summary>
    /// <remarks>A statement of its own before <see cref="Reserve"/>: what waits for a row goes on with what it saw before. Settling only lowers the sum, and does not wait.</remarks>
    public const string HoldMonth = "SELECT id FROM ai_limits WHERE tenant_id = $1 AND period = 'month' FOR UPDATE";

    /// <summary>Turns the reservations of the statement's <c>call</c> rows into what was spent.</summary>
    /// <remarks>A cost above its reservation (a vendor that ignores its own limits) fills the day at most: then nothing more is asked that day.</remarks>
    public const string Settle = """
        UPDATE ai_budgets b
        SET reserved_micros = b.reserved_micros - c.reserved,
            spent_micros = least(b.spent_micros + c.cost, b.limit_micros - b.reserved_micros + c.reserved)
        FROM (SELECT budget_day, sum(reserved_micros)::bigint AS reserved, sum(cost_micros)::bigint AS cost FROM call GROUP BY budget_day) c
        WHERE b.tenant_id = $1 AND b.day = c.budget_day
        """;
}
