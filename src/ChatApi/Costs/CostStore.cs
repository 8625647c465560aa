using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>What calls of models have cost, together for a key.</summary>
/// <param name="Key">The provider, the model, the location's id, the session's id, or the day.</param>
/// <param name="Calls">Failed and cut ones too.</param>
/// <param name="InputTokens">Those that were read from a vendor's cache or put into it, too.</param>
/// <param name="CostMicros">Micro-dollars that are booked: each call's, rounded up.</param>
public sealed record CostRow(string Key, long Calls, long InputTokens, long OutputTokens, long CacheReadTokens, long CacheWriteTokens, long CostMicros);

/// <summary>What a range of days has cost.</summary>
/// <param name="Conversations">In which a model was called.</param>
/// <param name="Appointments">That were made in these days.</param>
public sealed record CostTotals(long Calls, long CostMicros, long Conversations, long Appointments);

/// <summary>Tokens that went through a vendor's cache in a day.</summary>
public sealed record CachedTokens(string Provider, string Model, DateOnly Day, long Read, long Written);

/// <summary>Sums of the table <c>ai_calls</c>, the ledger. Writes nothing.</summary>
public sealed class CostStore(LeadDatabase database)
{
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["provider"] = "c.provider", ["model"] = "c.model", ["location"] = "c.location_id::text", ["day"] = "to_char(c.budget_day, 'YYYY-MM-DD')", ["conversation"] = "c.session_id::text",
    };

    /// <summary>By what it can be summed.</summary>
    public static IReadOnlyCollection<string> Groups => Keys.Keys;

    /// <summary>By a key, in its order, after <paramref name="after"/>.</summary>
    /// <param name="groupBy">One of <see cref="Groups"/>.</param>
    /// <param name="from">The first day, of the tenant's zone.</param>
    /// <param name="to">The last day.</param>
    public Task<IReadOnlyList<CostRow>> ByAsync(Guid tenantId, string groupBy, DateOnly from, DateOnly to, string? after, int most, CancellationToken cancel) =>
        database.QueryAsync<CostRow>(tenantId, $"""
            SELECT {Keys[groupBy]} AS key, count(*) AS calls, sum(c.input_tokens)::bigint AS input_tokens, sum(c.output_tokens)::bigint AS output_tokens,
                sum(c.cache_read_tokens)::bigint AS cache_read_tokens, sum(c.cache_write_tokens)::bigint AS cache_write_tokens, sum(c.cost_micros)::bigint AS cost_micros
            FROM ai_calls c
            WHERE c.tenant_id = @tenantId AND c.budget_day BETWEEN @from AND @to AND (@after::text IS NULL OR {Keys[groupBy]} > @after)
            GROUP BY 1
            ORDER BY 1
            LIMIT @most
            """, new { from, to, after, most }, cancel);

    /// <summary>What vendors have read from their caches and put into them, by model and price list.</summary>
    /// <remarks>A price holds by the day of UTC, as it did when the call was reserved.</remarks>
    public Task<IReadOnlyList<CachedTokens>> CachedAsync(Guid tenantId, DateOnly from, DateOnly to, CancellationToken cancel) => database.QueryAsync<CachedTokens>(tenantId, """
        SELECT c.provider, c.model, (c.created_at AT TIME ZONE 'UTC')::date AS day, sum(c.cache_read_tokens)::bigint AS read, sum(c.cache_write_tokens)::bigint AS written
        FROM ai_calls c
        WHERE c.tenant_id = @tenantId AND c.budget_day BETWEEN @from AND @to AND (c.cache_read_tokens > 0 OR c.cache_write_tokens > 0)
        GROUP BY 1, 2, 3
        """, new { from, to }, cancel);

    /// <summary>All of it together.</summary>
    public async Task<CostTotals> TotalAsync(Guid tenantId, DateOnly from, DateOnly to, CancellationToken cancel) =>
        (await database.FirstOrDefaultAsync<CostTotals>(tenantId, """
            SELECT count(*) AS calls, coalesce(sum(c.cost_micros), 0)::bigint AS cost_micros, count(DISTINCT c.session_id) AS conversations,
                (SELECT count(*) FROM appointments a JOIN tenants t ON t.id = a.tenant_id
                 WHERE a.tenant_id = @tenantId AND a.revision > 0 AND a.status_reason IS DISTINCT FROM 'replaced' AND (a.created_at AT TIME ZONE t.timezone)::date BETWEEN @from AND @to) AS appointments
            FROM ai_calls c
            WHERE c.tenant_id = @tenantId AND c.budget_day BETWEEN @from AND @to
            """, new { from, to }, cancel))!;
}
