using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Shared.Tenants;

/// <summary>A franchise: everything else belongs to one.</summary>
/// <param name="Timezone">IANA name, for example America/Chicago: the zone of its days and of shops whose own is not known.</param>
public sealed record Tenant(Guid Id, string Slug, string Name, string Timezone, string? ShopmonkeyCompanyId, long AiDailyLimitMicros);

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
