using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Hosting;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>A touch point that has ended and whose next step is not planned yet.</summary>
public sealed record EndedTouch
{
    public required Guid Id { get; init; }
    public required Guid LeadId { get; init; }
    public required string Step { get; init; }
    public required string Status { get; init; }
    public string? Reason { get; init; }
    public Guid? CadenceId { get; init; }
    public string? TraceParent { get; init; }
    public required DateTimeOffset ArrivedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    public required string Timezone { get; init; }
}

/// <summary>How the next step of a lead is planned when one has ended.</summary>
public sealed partial class TouchPointStore
{
    /// <summary>Touch points that ended and are not followed, a page after a given one.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ToFollowAsync((Guid TenantId, Guid Id) after, int limit, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM touch_points_to_follow(@afterTenant, @afterId, @limit)",
            new { afterTenant = after.TenantId, afterId = after.Id, limit }, cancel);

    /// <summary>What the planning of their next steps needs.</summary>
    public Task<IReadOnlyList<EndedTouch>> ReadEndedAsync(Guid tenantId, Guid[] ids, CancellationToken cancel) => database.QueryAsync<EndedTouch>(tenantId, """
        SELECT t.id, t.lead_id, t.step, t.status, t.reason, t.cadence_id, t.trace_parent, l.created_at AS arrived_at, coalesce(t.sent_at, t.updated_at) AS ended_at, o.timezone
        FROM touch_points t
        JOIN leads l ON l.tenant_id = t.tenant_id AND l.id = t.lead_id
        JOIN locations o ON o.tenant_id = t.tenant_id AND o.id = l.location_id
        WHERE t.tenant_id = @tenantId AND t.id = ANY(@ids) AND NOT t.followed
        """, new { ids }, cancel);

    /// <summary>Adds: holds these leads, in the order of their ids, so that a reply comes wholly before their next steps are planned, or wholly after.</summary>
    internal static void AddLeadLocks(TenantBatch batch, Guid[] leadIds) =>
        batch.Add("SELECT id FROM leads WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE", Ids(leadIds));

    /// <summary>Adds: plans what comes after touch points that have ended. The leads are held by the same transaction; one that has answered, has left its column, is decided or speaks with staff gets nothing more.</summary>
    /// <remarks>
    /// A text to nobody's number ends as it is planned: there is a reason for every silence, and no contact to claim it for. What comes too late already is let go at once.
    /// </remarks>
    internal void AddPlans(TenantBatch batch, IReadOnlyList<(Guid After, NewTouchPoint Next)> plans)
    {
        if (plans.Count == 0)
        {
            return;
        }

        batch.Add($"""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, trace_parent, cadence_id, variant, followed, created_at, updated_at)
            SELECT $1, n.id, l.id, n.step, n.channel, CASE WHEN n.channel = 'sms' AND l.contact_id IS NULL THEN 'suppressed' ELSE 'scheduled' END,
                CASE WHEN n.channel <> 'sms' OR l.contact_id IS NOT NULL THEN NULL WHEN l.phone_type IN ('invalid', 'landline', 'foreign') THEN l.phone_type || '_phone' ELSE 'no_phone' END,
                n.due_at, greatest(n.expires_at, $12 + interval '1 second'), n.trace_parent, n.cadence_id, n.variant, n.is_last, $12, $12
            FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS n (id, after_id, step, channel, due_at, expires_at, trace_parent, cadence_id, variant, is_last)
            JOIN touch_points t ON t.tenant_id = $1 AND t.id = n.after_id AND t.status || '' IN ('sent', 'delivered', 'failed', 'suppressed', 'expired')
            JOIN leads l ON l.tenant_id = $1 AND l.id = t.lead_id AND l.deleted_at IS NULL AND l.status IN ('new', 'contacted', 'unreachable')
              AND (l.status_reason IS NULL OR l.status_reason NOT IN {LeadStore.LeftReasons}) AND l.sequence_ended_as IS NULL
            ON CONFLICT (tenant_id, lead_id, step) DO NOTHING
            """,
            Ids([.. plans.Select(_ => Guid.CreateVersion7())]), Ids([.. plans.Select(plan => plan.After)]),
            Texts([.. plans.Select(plan => plan.Next.Step.Name)]), Texts([.. plans.Select(plan => plan.Next.Step.Channel)]),
            Times([.. plans.Select(plan => (DateTimeOffset?)plan.Next.DueAt)]), Times([.. plans.Select(plan => (DateTimeOffset?)(plan.Next.DueAt + Cadences.Cadence.GoodFor))]),
            Texts([.. plans.Select(plan => plan.Next.TraceParent)]), MaybeIds([.. plans.Select(plan => plan.Next.CadenceId)]), Texts([.. plans.Select(plan => plan.Next.Variant)]),
            Flags([.. plans.Select(plan => plan.Next.IsLast)]), Value(clock.GetUtcNow().UtcDateTime));
    }

    /// <summary>Adds: nothing more is to be planned after these, as long as they are as they were read. One that somebody else holds is left for the next round.</summary>
    internal static void AddFollowed(TenantBatch batch, IReadOnlyList<(Guid Id, string Status)> touches) => batch.Add("""
        UPDATE touch_points t SET followed = true
        FROM (
            SELECT p.id FROM unnest($2, $3) AS known (id, status)
            JOIN touch_points p ON p.tenant_id = $1 AND p.id = known.id AND p.status || '' = known.status
            ORDER BY p.id FOR NO KEY UPDATE OF p SKIP LOCKED
        ) ended
        WHERE t.tenant_id = $1 AND t.id = ended.id
        """, Ids([.. touches.Select(touch => touch.Id)]), Texts([.. touches.Select(touch => touch.Status)]));
}
