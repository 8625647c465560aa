using System.Data.Common;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Shared.Messages;

/// <content>The life of an answer: begun under the session's lock by one process, ended under it by that process or by whoever takes it away.</content>
public sealed partial class MessageStore
{
    /// <summary>The reason of an interruption: the answer's process is gone.</summary>
    public const string OwnerLost = "owner_lost";

    /// <summary>Begins the answer to all questions that wait in the session, with its <c>answer.started</c>; adds what reads it back with <see cref="ReadBegunAsync"/>.</summary>
    /// <param name="batch">In the session's tenant.</param>
    /// <param name="messageId">Of the answer to be.</param>
    /// <param name="owner">The process that will say it.</param>
    public void AddBegin(TenantBatch batch, Guid sessionId, Guid messageId, Guid owner)
    {
        ArgumentNullException.ThrowIfNull(batch);
        // Only the database knows what is covered: it sets the number into the frame's data.
        var (before, after) = FrameJson.Around(new AnswerStarted(messageId, 0), "\"coversSeq\":0");
        batch.Add(SessionStore.Hold, Value(sessionId));
        batch.Add($"""
            WITH place AS (
                {SessionStore.TakePlaceForAnswer}
            ), message AS (
                INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, covers_seq, owner_id, created_at)
                SELECT $1, $3, $2, last_seq, 'assistant', asked_channel, '', 'streaming', asked_seq, $4, $5 FROM place
            ), frame AS (
                {FrameStore.AddStartAtPlace}
            )
            SELECT last_seq, asked_seq, trace_parent, asked_channel FROM place
            """, Value(sessionId), Value(messageId), Value(owner), Value(clock.GetUtcNow().UtcDateTime), Value(Guid.CreateVersion7()), Value(before), Value(after));
    }

    /// <summary>What became of <see cref="AddBegin"/>. The reader stands on the result before, and then on the last of its own.</summary>
    /// <returns>Null: nothing to answer, somebody else answers at this moment, or the session is not the assistant's.</returns>
    public static async Task<BegunAnswer?> ReadBegunAsync(DbDataReader reader, Guid sessionId, Guid messageId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel); // the lock
        await reader.NextResultAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var (seq, covers) = (reader.GetInt64(0), reader.GetInt64(1));
        var trace = await reader.IsDBNullAsync(2, cancel) ? null : reader.GetString(2);
        return new BegunAnswer(messageId, covers, reader.GetString(3), trace, new Frame(sessionId, messageId, seq, FrameTypes.AnswerStarted, FrameJson.Write(new AnswerStarted(messageId, covers))));
    }

    /// <summary>Ends an answer of this process, with its last piece and its terminal frame; <see cref="ReadEndedAsync"/> tells whether it was still its own.</summary>
    /// <param name="batch">In the session's tenant.</param>
    public void AddEnd(TenantBatch batch, Guid owner, AnswerEnd end)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(end);
        var frames = end.Frames();
        batch.Add(SessionStore.Hold, Value(end.SessionId));
        batch.Add($"""
            WITH ended AS (
                UPDATE chat_messages
                SET status = $7, content = $8, finish_reason = $9, owner_id = NULL, completed_at = $5,
                    provider = $10, model = $11, input_tokens = $12, output_tokens = $13, cache_read_tokens = $14, cost_micros = $15
                WHERE tenant_id = $1 AND id = $3 AND session_id = $2 AND owner_id = $6 AND status = 'streaming'
                RETURNING session_id
            ), place AS (
                {SessionStore.TakeLastPlaces}
            ), frame AS (
                {FrameStore.AddLastAtPlaces}
            )
            SELECT last_seq, is_asked FROM place
            """,
            Value(end.SessionId), Value(end.MessageId), Value(frames.Count), Value(clock.GetUtcNow().UtcDateTime), Value(owner), Value(end.Status), Value(end.Content),
            Value(end.FinishReason), Value(end.Usage?.Provider), Value(end.Usage?.Model), Number(end.Usage?.InputTokens), Number(end.Usage?.OutputTokens),
            Number(end.Usage?.CacheReadTokens), Number(end.Usage?.CostMicros), Ids([.. frames.Select(_ => Guid.CreateVersion7())]),
            Texts([.. frames.Select(frame => frame.Type)]), Texts([.. frames.Select(frame => frame.Data)]));
    }

    /// <summary>What became of <see cref="AddEnd"/>. The reader stands on the result before, and then on the last of its own.</summary>
    public static async Task<EndedAnswer> ReadEndedAsync(DbDataReader reader, AnswerEnd end, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(end);
        await reader.NextResultAsync(cancel); // the lock
        await reader.NextResultAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return new EndedAnswer([], IsAskedAgain: true);
        }

        var frames = end.Frames();
        var first = reader.GetInt64(0) - frames.Count + 1;
        return new EndedAnswer([.. frames.Select((frame, place) => frame with { Seq = first + place })], reader.GetBoolean(1));
    }

    /// <summary>Takes a running answer away from whoever says it: what was stored of it stays, as <c>interrupted</c>.</summary>
    /// <param name="messageId">The answer; null for whichever runs in the session.</param>
    /// <param name="reason">See <see cref="AnswerInterrupted"/>.</param>
    /// <param name="silence">Only if its process has shown no sign of life for so long, still; null = whatever its process does.</param>
    /// <returns>Its terminal frame, or null when it was over already, or its process lives.</returns>
    public async Task<Frame?> InterruptAnswerAsync(SessionKey session, Guid? messageId, string reason, CancellationToken cancel, TimeSpan? silence = null)
    {
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var frame = await InterruptAnswerAsync(transaction, session.SessionId, messageId, reason, cancel, silence);
        if (frame is not null)
        {
            await transaction.CommitAsync(cancel);
        }

        return frame;
    }

    /// <summary>The same in the caller's transaction, which holds the session's lock from here on.</summary>
    public async Task<Frame?> InterruptAnswerAsync(
        TenantTransaction transaction, Guid sessionId, Guid? messageId, string reason, CancellationToken cancel, TimeSpan? silence = null)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var interrupted = await transaction.FirstOrDefaultAsync<InterruptedRow>($"""
            {SessionStore.Lock};
            UPDATE chat_messages m
            SET status = 'interrupted', finish_reason = @reason, owner_id = NULL, completed_at = @now,
                content = coalesce((
                    SELECT string_agg(e.data::json ->> 'text', '' ORDER BY e.seq)
                    FROM chat_events e
                    WHERE e.tenant_id = @tenantId AND e.session_id = m.session_id AND e.message_id = m.id AND e.type = 'answer.delta'
                      AND e.seq > coalesce((
                          SELECT max(r.seq) FROM chat_events r
                          WHERE r.tenant_id = @tenantId AND r.session_id = m.session_id AND r.seq > m.seq
                            AND r.message_id = m.id AND r.type = 'answer.restarted'), m.seq)), '')
            WHERE m.tenant_id = @tenantId AND m.session_id = @SessionId AND m.status = 'streaming' AND (@messageId::uuid IS NULL OR m.id = @messageId)
              AND NOT EXISTS (SELECT 1 FROM service_instances i WHERE i.id = m.owner_id AND i.seen_at > clock_timestamp() - @silence::interval)
            RETURNING m.id, m.covers_seq, m.content = '' AS is_empty, m.channel
            """, new { sessionId, messageId, reason, silence, now = clock.GetUtcNow() }, cancel);
        if (interrupted is not { Id: var id })
        {
            return null;
        }

        if (reason == OwnerLost && (interrupted.IsEmpty || interrupted.Channel == MessageChannels.Sms))
        {
            // Nobody saw a word, or half an answer that is not texted: the question is asked once more. Once, since a question that ends processes must not go round for ever.
            await SessionStore.AskAgainAsync(transaction, sessionId, id, interrupted.CoversSeq, cancel);
        }

        var seq = await sessions.NextAsync(transaction, sessionId, 1, cancel);
        return await frames.AddAsync(transaction, sessionId, id, seq, FrameTypes.AnswerInterrupted, new AnswerInterrupted(id, reason), cancel);
    }

    /// <summary>A person has taken the conversation over: what their doing so cut off, or kept from going out, waits again, and is answered when they give it back without a word. The session's lock is held.</summary>
    /// <param name="cut">Answers that the customer will not read to their end.</param>
    public async Task AskAgainAsync(TenantTransaction transaction, Guid sessionId, IReadOnlyList<Guid> cut, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // A text that nobody has planned yet is not sent either.
        var lost = await transaction.FirstOrDefaultAsync<long?>("""
            WITH kept AS (
                UPDATE chat_messages m SET dispatched_at = @now
                WHERE m.tenant_id = @tenantId AND m.session_id = @sessionId AND m.role = 'assistant' AND m.channel = 'sms' AND m.status = 'complete' AND m.dispatched_at IS NULL
                RETURNING m.id
            ), cut AS (
                SELECT id FROM kept UNION SELECT unnest(@cut::uuid[])
            )
            SELECT min(m.covers_seq) FROM chat_messages m JOIN cut USING (id)
            WHERE m.tenant_id = @tenantId AND m.session_id = @sessionId
              AND NOT EXISTS (
                  SELECT 1 FROM chat_messages l
                  WHERE l.tenant_id = @tenantId AND l.session_id = @sessionId AND l.seq > m.covers_seq
                    AND (l.role = 'staff' OR (l.role = 'assistant' AND l.status = 'complete' AND l.seq > m.seq AND l.id NOT IN (SELECT id FROM cut))))
            """, new { sessionId, cut = cut.ToArray(), now = clock.GetUtcNow() }, cancel);
        if (lost is { } covered)
        {
            await SessionStore.AskAgainAsync(transaction, sessionId, covered, cancel);
        }
    }

    /// <summary>Does this answer still run? A stop or a takeover may have ended it where another process heard of it.</summary>
    public async Task<bool> IsRunningAsync(SessionKey session, Guid messageId, CancellationToken cancel) => await database.FirstOrDefaultAsync<bool>(session.TenantId, """
        SELECT EXISTS (SELECT 1 FROM chat_messages WHERE tenant_id = @tenantId AND session_id = @SessionId AND id = @messageId AND status = 'streaming')
        """, new { session.SessionId, messageId }, cancel);

    /// <summary>Voids the running answer, because the customer wrote on: the next one covers all. Not one that has used a tool, and not for ever: somebody who never stops is answered too.</summary>
    /// <param name="evenIfSaid">Also when its first words were seen. Of an answer to a text nobody has seen a word before it is whole.</param>
    /// <returns>Its last frames; none when it goes on, or when there is none.</returns>
    public async Task<IReadOnlyList<Frame>> SupersedeAnswerAsync(SessionKey session, bool evenIfSaid, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        if (await transaction.FirstOrDefaultAsync<SupersededRow>($"""
            {SessionStore.Lock};
            UPDATE chat_messages m
            SET status = 'superseded', finish_reason = 'superseded', owner_id = NULL, completed_at = @now
            FROM chat_sessions s
            WHERE m.tenant_id = @tenantId AND m.session_id = @SessionId AND m.status = 'streaming'
              AND s.tenant_id = @tenantId AND s.id = @SessionId AND s.mode = 'ai' AND s.asked_seq > m.covers_seq
              AND (@evenIfSaid OR m.channel = 'sms' OR NOT EXISTS ({WordsOf}))
              AND NOT EXISTS (
                  SELECT 1 FROM chat_events e WHERE e.tenant_id = @tenantId AND e.session_id = m.session_id AND e.message_id = m.id AND e.type = 'answer.tool')
              AND (SELECT count(*) FROM chat_messages v WHERE v.tenant_id = @tenantId AND v.session_id = m.session_id AND v.status = 'superseded' AND v.seq > coalesce((
                  SELECT max(a.seq) FROM chat_messages a
                  WHERE a.tenant_id = @tenantId AND a.session_id = m.session_id AND a.role = 'assistant' AND a.status IN ('complete', 'interrupted', 'failed')), 0)) < @most
            RETURNING m.id, EXISTS ({WordsOf}) AS was_heard
            """, new { session.SessionId, evenIfSaid, most = MostSuperseded, now = clock.GetUtcNow() }, cancel) is not { } superseded)
        {
            return [];
        }

        var places = superseded.WasHeard ? 2 : 1;
        var seq = await sessions.NextAsync(transaction, session.SessionId, places, cancel);
        List<Frame> last = superseded.WasHeard
            ? [await frames.AddAsync(transaction, session.SessionId, superseded.Id, seq - 1, FrameTypes.AnswerRestarted, new AnswerRestarted(superseded.Id), cancel)] : [];
        last.Add(await frames.AddAsync(
            transaction, session.SessionId, superseded.Id, seq, FrameTypes.AnswerInterrupted, new AnswerInterrupted(superseded.Id, MessageStatuses.Superseded), cancel));
        await transaction.CommitAsync(cancel);
        return last;
    }

    private const int MostSuperseded = 5;

    private const string WordsOf = """
        SELECT 1 FROM chat_events e WHERE e.tenant_id = @tenantId AND e.session_id = m.session_id AND e.message_id = m.id AND e.type = 'answer.delta'
        """;

    /// <summary>Has the question at this place an answer of the assistant, or will it get one? Not one that staff have answered: it waits for nobody.</summary>
    public async Task<bool> IsAnsweredAsync(SessionKey session, long seq, CancellationToken cancel) => await database.FirstOrDefaultAsync<bool>(session.TenantId, """
        SELECT EXISTS (SELECT 1 FROM chat_sessions WHERE tenant_id = @tenantId AND id = @SessionId AND asked_seq > answered_seq)
            OR EXISTS (
                SELECT 1 FROM chat_messages
                WHERE tenant_id = @tenantId AND session_id = @SessionId AND seq > @seq AND covers_seq >= @seq AND status <> 'superseded')
        """, new { session.SessionId, seq }, cancel);

    /// <summary>Answers, of all tenants, whose process has shown no sign of life for this long.</summary>
    public Task<IReadOnlyList<OrphanedAnswer>> OrphanedAnswersAsync(TimeSpan silence, CancellationToken cancel) =>
        database.DoorAsync<OrphanedAnswer>("SELECT tenant_id, session_id, id FROM orphaned_answers(@silence)", new { silence }, cancel);

    /// <summary>Asks for what was said so far: what a model needs to know of the thread. <see cref="ReadHistoryAsync"/> reads it.</summary>
    /// <param name="batch">In the session's tenant.</param>
    /// <param name="messageId">
    /// The answer that is begun: what came after the questions that it covers does not count, since both vendors want the customer to speak last. Of staff nothing came after them:
    /// what they write answers what was asked before it, so that no answer covers it.
    /// </param>
    public static void AddHistory(TenantBatch batch, Guid sessionId, Guid messageId, int most)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Add($"""
            SELECT {MessageRow.Columns} FROM chat_messages
            WHERE tenant_id = $1 AND session_id = $2 AND (content <> '' OR cardinality(media) > 0) AND status IN ('complete', 'interrupted')
              AND seq <= (SELECT a.covers_seq FROM chat_messages a WHERE a.tenant_id = $1 AND a.id = $3)
            ORDER BY seq DESC
            LIMIT $4
            """, Value(sessionId), Value(messageId), Value(most));
    }

    /// <summary>The messages of <see cref="AddHistory"/>, oldest first. The reader stands on the result before.</summary>
    public static async Task<IReadOnlyList<ChatMessage>> ReadHistoryAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        return await MessageRow.ReadPageAsync(reader, cancel);
    }

    private static NpgsqlParameter Number(long? value) => new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint, Value = value is { } known ? known : DBNull.Value };

    private sealed record SupersededRow
    {
        public Guid Id { get; init; }

        public bool WasHeard { get; init; }
    }

    private sealed record InterruptedRow
    {
        public Guid Id { get; init; }

        public long CoversSeq { get; init; }

        public bool IsEmpty { get; init; }

        public string Channel { get; init; } = "";
    }
}

/// <summary>An answer that has begun.</summary>
/// <param name="CoversSeq">It answers the customer's messages up to here.</param>
/// <param name="Channel">The way it goes to the customer: the one by which the last question came.</param>
/// <param name="TraceParent">The trace to go on with.</param>
/// <param name="Frame">Its <c>answer.started</c>.</param>
public sealed record BegunAnswer(Guid MessageId, long CoversSeq, string Channel, string? TraceParent, Frame Frame);

/// <summary>How an answer ends.</summary>
/// <param name="Status">complete, interrupted or failed.</param>
/// <param name="Content">All of it; empty when it failed.</param>
/// <param name="LastPieces">What no frame has yet, in order.</param>
/// <param name="FinishReason">See <see cref="AnswerCompleted"/>, <see cref="AnswerInterrupted"/>, and <see cref="AnswerFailed"/>, whose code it is.</param>
/// <param name="Usage">Needed when it is complete.</param>
public sealed record AnswerEnd(
    Guid SessionId, Guid MessageId, string Status, string Content, IReadOnlyList<AnswerPiece> LastPieces, string FinishReason, AnswerUsage? Usage)
{
    /// <summary>Its last frames, which have no place yet.</summary>
    internal IReadOnlyList<Frame> Frames() => [.. LastPieces.Select(piece => new Frame(SessionId, MessageId, 0, piece.Type, piece.Data)), Terminal()];

    private Frame Terminal() => Status switch
    {
        MessageStatuses.Complete => Frame(FrameTypes.AnswerCompleted, new AnswerCompleted(MessageId, Content, FinishReason, Usage!)),
        MessageStatuses.Interrupted => Frame(FrameTypes.AnswerInterrupted, new AnswerInterrupted(MessageId, FinishReason)),
        MessageStatuses.Failed => Frame(FrameTypes.AnswerFailed, new AnswerFailed(MessageId, FinishReason)),
        _ => throw new InvalidOperationException($"An answer does not end as {Status}"),
    };

    private Frame Frame<T>(string type, T data) => new(SessionId, MessageId, 0, type, FrameJson.Write(data));
}

/// <summary>An answer that has ended.</summary>
/// <param name="Frames">Its last ones; none when it was no longer this process's: then nothing has changed.</param>
/// <param name="IsAskedAgain">Does a question wait that came meanwhile? True when we do not know.</param>
public sealed record EndedAnswer(IReadOnlyList<Frame> Frames, bool IsAskedAgain);

/// <summary>An answer whose process is gone.</summary>
public sealed record OrphanedAnswer(Guid TenantId, Guid SessionId, Guid Id);
