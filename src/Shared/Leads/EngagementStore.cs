namespace LeadOrchestrator.Shared.Leads;

/// <summary>What an answer, a booking or a person who takes over changes of a lead, whichever service hears of it: its state, and what was planned for it ends.</summary>
internal static class EngagementStore
{
    // Of their other requests the first message still goes out: it answers what they asked there.
    private const string Engaging = $"""
        theirs AS (
            SELECT o.id, o.id = l.id AS is_asked
            FROM asked JOIN leads l ON l.tenant_id = @tenantId AND l.id = asked.id
            {SamePerson.Join}
            WHERE o.status IN ('new', 'contacted', 'unreachable')
            ORDER BY o.id FOR NO KEY UPDATE OF o
        ), engaged AS (
            UPDATE leads l SET status = 'engaged', updated_at = @now
            FROM theirs
            WHERE l.tenant_id = @tenantId AND l.id = theirs.id AND l.status IN ('new', 'contacted', 'unreachable')
            RETURNING l.id, theirs.is_asked
        )
        UPDATE touch_points t
        SET status = 'cancelled', reason = 'replied', fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
        FROM engaged
        WHERE t.tenant_id = @tenantId AND t.lead_id = engaged.id AND t.message_id IS NULL AND t.appointment_id IS NULL AND (engaged.is_asked OR t.step <> 'greeting')
          AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL));
        """;

    /// <summary>
    /// The lead of the session <c>@SessionId</c> that was waiting for an answer is engaged from now on, if the message <c>@id</c> was stored before; so are the other leads of the same
    /// person or phone. One that is further, lost or opted out stays so. What is claimed and not handed over is taken from its worker.
    /// </summary>
    /// <remarks>Sent together with the message, so that the customer does not wait for one more round trip.</remarks>
    public const string Engage = $"""
        WITH asked AS (
            SELECT s.lead_id AS id FROM chat_sessions s
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId AND EXISTS (SELECT 1 FROM chat_messages m WHERE m.tenant_id = @tenantId AND m.id = @id)
        ), {Engaging}
        """;

    /// <summary>The same for the lead <c>@leadId</c>, whose words came by text or by email.</summary>
    public const string EngageLead = $"WITH asked AS (SELECT @leadId::uuid AS id), {Engaging}";

    // The leads of whoever has the conversation, locked in one order; is_asked is its own.
    private const string Theirs = $"""
        theirs AS (
            SELECT o.id, o.id = l.id AS is_asked
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = @tenantId AND l.id = s.lead_id
            {SamePerson.Join}
            WHERE s.tenant_id = @tenantId AND s.id = @sessionId
            ORDER BY o.id FOR NO KEY UPDATE OF o
        )
        """;

    /// <summary>
    /// A person of the shop has the conversation <c>@sessionId</c>: what was planned for its lead ends for <c>@reason</c>, and <c>@evenReplies</c> what the assistant has answered and is not
    /// out; what of that is out is not tried again. Answers the ids of the answers that are not sent. What staff wrote still goes out. The sequences of the other leads of the same person or phone end as well, and stay so when the conversation is given back: a step that is with the vendor has no successor.
    /// </summary>
    public const string TakeOver = $"""
        WITH {Theirs}, ended AS (
            UPDATE leads l SET sequence_ended_as = 'human_takeover', updated_at = @now
            FROM theirs
            WHERE l.tenant_id = @tenantId AND l.id = theirs.id AND l.sequence_ended_as IS NULL
        )
        UPDATE touch_points t
        SET {TouchEnd.Set}
        FROM theirs
        WHERE t.tenant_id = @tenantId AND t.lead_id = theirs.id AND t.appointment_id IS NULL AND t.status IN ('scheduled', 'sending', 'unknown')
          AND ((t.message_id IS NULL AND (theirs.is_asked OR t.step <> 'greeting') AND (t.step = 'greeting' OR NOT {TouchEnd.IsOut})) OR (@evenReplies AND theirs.is_asked AND t.step LIKE 'reply-%'))
        RETURNING CASE WHEN t.step LIKE 'reply-%' AND t.status = 'cancelled' THEN t.message_id END
        """;

    /// <summary>
    /// The customer of the session <c>@sessionId</c> wants a rest: what was planned to win them waits, at the same time of the day, until <c>@until</c>, whichever of their requests it is for;
    /// the first messages of the others, which answer what was asked there, do not. What is claimed and not handed over is taken from its worker.
    /// </summary>
    public const string Pause = $"""
        WITH {Theirs}
        UPDATE touch_points t
        SET status = 'scheduled', reason = 'paused_by_customer', fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now,
            due_at = t.due_at + p.rest, expires_at = t.expires_at + p.rest
        FROM (
            SELECT w.id, make_interval(days => ceil(extract(epoch FROM @until - w.due_at) / 86400)::int) AS rest
            FROM theirs JOIN touch_points w ON w.tenant_id = @tenantId AND w.lead_id = theirs.id
            WHERE w.due_at < @until AND w.message_id IS NULL AND w.appointment_id IS NULL AND (theirs.is_asked OR w.step <> 'greeting')
              AND (w.status = 'scheduled' OR (w.status = 'sending' AND w.handed_over_at IS NULL))
            FOR UPDATE OF w) p
        WHERE t.tenant_id = @tenantId AND t.id = p.id
        """;

    /// <summary>
    /// The lead <c>@leadId</c> has booked. One that was won, is lost or said stop stays so; what was planned to win it ends all the same. What staff wrote still goes out. The sequences of
    /// the other open leads of the same person or phone end as well; their first messages, which answer what was asked there, do not.
    /// </summary>
    public const string Book = $"""
        WITH theirs AS (
            SELECT o.id, o.id = l.id AS is_booked
            FROM leads l {SamePerson.Join}
            WHERE l.tenant_id = @tenantId AND l.id = @leadId AND (o.id = l.id OR o.status IN ('new', 'contacted', 'engaged', 'unreachable'))
            ORDER BY o.id FOR NO KEY UPDATE OF o
        ), booked AS (
            UPDATE leads l SET status = 'booked', status_reason = 'appointment_confirmed', status_at = @now, updated_at = @now
            FROM theirs
            WHERE l.tenant_id = @tenantId AND l.id = theirs.id AND theirs.is_booked AND l.status IN ('new', 'contacted', 'engaged', 'unreachable')
        ), ended AS (
            UPDATE leads l SET sequence_ended_as = 'appointment_booked', updated_at = @now
            FROM theirs
            WHERE l.tenant_id = @tenantId AND l.id = theirs.id AND NOT theirs.is_booked AND l.sequence_ended_as IS NULL
        )
        UPDATE touch_points t
        SET status = 'cancelled', reason = 'appointment_booked', fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
        FROM theirs
        WHERE t.tenant_id = @tenantId AND t.lead_id = theirs.id AND t.message_id IS NULL AND t.appointment_id IS NULL AND (theirs.is_booked OR t.step <> 'greeting')
          AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL))
        """;

    /// <summary>The appointment <c>@id</c> changes: what was planned to tell its customer of it ends, and what is out is not tried again, unless it begins at <c>@startsAt</c> as before.</summary>
    public const string EndMessages = $"""
        UPDATE touch_points t
        SET {TouchEnd.Set}
        WHERE t.tenant_id = @tenantId AND t.appointment_id = @id
          AND (t.status IN ('scheduled', 'needs_review', 'sending', 'unknown') OR (t.status = 'cancelled' AND t.reason = 'opted_out'))
          AND NOT EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = @tenantId AND a.id = @id AND a.starts_at = @startsAt)
        """;

    /// <summary>An appointment of the lead <c>@leadId</c> is cancelled. Its cadence does not begin again: somebody spoke with it.</summary>
    public const string Release = """
        UPDATE leads l SET status = 'engaged', status_reason = 'appointment_cancelled', status_at = @now, updated_at = @now
        WHERE l.tenant_id = @tenantId AND l.id = @leadId AND l.status = 'booked' AND l.status_reason = 'appointment_confirmed'
          AND NOT EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.status IN ('confirmed', 'completed'))
        """;
}
