using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>A session with whom and what it is about.</summary>
/// <param name="Mode">One of <see cref="SessionModes"/>.</param>
/// <param name="LocationPhone">E.164 or as the CRM writes it.</param>
public sealed record Conversation(
    Guid SessionId, string Mode, Guid LeadId, string FirstName, string Vehicle, string ServiceInterest,
    Guid LocationId, string LocationName, string? LocationPhone, string? LocationAddress, string LocationTimezone);

/// <summary>Reads a session together with its lead and its shop. Writes nothing.</summary>
public sealed class ConversationStore(LeadDatabase database)
{
    /// <summary>The conversation, or null when the tenant has no such session.</summary>
    public Task<Conversation?> FindAsync(SessionKey session, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<Conversation>(session.TenantId, """
            SELECT s.id AS session_id, s.mode, s.lead_id, l.first_name, l.vehicle, l.service_interest,
                   o.id AS location_id, o.name AS location_name, o.phone AS location_phone, o.address AS location_address, o.timezone AS location_timezone
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId
            """, new { session.SessionId }, cancel);

    /// <summary>The contact (phone number) of the session's lead, or null when it has none.</summary>
    public Task<Guid?> FindContactAsync(SessionKey session, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<Guid?>(session.TenantId, """
            SELECT l.contact_id
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId
            """, new { session.SessionId }, cancel);
}
