using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Leads;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>A slot to be taken.</summary>
/// <param name="ExpiresAt">Business time; null = it is confirmed at once.</param>
public sealed record NewAppointment(
    Guid LeadId, Guid LocationId, Guid ServiceId, Slot Slot, long PriceCents, DateTimeOffset? ExpiresAt, Guid? ReplacesId);

/// <summary>The table <c>appointments</c>: every change of a booking's state. Its constraint keeps two from one bay, whatever the code thinks.</summary>
public sealed partial class AppointmentStore(LeadDatabase database, TimeProvider clock)
{
    private const string Columns = """
        a.id, a.lead_id, a.location_id, a.service_id, a.bay_id, a.starts_at, a.ends_at, a.status, a.status_reason, a.price_cents, a.expires_at, a.external_id, a.created_at,
        a.replaces_id, a.revision, a.updated_at, (SELECT c.name FROM service_catalog c WHERE c.tenant_id = a.tenant_id AND c.id = a.service_id) AS service_name,
        (SELECT o.timezone FROM locations o WHERE o.tenant_id = a.tenant_id AND o.id = a.location_id) AS timezone,
        (SELECT o.name FROM locations o WHERE o.tenant_id = a.tenant_id AND o.id = a.location_id) AS shop_name
        """;

    /// <summary>One appointment, or null.</summary>
    public Task<Appointment?> FindAsync(Guid tenantId, Guid id, CancellationToken cancel) => database.FirstOrDefaultAsync<Appointment>(
        tenantId, $"SELECT {Columns} FROM appointments a WHERE a.tenant_id = @tenantId AND a.id = @id", new { id }, cancel);

    /// <summary>The shop where an appointment is; its lead may have asked another one.</summary>
    public async Task<ShopOfAppointment> ShopAsync(Guid tenantId, Appointment appointment, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        return (await database.QueryAsync<ShopOfAppointment>(
            tenantId, "SELECT name, address, phone FROM locations WHERE tenant_id = @tenantId AND id = @LocationId", new { appointment.LocationId }, cancel))[0];
    }

    /// <summary>Which entry of a customer's calendar an appointment is: that of the first one in whose place it came, and how often the entry was changed until now.</summary>
    public async Task<CalendarEntry> CalendarEntryAsync(Guid tenantId, Guid id, CancellationToken cancel) => (await database.QueryAsync<CalendarEntry>(tenantId, """
        WITH RECURSIVE chain AS (
            SELECT id, replaces_id, revision FROM appointments WHERE tenant_id = @tenantId AND id = @id
            UNION ALL
            SELECT a.id, a.replaces_id, a.revision FROM chain c JOIN appointments a ON a.tenant_id = @tenantId AND a.id = c.replaces_id
        )
        SELECT (SELECT id FROM chain WHERE replaces_id IS NULL) AS id, sum(revision)::bigint AS sequence FROM chain
        """, new { id }, cancel))[0];

    /// <summary>One appointment, locked; null when the tenant has none with this id, or it is another lead's than the one that is named.</summary>
    public static Task<Appointment?> LockAsync(TenantTransaction transaction, Guid id, Guid? leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Appointment>($"""
            SELECT {Columns} FROM appointments a
            WHERE a.tenant_id = @tenantId AND a.id = @id AND (@leadId::uuid IS NULL OR a.lead_id = @leadId)
            FOR UPDATE OF a
            """, new { id, leadId }, cancel);
    }

    /// <summary>What a customer sees of their bookings: what is held, what stands and is not over, in the order of time.</summary>
    public Task<IReadOnlyList<Appointment>> CurrentOfLeadAsync(Guid tenantId, Guid leadId, CancellationToken cancel) =>
        database.QueryAsync<Appointment>(tenantId, Current, new { leadId, now = clock.GetUtcNow() }, cancel);

    /// <summary>The same in a transaction: with the lead locked it stays so until that ends.</summary>
    public Task<IReadOnlyList<Appointment>> CurrentOfLeadAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<Appointment>(Current, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    private const string Current = $"""
        SELECT {Columns} FROM appointments a
        WHERE a.tenant_id = @tenantId AND a.lead_id = @leadId AND a.ends_at > @now
          AND (a.status = 'confirmed' OR (a.status = 'held' AND a.expires_at > @now))
        ORDER BY a.starts_at, a.id
        """;

    /// <summary>
    /// Has the person of this lead, for whichever request of theirs, what "please cancel" may mean: a slot that is held, or an appointment that is not over, here or in the CRM's own calendar?
    /// </summary>
    public Task<bool> HasOneAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.FirstOrDefaultAsync<bool>(tenantId, HasOne, new { leadId, now = clock.GetUtcNow() }, cancel);

    /// <summary>The same in a transaction.</summary>
    public Task<bool> HasOneAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<bool>(HasOne, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    // Of the CRM's own appointments no hour is kept; a lead that they book leaves that state when they are gone.
    private const string HasOne = $"""
        SELECT EXISTS (
            SELECT 1 FROM leads l {SamePerson.Join}
            WHERE l.tenant_id = @tenantId AND l.id = @leadId AND ((o.status = 'booked' AND o.status_reason = 'appointment_in_crm')
                OR EXISTS (SELECT 1 FROM appointments a
                    WHERE a.tenant_id = @tenantId AND a.lead_id = o.id AND a.ends_at > @now AND (a.status = 'confirmed' OR (a.status = 'held' AND a.expires_at > @now)))))
        """;

    /// <summary>A page of appointments, newest first.</summary>
    public Task<IReadOnlyList<Appointment>> ListAsync(Guid tenantId, AppointmentFilter filter, Guid? before, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return database.QueryAsync<Appointment>(tenantId, $"""
            SELECT {Columns} FROM appointments a
            WHERE a.tenant_id = @tenantId AND (@LeadId::uuid IS NULL OR a.lead_id = @LeadId) AND (@LocationId::uuid IS NULL OR a.location_id = @LocationId)
              AND (@Status::text IS NULL OR a.status = @Status) AND (@From::timestamptz IS NULL OR a.ends_at > @From) AND (@To::timestamptz IS NULL OR a.starts_at < @To)
              AND (@before::uuid IS NULL OR a.id < @before)
            ORDER BY a.id DESC
            LIMIT @limit
            """, new { filter.LeadId, filter.LocationId, filter.Status, filter.From, filter.To, before, limit }, cancel);
    }

    /// <summary>A shop's bays and what is taken of their time between two instants. What is held and too late is not.</summary>
    /// <param name="except">An appointment that does not count: it is the one that moves.</param>
    /// <param name="leadId">Whose hold does not count: it gives way to what its lead wants now.</param>
    public async Task<ShopCalendar> CalendarAsync(
        TenantTransaction transaction, Guid locationId, DateTimeOffset from, DateTimeOffset until, Guid? except, Guid? leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // One statement, so that bays and bookings are of the same moment.
        var rows = await transaction.QueryAsync<CalendarRow>("""
            SELECT 'bay' AS kind, b.id AS bay_id, NULL::timestamptz AS starts_at, NULL::timestamptz AS ends_at, b.position
            FROM bays b WHERE b.tenant_id = @tenantId AND b.location_id = @locationId AND b.active
            UNION ALL
            SELECT 'taken', a.bay_id, a.starts_at, a.ends_at, NULL
            FROM appointments a
            WHERE a.tenant_id = @tenantId AND a.location_id = @locationId AND a.starts_at < @until AND a.ends_at > @from AND a.id IS DISTINCT FROM @except
              AND (a.status = 'confirmed' OR (a.status = 'held' AND a.expires_at > @now AND a.lead_id IS DISTINCT FROM @leadId))
            UNION ALL
            SELECT 'taken', NULL, c.starts_at, c.ends_at, NULL
            FROM crm_appointments c
            WHERE c.tenant_id = @tenantId AND c.location_id = @locationId AND c.starts_at < @until AND c.ends_at > @from
            ORDER BY 5, 2
            """, new { locationId, from, until, except, leadId, now = clock.GetUtcNow() }, cancel);
        return new ShopCalendar(
            [.. rows.Where(row => row.Kind == "bay").Select(row => row.BayId!.Value)],
            [.. rows.Where(row => row.Kind == "taken").Select(row => new TakenTime(row.BayId, row.StartsAt!.Value, row.EndsAt!.Value))]);
    }

    /// <summary>Nobody else changes the lead until the transaction ends. It comes before its appointments, so that two never wait for each other in a ring.</summary>
    /// <returns>False: the tenant has no such lead. One whose order is deleted in the CRM is there: its appointments are, too.</returns>
    public static async Task<bool> LockLeadAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FirstOrDefaultAsync<Guid?>(
            "SELECT id FROM leads WHERE tenant_id = @tenantId AND id = @leadId FOR NO KEY UPDATE", new { leadId }, cancel) is not null;
    }

    /// <summary>Who books at this shop does so alone until the transaction ends.</summary>
    /// <remarks>
    /// Not a lock for each bay: what the CRM has taken names none, so how many bays are left is a question to the whole shop. Without a lock the constraint alone would
    /// keep two apart, but they would wait for each other's rows, and deadlock where one moves what another wants.
    /// </remarks>
    public static Task LockShopAsync(TenantTransaction transaction, Guid locationId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(
            "SELECT pg_advisory_xact_lock(hashtextextended(@lock, 0))", new { @lock = $"{transaction.TenantId}/bays/{locationId}" }, cancel);
    }

    /// <summary>The same for several shops, by their ids at the CRM, in one order.</summary>
    public static async Task LockShopsAsync(TenantTransaction transaction, string[] externalIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        foreach (var shop in externalIds.Length == 0 ? [] : await transaction.QueryAsync<Guid>(
            "SELECT id FROM locations WHERE tenant_id = @tenantId AND external_id = ANY(@externalIds) ORDER BY id", new { externalIds }, cancel))
        {
            await LockShopAsync(transaction, shop, cancel);
        }
    }

    /// <summary>What is held and too late gives its slot back, and what the lead holds gives way to what it wants now. The shop is locked.</summary>
    public Task LetGoAsync(TenantTransaction transaction, Guid locationId, Guid? holdsOfLead, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE appointments
            SET status = 'cancelled', status_reason = CASE WHEN expires_at <= @now THEN 'expired' ELSE 'replaced' END, expires_at = NULL, updated_at = @now
            WHERE tenant_id = @tenantId AND status = 'held' AND ((location_id = @locationId AND expires_at <= @now) OR lead_id = @holdsOfLead)
            """, new { locationId, holdsOfLead, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Takes a slot. The shop is locked.</summary>
    public async Task<Appointment> AddAsync(TenantTransaction transaction, NewAppointment taken, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(taken);
        return (await transaction.QueryAsync<Appointment>($"""
            INSERT INTO appointments AS a (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, price_cents, expires_at, replaces_id, revision, created_at, updated_at)
            VALUES (@tenantId, @id, @LeadId, @LocationId, @ServiceId, @BayId, @StartsAt, @EndsAt, CASE WHEN @ExpiresAt::timestamptz IS NULL THEN 'confirmed' ELSE 'held' END,
                @PriceCents, @ExpiresAt, @ReplacesId, CASE WHEN @ExpiresAt::timestamptz IS NULL THEN 1 ELSE 0 END, @now, @now)
            RETURNING {Columns}
            """,
            new
            {
                id = Guid.CreateVersion7(), taken.LeadId, taken.LocationId, taken.ServiceId, taken.Slot.BayId, taken.Slot.StartsAt, taken.Slot.EndsAt, taken.PriceCents,
                taken.ExpiresAt, taken.ReplacesId, now = clock.GetUtcNow(),
            }, cancel))[0];
    }

    /// <summary>What is held stands from now on; what it replaces does not, and gives it its place in the CRM. Its row is locked, and not too late.</summary>
    public async Task<Appointment> ConfirmAsync(TenantTransaction transaction, Appointment held, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(held);
        var now = clock.GetUtcNow();
        var externalId = held.ReplacesId is { } replaced ? await ReplaceAsync(transaction, replaced, now, cancel) : null;
        return (await transaction.QueryAsync<Appointment>($"""
            UPDATE appointments a SET status = 'confirmed', expires_at = NULL, revision = a.revision + 1, external_id = @externalId, updated_at = @now
            WHERE a.tenant_id = @tenantId AND a.id = @Id AND a.status = 'held'
            RETURNING {Columns}
            """, new { held.Id, externalId, now }, cancel))[0];
    }

    // Its place in the CRM goes over to what comes instead. Where nobody knows of one yet, it is cancelled like any other.
    private async Task<string?> ReplaceAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancel)
    {
        var externalId = await transaction.FirstOrDefaultAsync<string>("""
            UPDATE appointments a
            SET status = 'cancelled', status_reason = 'replaced', external_id = NULL, crm_revision = a.revision + 1, revision = a.revision + 1, fence = a.fence + 1,
                claimed_by = NULL, lease_until = NULL, updated_at = @now
            FROM (SELECT id, external_id FROM appointments WHERE tenant_id = @tenantId AND id = @id FOR UPDATE) was
            WHERE a.tenant_id = @tenantId AND a.id = was.id AND a.status = 'confirmed' AND was.external_id IS NOT NULL
            RETURNING was.external_id
            """, new { id, now }, cancel);
        if (externalId is null)
        {
            await CancelAsync(transaction, id, CancelReasons.Replaced, cancel);
        }
        else
        {
            await EndMessagesAsync(transaction, id, "appointment_cancelled", cancel);
        }

        return externalId;
    }

    /// <summary>Ends what is held or stands, and what was planned about it.</summary>
    /// <returns>Null when it is neither.</returns>
    public async Task<Appointment?> CancelAsync(TenantTransaction transaction, Guid id, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // A hold was told to nobody: neither reminders nor the CRM have to follow.
        var cancelled = await transaction.FirstOrDefaultAsync<Appointment>($"""
            UPDATE appointments a
            SET status = 'cancelled', status_reason = @reason, expires_at = NULL, revision = a.revision + CASE WHEN a.status = 'held' THEN 0 ELSE 1 END, next_attempt_at = NULL, updated_at = @now
            WHERE a.tenant_id = @tenantId AND a.id = @id AND a.status IN ('held', 'confirmed')
            RETURNING {Columns}
            """, new { id, reason, now = clock.GetUtcNow() }, cancel);
        if (cancelled is { Revision: > 0 })
        {
            await EndMessagesAsync(transaction, id, "appointment_cancelled", cancel);
        }

        return cancelled;
    }

    /// <summary>Moves what stands; what was planned about its time before ends. The shop is locked.</summary>
    public async Task<Appointment> MoveAsync(TenantTransaction transaction, Guid id, Slot slot, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(slot);
        await EndMessagesAsync(transaction, id, "appointment_moved", cancel);
        return (await transaction.QueryAsync<Appointment>($"""
            UPDATE appointments a
            SET starts_at = @StartsAt, ends_at = @EndsAt, bay_id = @BayId, revision = a.revision + 1, next_attempt_at = NULL, updated_at = @now
            WHERE a.tenant_id = @tenantId AND a.id = @id AND a.status = 'confirmed'
            RETURNING {Columns}
            """, new { id, slot.StartsAt, slot.EndsAt, slot.BayId, now = clock.GetUtcNow() }, cancel))[0];
    }

    /// <summary>Staff say whether the customer came.</summary>
    /// <param name="outcome">completed or no_show.</param>
    public async Task<Appointment> EndAsync(TenantTransaction transaction, Guid id, string outcome, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return (await transaction.QueryAsync<Appointment>($"""
            UPDATE appointments a SET status = @outcome, revision = a.revision + 1, updated_at = @now
            WHERE a.tenant_id = @tenantId AND a.id = @id
            RETURNING {Columns}
            """, new { id, outcome, now = clock.GetUtcNow() }, cancel))[0];
    }

    /// <summary>The lead has booked: it says so, and what was planned to win it ends.</summary>
    public Task BookLeadAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(EngagementStore.Book, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The lead has lost its appointment: unless it has another, it is one that is spoken with.</summary>
    public Task ReleaseLeadAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(EngagementStore.Release, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    private sealed record CalendarRow
    {
        public string Kind { get; init; } = "";

        public Guid? BayId { get; init; }

        public DateTimeOffset? StartsAt { get; init; }

        public DateTimeOffset? EndsAt { get; init; }
    }
}

/// <summary>An entry of a customer's calendar.</summary>
/// <param name="Id">The same for all appointments that came in each other's place.</param>
/// <param name="Sequence">Grows with each change.</param>
public sealed record CalendarEntry(Guid Id, long Sequence);

/// <summary>Which appointments are wanted; null = any.</summary>
public sealed record AppointmentFilter(Guid? LeadId, Guid? LocationId, string? Status, DateTimeOffset? From, DateTimeOffset? To);
