using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Shared.Tests;

/// <summary>A database with two tenants that each have a shop and a lead, for tests of stores.</summary>
public sealed class SeededDatabase : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;

    public LeadDatabase Lead => Database.Lead;

    public Guid Tenant { get; } = Guid.CreateVersion7();

    public Guid OtherTenant { get; } = Guid.CreateVersion7();

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        foreach (var tenant in new[] { Tenant, OtherTenant })
        {
            await Database.ExecuteAsync($"""
                INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ('{tenant}', 'tenant-{tenant}', 'Shop', 'America/Chicago', '2026-11-23Z', '2026-11-23Z');
                INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ('{tenant}', '{tenant}', 'Austin', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
                """);
        }
    }

    /// <summary>A lead of the tenant's shop, new, without touch points.</summary>
    public async Task<Guid> AddLeadAsync(Guid tenant, Guid? contact = null, string status = "new")
    {
        var id = Guid.CreateVersion7();
        await Database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $1, $3::uuid, 'api', $2::text, $4, 'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z')
            """, tenant, id, contact, status);
        return id;
    }

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();
}
