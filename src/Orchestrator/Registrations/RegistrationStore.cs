using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Registrations;

/// <summary>The table <c>webhook_registrations</c>: the webhook that we made at a tenant's CRM ourselves. One per tenant; its id is the tenant's.</summary>
public sealed class RegistrationStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>The CRM's id of ours, or null when we never made one.</summary>
    public Task<string?> FindAsync(Guid tenantId, CancellationToken cancel) => database.FirstOrDefaultAsync<string>(tenantId, """
        SELECT external_id FROM webhook_registrations WHERE tenant_id = @tenantId AND id = @tenantId
        """, null, cancel);

    /// <summary>From now on it is this one.</summary>
    public Task SaveAsync(TenantTransaction transaction, string externalId, string url, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO webhook_registrations (tenant_id, id, external_id, url, created_at, updated_at)
            VALUES (@tenantId, @tenantId, @externalId, @url, @now, @now)
            ON CONFLICT (tenant_id, id) DO UPDATE SET external_id = excluded.external_id, url = excluded.url, updated_at = excluded.updated_at
            """, new { externalId, url, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Takes the right to mend it without being asked: one process, and not again before this time (real time of the database) is over.</summary>
    public async Task<bool> TryMendAsync(Guid tenantId, TimeSpan notAgainFor, CancellationToken cancel) => await database.ExecuteAsync(tenantId, """
        UPDATE webhook_registrations SET mended_at = clock_timestamp()
        WHERE tenant_id = @tenantId AND id = @tenantId AND (mended_at IS NULL OR mended_at < clock_timestamp() - @notAgainFor)
        """, new { notAgainFor }, cancel) == 1;
}
