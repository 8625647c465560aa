using LeadOrchestrator.Shared.Hosting;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What the sending of texts says of many leads at once.</summary>
public sealed partial class LeadStore
{
    /// <summary>Adds: a text went out to these leads; a new one is contacted now.</summary>
    /// <remarks>Locked in the order of their ids first, or two processes that sent to the same leads could wait for each other in a ring.</remarks>
    internal static void AddContacted(TenantBatch batch, Guid[] leadIds, DateTimeOffset at) => batch.Add("""
        UPDATE leads l
        SET status = CASE WHEN l.status = 'new' THEN 'contacted' ELSE l.status END, first_contacted_at = coalesce(l.first_contacted_at, $3), updated_at = $3
        FROM (SELECT id FROM leads WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE) locked
        WHERE l.tenant_id = $1 AND l.id = locked.id
        """, Ids(leadIds), Value(at.UtcDateTime));
}
