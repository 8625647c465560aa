using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>A step of a lead, to be planned.</summary>
/// <param name="DueAt">Business time.</param>
/// <param name="Silence">Null, or why it is planned as suppressed: there is a reason for every silence.</param>
/// <param name="Waits">Null, or why it is not due at once, or why it goes by another way than usual.</param>
/// <param name="OtherLeadId">The lead whose greeting makes this one needless.</param>
public sealed record NewTouchPoint(Guid LeadId, Step Step, DateTimeOffset DueAt, string? Silence, string? Waits, string? TraceParent, Guid? OtherLeadId = null)
{
    /// <summary>The cadence that it is a step of; null = the product's own.</summary>
    public Guid? CadenceId { get; init; }

    /// <summary>The step's wording that this lead gets.</summary>
    public string? Variant { get; init; }

    /// <summary>No step comes after it.</summary>
    public bool IsLast { get; init; }
}

/// <summary>A lead's number changed: what it means for the texts that are planned for it.</summary>
/// <param name="Silence">Null, or why the number is not texted.</param>
/// <param name="IsMoved">It is another number than before, or none.</param>
/// <param name="MayBegin">The request is fresh: a text that only waited for a number may still go out.</param>
/// <param name="DueAt">Business time at which it then may.</param>
/// <param name="Waits">Null, or why that is not at once.</param>
public sealed record Retarget(Guid LeadId, string? Silence, bool IsMoved, bool MayBegin, DateTimeOffset DueAt, string? Waits)
{
    /// <summary>Whoever has the number that it had said that it is not the customer's: who was greeted there is greeted again.</summary>
    public bool HadWrongNumber { get; init; }
}

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
                cadence_id, variant, followed, deferred_from, created_at, updated_at)
            SELECT @tenantId, n.id, n.lead_id, n.step, n.channel, CASE WHEN n.silence IS NULL THEN 'scheduled' ELSE 'suppressed' END, coalesce(n.silence, n.waits),
                n.due_at, n.expires_at, n.trace_parent, n.other_lead_id, n.cadence_id, n.variant, n.silence IS NOT NULL OR n.is_last,
                CASE WHEN n.waits = @outsideLegalHours THEN @now::timestamptz END, @now, @now
            FROM unnest(@ids, @leadIds, @steps, @channels, @silences, @waits, @dueAt, @expireAt, @traceParents, @otherLeads, @cadenceIds, @variants, @areLast)
                AS n (id, lead_id, step, channel, silence, waits, due_at, expires_at, trace_parent, other_lead_id, cadence_id, variant, is_last)
            ON CONFLICT (tenant_id, lead_id, step) DO NOTHING
            """,
            new
            {
                ids = touches.Select(_ => Guid.CreateVersion7()).ToArray(), leadIds = touches.Select(touch => touch.LeadId).ToArray(),
                steps = touches.Select(touch => touch.Step.Name).ToArray(), channels = touches.Select(touch => touch.Step.Channel).ToArray(),
                silences = touches.Select(touch => touch.Silence).ToArray(), waits = touches.Select(touch => touch.Waits).ToArray(),
                dueAt = touches.Select(touch => touch.DueAt.UtcDateTime).ToArray(),
                expireAt = touches.Select(touch => ((touch.DueAt > now ? touch.DueAt : now) + Cadence.GoodFor).UtcDateTime).ToArray(),
                traceParents = touches.Select(touch => touch.TraceParent).ToArray(), otherLeads = touches.Select(touch => touch.OtherLeadId).ToArray(), outsideLegalHours = Messaging.Gate.OutsideLegalHours, now,
                cadenceIds = touches.Select(touch => touch.CadenceId).ToArray(), variants = touches.Select(touch => touch.Variant).ToArray(),
                areLast = touches.Select(touch => touch.IsLast).ToArray(),
            }, cancel);
    }

    /// <summary>Ends what is planned for leads, each for its reason; what a member of staff wrote still goes out. What is claimed and not handed over is taken from its worker; what is with the vendor cannot be called back.</summary>
    public Task CancelAsync(TenantTransaction transaction, IReadOnlyList<(Guid LeadId, string Reason)> leads, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return leads.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            UPDATE touch_points t
            SET status = 'cancelled', reason = n.reason, fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
            FROM unnest(@leadIds, @reasons) AS n (lead_id, reason)
            WHERE t.tenant_id = @tenantId AND t.lead_id = n.lead_id AND t.message_id IS NULL AND t.appointment_id IS NULL
              AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL))
            """, new { leadIds = leads.Select(lead => lead.LeadId).ToArray(), reasons = leads.Select(lead => lead.Reason).ToArray(), now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Ends the steps that are planned for leads after their first message, which answers what was asked there.</summary>
    public Task CancelStepsAsync(TenantTransaction transaction, IReadOnlyList<Guid> leadIds, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(leadIds);
        return leadIds.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            UPDATE touch_points t
            SET status = 'cancelled', reason = @reason, fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
            WHERE t.tenant_id = @tenantId AND t.lead_id = ANY(@leadIds) AND t.step <> 'greeting' AND t.message_id IS NULL AND t.appointment_id IS NULL
              AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL))
            """, new { leadIds = leadIds.ToArray(), reason, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Brings planned texts in line with the numbers of their leads. What was handed over once stays as it is.</summary>
    /// <remarks>
    /// A text that is claimed was perhaps made for the old number: its worker's fence is void from the commit on, so that it is handed over before or not at all,
    /// and the next claim reads the new number.
    /// </remarks>
    /// <returns>Whether one is due at once.</returns>
    public async Task<bool> RetargetAsync(TenantTransaction transaction, IReadOnlyList<Retarget> leads, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        var isGreeted = await GreetAgainAsync(transaction, [.. leads.Where(lead => lead is { HadWrongNumber: true, IsMoved: true, Silence: null, MayBegin: true })], cancel);
        return leads.Count > 0 && (await transaction.QueryAsync<bool>("""
            UPDATE touch_points t
            SET status = CASE WHEN n.silence IS NULL THEN 'scheduled' ELSE 'suppressed' END,
                reason = CASE WHEN n.silence IS NOT NULL THEN n.silence WHEN t.status = 'suppressed' THEN coalesce(n.waits, 'phone_arrived') ELSE t.reason END,
                due_at = CASE WHEN t.status = 'suppressed' THEN n.due_at ELSE t.due_at END,
                expires_at = CASE WHEN t.status = 'suppressed' AND n.silence IS NULL THEN greatest(t.expires_at, n.due_at + @goodFor) ELSE t.expires_at END, followed = t.followed AND t.status <> 'suppressed',
                -- Who has the new number has not texted: an answer is a text like any other there.
                replies_to_at = CASE WHEN NOT n.is_moved THEN t.replies_to_at END,
                fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
            FROM unnest(@leadIds, @silences, @areMoved, @mayBegin, @dueAt, @waits) AS n (lead_id, silence, is_moved, may_begin, due_at, waits)
            WHERE t.tenant_id = @tenantId AND t.lead_id = n.lead_id AND t.channel = 'sms' AND t.handed_over_at IS NULL
              AND ((t.status = 'scheduled' AND (n.silence IS NOT NULL OR (n.is_moved AND t.replies_to_at IS NOT NULL)))
                OR (t.status = 'sending' AND (n.is_moved OR n.silence IS NOT NULL))
                OR (t.status = 'suppressed' AND t.step = 'greeting' AND n.silence IS NULL AND n.may_begin AND t.attempts = 0 AND t.expires_at > @now AND t.reason = ANY(@phoneReasons)))
            RETURNING t.status = 'scheduled' AND t.due_at <= @now
            """,
            new
            {
                leadIds = leads.Select(lead => lead.LeadId).ToArray(), silences = leads.Select(lead => lead.Silence).ToArray(),
                areMoved = leads.Select(lead => lead.IsMoved).ToArray(), mayBegin = leads.Select(lead => lead.MayBegin).ToArray(),
                dueAt = leads.Select(lead => lead.DueAt.UtcDateTime).ToArray(), waits = leads.Select(lead => lead.Waits).ToArray(),
                phoneReasons = Silence.OfThePhone, now, goodFor = Cadence.GoodFor,
            }, cancel)).Any(isDue => isDue) || isGreeted;
    }

    // The first greeting reached a stranger. It keeps its row, under a name of its own: a lead has each step once.
    private async Task<bool> GreetAgainAsync(TenantTransaction transaction, IReadOnlyList<Retarget> leads, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        return leads.Count > 0 && (await transaction.QueryAsync<bool>("""
            WITH strangers AS (
                UPDATE touch_points t SET step = 'greeting-' || t.id, followed = true, updated_at = @now
                FROM unnest(@leadIds, @ids, @dueAt, @waits) AS n (lead_id, id, due_at, waits)
                WHERE t.tenant_id = @tenantId AND t.lead_id = n.lead_id AND t.step = 'greeting' AND t.channel = 'sms' AND t.status IN ('sent', 'delivered', 'failed', 'unknown')
                RETURNING n.id, t.lead_id, n.due_at, n.waits, t.trace_parent, t.cadence_id, t.variant
            )
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, trace_parent, cadence_id, variant, deferred_from, created_at, updated_at)
            SELECT @tenantId, id, lead_id, 'greeting', 'sms', 'scheduled', coalesce(waits, 'phone_corrected'), due_at, due_at + @goodFor, trace_parent, cadence_id, variant,
                CASE WHEN waits IS NOT NULL THEN @now::timestamptz END, @now, @now
            FROM strangers
            RETURNING due_at <= @now
            """,
            new
            {
                leadIds = leads.Select(lead => lead.LeadId).ToArray(), ids = leads.Select(_ => Guid.CreateVersion7()).ToArray(),
                dueAt = leads.Select(lead => lead.DueAt.UtcDateTime).ToArray(), waits = leads.Select(lead => lead.Waits).ToArray(), goodFor = Cadence.GoodFor, now,
            }, cancel)).Any(isDue => isDue);
    }
}
