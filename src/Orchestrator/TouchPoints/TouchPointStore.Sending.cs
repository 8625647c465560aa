using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Leads;
using Npgsql;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>A claim on a touch point. The fence is its number: with an old one nothing can be changed.</summary>
public sealed record TouchPointClaim(Guid TenantId, Guid Id, long Fence);

/// <summary>What the gate needs to know to let a touch point go out, read under the contact's lock.</summary>
public sealed record DueTouchPoint
{
    public required Guid LeadId { get; init; }
    public required string Step { get; init; }
    public required int Attempts { get; init; }
    public required int MaxAttempts { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public string? TraceParent { get; init; }
    public required string Phone { get; init; }
    public required string PhoneType { get; init; }
    public required string LeadStatus { get; init; }
    public required bool IsTest { get; init; }
    public required string FirstName { get; init; }
    public required string Vehicle { get; init; }
    public required string Timezone { get; init; }
    public required string LocationName { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public DateTimeOffset? OptedOutAt { get; init; }

    /// <summary>Whoever has the number says that it is not our customer's.</summary>
    public bool IsWrongNumber { get; init; }

    /// <summary>The CRM has a no to texts for the number.</summary>
    public DateTimeOffset? CrmOptOutAt { get; init; }

    /// <summary>The state of the person's address, as the CRM has it.</summary>
    public string? AddressState { get; init; }

    /// <summary>When texts to this number were handed over, by whichever shop of the tenant: those that may have gone out.</summary>
    public IReadOnlyList<DateTimeOffset> TextedAt { get; init; } = [];

    /// <summary>It is the first text to this number, and no greeting: it must say who writes. The language in which; null = it is not.</summary>
    public string? FirstIn { get; init; }
    public string ServiceInterest { get; init; } = "";
    public DateTimeOffset ArrivedAt { get; init; }
    public Guid? CadenceId { get; init; }
    public string? Variant { get; init; }

    /// <summary>Nothing comes after it, or what comes is planned already.</summary>
    public bool IsFollowed { get; init; } = true;

    /// <summary>How the first step stands; read for the later ones alone, as is the rest.</summary>
    public string? GreetingStatus { get; init; }
    public bool IsTakenOver { get; init; }
    public bool HasEmail { get; init; }

    /// <summary>Null, or why the order is no lead at the moment.</summary>
    public string? LeftAs { get; init; }

    /// <summary>Null, or why nothing more of its sequence comes.</summary>
    public string? SequenceEndedAs { get; init; }

    /// <summary>The step in its cadence; null = it has none of this name.</summary>
    public Step? Planned { get; init; }

    internal TextRecipient Recipient => new(OptedOutAt, CrmOptOutAt, LeadStatus, IsTest, PhoneType) { IsWrongNumber = IsWrongNumber };

    internal FollowUpFacts FollowUp => new(Step, Planned, LeadStatus, GreetingStatus, IsTakenOver, HasEmail, PhoneType) { LeftAs = LeftAs, EndedAs = SequenceEndedAs };

    /// <summary>What a member of staff wrote; null = the step's own words.</summary>
    public string? Content { get; init; }

    /// <summary>It answers the person's own text, which came then (business time).</summary>
    public DateTimeOffset? RepliesToAt { get; init; }

    /// <summary>Waiting makes it worse than none: the assistant's answer to a text. Words of staff are worth something later, too.</summary>
    public bool IsOnlyForNow => RepliesToAt is not null && !Step.StartsWith("staff-", StringComparison.Ordinal);

    /// <summary>A hold keeps it back: it stays planned.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Real time at which its sender has a place for it; null = none was given.</summary>
    public DateTimeOffset? SlotAt { get; init; }

    /// <summary>It answers what somebody asked, or a member of staff wrote it: it goes ahead of what was planned for many.</summary>
    public bool IsFirst => Content is not null || Step == Cadence.Greeting;

    /// <summary>It belongs to a conversation: words of staff, or an answer to a text.</summary>
    public bool IsTalk => Content is not null && (Step.StartsWith("staff-", StringComparison.Ordinal) || Step.StartsWith("reply-", StringComparison.Ordinal));
}

/// <summary>How a claimed touch point goes on.</summary>
/// <param name="Status">sent; or scheduled, which is back to the queue until <paramref name="DueAt"/>; or an end: failed, suppressed, expired, needs_review, unknown.</param>
/// <param name="Reason">One machine word; only sent has none.</param>
/// <param name="At">When this was known (business time).</param>
public sealed record TouchPointChange(TouchPointClaim Claim, string Status, string? Reason, string? ProviderId, DateTimeOffset? DueAt, DateTimeOffset At)
{
    /// <summary>The next step is planned in the same transaction.</summary>
    public bool IsFollowed { get; init; }
}

/// <summary>The part of it that sends: from the claim to the outcome, for many touch points at once. The fence is in every statement.</summary>
/// <remarks>
/// The statements find their rows by the primary key. <c>status || ''</c> keeps the planner from the partial indexes of the states in which a row stays for a moment:
/// they look empty, and are full of the entries of all rows that have passed through since the last vacuum.
/// </remarks>
public sealed partial class TouchPointStore
{
    /// <summary>Real time, by the database's clock: a claim without an end by then belongs to a worker that died. Half of what the contract gives for being back.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>What of the lease must be left at the hand-over, so that the call, its longest pause included, ends before the claim does.</summary>
    private static readonly TimeSpan LeaseOfACall = TimeSpan.FromSeconds(18);

    // With fewer than this a tenant's share would be so small that the round trips cost more than the rows.
    private const int SmallestShare = 25;

    /// <summary>The most that one tenant gives to a claim of <paramref name="limit"/>: with so many claimed, somebody may have more.</summary>
    public static int ShareOf(int limit) => Math.Min(limit, Math.Max(SmallestShare, limit / 2));

    /// <summary>Claims up to <paramref name="limit"/> due touch points, fairly over tenants. No two workers get the same one.</summary>
    /// <remarks>Better not cancelled: what was claimed without being told of lies until its lease ends.</remarks>
    /// <param name="skipped">The tenants of whom none is claimed.</param>
    public Task<IReadOnlyList<TouchPointClaim>> ClaimAsync(int limit, Guid[] skipped, CancellationToken cancel) => database.DoorAsync<TouchPointClaim>(
        "SELECT tenant_id, id, fence FROM claim_touch_points_except(@worker, @now, @limit, @perTenant, @lease, @skipped)",
        new { worker = instance.Id, now = clock.GetUtcNow(), limit, perTenant = ShareOf(limit), lease = Lease, skipped }, cancel);

    /// <summary>Adds: read these claims of the batch's tenant, and lock their contacts, so that an opt-out or another text comes wholly before or wholly after.</summary>
    /// <remarks>
    /// In the order of the contacts' ids: two that lock several of them never wait for each other in a ring. What is not ours any more gives no row.
    /// FOR SHARE would keep opt-outs out, and let two senders count the same texts: then the cap is passed.
    /// </remarks>
    internal static void AddRead(TenantBatch batch, IReadOnlyList<TouchPointClaim> claims) => batch.Add($"""
        SELECT t.id, t.lead_id, t.step, t.attempts, t.max_attempts, t.expires_at, t.trace_parent, c.phone, l.phone_type, {LeadStore.StatusToSend}, l.is_test,
            l.first_name, l.vehicle, o.timezone, o.name, l.deleted_at, c.opted_out_at, l.service_interest, l.created_at, t.cadence_id, t.variant, t.followed, l.email IS NOT NULL,
            CASE WHEN t.step <> 'greeting' THEN (SELECT g.status FROM touch_points g WHERE g.tenant_id = $1 AND g.lead_id = t.lead_id AND g.step = 'greeting') END,
            t.step <> 'greeting' AND EXISTS (SELECT 1 FROM chat_sessions s WHERE s.tenant_id = $1 AND s.lead_id = t.lead_id AND s.mode = 'human'), t.content,
            {HoldStore.HoldsLead}, t.slot_at, t.replies_to_at, CASE WHEN l.status_reason IN {LeadStore.LeftReasons} THEN l.status_reason END, c.crm_opt_out_at, l.sequence_ended_as,
            c.wrong_number_at IS NOT NULL
        FROM unnest($2, $3) AS claimed (id, fence)
        JOIN touch_points t ON t.tenant_id = $1 AND t.id = claimed.id AND t.fence = claimed.fence AND t.status || '' = 'sending'
        JOIN leads l ON l.tenant_id = $1 AND l.id = t.lead_id
        JOIN locations o ON o.tenant_id = $1 AND o.id = l.location_id
        JOIN contacts c ON c.tenant_id = $1 AND c.id = l.contact_id
        ORDER BY c.id
        FOR NO KEY UPDATE OF c
        """, Ids([.. claims.Select(claim => claim.Id)]), Numbers([.. claims.Select(claim => claim.Fence)]));

    /// <summary>The row of <see cref="AddRead"/>: the touch point's id, and what the gate needs.</summary>
    internal static (Guid Id, DueTouchPoint Touch) ReadRow(NpgsqlDataReader row) => (row.GetGuid(0), new DueTouchPoint
    {
        LeadId = row.GetGuid(1), Step = row.GetString(2), Attempts = row.GetInt32(3), MaxAttempts = row.GetInt32(4), ExpiresAt = row.GetFieldValue<DateTimeOffset>(5),
        TraceParent = row.IsDBNull(6) ? null : row.GetString(6), Phone = row.GetString(7), PhoneType = row.GetString(8), LeadStatus = row.GetString(9),
        IsTest = row.GetBoolean(10), FirstName = row.GetString(11), Vehicle = row.GetString(12), Timezone = row.GetString(13), LocationName = row.GetString(14),
        DeletedAt = row.IsDBNull(15) ? null : row.GetFieldValue<DateTimeOffset>(15), OptedOutAt = row.IsDBNull(16) ? null : row.GetFieldValue<DateTimeOffset>(16),
        ServiceInterest = row.GetString(17), ArrivedAt = row.GetFieldValue<DateTimeOffset>(18), CadenceId = row.IsDBNull(19) ? null : row.GetGuid(19),
        Variant = row.IsDBNull(20) ? null : row.GetString(20), IsFollowed = row.GetBoolean(21), HasEmail = row.GetBoolean(22),
        GreetingStatus = row.IsDBNull(23) ? null : row.GetString(23), IsTakenOver = row.GetBoolean(24),
        Content = row.IsDBNull(25) ? null : row.GetString(25), IsHeld = row.GetBoolean(26), SlotAt = row.IsDBNull(27) ? null : row.GetFieldValue<DateTimeOffset>(27),
        RepliesToAt = row.IsDBNull(28) ? null : row.GetFieldValue<DateTimeOffset>(28), LeftAs = row.IsDBNull(29) ? null : row.GetString(29),
        CrmOptOutAt = row.IsDBNull(30) ? null : row.GetFieldValue<DateTimeOffset>(30), SequenceEndedAs = row.IsDBNull(31) ? null : row.GetString(31),
        IsWrongNumber = row.GetBoolean(32),
    });

    /// <summary>Adds: from here on they may be out. Gives the ids for which that is so; a claim that is lost, or about to be, gives none.</summary>
    /// <remarks>No column of an index changes, so the row's new version stays on its page and costs no index entry.</remarks>
    internal void AddHandOver(TenantBatch batch, IReadOnlyList<TouchPointClaim> claims) => batch.Add("""
        UPDATE touch_points t
        SET handed_over_at = clock_timestamp(), attempts = t.attempts + 1, updated_at = $4
        FROM unnest($2, $3) AS claimed (id, fence)
        WHERE t.tenant_id = $1 AND t.id = claimed.id AND t.fence = claimed.fence AND t.status || '' = 'sending' AND t.lease_until > clock_timestamp() + $5
        RETURNING t.id
        """, Ids([.. claims.Select(claim => claim.Id)]), Numbers([.. claims.Select(claim => claim.Fence)]), Value(clock.GetUtcNow().UtcDateTime), Value(LeaseOfACall));

    /// <summary>Adds: nobody else changes them until the end of this transaction.</summary>
    /// <remarks>A statement of its own: a commit that was not heard of may still be under way, and one that waits for it goes on with what it saw before.</remarks>
    internal static void AddLock(TenantBatch batch, IReadOnlyList<TouchPointClaim> claims) =>
        batch.Add("SELECT id FROM touch_points WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE", Ids([.. claims.Select(claim => claim.Id)]));

    /// <summary>Adds: they go back to before their hand-over. Only for a worker that has begun no call for them.</summary>
    internal static void AddTakeBack(TenantBatch batch, IReadOnlyList<TouchPointClaim> claims) => batch.Add("""
        UPDATE touch_points t SET handed_over_at = NULL
        FROM unnest($2, $3) AS claimed (id, fence)
        WHERE t.tenant_id = $1 AND t.id = claimed.id AND t.fence = claimed.fence AND t.status || '' = 'sending' AND t.handed_over_at IS NOT NULL
        """, Ids([.. claims.Select(claim => claim.Id)]), Numbers([.. claims.Select(claim => claim.Fence)]));

    /// <summary>Adds: this is how they go on. What is held is marked, so that no claim looks at it again before its hold ends. What waits for a legal hour lives until then, and a little longer.</summary>
    /// <remarks>
    /// What ended while it was with the vendor and has surely not gone out is not tried again: its words are no news any more, or somebody else speaks.
    /// A worker whose claim was rescued holds an old fence and changes no row. One case is no change of mind but evidence: the rescue made it unknown
    /// (a hand-over keeps its fence then), and now its own worker, who made the only call, comes with its end, whichever that is.
    /// </remarks>
    internal static void AddChanges(TenantBatch batch, IReadOnlyList<TouchPointChange> changes)
    {
        var ids = Ids([.. changes.Select(change => change.Claim.Id)]);
        if (changes.Any(change => change.Reason == HoldStore.Held))
        {
            // Whoever ends a hold waits for this, and sees the marks; or the statement below sees the end.
            batch.Add("""
                SELECT count(*) FROM (
                    SELECT h.id FROM holds h
                    WHERE h.tenant_id = $1 AND h.released_at IS NULL
                      AND (h.scope <> 'lead' OR h.lead_id IN (SELECT t.lead_id FROM touch_points t WHERE t.tenant_id = $1 AND t.id = ANY($2)))
                    FOR SHARE) locked
                """, Ids([.. changes.Select(change => change.Claim.Id)]));
        }

        batch.Add($"""
            UPDATE touch_points t
            SET status = CASE WHEN known.status = 'scheduled' AND {TouchEnd.HasEnded} THEN 'cancelled' ELSE known.status END,
                reason = CASE WHEN known.reason = 'held' OR (known.status = 'scheduled' AND {TouchEnd.HasEnded}) THEN coalesce(t.reason, known.reason) ELSE known.reason END,
                is_held = coalesce(known.reason = 'held', false) AND is_lead_held(t.tenant_id, t.lead_id), provider_id = coalesce(known.provider_id, t.provider_id),
                due_at = coalesce(known.due_at, t.due_at), sent_at = CASE WHEN known.status = 'sent' THEN known.at ELSE t.sent_at END,
                expires_at = CASE WHEN known.reason = 'outside_legal_hours' AND t.appointment_id IS NULL AND t.step NOT LIKE 'reply-%'
                    THEN greatest(t.expires_at, known.due_at + $10) ELSE t.expires_at END,
                handed_over_at = CASE WHEN known.status = 'scheduled' THEN NULL ELSE t.handed_over_at END,
                deferred_from = CASE WHEN known.status = 'scheduled' AND known.reason = 'outside_legal_hours' THEN coalesce(t.deferred_from, t.due_at) ELSE t.deferred_from END,
                claimed_by = NULL, lease_until = NULL, updated_at = known.at, followed = t.followed OR known.followed
            FROM unnest($2, $3, $4, $5, $6, $7, $8, $9) AS known (id, fence, status, reason, provider_id, due_at, at, followed)
            WHERE t.tenant_id = $1 AND t.id = known.id AND t.fence = known.fence
              AND (t.status || '' = 'sending' OR (t.status || '' = 'unknown' AND t.handed_over_at IS NOT NULL))
            """,
            ids, Numbers([.. changes.Select(change => change.Claim.Fence)]),
            Texts([.. changes.Select(change => change.Status)]), Texts([.. changes.Select(change => change.Reason)]), Texts([.. changes.Select(change => change.ProviderId)]),
            Times([.. changes.Select(change => change.DueAt)]), Times([.. changes.Select(change => (DateTimeOffset?)change.At)]),
            Flags([.. changes.Select(change => change.IsFollowed)]), Value(Gate.GoodForInItsHours));
    }
}
