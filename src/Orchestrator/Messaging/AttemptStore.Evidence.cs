using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>What a text without a link of its own is known by: its words, its time, and that no other attempt has its SID.</summary>
/// <param name="Body">As it was handed over.</param>
/// <param name="OthersSids">Of all attempts to this person.</param>
/// <param name="StartedAt">When it was handed over (business time).</param>
public sealed record WordsOfAttempt(string Body, string[] OthersSids, DateTimeOffset StartedAt)
{
    // The vendor's clock may be slow.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    /// <summary>Is this one of the vendor's list the one? Older ones with the same words are somebody else's.</summary>
    public bool Fit(TwilioMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.IsOutbound && message.Body is { } body && Letters(body) == Letters(Body) && !(message.CreatedAt < StartedAt - Slack) && !OthersSids.Contains(message.Sid);
    }

    // Twilio may have replaced letters, quotes and dashes on the way, so that the text is cheaper (Smart Encoding).
    private static string Letters(string text) => string.Concat(GsmLetters.Fold(text).Where(letter => !char.IsWhiteSpace(letter) && !char.IsPunctuation(letter)));
}

/// <summary>What hand-overs are known by again.</summary>
public sealed partial class AttemptStore
{
    /// <summary>Was a link with this code ever made here?</summary>
    public async Task<bool> KnowsCodeAsync(byte[] hash, CancellationToken cancel) =>
        (await database.DoorAsync<Guid>("SELECT tenant_id FROM find_chat_code(@hash)", new { hash }, cancel)).Count > 0;

    /// <summary>Whether a text at the vendor may be one of this database: by its id, or, while no answer has told of that, because one is on its way to that number.</summary>
    public async Task<bool> MayKnowTextAsync(Guid tenantId, string sid, string to, CancellationToken cancel) => await database.FirstOrDefaultAsync<bool>(tenantId, """
        SELECT EXISTS (
            SELECT 1 FROM message_attempts
            WHERE tenant_id = @tenantId AND address = @to AND channel = 'sms' AND (provider_id = @sid OR status IN ('handed_over', 'unknown')))
        """, new { sid, to }, cancel);

    /// <summary>The texts that a number had from us, the newest of them: those that may have gone out, and what was answered at once, by the carrier's own way.</summary>
    public Task<IReadOnlyList<string>> TextsToAsync(Guid tenantId, string phone, CancellationToken cancel) => database.QueryAsync<string>(tenantId, """
        (SELECT body FROM message_attempts
         WHERE tenant_id = @tenantId AND address = @phone AND channel = 'sms' AND status NOT IN ('refused', 'not_sent') ORDER BY started_at DESC LIMIT 200)
        UNION ALL
        (SELECT m.content
         FROM contacts c
         JOIN leads l ON l.tenant_id = c.tenant_id AND l.contact_id = c.id
         JOIN chat_sessions s ON s.tenant_id = l.tenant_id AND s.lead_id = l.id
         JOIN chat_messages m ON m.tenant_id = s.tenant_id AND m.session_id = s.id AND m.role = 'system' AND m.channel = 'sms'
         WHERE c.tenant_id = @tenantId AND c.phone = @phone ORDER BY m.created_at DESC LIMIT 50)
        """, new { phone }, cancel);

    /// <summary>The words of an attempt that carries no link: what a member of staff wrote. Null for one with a link, which is known by its code.</summary>
    public Task<WordsOfAttempt?> WordsAsync(Guid tenantId, Guid attemptId, CancellationToken cancel) => database.FirstOrDefaultAsync<WordsOfAttempt>(tenantId, """
        SELECT a.body, ARRAY(
            SELECT b.provider_id
            FROM leads m
            JOIN leads l ON l.tenant_id = m.tenant_id AND l.contact_id = m.contact_id
            JOIN touch_points u ON u.tenant_id = l.tenant_id AND u.lead_id = l.id
            JOIN message_attempts b ON b.tenant_id = u.tenant_id AND b.touch_point_id = u.id
            WHERE m.tenant_id = @tenantId AND m.id = t.lead_id AND b.provider_id IS NOT NULL) AS others_sids, a.started_at
        FROM message_attempts a JOIN touch_points t ON t.tenant_id = a.tenant_id AND t.id = a.touch_point_id
        WHERE a.tenant_id = @tenantId AND a.id = @attemptId AND position('{link}' IN a.body) = 0
        """, new { attemptId }, cancel);

    /// <summary>Has another attempt to this number this SID? Nobody else learns one of that number until the transaction ends.</summary>
    public async Task<bool> IsAnothersAsync(TenantTransaction transaction, LostAttempt attempt, string sid, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(attempt);
        await transaction.ExecuteAsync("SELECT id FROM contacts WHERE tenant_id = @tenantId AND phone = @Address FOR NO KEY UPDATE", new { attempt.Address }, cancel);
        return await transaction.FirstOrDefaultAsync<bool>("""
            SELECT EXISTS (SELECT 1 FROM message_attempts o
                WHERE o.tenant_id = @tenantId AND o.channel = 'sms' AND o.address = @Address AND o.provider_id = @sid AND o.id <> @Id)
            """, new { attempt.Address, attempt.Id, sid }, cancel);
    }

    /// <summary>
    /// How the tenant's texts of the last real time were taken: ids are in its order, so that only those are read. What our account or number was turned away for is no text's failure, and mended by a person:
    /// that is in neither count.
    /// </summary>
    public async Task<TextRates> RatesAsync(Guid tenantId, TimeSpan window, CancellationToken cancel) => (await database.FirstOrDefaultAsync<TextRates>(tenantId, """
        SELECT count(*) FILTER (WHERE a.status IN ('accepted', 'refused') AND a.is_of_the_text) AS texts,
            count(*) FILTER (WHERE (a.status = 'refused' OR a.provider_status IN ('undelivered', 'failed')) AND a.is_of_the_text) AS failed,
            (SELECT count(DISTINCT c.contact_id) FROM consent_events c
             WHERE c.tenant_id = @tenantId AND c.id >= @since AND c.kind = 'opted_out' AND c.channel IN ('sms', 'vendor')) AS opt_outs,
            (SELECT CASE WHEN b.provider_status IN ('delivered', 'read') THEN NULL ELSE b.error_code END FROM message_attempts b
             WHERE b.tenant_id = @tenantId AND b.id >= @since AND b.channel = 'sms' AND (b.provider_status IN ('delivered', 'read') OR b.error_code = ANY(@blocking))
             ORDER BY b.id DESC LIMIT 1) AS blocked_by,
            (array_agg(a.error_code ORDER BY a.id DESC) FILTER (WHERE a.error_code = ANY(@alarming) AND a.provider_status IS DISTINCT FROM 'delivered'))[1] AS filtered_by
        FROM (
            SELECT id, status, provider_status, error_code, coalesce(error_code <> ALL(@ofTheSender) AND error_code NOT LIKE 'twilio\_20___', true) AS is_of_the_text
            FROM message_attempts WHERE tenant_id = @tenantId AND id >= @since AND channel = 'sms') a
        """,
        new
        {
            since = Since(window), blocking = TwilioErrors.OfABlockedSender.ToArray(), alarming = TwilioErrors.OfFilteredTexts.ToArray(), ofTheSender = TwilioErrors.OfTheSender.ToArray(),
        }, cancel))!;

    /// <summary>How the tenant's emails of the last real time were taken. Their tokens are few beside all attempts.</summary>
    public async Task<MailRates> MailRatesAsync(Guid tenantId, TimeSpan window, CancellationToken cancel) => (await database.FirstOrDefaultAsync<MailRates>(tenantId, """
        SELECT count(*) FILTER (WHERE a.status = 'accepted') AS mails, count(*) FILTER (WHERE a.provider_status = 'spamreport') AS complaints,
            count(*) FILTER (WHERE a.status = 'accepted' AND a.error_code = ANY(@ofTheAddress)) AS bounced
        FROM unsubscribe_tokens u JOIN message_attempts a ON a.tenant_id = u.tenant_id AND a.id = u.attempt_id
        WHERE u.tenant_id = @tenantId AND u.id >= @since
        """, new { since = Since(window), ofTheAddress = MailEvent.OfTheAddress }, cancel))!;

    private static Guid Since(TimeSpan window) => Guid.CreateVersion7(TimeProvider.System.GetUtcNow() - window);
}
