using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>A claim on an appointment whose last change has not been followed. With an old fence nothing can be changed.</summary>
public sealed record AppointmentClaim(Guid TenantId, Guid Id, long Fence);

/// <summary>An appointment with what its reminders and its copy in the CRM are made of.</summary>
public sealed record FollowedAppointment
{
    public required Guid Id { get; init; }
    public required Guid LeadId { get; init; }
    public required DateTimeOffset StartsAt { get; init; }
    public required DateTimeOffset EndsAt { get; init; }
    public required string Status { get; init; }

    /// <summary>One of <see cref="CancelReasons"/>; null while it stands.</summary>
    public string? StatusReason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
    public string? ExternalId { get; init; }

    /// <summary>The last change, and the ones that reminders and the CRM have followed.</summary>
    public required long Revision { get; init; }
    public required long PlannedRevision { get; init; }
    public required long CrmRevision { get; init; }

    /// <summary>It took the place of one of which the customer was told: to them it has moved.</summary>
    public bool HasMoved { get; init; }

    /// <summary>Real time at which a call began that makes it in the CRM; null = none ever did, or it surely failed.</summary>
    public DateTimeOffset? CrmCalledAt { get; init; }

    /// <summary>For how long that call is over, by the database's clock.</summary>
    public TimeSpan? SinceCalled { get; init; }
    public required int CrmAttempts { get; init; }
    public required string ServiceName { get; init; }
    public required long PriceCents { get; init; }
    public required string LocationName { get; init; }
    public required string Timezone { get; init; }
    public string? ExternalLocationId { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public string? Phone { get; init; }
    public string? ExternalOrderId { get; init; }
    public string? ExternalCustomerId { get; init; }
    public string? ExternalVehicleId { get; init; }

    /// <summary>What the customer writes, one of <see cref="Messages.Languages"/>; null = nobody knows.</summary>
    public string? Language { get; init; }
}

/// <summary>What follows a booking: claims of the worker, calls of the CRM that are committed before they begin, and what the CRM tells.</summary>
public sealed partial class AppointmentStore
{
    /// <summary>Real time for one claim: the longest call, and room around it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    // What must be left of it for a call.
    private static readonly TimeSpan LeaseOfACall = TimeSpan.FromSeconds(30);

    /// <summary>Lets go of what was held and not confirmed in time.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ExpireHoldsAsync(int most, CancellationToken cancel) => database.DoorAsync<(Guid, Guid)>(
        "SELECT tenant_id, id FROM expire_held_appointments(@now, @most)", new { now = clock.GetUtcNow(), most }, cancel);

    /// <summary>Takes appointments to follow, fairly over tenants. No two workers get the same one.</summary>
    public Task<IReadOnlyList<AppointmentClaim>> ClaimAsync(Guid worker, int most, CancellationToken cancel) => database.DoorAsync<AppointmentClaim>(
        "SELECT tenant_id, id, fence FROM claim_appointments(@worker, @most, @most, @lease)", new { worker, most, lease = Lease }, cancel);

    /// <summary>What is claimed; null when the claim is lost.</summary>
    public Task<FollowedAppointment?> ReadClaimedAsync(AppointmentClaim claim, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return database.FirstOrDefaultAsync<FollowedAppointment>(claim.TenantId, """
            SELECT a.id, a.lead_id, a.starts_at, a.ends_at, a.status, a.status_reason, a.created_at, a.updated_at, a.external_id, a.revision, a.planned_revision, a.crm_revision, a.crm_called_at,
                EXISTS (SELECT 1 FROM touch_points t WHERE t.tenant_id = a.tenant_id AND t.appointment_id = a.replaces_id) AS has_moved,
                clock_timestamp() - a.crm_called_at AS since_called, a.crm_attempts, c.name AS service_name, a.price_cents, o.name AS location_name, o.timezone,
                o.external_id AS external_location_id, l.first_name, l.last_name, l.phone,
                CASE WHEN l.source = 'shopmonkey' AND l.deleted_at IS NULL THEN l.external_id END AS external_order_id, l.external_customer_id, l.external_vehicle_id,
                (SELECT s.language FROM chat_sessions s WHERE s.tenant_id = a.tenant_id AND s.lead_id = a.lead_id) AS language
            FROM appointments a
            JOIN leads l ON l.tenant_id = a.tenant_id AND l.id = a.lead_id
            JOIN locations o ON o.tenant_id = a.tenant_id AND o.id = a.location_id
            JOIN service_catalog c ON c.tenant_id = a.tenant_id AND c.id = a.service_id
            WHERE a.tenant_id = @tenantId AND a.id = @Id AND a.fence = @Fence AND a.lease_until > clock_timestamp()
            """, new { claim.Id, claim.Fence }, cancel);
    }

    /// <summary>Reminders have followed this change. The lead is locked: nobody makes another one meanwhile.</summary>
    /// <returns>False: the claim is lost or the appointment has changed since it was read, and nothing of the transaction may be kept.</returns>
    public static async Task<bool> MarkPlannedAsync(TenantTransaction transaction, AppointmentClaim claim, long revision, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(claim);
        return await transaction.ExecuteAsync("""
            UPDATE appointments SET planned_revision = @revision WHERE tenant_id = @tenantId AND id = @Id AND fence = @Fence AND revision = @revision
            """, new { claim.Id, claim.Fence, revision }, cancel) == 1;
    }

    /// <summary>Committed before the CRM is called: from here on it may know the appointment.</summary>
    /// <param name="makes">The call makes it there; else it changes or deletes, and may be repeated.</param>
    /// <returns>False: the claim is lost or too near its end; the call must not begin.</returns>
    public async Task<bool> BeginCallAsync(AppointmentClaim claim, bool makes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return await database.ExecuteAsync(claim.TenantId, """
            UPDATE appointments SET crm_called_at = CASE WHEN @makes THEN clock_timestamp() ELSE crm_called_at END, crm_attempts = crm_attempts + 1
            WHERE tenant_id = @tenantId AND id = @Id AND fence = @Fence AND lease_until > clock_timestamp() + @LeaseOfACall
            """, new { claim.Id, claim.Fence, makes, LeaseOfACall }, cancel) == 1;
    }

    /// <summary>A call that was cut off has made it in the CRM, under this id.</summary>
    /// <returns>False: the claim is lost.</returns>
    public async Task<bool> KeepFoundAsync(AppointmentClaim claim, string externalId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return await database.ExecuteAsync(claim.TenantId, """
            UPDATE appointments SET external_id = @externalId, crm_called_at = NULL
            WHERE tenant_id = @tenantId AND id = @Id AND fence = @Fence AND coalesce(external_id, @externalId) = @externalId
            """, new { claim.Id, claim.Fence, externalId }, cancel) == 1;
    }

    /// <summary>The CRM has followed up to this change.</summary>
    /// <param name="externalId">Its id there; null = it is not there.</param>
    /// <param name="reason">One machine word when nothing had to be written, or could be. Then what is not known of a call is not known afterwards.</param>
    public static Task MarkWrittenAsync(TenantTransaction transaction, AppointmentClaim claim, long revision, string? externalId, string? reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(claim);
        return transaction.ExecuteAsync("""
            UPDATE appointments SET crm_revision = @revision, external_id = @externalId, crm_called_at = CASE WHEN @externalId::text IS NULL AND @reason::text IS NOT NULL THEN crm_called_at END,
                crm_attempts = 0, crm_error = @reason, next_attempt_at = NULL, claimed_by = NULL, lease_until = NULL
            WHERE tenant_id = @tenantId AND id = @Id AND fence = @Fence
            """, new { claim.Id, claim.Fence, revision, externalId, reason }, cancel);
    }

    /// <summary>The CRM has not followed yet: at that time again.</summary>
    /// <param name="isUnsure">What is known of a call that makes it stays as it is; else that call surely did nothing.</param>
    public Task RetryAsync(AppointmentClaim claim, TimeSpan after, string error, bool isUnsure, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return database.ExecuteAsync(claim.TenantId, """
            UPDATE appointments SET next_attempt_at = clock_timestamp() + @after, crm_error = @error, crm_called_at = CASE WHEN @isUnsure THEN crm_called_at END,
                claimed_by = NULL, lease_until = NULL
            WHERE tenant_id = @tenantId AND id = @Id AND fence = @Fence
            """, new { claim.Id, claim.Fence, after, error, isUnsure }, cancel);
    }

    /// <summary>There is nothing left to do, or another round does it.</summary>
    public Task ReleaseAsync(AppointmentClaim claim, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return database.ExecuteAsync(claim.TenantId, """
            UPDATE appointments SET claimed_by = NULL, lease_until = NULL WHERE tenant_id = @tenantId AND id = @Id AND fence = @Fence
            """, new { claim.Id, claim.Fence }, cancel);
    }

    /// <summary>Locks the leads of bookings of ours, by what the CRM says of these.</summary>
    /// <remarks>Who changes an appointment holds its lead before its shop: taken the other way round, a member of staff who moves one and the CRM that tells of it would wait for each other.</remarks>
    public static Task LockTwinsLeadsAsync(TenantTransaction transaction, string[] externalIds, Guid[] marks, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            SELECT l.id FROM leads l
            WHERE l.tenant_id = @tenantId
              AND l.id IN (SELECT a.lead_id FROM appointments a WHERE a.tenant_id = @tenantId AND (a.external_id = ANY(@externalIds) OR a.id = ANY(@marks)))
            ORDER BY l.id
            FOR NO KEY UPDATE OF l
            """, new { externalIds, marks }, cancel);
    }

    /// <summary>
    /// What was to come and has been booked, moved or taken back by the shop while nothing could be said of it: it is said now. To who was told of it before it is a change, to others it is new.
    /// </summary>
    /// <param name="contactId">Whoever has this number,</param>
    /// <param name="leadId">or this lead; none of them has said no.</param>
    public static Task PlanUnsaidAsync(TenantTransaction transaction, Guid? contactId, Guid? leadId, DateTimeOffset now, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE appointments a SET next_attempt_at = NULL, planned_revision = CASE
                WHEN EXISTS (SELECT 1 FROM touch_points t WHERE t.tenant_id = @tenantId AND t.appointment_id = a.id AND t.status IN ('sent', 'delivered')) THEN a.revision - 1 ELSE 0 END
            FROM leads l
            WHERE l.tenant_id = @tenantId AND (l.contact_id = @contactId OR l.id = @leadId) AND l.consent <> 'opted_out'
              AND a.tenant_id = @tenantId AND a.lead_id = l.id AND a.starts_at > @now AND a.planned_revision > 0
              AND (a.status = 'confirmed' OR (a.status = 'cancelled' AND a.status_reason IN (@Staff, @Crm)))
              AND NOT EXISTS (
                  SELECT 1 FROM touch_points t
                  WHERE t.tenant_id = @tenantId AND t.appointment_id = a.id AND (t.created_at >= a.updated_at OR t.status IN ('scheduled', 'sending', 'unknown', 'needs_review')))
            """, new { contactId, leadId, now, CancelReasons.Staff, CancelReasons.Crm }, cancel);
    }

    /// <summary>Which of the CRM's appointments are ours: by their id there, or by the mark that we left in them. They are locked; their leads and shops are before.</summary>
    public static async Task<IReadOnlyList<CrmTwin>> LockTwinsAsync(TenantTransaction transaction, string[] externalIds, Guid[] marks, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.QueryAsync<CrmTwin>("""
            SELECT a.id, a.lead_id, a.location_id, a.bay_id, a.starts_at, a.ends_at, a.status, a.external_id, a.crm_revision >= a.revision AS is_in_line, o.external_id AS external_location_id
            FROM appointments a
            JOIN locations o ON o.tenant_id = a.tenant_id AND o.id = a.location_id
            WHERE a.tenant_id = @tenantId AND (a.external_id = ANY(@externalIds) OR a.id = ANY(@marks))
            ORDER BY a.id
            FOR UPDATE OF a
            """, new { externalIds, marks }, cancel);
    }

    /// <summary>The CRM has it under this id: whether a call that was cut off has made it is no question any more.</summary>
    public static Task LinkAsync(TenantTransaction transaction, Guid id, string externalId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE appointments SET external_id = @externalId, crm_called_at = NULL, next_attempt_at = NULL
            WHERE tenant_id = @tenantId AND id = @id AND external_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM appointments o WHERE o.tenant_id = @tenantId AND o.external_id = @externalId)
            """, new { id, externalId }, cancel);
    }

    /// <summary>
    /// Bookings of ours at the time of these appointments of the CRM, where that makes more cars than the shop has bays; each pair once. A confirmation that is under way is waited for,
    /// and one that comes later sees what the CRM has.
    /// </summary>
    public static async Task<IReadOnlyList<BookedOver>> BookedOverAsync(TenantTransaction transaction, string[] crmIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (crmIds.Length == 0)
        {
            return [];
        }

        // By itself: the next statement sees what was waited for.
        await transaction.ExecuteAsync("""
            SELECT a.id FROM crm_appointments c
            JOIN appointments a ON a.tenant_id = c.tenant_id AND a.location_id = c.location_id AND a.starts_at < c.ends_at AND a.ends_at > c.starts_at
            WHERE c.tenant_id = @tenantId AND c.external_id = ANY(@crmIds) AND a.status IN ('held', 'confirmed')
            ORDER BY a.id
            FOR SHARE OF a
            """, new { crmIds }, cancel);
        return await transaction.QueryAsync<BookedOver>("""
            WITH pair AS MATERIALIZED (
                SELECT a.id, a.lead_id, a.location_id, a.starts_at, a.ends_at, c.external_id AS crm_appointment_id,
                    greatest(a.starts_at, c.starts_at) AS from_at, least(a.ends_at, c.ends_at) AS until_at
                FROM crm_appointments c
                JOIN appointments a ON a.tenant_id = c.tenant_id AND a.location_id = c.location_id AND a.starts_at < c.ends_at AND a.ends_at > c.starts_at
                WHERE c.tenant_id = @tenantId AND c.external_id = ANY(@crmIds) AND a.status = 'confirmed'
                  AND NOT EXISTS (SELECT 1 FROM review_items r
                      WHERE r.tenant_id = @tenantId AND r.lead_id = a.lead_id AND r.kind = 'appointment_conflict'
                        AND r.evidence ->> 'appointmentId' = a.id::text AND r.evidence ->> 'crmAppointmentId' = c.external_id)
            )
            SELECT p.id, p.lead_id, p.starts_at, p.ends_at, p.crm_appointment_id
            FROM pair p
            CROSS JOIN LATERAL (
                SELECT a.starts_at, a.ends_at FROM appointments a
                WHERE a.tenant_id = @tenantId AND a.location_id = p.location_id AND a.status = 'confirmed' AND a.starts_at < p.until_at AND a.ends_at > p.from_at
                UNION ALL
                SELECT c.starts_at, c.ends_at FROM crm_appointments c
                WHERE c.tenant_id = @tenantId AND c.location_id = p.location_id AND c.starts_at < p.until_at AND c.ends_at > p.from_at
            ) car
            WHERE (SELECT count(*) FROM appointments a
                   WHERE a.tenant_id = @tenantId AND a.location_id = p.location_id AND a.status = 'confirmed'
                     AND a.starts_at <= greatest(car.starts_at, p.from_at) AND a.ends_at > greatest(car.starts_at, p.from_at))
                + (SELECT count(*) FROM crm_appointments c
                   WHERE c.tenant_id = @tenantId AND c.location_id = p.location_id
                     AND c.starts_at <= greatest(car.starts_at, p.from_at) AND c.ends_at > greatest(car.starts_at, p.from_at))
                > (SELECT count(*) FROM bays b WHERE b.tenant_id = @tenantId AND b.location_id = p.location_id AND b.active)
            GROUP BY p.id, p.lead_id, p.starts_at, p.ends_at, p.crm_appointment_id
            ORDER BY p.id, p.crm_appointment_id
            """, new { crmIds }, cancel);
    }

    /// <summary>The shop moved or deleted it in the CRM: ours follows, and the CRM has nothing to follow. Reminders have, unless it begins when it did: they name no end.</summary>
    /// <param name="slot">Its new time; null = it is gone.</param>
    public async Task FollowCrmAsync(TenantTransaction transaction, Guid id, Slot? slot, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await EndMessagesAsync(transaction, id, slot, slot is null ? "appointment_cancelled" : "appointment_moved", cancel);
        await transaction.ExecuteAsync("""
            UPDATE appointments
            SET starts_at = coalesce(@startsAt, starts_at), ends_at = coalesce(@endsAt, ends_at), bay_id = coalesce(@bayId, bay_id),
                status = CASE WHEN @startsAt::timestamptz IS NULL THEN 'cancelled' ELSE status END, status_reason = CASE WHEN @startsAt::timestamptz IS NULL THEN 'gone_from_crm' END,
                external_id = CASE WHEN @startsAt::timestamptz IS NULL THEN NULL ELSE external_id END,
                revision = revision + 1, crm_revision = revision + 1, updated_at = @now,
                planned_revision = CASE WHEN starts_at = @startsAt AND planned_revision = revision THEN revision + 1 ELSE planned_revision END
            WHERE tenant_id = @tenantId AND id = @id AND status = 'confirmed'
            """, new { id, startsAt = slot?.StartsAt, endsAt = slot?.EndsAt, bayId = slot?.BayId, now = clock.GetUtcNow() }, cancel);
    }
}

/// <summary>A booking of ours at whose time the shop has entered an appointment of its own in the CRM.</summary>
public sealed record BookedOver(Guid Id, Guid LeadId, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string CrmAppointmentId);

/// <summary>An appointment of ours that the CRM tells of.</summary>
/// <param name="IsInLine">The CRM has followed our last change: a difference is the CRM's. Else ours is on its way there.</param>
/// <param name="ExternalLocationId">The shop's id at the CRM.</param>
public sealed record CrmTwin(
    Guid Id, Guid LeadId, Guid LocationId, Guid BayId, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Status, string? ExternalId, bool IsInLine, string? ExternalLocationId);
