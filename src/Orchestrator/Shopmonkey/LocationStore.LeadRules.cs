using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What counts as a lead in a shop, as staff set it.</summary>
public sealed partial class LocationStore
{
    /// <summary>One shop, or null.</summary>
    public Task<Location?> FindAsync(Guid tenantId, Guid id, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<Location>(tenantId, $"SELECT {Columns} FROM locations WHERE tenant_id = @tenantId AND id = @id", new { id }, cancel);

    /// <summary>Replaces a shop's rules. Every process goes by them within <see cref="LocationSync.KnownFor"/>.</summary>
    public Task SaveRulesAsync(TenantTransaction transaction, Guid id, LocationRules rules, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(rules);
        return transaction.ExecuteAsync("""
            UPDATE locations
            SET lead_workflow_status_ids = @WorkflowStatusIds, lead_workflow_names = @WorkflowNames, lead_statuses = @Statuses, lead_name_prefix = @NamePrefix,
                lead_exclusions = @Exclusions, test_marker = @TestMarker, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @id
            """, new { id, rules.WorkflowStatusIds, rules.WorkflowNames, rules.Statuses, rules.NamePrefix, rules.Exclusions, rules.TestMarker, now = clock.GetUtcNow() }, cancel);
    }
}
