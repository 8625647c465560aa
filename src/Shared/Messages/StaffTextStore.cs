using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>Somebody to whom a member of staff writes by text or email, with their lead locked.</summary>
/// <param name="Channel">sms or email.</param>
/// <param name="WhyNot">Null, or why nothing may go to them that way: one machine word.</param>
public sealed record WrittenTo(Guid LeadId, string Channel, string? WhyNot);

/// <summary>Texts and emails of staff: touch points like any other, planned by whichever service they write in. The gate asks again at the instant of sending.</summary>
public sealed class StaffTextStore(TimeProvider clock)
{
    /// <summary>Twilio takes no more characters in one text.</summary>
    public const int Longest = 1_600;

    /// <summary>A message of a member of staff may wait this long for its hour.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(72);

    /// <summary>So long after the person's own text an answer to it is immediate, whoever gives it (docs/decisions/0011).</summary>
    public static readonly TimeSpan Immediate = TimeSpan.FromMinutes(15);

    /// <summary>SQL: plans what a member of staff wrote, due at once. The lead's row is locked. By text it is an answer as well, when their newest words came by text since <c>@textedSince</c>; a reaction, HELP and START are no words.</summary>
    public const string Plan = """
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, trace_parent, subject, content, message_id, replies_to_at, created_at, updated_at)
        SELECT @tenantId, @id, @leadId, 'staff-' || (SELECT count(*) + 1 FROM touch_points t WHERE t.tenant_id = @tenantId AND t.lead_id = @leadId AND t.step LIKE 'staff-%'),
            @channel, 'scheduled', @now, @expiresAt, @traceParent, @subject, @content, @messageId,
            (SELECT m.created_at FROM chat_sessions s JOIN chat_messages m ON m.tenant_id = @tenantId AND m.session_id = s.id AND m.seq = s.asked_seq
             WHERE @channel = 'sms' AND s.tenant_id = @tenantId AND s.lead_id = @leadId AND s.asked_channel = 'sms' AND m.created_at > @textedSince),
            @now, @now
        """;

    /// <summary>
    /// Whose conversation it is, if they text or write emails: their newest message came that way, and nobody knows whether they would look into the chat. Their lead is locked; null = they chat.
    /// </summary>
    public static async Task<WrittenTo?> LockWrittenToAsync(TenantTransaction transaction, Guid sessionId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.FirstOrDefaultAsync<Row>("""
            SELECT l.id AS lead_id, w.channel, l.phone IS NOT NULL AS has_phone, l.phone_type, trim(l.email) <> '' AS has_email,
                CASE WHEN (c.opted_out_at IS NOT NULL AND c.wrong_number_at IS NULL) OR 'opted_out' IN (l.consent, l.status) THEN 'opted_out' WHEN c.crm_opt_out_at IS NOT NULL THEN 'crm_opt_out' END AS said_no,
                c.wrong_number_at IS NOT NULL AS is_wrong_number,
                CASE WHEN e.unsubscribed_at IS NOT NULL THEN 'unsubscribed' WHEN e.suppression IS NOT NULL THEN e.suppression WHEN e.crm_opt_out_at IS NOT NULL THEN 'crm_unsubscribed' END AS no_mail
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            LEFT JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
            LEFT JOIN email_addresses e ON e.tenant_id = l.tenant_id AND e.email = lower(trim(l.email))
            CROSS JOIN LATERAL (
                SELECT m.channel FROM chat_messages m
                WHERE m.tenant_id = @tenantId AND m.session_id = @sessionId AND m.role = 'customer'
                ORDER BY m.seq DESC LIMIT 1) w
            WHERE s.tenant_id = @tenantId AND s.id = @sessionId AND w.channel IN ('sms', 'email')
            FOR NO KEY UPDATE OF l
            """, new { sessionId }, cancel) is { } row ? new WrittenTo(row.LeadId, row.Channel, WhyNot(row)) : null;
    }

    private static string? WhyNot(Row row) => row.SaidNo ?? (row.Channel == MessageChannels.Email
        ? row.HasEmail != true ? "no_email" : row.NoMail
        : row.IsWrongNumber ? "wrong_number" : !row.HasPhone ? "no_phone" : PhoneTypes.TakesTexts(row.PhoneType) ? null : $"{row.PhoneType}_phone");

    /// <summary>Plans a message of the thread as a text or an email, as its channel says. The lead's row is locked.</summary>
    public Task PlanAsync(TenantTransaction transaction, Guid leadId, ChatMessage message, string? traceParent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(message);
        var now = clock.GetUtcNow();
        return transaction.ExecuteAsync(Plan, new
        {
            id = Guid.CreateVersion7(), leadId, channel = message.Channel, now, expiresAt = now + GoodFor, traceParent, subject = (string?)null, content = message.Content, messageId = message.Id, textedSince = now - Immediate,
        }, cancel);
    }

    private sealed record Row
    {
        public Guid LeadId { get; init; }

        public string Channel { get; init; } = "";

        public bool HasPhone { get; init; }

        public string PhoneType { get; init; } = "";

        public bool? HasEmail { get; init; }

        /// <summary>The person's, by whichever number. A stranger with a wrong number ends texts to it, and nothing else.</summary>
        public string? SaidNo { get; init; }

        public bool IsWrongNumber { get; init; }

        public string? NoMail { get; init; }
    }
}
