using System.Data.Common;
using System.Text.Json;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>A session with whom and what it is about.</summary>
/// <param name="Mode">One of <see cref="SessionModes"/>.</param>
/// <param name="LocationPhone">E.164 or as the CRM writes it.</param>
/// <param name="CatalogVersion">Grows with each change of the shop's services.</param>
/// <param name="HoursVersion">Grows with each change of the shop's hours.</param>
/// <param name="IsThrifty">Has the tenant used so much of its models' budget that the cheaper one is asked first?</param>
/// <param name="Language">What the customer writes, one of <see cref="Languages"/>; null = nobody knows, or nobody asks.</param>
/// <param name="Done">What an answer may say was done: what has a committed row.</param>
public sealed record Conversation(
    Guid SessionId, string Mode, Guid LeadId, string FirstName, string Vehicle, string ServiceInterest,
    Guid LocationId, string LocationName, string? LocationPhone, string? LocationAddress, string LocationTimezone,
    long CatalogVersion, long HoursVersion, Deeds Done = Deeds.None, bool IsThrifty = false, string? Language = null)
{
    /// <summary>What the customer holds or has booked and is not over, the next one first. Read with an answer's beginning only.</summary>
    public IReadOnlyList<TakenSlot> Slots { get; init; } = [];

    /// <summary>How many answers models have begun in it within a day. Read with an answer's beginning only.</summary>
    public long AnswersOfDay { get; init; }
}

/// <summary>Reads a session together with its lead and its shop. Writes nothing.</summary>
public sealed class ConversationStore(LeadDatabase database, TimeProvider clock)
{
    private const string Slots = """
        SELECT jsonb_agg(jsonb_build_object('startsAt', a.starts_at, 'priceCents', a.price_cents, 'service', c.name, 'isHeld', a.status = 'held',
            'elsewhere', CASE WHEN a.location_id <> l.location_id THEN jsonb_build_object('shop', b.name, 'timezone', b.timezone) END) ORDER BY a.starts_at, a.id) AS slots
        FROM appointments a
        JOIN service_catalog c ON c.tenant_id = a.tenant_id AND c.id = a.service_id
        JOIN locations b ON b.tenant_id = a.tenant_id AND b.id = a.location_id
        WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.ends_at > @now AND (a.status = 'confirmed' OR (a.status = 'held' AND a.expires_at > @now))
        """;

    // The numbers are those of Deeds. What is over stands no more, what was only held was never booked, and the greeting that brought the customer here is no text that was just sent.
    private const string Done = """
        ((CASE WHEN EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.status = 'confirmed' AND a.ends_at > @now) THEN 1 ELSE 0 END)
         + (CASE WHEN EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.status = 'held' AND a.expires_at > @now) THEN 2 ELSE 0 END)
         + (CASE WHEN EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.status = 'cancelled'
                AND a.status_reason NOT IN ('expired', 'replaced', 'slot_taken') AND a.revision > 0)
            AND NOT EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.status = 'confirmed' AND a.ends_at > @now) THEN 4 ELSE 0 END)
         + (CASE WHEN EXISTS (SELECT 1 FROM touch_points t WHERE t.tenant_id = l.tenant_id AND t.lead_id = l.id AND t.status IN ('sent', 'delivered')
                AND t.sent_at >= (SELECT m.created_at FROM chat_messages m WHERE m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.seq = s.asked_seq))
            OR EXISTS (SELECT 1 FROM appointments a JOIN touch_points t ON t.tenant_id = a.tenant_id AND t.appointment_id = a.id
                WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.ends_at > @now AND t.status IN ('scheduled', 'sending', 'sent', 'delivered')) THEN 8 ELSE 0 END)
         + (CASE WHEN s.mode = 'human' OR EXISTS (SELECT 1 FROM review_items r
                WHERE r.tenant_id = l.tenant_id AND r.lead_id = l.id AND r.kind = 'person_wanted' AND r.resolved_at IS NULL) THEN 16 ELSE 0 END)
         + (CASE WHEN l.consent = 'opted_out' THEN 32 ELSE 0 END)
         + (CASE WHEN EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.status = 'confirmed' AND a.ends_at > @now
                AND (a.replaces_id IS NOT NULL OR a.revision > 1)) THEN 64 ELSE 0 END)) AS done
        """;

    // What was voided or cut has cost money as well; what we said ourselves has not.
    private const string AnswersOfDay = """
        (SELECT count(*) FROM chat_messages m
         WHERE m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.role = 'assistant' AND m.created_at > @now - interval '1 day'
           AND (m.cost_micros > 0 OR m.status IN ('superseded', 'interrupted')))
        """;

    // The day is the one of the tenant's zone; @now is business time.
    private const string Thrifty = """
        (SELECT coalesce(bool_or(used.micros * 100 >= used.cap * used.soft), false)
         FROM (
            SELECT b.spent_micros + b.reserved_micros AS micros,
                coalesce((SELECT d.limit_micros FROM ai_limits d WHERE d.tenant_id = l.tenant_id AND d.period = 'day'), n.ai_daily_limit_micros) AS cap,
                coalesce((SELECT d.soft_percent FROM ai_limits d WHERE d.tenant_id = l.tenant_id AND d.period = 'day'), 80) AS soft
            FROM tenants n JOIN ai_budgets b ON b.tenant_id = n.id AND b.day = (@now AT TIME ZONE n.timezone)::date
            WHERE n.id = l.tenant_id
            UNION ALL
            SELECT coalesce((
                SELECT sum(b.spent_micros + b.reserved_micros) FROM ai_budgets b
                WHERE b.tenant_id = n.id AND b.day >= date_trunc('month', @now AT TIME ZONE n.timezone)::date
                  AND b.day < (date_trunc('month', @now AT TIME ZONE n.timezone) + interval '1 month')::date), 0)::bigint, m.limit_micros, m.soft_percent
            FROM tenants n JOIN ai_limits m ON m.tenant_id = n.id AND m.period = 'month'
            WHERE n.id = l.tenant_id
         ) used) AS is_thrifty
        """;

    /// <summary>The conversation, or null when the tenant has no such session.</summary>
    public Task<Conversation?> FindAsync(SessionKey session, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<Conversation>(session.TenantId, $"""
            SELECT s.id AS session_id, s.mode, s.lead_id, l.first_name, l.vehicle, l.service_interest,
                   o.id AS location_id, o.name AS location_name, o.phone AS location_phone, o.address AS location_address, o.timezone AS location_timezone,
                   o.catalog_version, o.hours_version, {Done}, false AS is_thrifty, s.language
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId
            """, new { session.SessionId, now = clock.GetUtcNow() }, cancel);

    /// <summary>Asks for the conversation; <see cref="ReadFoundAsync"/> reads it.</summary>
    /// <param name="batch">In the session's tenant.</param>
    public static void AddFind(TenantBatch batch, Guid sessionId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Add($"""
            SELECT s.mode, s.lead_id, l.first_name, l.vehicle, l.service_interest, o.id, o.name, o.phone, o.address, o.timezone, o.catalog_version, o.hours_version, {Placed(Done)}, {Placed(Thrifty)}, ({Placed(Slots)}), {Placed(AnswersOfDay)}
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
            WHERE s.tenant_id = $1 AND s.id = $2
            """, TenantBatch.Value(sessionId), TenantBatch.Value(now.UtcDateTime));
    }

    // A batch names its parameters by their places.
    private static string Placed(string sql) => sql.Replace("@now", "$3", StringComparison.Ordinal);

    /// <summary>The conversation of <see cref="AddFind"/>. The reader stands on the result before.</summary>
    public static async Task<Conversation?> ReadFoundAsync(DbDataReader reader, Guid sessionId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        return !await reader.ReadAsync(cancel) ? null : new Conversation(
            sessionId, reader.GetString(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetGuid(5), reader.GetString(6),
            reader.IsDBNull(7) ? null : reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetString(9),
            reader.GetInt64(10), reader.GetInt64(11), (Deeds)reader.GetInt32(12), reader.GetBoolean(13))
        {
            Slots = reader.IsDBNull(14) ? [] : JsonSerializer.Deserialize<List<TakenSlot>>(reader.GetString(14), JsonSerializerOptions.Web)!,
            AnswersOfDay = reader.GetInt64(15),
        };
    }

    /// <summary>Is this message of the customer's stored already?</summary>
    public async Task<bool> HasMessageAsync(SessionKey session, Guid clientMessageId, CancellationToken cancel) =>
        await database.FirstOrDefaultAsync<int?>(session.TenantId, """
            SELECT 1 FROM chat_messages WHERE tenant_id = @tenantId AND session_id = @SessionId AND client_message_id = @clientMessageId
            """, new { session.SessionId, clientMessageId }, cancel) is not null;

    /// <summary>Has the session's customer, or whoever has their number, said no to messages?</summary>
    public async Task<bool> IsOutAsync(SessionKey session, CancellationToken cancel) =>
        await database.FirstOrDefaultAsync<int?>(session.TenantId, """
            SELECT 1
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            LEFT JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId AND (l.consent = 'opted_out' OR c.opted_out_at IS NOT NULL)
            """, new { session.SessionId }, cancel) is not null;

    /// <summary>The contact (phone number) of the session's lead, or null when it has none.</summary>
    public Task<Guid?> FindContactAsync(SessionKey session, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<Guid?>(session.TenantId, """
            SELECT l.contact_id
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            WHERE s.tenant_id = @tenantId AND s.id = @SessionId
            """, new { session.SessionId }, cancel);
}
