using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>One hand-over that is about to begin.</summary>
/// <param name="Body">With the link's placeholder: the code itself is not stored.</param>
public sealed record NewAttempt(Guid Id, TouchPointClaim Claim, Guid LeadId, string Address, string Body, byte[] CodeHash)
{
    /// <summary>It goes out as an immediate answer to the person's own text.</summary>
    public bool IsReply { get; init; }
}

/// <summary>How a hand-over ended.</summary>
/// <param name="Status">accepted, refused, not_sent or unknown.</param>
public sealed record AttemptEnd(Guid Id, string Status, string? ProviderId, string? ErrorCode, DateTimeOffset At);

/// <summary>One hand-over of which nobody has told, as the reconcile looks for it.</summary>
/// <param name="Age">Since the hand-over, by the database's clock.</param>
public sealed record LostAttempt(Guid Id, Guid LeadId, string Address, byte[]? CodeHash, TimeSpan Age);

/// <summary>What a callback or the vendor's list has moved.</summary>
/// <param name="IsTwice">This is the first word of the attempt, and another one of the same touch point has gone out as well.</param>
public sealed record MovedAttempt(Guid TouchPointId, Guid LeadId, string Address, bool IsTwice);

/// <summary>The tables <c>message_attempts</c> and <c>chat_codes</c>: every hand-over to a vendor, and the link that it carried.</summary>
public sealed partial class AttemptStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>Adds: these attempts, and the hashes of their links' codes. Commit this before the vendor is called.</summary>
    /// <remarks>Only for touch points that the same transaction has handed over: a claim that is lost gives no attempt.</remarks>
    internal void AddBegin(TenantBatch batch, IReadOnlyList<NewAttempt> begun)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        batch.Add("""
            WITH written AS (
                INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at, rules_version, is_reply)
                SELECT t.tenant_id, begun.id, t.id, t.attempts, 'sms', begun.address, begun.body, 'handed_over', $10, $12, begun.is_reply
                FROM unnest($2, $3, $4, $5, $6, $13) AS begun (id, touch_point_id, fence, address, body, is_reply)
                JOIN touch_points t ON t.tenant_id = $1 AND t.id = begun.touch_point_id AND t.fence = begun.fence AND t.status || '' = 'sending' AND t.handed_over_at IS NOT NULL
                RETURNING id
            )
            INSERT INTO chat_codes (tenant_id, id, lead_id, attempt_id, code_hash, created_at, expires_at)
            SELECT $1, code.id, code.lead_id, written.id, code.hash, $10, $11
            FROM unnest($2, $7, $8, $9) AS code (attempt_id, id, lead_id, hash) JOIN written ON written.id = code.attempt_id
            """,
            Ids([.. begun.Select(attempt => attempt.Id)]), Ids([.. begun.Select(attempt => attempt.Claim.Id)]), Numbers([.. begun.Select(attempt => attempt.Claim.Fence)]),
            Texts([.. begun.Select(attempt => attempt.Address)]), Texts([.. begun.Select(attempt => attempt.Body)]),
            Ids([.. begun.Select(_ => Guid.CreateVersion7())]), Ids([.. begun.Select(attempt => attempt.LeadId)]), Bytes([.. begun.Select(attempt => attempt.CodeHash)]),
            Value(now), Value(now + ChatCode.Lifetime), Text(TextingRules.Current.Version), Flags([.. begun.Select(attempt => attempt.IsReply)]));
    }

    /// <summary>Adds: the newest attempts of these claims were none. Only for a worker that has begun no call for them; before <see cref="TouchPointStore.AddTakeBack"/>.</summary>
    internal void AddTakeBack(TenantBatch batch, IReadOnlyList<TouchPointClaim> claims) => batch.Add("""
        UPDATE message_attempts a SET status = 'not_sent', error_code = 'hand_over_not_heard_of', finished_at = $4
        FROM unnest($2, $3) AS claimed (id, fence)
        JOIN touch_points t ON t.tenant_id = $1 AND t.id = claimed.id AND t.fence = claimed.fence AND t.status || '' = 'sending' AND t.handed_over_at IS NOT NULL
        WHERE a.tenant_id = $1 AND a.touch_point_id = t.id AND a.number = t.attempts AND a.status = 'handed_over'
        """, Ids([.. claims.Select(claim => claim.Id)]), Numbers([.. claims.Select(claim => claim.Fence)]), Value(clock.GetUtcNow().UtcDateTime));

    /// <summary>
    /// Adds: where the people of these claims live, when texts to them were handed over, those alone that may have gone out; and where none ever was and this is no greeting
    /// nor an answer to them, their language.
    /// </summary>
    /// <remarks>A statement of its own, after the one that locks the contacts: one that waited for a lock goes on with what it saw before, and would miss the text it waited for.</remarks>
    internal void AddRecipients(TenantBatch batch, IReadOnlyList<TouchPointClaim> claims) => batch.Add($"""
        SELECT t.id, {LeadStore.AddressState}, ARRAY(
            SELECT a.started_at FROM message_attempts a
            WHERE a.tenant_id = $1 AND a.address = c.phone AND a.channel = 'sms' AND a.started_at > $3 AND a.status NOT IN ('refused', 'not_sent')),
            CASE WHEN t.step <> 'greeting' AND (t.replies_to_at IS NULL OR t.step LIKE 'staff-%') AND NOT EXISTS (
                SELECT 1 FROM message_attempts a WHERE a.tenant_id = $1 AND a.address = c.phone AND a.channel = 'sms' AND a.status NOT IN ('refused', 'not_sent'))
            THEN coalesce((SELECT s.language FROM chat_sessions s WHERE s.tenant_id = $1 AND s.lead_id = t.lead_id LIMIT 1), 'en') END
        FROM unnest($2) AS claimed (id)
        JOIN touch_points t ON t.tenant_id = $1 AND t.id = claimed.id
        JOIN leads l ON l.tenant_id = $1 AND l.id = t.lead_id
        JOIN contacts c ON c.tenant_id = $1 AND c.id = l.contact_id
        """, Ids([.. claims.Select(claim => claim.Id)]), Value(clock.GetUtcNow().UtcDateTime - Frequency.LongestMemory));

    /// <summary>The row of <see cref="AddRecipients"/>: the touch point's id, the state of the address, the times, and the language of a first text.</summary>
    internal static (Guid Id, string? AddressState, DateTimeOffset[] TextedAt, string? FirstIn) ReadRecipient(NpgsqlDataReader row) =>
        (row.GetGuid(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetFieldValue<DateTimeOffset[]>(2), row.IsDBNull(3) ? null : row.GetString(3));

    /// <summary>One attempt by email, and the hash of its link's code. Commit this before the vendor is called.</summary>
    /// <remarks>The same transaction has handed the touch point over.</remarks>
    public Task BeginEmailAsync(TenantTransaction transaction, NewAttempt attempt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(attempt);
        var now = clock.GetUtcNow();
        return transaction.ExecuteAsync("""
            WITH written AS (
                INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
                SELECT @tenantId, @Id, t.id, t.attempts, 'email', @Address, @Body, 'handed_over', @now
                FROM touch_points t WHERE t.tenant_id = @tenantId AND t.id = @touchPointId
                RETURNING id
            )
            INSERT INTO chat_codes (tenant_id, id, lead_id, attempt_id, code_hash, created_at, expires_at)
            SELECT @tenantId, @codeId, @LeadId, written.id, @CodeHash, @now, @expiresAt FROM written
            """,
            new
            {
                attempt.Id, touchPointId = attempt.Claim.Id, attempt.Address, attempt.Body, codeId = Guid.CreateVersion7(), attempt.LeadId, attempt.CodeHash, now,
                expiresAt = now + ChatCode.Lifetime,
            }, cancel);
    }

    /// <summary>Adds: how hand-overs ended. A SID that comes from a worker that was given up is kept too: it is evidence.</summary>
    /// <remarks>A plan that was made while the table was small walks all of it, until autovacuum has counted its rows.</remarks>
    internal static void AddEnds(TenantBatch batch, IReadOnlyList<AttemptEnd> ends) => batch.Add("""
        UPDATE message_attempts a
        SET status = CASE WHEN a.status = 'accepted' THEN a.status ELSE ended.status END, provider_id = coalesce(a.provider_id, ended.provider_id),
            error_code = coalesce(a.error_code, ended.error_code), finished_at = ended.at
        FROM unnest($2, $3, $4, $5, $6) AS ended (id, status, provider_id, error_code, at)
        WHERE a.tenant_id = $1 AND a.id = ended.id
        """,
        Ids([.. ends.Select(end => end.Id)]), Texts([.. ends.Select(end => end.Status)]), Texts([.. ends.Select(end => end.ProviderId)]),
        Texts([.. ends.Select(end => end.ErrorCode)]), Times([.. ends.Select(end => (DateTimeOffset?)end.At)]));

    /// <summary>The tenant of an attempt, by the id in Twilio's callback; null when we never had it.</summary>
    public async Task<Guid?> FindTenantAsync(Guid attemptId, CancellationToken cancel) =>
        await database.DoorAsync<Guid>("SELECT tenant_id FROM find_attempt(@attemptId)", new { attemptId }, cancel) is [var tenantId, ..] ? tenantId : null;

    /// <summary>Moves an attempt forward to what a callback says; what is not further on changes nothing.</summary>
    /// <returns>Null when it did not move.</returns>
    public Task<MovedAttempt?> AdvanceAsync(
        TenantTransaction transaction, Guid id, string providerId, TwilioStatus status, string? errorCode, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<MovedAttempt>("""
            UPDATE message_attempts a
            SET status = 'accepted', provider_id = coalesce(a.provider_id, @providerId), provider_status = @word, provider_rank = @rank,
                error_code = coalesce(@errorCode, a.error_code), finished_at = coalesce(a.finished_at, @now)
            FROM touch_points t, message_attempts was
            WHERE a.tenant_id = @tenantId AND a.id = @id AND a.provider_rank < @rank AND t.tenant_id = a.tenant_id AND t.id = a.touch_point_id
              AND was.tenant_id = a.tenant_id AND was.id = a.id
            RETURNING t.id AS touch_point_id, t.lead_id, a.address, was.provider_rank = 0 AND @isOut AND EXISTS (
                SELECT FROM message_attempts o
                WHERE o.tenant_id = a.tenant_id AND o.touch_point_id = t.id AND o.id <> a.id AND o.status = 'accepted'
                  AND (o.provider_status IS NULL OR o.provider_status NOT IN ('undelivered', 'failed', 'canceled'))) AS is_twice
            """, new { id, providerId, word = status.Word, rank = (short)status.Rank, isOut = status.Touch != "failed", errorCode, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The last attempt of a touch point of which nobody knows whether it went out.</summary>
    public Task<LostAttempt?> LastAsync(Guid tenantId, Guid touchPointId, CancellationToken cancel) => database.FirstOrDefaultAsync<LostAttempt>(tenantId, """
        SELECT a.id, t.lead_id, a.address, c.code_hash, clock_timestamp() - coalesce(t.handed_over_at, clock_timestamp()) AS age
        FROM message_attempts a
        JOIN touch_points t ON t.tenant_id = a.tenant_id AND t.id = a.touch_point_id
        LEFT JOIN chat_codes c ON c.tenant_id = a.tenant_id AND c.lead_id = t.lead_id AND c.attempt_id = a.id
        WHERE a.tenant_id = @tenantId AND a.touch_point_id = @touchPointId
        ORDER BY a.number DESC
        LIMIT 1
        """, new { touchPointId }, cancel);
}

/// <summary>Twilio's words for the state of a text, in an order that only grows: callbacks repeat and overtake each other.</summary>
/// <param name="Touch">What the touch point is then: sent, delivered or failed.</param>
public sealed record TwilioStatus(string Word, int Rank, string Touch)
{
    /// <summary>Reads a word; one that is new to us counts as a sign that Twilio has the text.</summary>
    public static TwilioStatus Read(string word) => word switch
    {
        "sending" => new(word, 2, "sent"),
        "sent" => new(word, 3, "sent"),
        "delivered" or "read" => new(word, 4, "delivered"),
        "undelivered" or "failed" or "canceled" => new(word, 4, "failed"),
        _ => new(word, 1, "sent"),
    };
}
