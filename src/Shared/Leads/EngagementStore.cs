namespace LeadOrchestrator.Shared.Leads;

/// <summary>What the chat changes of a lead: the customer has answered, or a person has taken over, and what was planned for them ends.</summary>
internal static class EngagementStore
{
    /// <summary>
    /// The lead of the session <c>@SessionId</c> that was waiting for an answer is engaged from now on, if the message <c>@id</c> was stored before.
    /// One that is further, lost or opted out stays so. What is claimed and not handed over is taken from its worker.
    /// </summary>
    /// <remarks>Sent together with the message, so that the customer does not wait for one more round trip.</remarks>
    public const string Engage = """
        WITH engaged AS (
            UPDATE leads l SET status = 'engaged', updated_at = @now
            FROM chat_sessions s
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId AND l.tenant_id = @tenantId AND l.id = s.lead_id
              AND l.status IN ('new', 'contacted', 'unreachable')
              AND EXISTS (SELECT 1 FROM chat_messages m WHERE m.tenant_id = @tenantId AND m.id = @id)
            RETURNING l.id
        )
        UPDATE touch_points t
        SET status = 'cancelled', reason = 'replied', fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
        FROM engaged
        WHERE t.tenant_id = @tenantId AND t.lead_id = engaged.id AND t.message_id IS NULL AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL));
        """;

    /// <summary>A person of the shop has the conversation <c>@sessionId</c>: what was planned for its lead ends, and <c>@evenReplies</c> what the assistant has answered and is not out. What staff wrote still goes out.</summary>
    public const string TakeOver = """
        UPDATE touch_points t
        SET status = 'cancelled', reason = 'human_takeover', fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
        FROM chat_sessions s
        WHERE s.tenant_id = @tenantId AND s.id = @sessionId AND t.tenant_id = @tenantId AND t.lead_id = s.lead_id
          AND (t.message_id IS NULL OR (@evenReplies AND t.replies_to_at IS NOT NULL)) AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL))
        """;
}
