using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Leads;

/// <summary>One change of the table <c>leads</c> that the chat makes: the customer has answered.</summary>
public sealed class EngagementStore(TimeProvider clock)
{
    /// <summary>The lead of a session that was waiting for an answer is engaged from now on. One that is further, lost or opted out stays so.</summary>
    /// <returns>Did it change?</returns>
    public async Task<bool> EngageAsync(TenantTransaction transaction, Guid sessionId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("""
            UPDATE leads l SET status = 'engaged', updated_at = @now
            FROM chat_sessions s
            WHERE s.tenant_id = @tenantId AND s.id = @sessionId AND l.tenant_id = @tenantId AND l.id = s.lead_id
              AND l.status IN ('new', 'contacted', 'unreachable')
            """, new { sessionId, now = clock.GetUtcNow() }, cancel) == 1;
    }
}
