using System.Data.Common;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>A session with whom and what it is about.</summary>
/// <param name="Mode">One of <see cref="SessionModes"/>.</param>
/// <param name="LocationPhone">E.164 or as the CRM writes it.</param>
/// <param name="CatalogVersion">Grows with each change of the shop's services.</param>
/// <param name="HoursVersion">Grows with each change of the shop's hours.</param>
public sealed record Conversation(
    Guid SessionId, string Mode, Guid LeadId, string FirstName, string Vehicle, string ServiceInterest,
    Guid LocationId, string LocationName, string? LocationPhone, string? LocationAddress, string LocationTimezone,
    long CatalogVersion, long HoursVersion);

/// <summary>Reads a session together with its lead and its shop. Writes nothing.</summary>
public sealed class ConversationStore(LeadDatabase database)
{
    /// <summary>The conversation, or null when the tenant has no such session.</summary>
    public Task<Conversation?> FindAsync(SessionKey session, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<Conversation>(session.TenantId, """
            SELECT s.id AS session_id, s.mode, s.lead_id, l.first_name, l.vehicle, l.service_interest,
                   o.id AS location_id, o.name AS location_name, o.phone AS location_phone, o.address AS location_address, o.timezone AS location_timezone,
                   o.catalog_version, o.hours_version
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId
            """, new { session.SessionId }, cancel);

    /// <summary>Asks for the conversation; <see cref="ReadFoundAsync"/> reads it.</summary>
    /// <param name="batch">In the session's tenant.</param>
    public static void AddFind(TenantBatch batch, Guid sessionId)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Add("""
            SELECT s.mode, s.lead_id, l.first_name, l.vehicle, l.service_interest, o.id, o.name, o.phone, o.address, o.timezone, o.catalog_version, o.hours_version
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            WHERE s.tenant_id = $1 AND s.id = $2
            """, TenantBatch.Value(sessionId));
    }

    /// <summary>The conversation of <see cref="AddFind"/>. The reader stands on the result before.</summary>
    public static async Task<Conversation?> ReadFoundAsync(DbDataReader reader, Guid sessionId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        return !await reader.ReadAsync(cancel) ? null : new Conversation(
            sessionId, reader.GetString(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetGuid(5), reader.GetString(6),
            reader.IsDBNull(7) ? null : reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetString(9),
            reader.GetInt64(10), reader.GetInt64(11));
    }

    /// <summary>The contact (phone number) of the session's lead, or null when it has none.</summary>
    public Task<Guid?> FindContactAsync(SessionKey session, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<Guid?>(session.TenantId, """
            SELECT l.contact_id
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId
            """, new { session.SessionId }, cancel);
}
