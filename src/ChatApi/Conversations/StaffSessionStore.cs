using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>A conversation in the list of staff.</summary>
/// <param name="Mode">Who answers: ai, human or closed.</param>
/// <param name="LastCustomerSeq">Of the customer's newest message; null when they have written nothing.</param>
/// <param name="StaffReadSeq">Staff have read up to here.</param>
/// <param name="Unread">How many messages of the customer came since.</param>
/// <param name="WaitsSince">Since when the customer waits for a person; null = they do not, or somebody has taken them.</param>
/// <param name="TakenBy">The member of staff who has it; null = nobody yet, or the assistant answers.</param>
public sealed record StaffSession(
    Guid Id, Guid LeadId, Guid LocationId, string FirstName, string LastName, string Vehicle, string Mode, long? LastCustomerSeq, DateTimeOffset? LastCustomerAt, long StaffReadSeq,
    int Unread, DateTimeOffset? WaitsSince, Guid? TakenBy, string? TakenByName);

/// <summary>Which conversations a list shows.</summary>
/// <param name="Unread">Only those with messages that staff have not read, or only the others.</param>
/// <param name="Waiting">Only those in which the customer waits for a person, or only the others.</param>
public sealed record StaffSessionFilter(string? Mode, bool? Unread, bool? Waiting, Guid? LeadId, Guid? LocationId);

/// <summary>What the card needs to know beside the thread.</summary>
public sealed record CardFacts(
    Guid LeadId, Guid LocationId, string FirstName, string LastName, string? Phone, string? Email, string Vehicle, string ServiceInterest, string Mode, string LocationTimezone,
    string? Wish, DateTimeOffset? WaitsSince, Guid? TakenBy, string? TakenByName);

/// <summary>An appointment on the card.</summary>
public sealed record CardAppointment(Guid Id, string Service, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Status, long PriceCents);

/// <summary>Reads conversations as staff see them. Writes nothing.</summary>
public sealed class StaffSessionStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>A page, the newest conversations first.</summary>
    public Task<IReadOnlyList<StaffSession>> ListAsync(Guid tenantId, StaffSessionFilter filter, Guid? before, int most, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return database.QueryAsync<StaffSession>(tenantId, """
            SELECT s.id, s.lead_id, l.location_id, l.first_name, l.last_name, l.vehicle, s.mode, c.seq AS last_customer_seq, c.created_at AS last_customer_at, s.staff_read_seq,
                (SELECT count(*) FROM chat_messages n WHERE n.tenant_id = s.tenant_id AND n.session_id = s.id AND n.seq > s.staff_read_seq AND n.role = 'customer')::int AS unread,
                h.wanted_at AS waits_since, s.taken_by, u.name AS taken_by_name
            FROM chat_sessions s
            LEFT JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.taken_by
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            LEFT JOIN LATERAL (
                SELECT m.seq, m.created_at FROM chat_messages m
                WHERE m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.role = 'customer'
                ORDER BY m.seq DESC
                LIMIT 1) c ON true
            LEFT JOIN handovers h ON h.tenant_id = s.tenant_id AND h.session_id = s.id AND h.taken_at IS NULL
            WHERE s.tenant_id = @tenantId AND (@Mode::text IS NULL OR s.mode = @Mode) AND (@LeadId::uuid IS NULL OR s.lead_id = @LeadId)
              AND (@LocationId::uuid IS NULL OR l.location_id = @LocationId) AND (@Unread::boolean IS NULL OR coalesce(c.seq > s.staff_read_seq, false) = @Unread)
              AND (@Waiting::boolean IS NULL OR (h.id IS NOT NULL) = @Waiting) AND (@before::uuid IS NULL OR s.id < @before)
            ORDER BY s.id DESC
            LIMIT @most
            """, new { filter.Mode, filter.Unread, filter.Waiting, filter.LeadId, filter.LocationId, before, most }, cancel);
    }

    // What they asked a person for says more than the last words of who waits on ("hello?"), until staff have answered it.
    /// <summary>Whose conversation it is, and what they want; null when the tenant has no such session.</summary>
    public Task<CardFacts?> FindAsync(Guid tenantId, Guid sessionId, CancellationToken cancel) => database.FirstOrDefaultAsync<CardFacts>(tenantId, """
        SELECT s.lead_id, l.location_id, l.first_name, l.last_name, c.phone, l.email, l.vehicle, l.service_interest, s.mode, o.timezone AS location_timezone, h.wish, h.wanted_at AS waits_since, s.taken_by, u.name AS taken_by_name
        FROM chat_sessions s
        LEFT JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.taken_by
        JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
        JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
        LEFT JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
        LEFT JOIN LATERAL (
            SELECT (array_agg(w.wish ORDER BY w.id > a.id DESC, w.message_id IS NULL, w.wanted_at DESC) FILTER (WHERE w.wish <> ''))[1] AS wish,
                max(w.wanted_at) FILTER (WHERE w.taken_at IS NULL) AS wanted_at
            FROM handovers w CROSS JOIN (
                -- Ids tell which was first, also where a shop's clock stands still.
                SELECT coalesce((SELECT m.id FROM chat_messages m WHERE m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.role = 'staff' ORDER BY m.seq DESC LIMIT 1),
                    '00000000-0000-0000-0000-000000000000'::uuid) AS id) a
            WHERE w.tenant_id = s.tenant_id AND w.session_id = s.id) h ON true
        WHERE s.tenant_id = @tenantId AND s.id = @sessionId
        """, new { sessionId }, cancel);

    /// <summary>The lead's appointments that are not over, and what is held for them; the next one first.</summary>
    public Task<IReadOnlyList<CardAppointment>> AppointmentsAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.QueryAsync<CardAppointment>(tenantId, """
        SELECT a.id, c.name AS service, a.starts_at, a.ends_at, a.status, a.price_cents
        FROM appointments a
        JOIN service_catalog c ON c.tenant_id = a.tenant_id AND c.id = a.service_id
        WHERE a.tenant_id = @tenantId AND a.lead_id = @leadId AND a.ends_at > @now AND (a.status = 'confirmed' OR (a.status = 'held' AND a.expires_at > @now))
        ORDER BY a.starts_at, a.id
        LIMIT 10
        """, new { leadId, now = clock.GetUtcNow() }, cancel);
}
