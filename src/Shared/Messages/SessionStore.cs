using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>The table <c>chat_sessions</c>: one thread per lead. Its row is the lock and the counter of everything that happens in it.</summary>
public sealed class SessionStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>
    /// The last place that is taken in a session: a running answer adds its pieces without touching the session's row. Under the session's lock, in
    /// a statement after the one that took it, this is true until the transaction ends.
    /// </summary>
    internal const string Newest = """
        greatest(last_seq, (SELECT max(e.seq) FROM chat_events e WHERE e.tenant_id = chat_sessions.tenant_id AND e.session_id = chat_sessions.id))
        """;

    /// <summary>As <see cref="Lock"/>, for a batch of positional statements; the lock is its one row.</summary>
    internal const string Hold = "SELECT id FROM chat_sessions WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE";

    /// <summary>Takes the session's lock until the transaction ends, and answers no rows.</summary>
    internal const string Lock = "UPDATE chat_sessions SET updated_at = @now WHERE tenant_id = @tenantId AND id = @SessionId";

    /// <summary>
    /// The next place of a locked session, for a message that is not stored yet. A closed session gives one only <c>@evenClosed</c>. What staff write answers all that was asked before it, and whoever answers has read it.
    /// </summary>
    internal const string TakePlace = $"""
        UPDATE chat_sessions
        SET last_seq = {Newest} + 1, asked_seq = CASE WHEN @asks THEN {Newest} + 1 ELSE asked_seq END,
            asked_channel = CASE WHEN @asks THEN @Channel ELSE asked_channel END, answered_seq = CASE WHEN @Role = 'staff' THEN asked_seq ELSE answered_seq END,
            staff_read_seq = CASE WHEN @Role = 'staff' THEN {Newest} ELSE staff_read_seq END,
            language = coalesce(@language, language)
        WHERE tenant_id = @tenantId AND id = @SessionId AND (mode <> 'closed' OR @evenClosed) AND NOT EXISTS (
            SELECT 1 FROM chat_messages
            WHERE tenant_id = @tenantId AND session_id = @SessionId AND client_message_id = @ClientMessageId)
        RETURNING last_seq
        """;

    /// <summary>The lead's session; made in mode <c>ai</c> when there is none. Any number of callers get the same one.</summary>
    /// <returns>The session's id.</returns>
    public async Task<Guid> EnsureAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var rows = await transaction.QueryAsync<Guid>("""
            INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at)
            VALUES (@tenantId, @id, @leadId, 'ai', @now, @now)
            ON CONFLICT (tenant_id, lead_id) DO NOTHING
            RETURNING id
            """, new { id = Guid.CreateVersion7(), leadId, now = clock.GetUtcNow() }, cancel);
        return rows is [var made] ? made : await transaction.FirstOrDefaultAsync<Guid>(
            "SELECT id FROM chat_sessions WHERE tenant_id = @tenantId AND lead_id = @leadId", new { leadId }, cancel);
    }

    /// <summary>Notes the first opening of the chat page, and the trace that led to it.</summary>
    public Task<int> OpenAsync(TenantTransaction transaction, Guid sessionId, string? traceParent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE chat_sessions
            SET opened_at = coalesce(opened_at, @now), trace_parent = coalesce(@traceParent, trace_parent), updated_at = @now
            WHERE tenant_id = @tenantId AND id = @sessionId
            """, new { sessionId, traceParent, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Staff have read up to this seq. What they have read stays read.</summary>
    /// <returns>False when the tenant has no such session.</returns>
    public async Task<bool> ReadAsync(Guid tenantId, Guid sessionId, long seq, CancellationToken cancel) => await database.ExecuteAsync(tenantId, $"""
        UPDATE chat_sessions SET staff_read_seq = greatest(staff_read_seq, least(@seq, {Newest})) WHERE tenant_id = @tenantId AND id = @sessionId
        """, new { sessionId, seq }, cancel) == 1;

    /// <summary>How far the session is, or null when the tenant has no such session.</summary>
    public Task<SessionState?> FindAsync(Guid tenantId, Guid sessionId, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<SessionState>(tenantId, $"""
            SELECT {Newest} AS last_seq, mode, lead_id FROM chat_sessions WHERE tenant_id = @tenantId AND id = @sessionId
            """, new { sessionId }, cancel);

    /// <summary>Questions, of all tenants, that wait for an answer. For the sweep; the normal way of the chat's own is the wake after the commit.</summary>
    public Task<IReadOnlyList<WaitingQuestion>> WaitingQuestionsAsync(int most, CancellationToken cancel) =>
        database.DoorAsync<WaitingQuestion>("SELECT tenant_id, session_id, asked_seq, texted_seq FROM waiting_questions(@most)", new { most }, cancel);

    /// <summary>Takes the session's lock until the transaction ends, and the next places in its order.</summary>
    /// <param name="places">How many; the answer's seq is the last of them.</param>
    /// <exception cref="InvalidOperationException">The tenant has no such session.</exception>
    internal async Task<long> NextAsync(TenantTransaction transaction, Guid sessionId, int places, CancellationToken cancel) =>
        await transaction.FirstOrDefaultAsync<long?>($"""
            {Lock};
            UPDATE chat_sessions
            SET last_seq = {Newest} + @places
            WHERE tenant_id = @tenantId AND id = @sessionId
            RETURNING last_seq
            """, new { sessionId, places, now = clock.GetUtcNow() }, cancel)
        ?? throw new InvalidOperationException($"Session {sessionId} does not exist");

    /// <summary>Somebody else answers from now on. Takes the session's lock until the transaction ends.</summary>
    /// <returns>The place of what is told of it; null when the session was not in that mode.</returns>
    internal Task<long?> SetModeAsync(TenantTransaction transaction, Guid sessionId, string from, string to, CancellationToken cancel) =>
        transaction.FirstOrDefaultAsync<long?>($"""
            {Lock};
            UPDATE chat_sessions
            SET mode = @to, last_seq = {Newest} + 1
            WHERE tenant_id = @tenantId AND id = @sessionId AND mode = @from
            RETURNING last_seq
            """, new { sessionId, from, to, now = clock.GetUtcNow() }, cancel);

    /// <summary>This member of staff has the lead's conversation from now on, if a person answers in it; else nobody has.</summary>
    internal static Task<int> OwnAsync(TenantTransaction transaction, Guid leadId, Guid actorId, CancellationToken cancel) => transaction.ExecuteAsync(
        "UPDATE chat_sessions SET taken_by = CASE WHEN mode = 'human' THEN @actorId::uuid END WHERE tenant_id = @tenantId AND lead_id = @leadId", new { leadId, actorId }, cancel);

    /// <summary>Makes the questions up to this one wait again. The session's lock is held.</summary>
    internal static Task<int> AskAgainAsync(TenantTransaction transaction, Guid sessionId, long coveredSeq, CancellationToken cancel) => transaction.ExecuteAsync(
        "UPDATE chat_sessions SET answered_seq = least(answered_seq, @coveredSeq - 1) WHERE tenant_id = @tenantId AND id = @sessionId", new { sessionId, coveredSeq }, cancel);

    /// <summary>Makes the questions of a lost answer wait again, unless an earlier answer to them was lost too, or staff have answered since. The session's lock is held.</summary>
    internal static Task<int> AskAgainAsync(TenantTransaction transaction, Guid sessionId, Guid lostId, long coversSeq, CancellationToken cancel) =>
        transaction.ExecuteAsync("""
            UPDATE chat_sessions
            SET answered_seq = @coversSeq - 1
            WHERE tenant_id = @tenantId AND id = @sessionId AND answered_seq = @coversSeq
              AND NOT EXISTS (
                  SELECT 1 FROM chat_messages
                  WHERE tenant_id = @tenantId AND session_id = @sessionId
                    AND ((covers_seq = @coversSeq AND id <> @lostId AND status = 'interrupted') OR (role = 'staff' AND seq > @coversSeq)))
            """, new { sessionId, lostId, coversSeq }, cancel);

    /// <summary>
    /// The next place of a locked session, for an answer: only when a question waits, the assistant is the one to answer, and nobody answers at
    /// this moment.
    /// </summary>
    internal const string TakePlaceForAnswer = $"""
        UPDATE chat_sessions
        SET last_seq = {Newest} + 1, answered_seq = asked_seq, updated_at = $5
        WHERE tenant_id = $1 AND id = $2 AND mode = 'ai' AND asked_seq > answered_seq AND NOT EXISTS (
            SELECT 1 FROM chat_messages m WHERE m.tenant_id = $1 AND m.session_id = $2 AND m.status = 'streaming')
        RETURNING last_seq, asked_seq, trace_parent, asked_channel
        """;

    /// <summary>The next <c>$4</c> places of a locked session, when the statement has <c>ended</c> its answer.</summary>
    internal const string TakeLastPlaces = $"""
        UPDATE chat_sessions
        SET last_seq = {Newest} + $4, updated_at = $5
        FROM ended
        WHERE tenant_id = $1 AND id = ended.session_id
        RETURNING last_seq, asked_seq > answered_seq AS is_asked
        """;
}

/// <summary>A session of a tenant.</summary>
public readonly record struct SessionKey(Guid TenantId, Guid SessionId);

/// <summary>A question that waits for an answer.</summary>
/// <param name="AskedSeq">The place of the newest message that asks.</param>
/// <param name="TextedSeq">The same when it was a text, else 0.</param>
public sealed record WaitingQuestion(Guid TenantId, Guid SessionId, long AskedSeq, long TextedSeq)
{
    /// <summary>Was it texted?</summary>
    public bool IsText => TextedSeq > 0;

    /// <summary>Its session.</summary>
    public SessionKey Session => new(TenantId, SessionId);
}

/// <summary>How far a session is.</summary>
/// <param name="LastSeq">Of its newest message or frame.</param>
/// <param name="Mode">One of <see cref="SessionModes"/>.</param>
/// <param name="LeadId">Whose it is.</param>
public sealed record SessionState(long LastSeq, string Mode, Guid LeadId);
