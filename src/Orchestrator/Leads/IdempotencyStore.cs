using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>An answer that was given to a key.</summary>
public sealed record GivenAnswer
{
    public required byte[] RequestHash { get; init; }

    /// <summary>The body, byte for byte.</summary>
    public required string Answer { get; init; }
}

/// <summary>The table <c>idempotency_keys</c>: the same key gets the same answer, for a week.</summary>
public sealed class IdempotencyStore(TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>Waits until nobody else works under this key, and gives the answer that was given to it; null = none yet.</summary>
    /// <param name="scope">What is done, and for whom: two partners may use the same key.</param>
    public async Task<GivenAnswer?> FindAsync(TenantTransaction transaction, string scope, string key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // Two statements: one that waits for the lock would not see what was committed meanwhile.
        await transaction.ExecuteAsync(
            "SELECT pg_advisory_xact_lock(hashtextextended(@lock, 0))", new { @lock = $"{transaction.TenantId}/idempotency/{scope}/{key}" }, cancel);
        return await transaction.FirstOrDefaultAsync<GivenAnswer>("""
            SELECT request_hash, answer FROM idempotency_keys WHERE tenant_id = @tenantId AND scope = @scope AND key = @key
            """, new { scope, key }, cancel);
    }

    /// <summary>Keeps an answer, and lets some of the oldest go.</summary>
    public Task AddAsync(TenantTransaction transaction, string scope, string key, byte[] requestHash, Guid targetId, string answer, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        return transaction.ExecuteAsync("""
            WITH oldest AS (
                SELECT id FROM idempotency_keys WHERE tenant_id = @tenantId ORDER BY id LIMIT 20
            ), let_go AS (
                DELETE FROM idempotency_keys k USING oldest WHERE k.tenant_id = @tenantId AND k.id = oldest.id AND k.created_at < @before
            )
            INSERT INTO idempotency_keys (tenant_id, id, scope, key, request_hash, target_id, answer, created_at)
            VALUES (@tenantId, @id, @scope, @key, @requestHash, @targetId, @answer, @now)
            """, new { id = Guid.CreateVersion7(), scope, key, requestHash, targetId, answer, before = now - Kept, now }, cancel);
    }
}
