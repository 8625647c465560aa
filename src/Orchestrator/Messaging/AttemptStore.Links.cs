using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The part of it that takes links back: the Chat API opens nothing by them any more, and ends what they had opened.</summary>
/// <remarks>A link that went to a number which is not the lead's any more needs no word here: the Chat API compares them.</remarks>
public sealed partial class AttemptStore
{
    /// <summary>Takes back all links of a lead, by text and by email. The next message brings a new one.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> RevokeLinksAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE chat_codes SET revoked_at = @now WHERE tenant_id = @tenantId AND lead_id = @leadId AND revoked_at IS NULL
            """, new { leadId, now = clock.GetUtcNow() }, cancel);
    }
}
