using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>A step of a lead, to be planned.</summary>
/// <param name="DueAt">Business time.</param>
/// <param name="Silence">Null, or why it is planned as suppressed: there is a reason for every silence.</param>
/// <param name="Waits">Null, or why it is not due at once, or why it goes by another way than usual.</param>
/// <param name="OtherLeadId">The lead whose greeting makes this one needless.</param>
public sealed record NewTouchPoint(Guid LeadId, Step Step, DateTimeOffset DueAt, string? Silence, string? Waits, string? TraceParent, Guid? OtherLeadId = null);

/// <summary>How touch points are planned, and plans given up: many leads in one statement.</summary>
public sealed partial class TouchPointStore
{
    /// <summary>Plans steps, each once in the life of its lead.</summary>
    public Task PlanAsync(TenantTransaction transaction, IReadOnlyList<NewTouchPoint> touches, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        return touches.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, trace_parent, other_lead_id,
                created_at, updated_at)
            SELECT @tenantId, n.id, n.lead_id, n.step, n.channel, CASE WHEN n.silence IS NULL THEN 'scheduled' ELSE 'suppressed' END, coalesce(n.silence, n.waits),
                n.due_at, n.expires_at, n.trace_parent, n.other_lead_id, @now, @now
            FROM unnest(@ids, @leadIds, @steps, @channels, @silences, @waits, @dueAt, @expireAt, @traceParents, @otherLeads)
                AS n (id, lead_id, step, channel, silence, waits, due_at, expires_at, trace_parent, other_lead_id)
            ON CONFLICT (tenant_id, lead_id, step) DO NOTHING
            """,
            new
            {
                ids = touches.Select(_ => Guid.CreateVersion7()).ToArray(), leadIds = touches.Select(touch => touch.LeadId).ToArray(),
                steps = touches.Select(touch => touch.Step.Name).ToArray(), channels = touches.Select(touch => touch.Step.Channel).ToArray(),
                silences = touches.Select(touch => touch.Silence).ToArray(), waits = touches.Select(touch => touch.Waits).ToArray(),
                dueAt = touches.Select(touch => touch.DueAt.UtcDateTime).ToArray(),
                expireAt = touches.Select(touch => (now + touch.Step.Delay + touch.Step.GoodFor).UtcDateTime).ToArray(),
                traceParents = touches.Select(touch => touch.TraceParent).ToArray(), otherLeads = touches.Select(touch => touch.OtherLeadId).ToArray(), now,
            }, cancel);
    }

    /// <summary>Ends what is planned for leads, each for its reason. What is with the vendor already cannot be called back.</summary>
    public Task CancelAsync(TenantTransaction transaction, IReadOnlyList<(Guid LeadId, string Reason)> leads, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return leads.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            UPDATE touch_points t SET status = 'cancelled', reason = n.reason, updated_at = @now
            FROM unnest(@leadIds, @reasons) AS n (lead_id, reason)
            WHERE t.tenant_id = @tenantId AND t.lead_id = n.lead_id AND t.status = 'scheduled'
            """, new { leadIds = leads.Select(lead => lead.LeadId).ToArray(), reasons = leads.Select(lead => lead.Reason).ToArray(), now = clock.GetUtcNow() }, cancel);
    }
}
