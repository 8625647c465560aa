using System.Security.Cryptography;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>A key as the API shows it: never the key itself. <c>hint</c> is its last four letters.</summary>
public sealed record ApiKeyView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Hint { get; init; }

    /// <summary>leads:write, read.</summary>
    public required string[] Scopes { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null = it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>Whom a key speaks for.</summary>
public sealed record ApiKeyIdentity(Guid TenantId, Guid Id, IReadOnlyList<string> Scopes);

/// <summary>The table <c>api_keys</c>.</summary>
public sealed class ApiKeyStore(LeadDatabase database, TimeProvider clock)
{
    private const int HintLength = 4;

    /// <summary>Whom this key speaks for; null when it is no key, revoked or over. Notes the use, once in a minute.</summary>
    public async Task<ApiKeyIdentity?> ReadAsync(string key, CancellationToken cancel)
    {
        if (!ApiKey.IsWellFormed(key))
        {
            return null;
        }

        var hash = ApiKey.Hash(key);
        foreach (var (tenantId, id) in await database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM find_api_key(@hash)", new { hash }, cancel))
        {
            var found = await database.FirstOrDefaultAsync<Stored>(tenantId, """
                WITH used AS (
                    UPDATE api_keys SET last_used_at = @now
                    WHERE tenant_id = @tenantId AND id = @id AND (last_used_at IS NULL OR last_used_at < @now - interval '1 minute')
                      AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)
                )
                SELECT key_hash, scopes FROM api_keys
                WHERE tenant_id = @tenantId AND id = @id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)
                """, new { id, now = clock.GetUtcNow() }, cancel);
            if (found is not null && CryptographicOperations.FixedTimeEquals(found.KeyHash, hash))
            {
                return new ApiKeyIdentity(tenantId, id, found.Scopes);
            }
        }

        return null;
    }

    /// <summary>Makes a key.</summary>
    /// <returns>The row, and the key itself, which nobody can read again; null when two keys of this name live already.</returns>
    public async Task<(ApiKeyView Row, string Key)?> AddAsync(
        TenantTransaction transaction, string name, string[] scopes, DateTimeOffset? expiresAt, Guid createdBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var key = ApiKey.Mint();
        var now = clock.GetUtcNow();
        await transaction.ExecuteAsync("""
            UPDATE api_keys SET revoked_at = expires_at WHERE tenant_id = @tenantId AND name = @name AND revoked_at IS NULL AND expires_at <= @now
            """, new { name, now }, cancel);
        var row = await transaction.FirstOrDefaultAsync<ApiKeyView>("""
            INSERT INTO api_keys (tenant_id, id, name, place, key_hash, hint, scopes, created_by, created_at, expires_at)
            SELECT @tenantId, @id, @name, p.place, @hash, @hint, @scopes, @createdBy, @now, @expiresAt
            FROM generate_series(1, 2) AS p (place)
            WHERE NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.tenant_id = @tenantId AND k.name = @name AND k.place = p.place AND k.revoked_at IS NULL)
            ORDER BY p.place
            LIMIT 1
            ON CONFLICT DO NOTHING
            RETURNING id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at
            """,
            new { id = Guid.CreateVersion7(), name, hash = ApiKey.Hash(key), hint = key[^HintLength..], scopes, createdBy, expiresAt, now }, cancel);
        return row is null ? null : (row, key);
    }

    /// <summary>The tenant's keys, newest first, revoked ones too.</summary>
    public Task<IReadOnlyList<ApiKeyView>> ListAsync(Guid tenantId, Guid? before, int limit, CancellationToken cancel) => database.QueryAsync<ApiKeyView>(tenantId, """
        SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at
        FROM api_keys
        WHERE tenant_id = @tenantId AND (@before::uuid IS NULL OR id < @before)
        ORDER BY id DESC
        LIMIT @limit
        """, new { before, limit }, cancel);

    /// <summary>One key of the tenant, also a revoked one; null = it has no such key.</summary>
    public Task<ApiKeyView?> FindAsync(Guid tenantId, Guid id, CancellationToken cancel) => database.FirstOrDefaultAsync<ApiKeyView>(tenantId, """
        SELECT id, name, hint, scopes, created_by, created_at, expires_at, last_used_at, revoked_at FROM api_keys WHERE tenant_id = @tenantId AND id = @id
        """, new { id }, cancel);

    /// <summary>Ends a key, at once in every process. A second time changes nothing.</summary>
    /// <returns>Null = the tenant has no such key; else whether it was ended now.</returns>
    public async Task<bool?> RevokeAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (await transaction.ExecuteAsync("""
            UPDATE api_keys SET revoked_at = @now WHERE tenant_id = @tenantId AND id = @id AND revoked_at IS NULL
            """, new { id, now = clock.GetUtcNow() }, cancel) == 1)
        {
            return true;
        }

        return await transaction.FirstOrDefaultAsync<int?>("SELECT 1 FROM api_keys WHERE tenant_id = @tenantId AND id = @id", new { id }, cancel) is null ? null : false;
    }

    private sealed record Stored
    {
        public required byte[] KeyHash { get; init; }
        public required string[] Scopes { get; init; }
    }
}
