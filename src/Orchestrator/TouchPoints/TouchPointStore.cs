using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>A touch point as the API shows it.</summary>
public sealed record TouchPointView
{
    public required Guid Id { get; init; }
    public required Guid LeadId { get; init; }
    public required string Step { get; init; }
    public required string Channel { get; init; }

    /// <summary>scheduled, sending, sent, delivered, failed, suppressed, cancelled, expired, unknown, needs_review.</summary>
    public required string Status { get; init; }

    /// <summary>One machine word; <c>held</c> while a hold keeps it back.</summary>
    public string? Reason { get; init; }
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it would have been due, had that been an hour in which it may go out.</summary>
    public DateTimeOffset? DeferredFrom { get; init; }

    /// <summary>The version of the cadence that its lead began with; null for the product's own.</summary>
    public Guid? CadenceId { get; init; }

    /// <summary>Which of the step's wordings the lead gets.</summary>
    public string? Variant { get; init; }
    public required int Attempts { get; init; }
    public string? ProviderId { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
}

/// <summary>The table <c>touch_points</c>: plan, queue and outbox. Every change of a touch point's state is here or in the doors of 0005.</summary>
public sealed partial class TouchPointStore(LeadDatabase database, TimeProvider clock, ServiceInstance instance)
{
    // Staff have cancelled what nobody could find, and the vendor has it after all.
    private const string IsCancelledWhileOut = "status = 'cancelled' AND reason = 'cancelled_by_staff' AND handed_over_at IS NOT NULL AND @status <> 'failed'";

    // What staff have ended has no step after it, whatever became of it.
    private const string FollowedThen = "followed OR status = 'cancelled'";

    // The failure of an attempt after which another one was made, or is about to be.
    private const string IsOvertaken = """
        @status = 'failed' AND ((status IN ('scheduled', 'sending') AND handed_over_at IS NULL)
            OR attempts IS DISTINCT FROM (SELECT a.number FROM message_attempts a WHERE a.tenant_id = @tenantId AND a.id = @attemptId))
        """;

    /// <summary>Ends what is planned for a lead.</summary>
    public Task CancelAsync(TenantTransaction transaction, Guid leadId, string reason, CancellationToken cancel) => CancelAsync(transaction, [(leadId, reason)], cancel);

    /// <summary>Ends the claims of workers that died.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id, string Status)>> RescueAsync(CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid, string)>("SELECT tenant_id, id, status FROM rescue_touch_points(@now)", new { now = clock.GetUtcNow() }, cancel);

    /// <summary>Lets go what is too late.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ExpireAsync(CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM expire_touch_points(@now)", new { now = clock.GetUtcNow() }, cancel);

    /// <summary>What a callback or the vendor's list says about a text that we sent or lost sight of. Moves forward only.</summary>
    /// <param name="attemptId">Of which it is said: that an earlier one failed means nothing for the one that followed.</param>
    /// <param name="status">sent, delivered or failed.</param>
    public Task SettleAsync(TenantTransaction transaction, Guid id, Guid attemptId, string status, string? reason, string providerId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // needs_review after an unknown end is settled too, by a callback that comes late; so is what was to be tried once more and has not begun to, whatever it waits for. delivered is final, and failed unless another attempt has arrived.
        return transaction.ExecuteAsync($"""
            UPDATE touch_points
            SET status = @status, reason = @reason, provider_id = coalesce(provider_id, @providerId), sent_at = coalesce(sent_at, @now),
                delivered_at = CASE WHEN @status = 'delivered' THEN @now ELSE delivered_at END,
                followed = {FollowedThen}, claimed_by = NULL, lease_until = NULL, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @id
              AND (status IN ('sending', 'unknown', 'sent') OR (status = 'needs_review' AND reason IN ('not_found_at_twilio', 'nobody_could_look_at_twilio'))
                OR (status = 'scheduled' AND attempts > 0 AND handed_over_at IS NULL) OR (status = 'failed' AND @status = 'delivered') OR ({IsCancelledWhileOut}))
              AND NOT (status = 'sent' AND @status = 'sent') AND NOT ({IsOvertaken})
            """, new { id, attemptId, status, reason, providerId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Nobody could find it at the vendor: a person decides.</summary>
    public Task<int> ParkUnknownAsync(Guid tenantId, Guid id, string reason, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE touch_points SET status = 'needs_review', reason = @reason, updated_at = @now WHERE tenant_id = @tenantId AND id = @id AND status = 'unknown'
        """, new { id, reason, now = clock.GetUtcNow() }, cancel);

    /// <summary>Touch points of which nobody knows whether they went out, a page after a given one.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> UnknownAsync((Guid TenantId, Guid Id) after, int limit, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM unknown_touch_points(@afterTenant, @afterId, @limit)",
            new { afterTenant = after.TenantId, afterId = after.Id, limit }, cancel);

    /// <summary>A page of touch points, newest first.</summary>
    public Task<IReadOnlyList<TouchPointView>> ListAsync(Guid tenantId, Guid? leadId, string? status, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<TouchPointView>(tenantId, """
            SELECT t.id, t.lead_id, t.step, t.channel, t.status, CASE WHEN t.status = 'scheduled' AND (NOT m.may OR is_lead_held(t.tenant_id, t.lead_id)) THEN 'held' ELSE t.reason END AS reason,
                t.due_at, t.deferred_from, t.cadence_id, t.variant, t.attempts, t.provider_id, t.sent_at, t.delivered_at
            FROM touch_points t CROSS JOIN (SELECT may_anything_be_sent() AS may) m
            WHERE t.tenant_id = @tenantId AND (@leadId::uuid IS NULL OR t.lead_id = @leadId) AND (@status::text IS NULL OR t.status = @status)
              AND (@before::uuid IS NULL OR t.id < @before)
            ORDER BY t.id DESC
            LIMIT @limit
            """, new { leadId, status, before, limit }, cancel);
}
