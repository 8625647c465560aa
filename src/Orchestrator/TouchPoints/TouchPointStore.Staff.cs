using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Leads;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Touch points that failed or wait for a person, of one kind.</summary>
/// <param name="Sentence">The reason in English.</param>
/// <param name="CanReplay">They did surely not arrive, and may be put back: those of the last seven days.</param>
public sealed record FailureGroup(string Status, string Channel, string Reason, string? Sentence, bool CanReplay, int Count, DateTimeOffset Oldest, DateTimeOffset Newest);

/// <summary>What members of staff do with touch points.</summary>
public sealed partial class TouchPointStore
{
    /// <summary>A message of a member of staff may wait this long for its hour.</summary>
    public static readonly TimeSpan StaffMessageGoodFor = StaffTextStore.GoodFor;

    // What is put back is as fresh as the decision.
    private static readonly TimeSpan GoodForAgain = TimeSpan.FromHours(24);

    // A step that failed is put back although the next one is planned, unless that comes on its heels.
    private static readonly TimeSpan OnItsHeels = TimeSpan.FromHours(2);

    /// <summary>What failed or came too late longer ago is not put back: late would be worse than never.</summary>
    public static readonly TimeSpan ReplayedWithin = TimeSpan.FromDays(7);

    // A message about an appointment is of use while that stands as it was planned for, has not begun, and no later message tells of a change.
    private const string IsOfUse = """
        (t.appointment_id IS NULL
            OR (EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = @tenantId AND a.id = t.appointment_id AND a.status = 'confirmed' AND a.planned_revision = a.revision AND a.starts_at > @now)
                AND NOT EXISTS (SELECT 1 FROM touch_points n
                    WHERE n.tenant_id = @tenantId AND n.lead_id = t.lead_id AND n.appointment_id = t.appointment_id AND n.created_at > t.created_at)))
        """;

    // A text needs a number. What came to need a person or failed before its lead lost it would be claimed again and again, and nobody could decide on it.
    private const string HasAWay = """
        (t.channel <> 'sms' OR EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = @tenantId AND l.id = t.lead_id AND l.contact_id IS NOT NULL))
        """;

    // Of a sequence the newest step alone, and of what was answered the newest words: together with those after it it would be several texts at once, and the first of them no news any more.
    // Words of staff go together, unless newer ones have arrived; nobody is greeted who talks with the shop by now.
    private const string IsNewest = """
        (t.appointment_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM touch_points n
            WHERE n.tenant_id = @tenantId AND n.lead_id = t.lead_id AND n.appointment_id IS NULL AND (n.message_id IS NULL) = (t.message_id IS NULL) AND n.created_at > t.created_at
              AND n.status <> 'suppressed' AND NOT (n.status = 'scheduled' AND n.due_at > @soon) AND (t.step NOT LIKE 'staff-%' OR n.status IN ('sent', 'delivered'))))
        AND (t.step <> 'greeting' OR NOT EXISTS (
            SELECT 1 FROM chat_sessions s JOIN chat_messages m ON m.tenant_id = s.tenant_id AND m.session_id = s.id
            WHERE s.tenant_id = @tenantId AND s.lead_id = t.lead_id AND m.role IN ('customer', 'staff') AND m.created_at > t.created_at))
        """;

    private const string GoodUntil =
        "least(greatest(t.expires_at, @until), (SELECT a.starts_at FROM appointments a WHERE a.tenant_id = @tenantId AND a.id = t.appointment_id))";

    /// <summary>Adds: from then on their sender has a place for those that wait for it.</summary>
    internal static void AddSlots(TenantBatch batch, IReadOnlyList<(TouchPointClaim Claim, DateTimeOffset At)> slots)
    {
        if (slots.Count > 0)
        {
            batch.Add("""
                UPDATE touch_points t SET slot_at = known.at
                FROM unnest($2, $3, $4) AS known (id, fence, at)
                WHERE t.tenant_id = $1 AND t.id = known.id AND t.fence = known.fence AND t.status || '' = 'scheduled'
                """, TenantBatch.Ids([.. slots.Select(slot => slot.Claim.Id)]), TenantBatch.Numbers([.. slots.Select(slot => slot.Claim.Fence)]),
                TenantBatch.Times([.. slots.Select(slot => (DateTimeOffset?)slot.At)]));
        }
    }

    /// <summary>Plans what a member of staff wrote, due at once. The lead's row is locked.</summary>
    public async Task<Guid> AddStaffAsync(
        TenantTransaction transaction, Guid leadId, string channel, string? subject, string content, Guid messageId, string? traceParent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        await transaction.ExecuteAsync(
            StaffTextStore.Plan, new { id, leadId, channel, now, expiresAt = now + StaffMessageGoodFor, traceParent, subject, content, messageId, textedSince = now - StaffTextStore.Immediate }, cancel);
        return id;
    }

    /// <summary>
    /// A member of staff writes to the lead: what was planned for it ends, the assistant's answers too; one of those that is with the vendor is not tried again. What other members of staff wrote still goes out.
    /// The sequences of the other leads of the same person or phone end as well; their first messages, which answer what was asked there, do not.
    /// </summary>
    public Task TakeOverAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync($"""
            UPDATE touch_points t
            SET {TouchEnd.Set}
            FROM leads l {SamePerson.Join}
            WHERE l.tenant_id = @tenantId AND l.id = @leadId AND t.tenant_id = @tenantId AND t.lead_id = o.id AND t.appointment_id IS NULL AND t.status IN ('scheduled', 'sending', 'unknown')
              AND ((t.message_id IS NULL AND (o.id = l.id OR t.step <> 'greeting') AND (t.step = 'greeting' OR NOT {TouchEnd.IsOut})) OR (o.id = l.id AND t.step LIKE 'reply-%'))
            """, new { leadId, reason = "staff_took_over", now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>One touch point, or null.</summary>
    public async Task<TouchPointView?> FindAsync(Guid tenantId, Guid id, CancellationToken cancel) => await database.FirstOrDefaultAsync<TouchPointView>(tenantId, """
        SELECT id, lead_id, step, channel, status, reason, due_at, deferred_from, cadence_id, variant, attempts, provider_id, sent_at, delivered_at
        FROM touch_points WHERE tenant_id = @tenantId AND id = @id
        """, new { id }, cancel);

    /// <summary>Ends one that has not been handed over, or of which a person decides that it shall not go out.</summary>
    /// <returns>Whether it was ended now.</returns>
    public async Task<bool> CancelOneAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("""
            UPDATE touch_points
            SET status = 'cancelled', reason = 'cancelled_by_staff', fence = fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @id AND (status IN ('scheduled', 'needs_review') OR (status = 'sending' AND handed_over_at IS NULL))
            """, new { id, now = clock.GetUtcNow() }, cancel) == 1;
    }

    /// <summary>A person decided that it is tried again: a new attempt, through the gate. An answer to a text is a text like any other then.</summary>
    /// <returns>False when it is of no use any more, has no number to go to, or the vendor has told meanwhile what became of it.</returns>
    public async Task<bool> SendAgainAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        return await transaction.ExecuteAsync($"""
            UPDATE touch_points t
            SET status = 'scheduled', reason = 'sent_again_by_staff', due_at = @now, expires_at = {GoodUntil}, handed_over_at = NULL, provider_id = NULL,
                replies_to_at = NULL, updated_at = @now
            WHERE t.tenant_id = @tenantId AND t.id = @id AND t.status = 'needs_review' AND {IsOfUse} AND {HasAWay}
            """, new { id, now, until = now + GoodForAgain }, cancel) == 1;
    }

    /// <summary>A person has seen that it went out.</summary>
    /// <returns>Its lead; null when it waits for nobody any more.</returns>
    public Task<Guid?> MarkSentAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Guid?>("""
            UPDATE touch_points SET status = 'sent', reason = 'marked_sent_by_staff', sent_at = coalesce(sent_at, @now), updated_at = @now
            WHERE tenant_id = @tenantId AND id = @id AND status = 'needs_review'
            RETURNING lead_id
            """, new { id, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>What failed or needs a person since then, by cause, the most frequent first.</summary>
    public async Task<IReadOnlyList<FailureGroup>> FailuresAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancel) =>
        [.. (await database.QueryAsync<(string Status, string Channel, string Reason, int Count, DateTimeOffset Oldest, DateTimeOffset Newest)>(tenantId, """
            SELECT status, channel, reason, count(*)::int, min(updated_at), max(updated_at)
            FROM touch_points
            WHERE tenant_id = @tenantId AND status IN ('failed', 'expired', 'needs_review') AND updated_at >= @since
            GROUP BY status, channel, reason
            ORDER BY count(*) DESC, status, channel, reason
            LIMIT 200
            """, new { since }, cancel))
            .Select(group => new FailureGroup(
                group.Status, group.Channel, group.Reason, TouchReasons.Explain(group.Reason, group.Status), group.Status != "needs_review" && group.Newest >= clock.GetUtcNow() - ReplayedWithin,
                group.Count, group.Oldest, group.Newest))];

    /// <summary>
    /// Puts back what failed or came too late within <see cref="ReplayedWithin"/>, the oldest first, but for what is said of appointments that have changed or begun, and what something newer has
    /// taken the place of. It goes through the gate like any other; an answer to a text is a text like any other then.
    /// </summary>
    /// <param name="status">failed or expired.</param>
    /// <returns>How many.</returns>
    public Task<int> ReplayAsync(TenantTransaction transaction, string status, string? reason, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        return transaction.ExecuteAsync($"""
            WITH chosen AS MATERIALIZED (
                SELECT t.id FROM touch_points t
                WHERE t.tenant_id = @tenantId AND t.status = @status AND t.status IN ('failed', 'expired') AND (@reason::text IS NULL OR t.reason = @reason)
                  AND t.updated_at >= @from AND {IsOfUse} AND {HasAWay} AND {IsNewest}
                ORDER BY t.updated_at, t.id
                LIMIT @limit
                FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE touch_points t
            SET status = 'scheduled', reason = 'replayed_by_staff', due_at = @now, expires_at = {GoodUntil}, handed_over_at = NULL, provider_id = NULL, replies_to_at = NULL, updated_at = @now
            FROM chosen
            WHERE t.tenant_id = @tenantId AND t.id = chosen.id
            """, new { status, reason, limit, now, until = now + GoodForAgain, from = now - ReplayedWithin, soon = now + OnItsHeels }, cancel);
    }
}
