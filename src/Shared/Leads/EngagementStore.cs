namespace LeadOrchestrator.Shared.Leads;

/// <summary>One change of the table <c>leads</c> that the chat makes: the customer has answered.</summary>
internal static class EngagementStore
{
    /// <summary>
    /// The lead of the session <c>@SessionId</c> that was waiting for an answer is engaged from now on, if the message <c>@id</c> was stored before.
    /// One that is further, lost or opted out stays so.
    /// </summary>
    /// <remarks>Sent together with the message, so that the customer does not wait for one more round trip.</remarks>
    public const string Engage = """
        UPDATE leads l SET status = 'engaged', updated_at = @now
        FROM chat_sessions s
        WHERE s.tenant_id = @tenantId AND s.id = @SessionId AND l.tenant_id = @tenantId AND l.id = s.lead_id
          AND l.status IN ('new', 'contacted', 'unreachable')
          AND EXISTS (SELECT 1 FROM chat_messages m WHERE m.tenant_id = @tenantId AND m.id = @id);
        """;
}
