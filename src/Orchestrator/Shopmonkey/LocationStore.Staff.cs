using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

public sealed partial class LocationStore
{
    /// <summary>Has a shop no postal address?</summary>
    public Task<bool> IsAnyWithoutAddressAsync(Guid tenantId, CancellationToken cancel) => database.FirstOrDefaultAsync<bool>(tenantId, """
        SELECT EXISTS (SELECT 1 FROM locations WHERE tenant_id = @tenantId AND coalesce(address, '') !~ '[^[:space:]]')
        """, null, cancel);

    private const string StaffColumns = """
        id, external_id, name, phone, address, timezone, synced_at, updated_at, name_is_ours, timezone_is_ours, crm_name, crm_timezone
        """;

    /// <summary>A page of the tenant's shops, newest first.</summary>
    public Task<IReadOnlyList<LocationRecord>> ListAsync(Guid tenantId, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<LocationRecord>(tenantId, $"""
            SELECT {StaffColumns} FROM locations
            WHERE tenant_id = @tenantId AND (@before::uuid IS NULL OR id < @before)
            ORDER BY id DESC
            LIMIT @limit
            """, new { before, limit }, cancel);

    /// <summary>One shop, or null.</summary>
    public Task<LocationRecord?> GetAsync(Guid tenantId, Guid id, CancellationToken cancel) => database.FirstOrDefaultAsync<LocationRecord>(tenantId, $"""
        SELECT {StaffColumns} FROM locations WHERE tenant_id = @tenantId AND id = @id
        """, new { id }, cancel);

    /// <summary>One shop, locked until the end of the transaction: who changes its services, hours or name stands in line here. Null = the tenant has no such shop.</summary>
    public Task<LocationRecord?> LockAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<LocationRecord>($"""
            SELECT {StaffColumns} FROM locations WHERE tenant_id = @tenantId AND id = @id FOR NO KEY UPDATE
            """, new { id }, cancel);
    }

    /// <summary>Makes a shop that the CRM does not have.</summary>
    public Task AddAsync(TenantTransaction transaction, LocationRecord location, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(location);
        return transaction.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, name, phone, address, timezone, created_at, updated_at)
            VALUES (@tenantId, @Id, @Name, @Phone, @Address, @Timezone, @now, @now)
            """, new { location.Id, location.Name, location.Phone, location.Address, location.Timezone, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>All shops of the tenant that the CRM may know, locked in one order.</summary>
    public Task<IReadOnlyList<(Guid Id, string ExternalId)>> LockAllAsync(TenantTransaction transaction, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<(Guid Id, string ExternalId)>("""
            SELECT id, external_id FROM locations WHERE tenant_id = @tenantId AND external_id IS NOT NULL ORDER BY id FOR NO KEY UPDATE
            """, null, cancel);
    }

    /// <summary>Writes a shop's name, zone, phone and address as they are to be now. The shop is locked.</summary>
    public Task WriteAsync(TenantTransaction transaction, LocationRecord location, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(location);
        return transaction.ExecuteAsync("""
            UPDATE locations SET name = @Name, name_is_ours = @NameIsOurs, timezone = @Timezone, timezone_is_ours = @TimezoneIsOurs, phone = @Phone, address = @Address, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @Id
            """,
            new { location.Id, location.Name, location.NameIsOurs, location.Timezone, location.TimezoneIsOurs, location.Phone, location.Address, now = clock.GetUtcNow() }, cancel);
    }
}
