using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Shared.Tenants;

/// <summary>A franchise: everything else belongs to one.</summary>
/// <param name="Timezone">IANA name, for example America/Chicago: the zone of its days and of shops whose own is not known.</param>
public sealed record Tenant(Guid Id, string Slug, string Name, string Timezone, string? ShopmonkeyCompanyId, long AiDailyLimitMicros);

/// <summary>A franchise as the API shows it.</summary>
public sealed record TenantView(Guid Id, string Slug, string Name, string Timezone, string? ShopmonkeyCompanyId, DateTimeOffset CreatedAt);

/// <summary>The table <c>tenants</c>.</summary>
public sealed class TenantStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>The tenant with this slug or id, or null.</summary>
    public Task<Guid?> FindAsync(string slugOrId, CancellationToken cancel) =>
        DoorAsync("SELECT tenant_id FROM find_tenant(@slugOrId)", new { slugOrId }, cancel);

    /// <summary>The tenant that is this company at Shopmonkey, or null.</summary>
    public Task<Guid?> FindByCompanyAsync(string companyId, CancellationToken cancel) =>
        DoorAsync("SELECT tenant_id FROM find_tenant_by_company(@companyId)", new { companyId }, cancel);

    /// <summary>One tenant's own row.</summary>
    public async Task<Tenant> GetAsync(Guid tenantId, CancellationToken cancel) =>
        await database.FirstOrDefaultAsync<Tenant>(tenantId, """
            SELECT id, slug, name, timezone, shopmonkey_company_id, ai_daily_limit_micros FROM tenants WHERE id = @tenantId
            """, null, cancel) ?? throw new InvalidOperationException($"Tenant {tenantId} does not exist");

    /// <summary>Makes the tenant unless its slug is taken; two processes that start at once make one.</summary>
    public async Task<Guid> EnsureAsync(string slug, string name, string timezone, string? shopmonkeyCompanyId, CancellationToken cancel)
    {
        if (await FindAsync(slug, cancel) is { } existing)
        {
            await AdoptCompanyAsync(existing, shopmonkeyCompanyId, cancel);
            return existing;
        }

        var tenantId = Guid.CreateVersion7();
        await database.ExecuteAsync(tenantId, """
            INSERT INTO tenants (id, slug, name, timezone, shopmonkey_company_id, created_at, updated_at)
            VALUES (@tenantId, @slug, @name, @timezone, @shopmonkeyCompanyId, @now, @now)
            -- Of whichever key: two that start at once may meet on the company's first.
            ON CONFLICT DO NOTHING
            """, new { slug, name, timezone, shopmonkeyCompanyId, now = clock.GetUtcNow() }, cancel);
        return await FindAsync(slug, cancel) ?? throw CompanyIsTaken();
    }

    /// <summary>Makes the tenant of this transaction.</summary>
    /// <returns>False when its slug or its company is taken.</returns>
    public async Task<bool> AddAsync(TenantTransaction transaction, string slug, string name, string timezone, string? shopmonkeyCompanyId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("""
            INSERT INTO tenants (id, slug, name, timezone, shopmonkey_company_id, created_at, updated_at)
            VALUES (@tenantId, @slug, @name, @timezone, @shopmonkeyCompanyId, @now, @now)
            ON CONFLICT DO NOTHING
            """, new { slug, name, timezone, shopmonkeyCompanyId, now = clock.GetUtcNow() }, cancel) == 1;
    }

    /// <summary>Changes what is given and leaves what is null.</summary>
    /// <returns>False when there is no such tenant, or its company is another's.</returns>
    public async Task<bool> ChangeAsync(TenantTransaction transaction, string? name, string? timezone, string? shopmonkeyCompanyId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        try
        {
            return await transaction.ExecuteAsync("""
                UPDATE tenants
                SET name = coalesce(@name, name), timezone = coalesce(@timezone, timezone),
                    shopmonkey_company_id = coalesce(@shopmonkeyCompanyId, shopmonkey_company_id), updated_at = @now
                WHERE id = @tenantId
                """, new { name, timezone, shopmonkeyCompanyId, now = clock.GetUtcNow() }, cancel) == 1;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    /// <summary>A tenant as the API shows it, or null.</summary>
    public Task<TenantView?> ViewAsync(Guid tenantId, CancellationToken cancel) => database.FirstOrDefaultAsync<TenantView>(tenantId, """
        SELECT id, slug, name, timezone, shopmonkey_company_id, created_at FROM tenants WHERE id = @tenantId
        """, null, cancel);

    /// <summary>A page of all tenants, the newest first: their ids through the door, and each row from inside its own tenant.</summary>
    public async Task<IReadOnlyList<TenantView>> ListAsync(Guid? before, int limit, CancellationToken cancel)
    {
        var ids = await database.DoorAsync<Guid>("""
            SELECT tenant_id FROM tenant_ids() WHERE @before::uuid IS NULL OR tenant_id < @before ORDER BY tenant_id DESC LIMIT @limit
            """, new { before, limit }, cancel);
        if (ids.Count == 0)
        {
            return [];
        }

        await using var batch = await TenantBatch.OpenAsync(database, cancel);
        foreach (var id in ids)
        {
            batch.Enter(id);
            batch.Add("SELECT id, slug, name, timezone, shopmonkey_company_id, created_at FROM tenants WHERE id = $1");
        }

        var tenants = new List<TenantView>();
        await using var reader = await batch.ReadAsync(cancel);
        do
        {
            // The results in between are those of entering a tenant.
            while (await reader.ReadAsync(cancel) && reader.GetFieldType(0) == typeof(Guid))
            {
                tenants.Add(new TenantView(
                    reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                    reader.GetFieldValue<DateTimeOffset>(5)));
            }
        }
        while (await reader.NextResultAsync(cancel));

        return tenants;
    }

    /// <summary>All tenants, for rounds that visit each.</summary>
    public Task<IReadOnlyList<Guid>> AllAsync(CancellationToken cancel) => database.DoorAsync<Guid>("SELECT tenant_id FROM tenant_ids()", null, cancel);

    // The environment may name the company only later than the tenant.
    private async Task AdoptCompanyAsync(Guid tenantId, string? shopmonkeyCompanyId, CancellationToken cancel)
    {
        try
        {
            await database.ExecuteAsync(tenantId, """
                UPDATE tenants SET shopmonkey_company_id = @shopmonkeyCompanyId, updated_at = @now
                WHERE id = @tenantId AND @shopmonkeyCompanyId::text IS NOT NULL AND shopmonkey_company_id IS DISTINCT FROM @shopmonkeyCompanyId
                """, new { shopmonkeyCompanyId, now = clock.GetUtcNow() }, cancel);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw CompanyIsTaken();
        }
    }

    private static SettingsException CompanyIsTaken() =>
        new(["SHOPMONKEY_TENANT_ID belongs to another tenant of this database: set TENANT_ID to that tenant, or correct the company"]);

    private async Task<Guid?> DoorAsync(string sql, object args, CancellationToken cancel) =>
        await database.DoorAsync<Guid>(sql, args, cancel) is [var id, ..] ? id : null;
}

/// <summary>The tenant that the environment configures. Known after the start.</summary>
public sealed class DefaultTenant(TenantStore tenants, PlatformSettings settings)
{
    // The original's own default zone; a shop's zone comes from the CRM and wins.
    private const string DefaultTimezone = "America/Chicago";

    /// <summary>Its id.</summary>
    public Guid Id { get; private set; }

    internal async Task EnsureAsync(CancellationToken cancel)
    {
        if (settings.ShopmonkeyCompanyId is { } company
            && await tenants.FindByCompanyAsync(company, cancel) is { } owner && await tenants.FindAsync(settings.TenantSlug, cancel) != owner)
        {
            throw new SettingsException(["SHOPMONKEY_TENANT_ID is the company of another tenant than the one that TENANT_ID names: one company is one tenant"]);
        }

        Id = await tenants.EnsureAsync(settings.TenantSlug, NameOf(settings.TenantSlug), DefaultTimezone, settings.ShopmonkeyCompanyId, cancel);
    }

    /// <summary>acme-tint → Acme Tint: how a tenant is called until somebody names it.</summary>
    public static string NameOf(string slug) =>
        string.Join(' ', slug.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
