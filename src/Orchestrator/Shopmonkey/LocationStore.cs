using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>A shop as the intake needs it.</summary>
public sealed record Location
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }

    /// <summary>IANA name.</summary>
    public required string Timezone { get; init; }
    public string[]? LeadWorkflowStatusIds { get; init; }
    public string[]? LeadWorkflowNames { get; init; }
    public required string[] LeadStatuses { get; init; }
    public required string LeadNamePrefix { get; init; }
    public required string[] LeadExclusions { get; init; }
    public required string TestMarker { get; init; }

    /// <summary>Its id at the CRM; null for a shop that the CRM does not have.</summary>
    public string? ExternalId { get; init; }

    /// <summary>When the CRM last told about it; null = it never did.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>What counts as a lead here.</summary>
    public LocationRules Rules => new(LeadWorkflowStatusIds, LeadWorkflowNames, LeadStatuses, LeadNamePrefix, LeadExclusions, TestMarker);
}

/// <summary>A shop that the CRM has told about.</summary>
public sealed record SyncedShop(Guid Id, string ExternalId);

/// <summary>The table <c>locations</c>.</summary>
public sealed partial class LocationStore(LeadDatabase database, TimeProvider clock)
{
    private const string Columns =
        "id, external_id, name, timezone, lead_workflow_status_ids, lead_workflow_names, lead_statuses, lead_name_prefix, lead_exclusions, test_marker, synced_at";

    /// <summary>The shop with this id at the CRM, or null.</summary>
    public Task<Location?> FindAsync(Guid tenantId, string externalId, CancellationToken cancel) => database.FirstOrDefaultAsync<Location>(tenantId, $"""
        SELECT {Columns}
        FROM locations WHERE tenant_id = @tenantId AND external_id = @externalId
        """, new { externalId }, cancel);

    /// <summary>The shops that the CRM has told about.</summary>
    public Task<IReadOnlyList<SyncedShop>> SyncedAsync(Guid tenantId, CancellationToken cancel) => database.QueryAsync<SyncedShop>(
        tenantId, "SELECT id, external_id FROM locations WHERE tenant_id = @tenantId AND external_id IS NOT NULL AND synced_at IS NOT NULL ORDER BY id", null, cancel);

    /// <summary>How the shop of a lead calls itself, or null.</summary>
    public Task<Shop?> ShopOfLeadAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Shop>("""
            SELECT o.name, o.phone FROM leads l JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            WHERE l.tenant_id = @tenantId AND l.id = @leadId
            """, new { leadId }, cancel);
    }

    /// <summary>Writes what the CRM says of a shop. What it does not say keeps its value, and so does a name or zone that staff chose.</summary>
    /// <param name="address">One that a letter would reach; null = it says none.</param>
    /// <param name="place">The town alone. Where that was stored as the address, there is none from now on.</param>
    /// <param name="isSynced">False when the CRM did not know the shop and the tenant's own name and zone stand in.</param>
    public async Task SaveAsync(
        Guid tenantId, string externalId, string name, string? phone, string? address, string? place, string timezone, bool isSynced, CancellationToken cancel) =>
        await database.ExecuteAsync(tenantId, """
            INSERT INTO locations (tenant_id, id, external_id, name, phone, address, timezone, synced_at, created_at, updated_at, crm_name, crm_timezone)
            VALUES (@tenantId, @id, @externalId, @name, @phone, @address, @timezone, CASE WHEN @isSynced THEN @now END, @now, @now,
                CASE WHEN @isSynced THEN @name END, CASE WHEN @isSynced THEN @timezone END)
            ON CONFLICT (tenant_id, external_id) DO UPDATE
            SET name = CASE WHEN locations.name_is_ours THEN locations.name ELSE excluded.name END,
                timezone = CASE WHEN locations.timezone_is_ours THEN locations.timezone ELSE excluded.timezone END,
                crm_name = excluded.crm_name, crm_timezone = excluded.crm_timezone,
                phone = coalesce(excluded.phone, locations.phone), address = coalesce(excluded.address, CASE WHEN locations.address IS DISTINCT FROM @place THEN locations.address END),
                synced_at = excluded.synced_at, updated_at = @now
            WHERE @isSynced
            """, new { id = Guid.CreateVersion7(), externalId, name, phone, address, place, timezone, isSynced, now = clock.GetUtcNow() }, cancel);
}
