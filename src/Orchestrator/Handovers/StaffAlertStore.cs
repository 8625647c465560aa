using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Handovers;

/// <summary>The table <c>staff_alerts</c>: each time that a member of staff was told. The row is committed before the vendor is called, and no row is called twice.</summary>
public sealed class StaffAlertStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>Notes that somebody is about to be told.</summary>
    /// <param name="number">Which time of this handover it is.</param>
    public async Task<Guid> AddAsync(TenantTransaction transaction, Guid handoverId, int number, string channel, string address, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var id = Guid.CreateVersion7();
        await transaction.ExecuteAsync("""
            INSERT INTO staff_alerts (tenant_id, id, handover_id, number, channel, address, status, started_at)
            VALUES (@tenantId, @id, @handoverId, @number, @channel, @address, 'handed_over', @now)
            """, new { id, handoverId, number, channel, address, now = clock.GetUtcNow() }, cancel);
        return id;
    }

    /// <summary>Has that time's word surely reached nobody? What is not known, or not over, may have.</summary>
    public static Task<bool> ReachedNobodyAsync(TenantTransaction transaction, Guid handoverId, int number, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<bool>("""
            SELECT NOT EXISTS (
                SELECT 1 FROM staff_alerts WHERE tenant_id = @tenantId AND handover_id = @handoverId AND number = @number AND status NOT IN ('refused', 'not_sent'))
            """, new { handoverId, number }, cancel);
    }

    /// <summary>How it ended.</summary>
    /// <param name="status">accepted, refused, not_sent or unknown.</param>
    public Task EndAsync(Guid tenantId, Guid id, string status, string? error, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE staff_alerts SET status = @status, error_code = @error, finished_at = @now WHERE tenant_id = @tenantId AND id = @id AND status = 'handed_over'
        """, new { id, status, error, now = clock.GetUtcNow() }, cancel);
}
