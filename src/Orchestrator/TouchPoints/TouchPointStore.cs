using LeadOrchestrator.Shared.Hosting;

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
}

/// <summary>A touch point as the API shows it.</summary>
public sealed record TouchPointView
{
    public required Guid Id { get; init; }
    public required Guid LeadId { get; init; }
    public required string Step { get; init; }
    public required string Channel { get; init; }

    /// <summary>scheduled, sending, sent, delivered, failed, suppressed, cancelled, expired, unknown, needs_review.</summary>
    public required string Status { get; init; }
    public string? Reason { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public required int Attempts { get; init; }
    public string? ProviderId { get; init; }
    public DateTimeOffset? SentAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
}

/// <summary>The table <c>touch_points</c>: plan, queue and outbox. Every change of a touch point's state is here or in the doors of 0005.</summary>
public sealed class TouchPointStore(LeadDatabase database, TimeProvider clock, ServiceInstance instance)
{
    /// <summary>A claim that is not handed over within this time (real, by the database's clock) goes back to the queue.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>Plans a step of a lead, once. With a <paramref name="silence"/> it is planned as suppressed, for that reason.</summary>
    public Task PlanAsync(TenantTransaction transaction, Guid leadId, Step step, string? silence, string? traceParent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(step);
        var now = clock.GetUtcNow();
        return transaction.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, trace_parent, created_at, updated_at)
            VALUES (@tenantId, @id, @leadId, @Name, @Channel, CASE WHEN @silence::text IS NULL THEN 'scheduled' ELSE 'suppressed' END, @silence,
                @dueAt, @expiresAt, @traceParent, @now, @now)
            ON CONFLICT (tenant_id, lead_id, step) DO NOTHING
            """,
            new
            {
                id = Guid.CreateVersion7(), leadId, step.Name, step.Channel, silence, dueAt = now + step.Delay,
                expiresAt = now + step.Delay + step.GoodFor, traceParent, now,
            }, cancel);
    }

    /// <summary>Ends what is planned for a lead. What is with the vendor already cannot be called back.</summary>
    public Task CancelAsync(TenantTransaction transaction, Guid leadId, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE touch_points SET status = 'cancelled', reason = @reason, updated_at = @now
            WHERE tenant_id = @tenantId AND lead_id = @leadId AND status = 'scheduled'
            """, new { leadId, reason, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Claims up to <paramref name="limit"/> due touch points, fairly over tenants. No two workers get the same one.</summary>
    public Task<IReadOnlyList<TouchPointClaim>> ClaimAsync(int limit, CancellationToken cancel) => database.DoorAsync<TouchPointClaim>(
        "SELECT tenant_id, id, fence FROM claim_touch_points(@worker, @now, @limit, @perTenant, @lease)",
        new { worker = instance.Id, now = clock.GetUtcNow(), limit, perTenant = Math.Max(1, limit / 2), lease = Lease }, cancel);

    /// <summary>Ends the claims of workers that died.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id, string Status)>> RescueAsync(CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid, string)>("SELECT tenant_id, id, status FROM rescue_touch_points(@now)", new { now = clock.GetUtcNow() }, cancel);

    /// <summary>Lets go what is too late.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ExpireAsync(CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM expire_touch_points(@now)", new { now = clock.GetUtcNow() }, cancel);

    /// <summary>Reads a claimed touch point and locks its contact FOR SHARE, so that an opt-out comes wholly before or wholly after. Null = not ours any more.</summary>
    public Task<DueTouchPoint?> ReadForSendingAsync(TenantTransaction transaction, TouchPointClaim claim, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(claim);
        return transaction.FirstOrDefaultAsync<DueTouchPoint>("""
            SELECT t.lead_id, t.step, t.attempts, t.max_attempts, t.expires_at, t.trace_parent, c.phone, l.phone_type, l.status AS lead_status, l.is_test,
                l.first_name, l.vehicle, o.timezone, o.name AS location_name, l.deleted_at, c.opted_out_at
            FROM touch_points t
            JOIN leads l ON l.tenant_id = t.tenant_id AND l.id = t.lead_id
            JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
            WHERE t.tenant_id = @tenantId AND t.id = @Id AND t.status = 'sending' AND t.fence = @Fence
            FOR SHARE OF c
            """, new { claim.Id, claim.Fence }, cancel);
    }

    /// <summary>From here on it may be out: committed before the vendor is called.</summary>
    public Task<bool> HandOverAsync(TenantTransaction transaction, TouchPointClaim claim, CancellationToken cancel) => ChangeAsync(transaction, claim, """
        UPDATE touch_points SET handed_over_at = clock_timestamp(), attempts = attempts + 1, lease_until = clock_timestamp() + @lease, updated_at = @now
        """, new { lease = Lease }, cancel);

    /// <summary>The vendor took it.</summary>
    public Task<bool> MarkSentAsync(TenantTransaction transaction, TouchPointClaim claim, string providerId, CancellationToken cancel) => ChangeAsync(transaction, claim, """
        UPDATE touch_points SET status = 'sent', provider_id = @providerId, sent_at = @now, claimed_by = NULL, lease_until = NULL, updated_at = @now
        """, new { providerId }, cancel);

    /// <summary>It ends: failed, suppressed, needs_review or unknown, with one machine word.</summary>
    public Task<bool> EndAsync(TenantTransaction transaction, TouchPointClaim claim, string status, string reason, CancellationToken cancel) => ChangeAsync(transaction, claim, """
        UPDATE touch_points SET status = @status, reason = @reason, claimed_by = NULL, lease_until = NULL, updated_at = @now
        """, new { status, reason }, cancel);

    /// <summary>It goes back to the queue until a later business time.</summary>
    public Task<bool> PutBackAsync(TenantTransaction transaction, TouchPointClaim claim, DateTimeOffset dueAt, string reason, CancellationToken cancel) => ChangeAsync(transaction, claim, """
        UPDATE touch_points SET status = 'scheduled', due_at = @dueAt, reason = @reason, handed_over_at = NULL, claimed_by = NULL, lease_until = NULL, updated_at = @now
        """, new { dueAt, reason }, cancel);

    // The fence: a worker whose claim was rescued holds an old number and changes no row.
    private async Task<bool> ChangeAsync(TenantTransaction transaction, TouchPointClaim claim, string update, object values, CancellationToken cancel)
    {
        var args = new Dapper.DynamicParameters(values);
        args.AddDynamicParams(new { claim.Id, claim.Fence, now = clock.GetUtcNow() });
        return await transaction.ExecuteAsync(
            update + "\nWHERE tenant_id = @tenantId AND id = @Id AND status = 'sending' AND fence = @Fence", args, cancel) == 1;
    }

    /// <summary>What a callback or the vendor's list says about a text that we sent or lost sight of. Moves forward only.</summary>
    /// <param name="status">sent, delivered or failed.</param>
    public Task SettleAsync(TenantTransaction transaction, Guid id, string status, string? reason, string providerId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // needs_review after an unknown end is settled too, by a callback that comes late. delivered and failed are final.
        return transaction.ExecuteAsync("""
            UPDATE touch_points
            SET status = @status, reason = @reason, provider_id = coalesce(provider_id, @providerId), sent_at = coalesce(sent_at, @now),
                delivered_at = CASE WHEN @status = 'delivered' THEN @now ELSE delivered_at END,
                claimed_by = NULL, lease_until = NULL, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @id
              AND (status IN ('sending', 'unknown', 'sent') OR (status = 'needs_review' AND reason = 'not_found_at_twilio'))
              AND NOT (status = 'sent' AND @status = 'sent')
            """, new { id, status, reason, providerId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Nobody could find it at the vendor: a person decides.</summary>
    public Task<int> ParkUnknownAsync(Guid tenantId, Guid id, string reason, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE touch_points SET status = 'needs_review', reason = @reason, updated_at = @now WHERE tenant_id = @tenantId AND id = @id AND status = 'unknown'
        """, new { id, reason, now = clock.GetUtcNow() }, cancel);

    /// <summary>Touch points of which nobody knows whether they went out.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> UnknownAsync(int limit, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM unknown_touch_points(@limit)", new { limit }, cancel);

    /// <summary>A page of touch points, newest first.</summary>
    public Task<IReadOnlyList<TouchPointView>> ListAsync(Guid tenantId, Guid? leadId, string? status, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<TouchPointView>(tenantId, """
            SELECT id, lead_id, step, channel, status, reason, due_at, attempts, provider_id, sent_at, delivered_at
            FROM touch_points
            WHERE tenant_id = @tenantId AND (@leadId::uuid IS NULL OR lead_id = @leadId) AND (@status::text IS NULL OR status = @status)
              AND (@before::uuid IS NULL OR id < @before)
            ORDER BY id DESC
            LIMIT @limit
            """, new { leadId, status, before, limit }, cancel);
}
