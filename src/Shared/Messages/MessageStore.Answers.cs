using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Messages;

/// <content>The life of an answer: begun under the session's lock by one process, ended under it by that process or by whoever takes it away.</content>
public sealed partial class MessageStore
{
    /// <summary>The reason of an interruption: the answer's process is gone.</summary>
    public const string OwnerLost = "owner_lost";

    /// <summary>Begins the answer to all questions that wait in the session, with its <c>answer.started</c>.</summary>
    /// <param name="owner">The process that will say it.</param>
    /// <returns>Null: nothing to answer, somebody else answers at this moment, or the session is not the assistant's.</returns>
    public async Task<BegunAnswer?> BeginAnswerAsync(SessionKey session, Guid owner, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        if (await sessions.NextForAnswerAsync(transaction, session.SessionId, cancel) is not { } place)
        {
            return null;
        }

        var id = Guid.CreateVersion7();
        var isBegun = await transaction.ExecuteAsync("""
            INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, covers_seq, owner_id, created_at)
            SELECT @tenantId, @id, @SessionId, @Seq, 'assistant', 'chat', '', 'streaming', @CoversSeq, @owner, @now
            WHERE NOT EXISTS (SELECT 1 FROM chat_messages WHERE tenant_id = @tenantId AND session_id = @SessionId AND status = 'streaming')
            """, new { id, session.SessionId, place.Seq, place.CoversSeq, owner, now = clock.GetUtcNow() }, cancel) == 1;
        if (!isBegun)
        {
            return null;
        }

        var frame = await frames.AddAsync(
            transaction, session.SessionId, id, place.Seq, FrameTypes.AnswerStarted, new AnswerStarted(id, place.CoversSeq), cancel);
        await transaction.CommitAsync(cancel);
        return new BegunAnswer(id, place.CoversSeq, place.TraceParent, frame);
    }

    /// <summary>Ends an answer of this process in the caller's transaction, with its last piece and its terminal frame.</summary>
    /// <returns>The frames; none when the answer is no longer this process's: roll back then.</returns>
    public async Task<IReadOnlyList<Frame>> EndAnswerAsync(TenantTransaction transaction, Guid owner, AnswerEnd end, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(end);
        var hasPiece = end.LastPiece.Length > 0;
        var seq = await sessions.NextAsync(transaction, end.SessionId, hasPiece ? 2 : 1, cancel);
        var isEnded = await transaction.ExecuteAsync("""
            UPDATE chat_messages
            SET status = @Status, content = @Content, finish_reason = @FinishReason, owner_id = NULL, completed_at = @now,
                provider = @Provider, model = @Model, input_tokens = @InputTokens, output_tokens = @OutputTokens,
                cache_read_tokens = @CacheReadTokens, cost_micros = @CostMicros
            WHERE tenant_id = @tenantId AND id = @MessageId AND owner_id = @owner AND status = 'streaming'
            """,
            new
            {
                end.Status, end.Content, end.FinishReason, end.MessageId, owner, now = clock.GetUtcNow(), end.Usage?.Provider, end.Usage?.Model,
                end.Usage?.InputTokens, end.Usage?.OutputTokens, end.Usage?.CacheReadTokens, end.Usage?.CostMicros,
            }, cancel) == 1;
        if (!isEnded)
        {
            return [];
        }

        var ended = new List<Frame>(2);
        if (hasPiece)
        {
            var piece = new AnswerDelta(end.MessageId, end.LastPiece);
            ended.Add(await frames.AddAsync(transaction, end.SessionId, end.MessageId, seq - 1, FrameTypes.AnswerDelta, piece, cancel));
        }

        ended.Add(await AddTerminalAsync(transaction, end, seq, cancel));
        return ended;
    }

    /// <summary>Takes a running answer away from whoever says it: what was stored of it stays, as <c>interrupted</c>.</summary>
    /// <param name="messageId">The answer; null for whichever runs in the session.</param>
    /// <param name="reason">See <see cref="AnswerInterrupted"/>.</param>
    /// <returns>Its terminal frame, or null when it was over already.</returns>
    public async Task<Frame?> InterruptAnswerAsync(SessionKey session, Guid? messageId, string reason, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var seq = await sessions.NextAsync(transaction, session.SessionId, 1, cancel);
        var interrupted = await transaction.FirstOrDefaultAsync<InterruptedRow>("""
            UPDATE chat_messages m
            SET status = 'interrupted', finish_reason = @reason, owner_id = NULL, completed_at = @now,
                content = coalesce((
                    SELECT string_agg(e.data::json ->> 'text', '' ORDER BY e.seq)
                    FROM chat_events e
                    WHERE e.tenant_id = @tenantId AND e.message_id = m.id AND e.type = 'answer.delta'
                      AND e.seq > coalesce((
                          SELECT max(r.seq) FROM chat_events r
                          WHERE r.tenant_id = @tenantId AND r.message_id = m.id AND r.type = 'answer.restarted'), 0)), '')
            WHERE m.tenant_id = @tenantId AND m.session_id = @SessionId AND m.status = 'streaming' AND (@messageId::uuid IS NULL OR m.id = @messageId)
            RETURNING m.id, m.covers_seq, m.content = '' AS is_empty
            """, new { session.SessionId, messageId, reason, now = clock.GetUtcNow() }, cancel);
        if (interrupted is not { Id: var id })
        {
            return null;
        }

        if (reason == OwnerLost && interrupted.IsEmpty)
        {
            // Nobody saw a word: the question is asked once more. Once, since a question that ends processes must not go round for ever.
            await SessionStore.AskAgainAsync(transaction, session.SessionId, id, interrupted.CoversSeq, cancel);
        }

        var frame = await frames.AddAsync(
            transaction, session.SessionId, id, seq, FrameTypes.AnswerInterrupted, new AnswerInterrupted(id, reason), cancel);
        await transaction.CommitAsync(cancel);
        return frame;
    }

    /// <summary>Answers, of all tenants, whose process has shown no sign of life for this long.</summary>
    public Task<IReadOnlyList<OrphanedAnswer>> OrphanedAnswersAsync(TimeSpan silence, CancellationToken cancel) =>
        database.DoorAsync<OrphanedAnswer>("SELECT tenant_id, session_id, id FROM orphaned_answers(@silence)", new { silence }, cancel);

    /// <summary>What was said so far, oldest first: what a model needs to know of the thread.</summary>
    /// <param name="upTo">The last seq that counts.</param>
    public async Task<IReadOnlyList<ChatMessage>> HistoryAsync(SessionKey session, long upTo, int most, CancellationToken cancel)
    {
        var newestFirst = await database.QueryAsync<MessageRow>(session.TenantId, $"""
            SELECT {MessageRow.Columns} FROM chat_messages
            WHERE tenant_id = @tenantId AND session_id = @SessionId AND seq <= @upTo AND content <> '' AND status IN ('complete', 'interrupted')
            ORDER BY seq DESC
            LIMIT @most
            """, new { session.SessionId, upTo, most }, cancel);
        return [.. newestFirst.Reverse().Select(row => row.ToMessage())];
    }

    private sealed record InterruptedRow
    {
        public Guid Id { get; init; }

        public long CoversSeq { get; init; }

        public bool IsEmpty { get; init; }
    }

    private Task<Frame> AddTerminalAsync(TenantTransaction transaction, AnswerEnd end, long seq, CancellationToken cancel) => end.Status switch
    {
        MessageStatuses.Complete => frames.AddAsync(transaction, end.SessionId, end.MessageId, seq, FrameTypes.AnswerCompleted,
            new AnswerCompleted(end.MessageId, end.Content, end.FinishReason, end.Usage!), cancel),
        MessageStatuses.Interrupted => frames.AddAsync(transaction, end.SessionId, end.MessageId, seq, FrameTypes.AnswerInterrupted,
            new AnswerInterrupted(end.MessageId, end.FinishReason), cancel),
        MessageStatuses.Failed => frames.AddAsync(transaction, end.SessionId, end.MessageId, seq, FrameTypes.AnswerFailed,
            new AnswerFailed(end.MessageId, end.FinishReason), cancel),
        _ => throw new InvalidOperationException($"An answer does not end as {end.Status}"),
    };
}

/// <summary>An answer that has begun.</summary>
/// <param name="CoversSeq">It answers the customer's messages up to here.</param>
/// <param name="TraceParent">The trace to go on with.</param>
/// <param name="Frame">Its <c>answer.started</c>.</param>
public sealed record BegunAnswer(Guid MessageId, long CoversSeq, string? TraceParent, Frame Frame);

/// <summary>How an answer ends.</summary>
/// <param name="Status">complete, interrupted or failed.</param>
/// <param name="Content">All of it; empty when it failed.</param>
/// <param name="LastPiece">The end of the content that no frame has yet.</param>
/// <param name="FinishReason">See <see cref="AnswerCompleted"/>, <see cref="AnswerInterrupted"/>, and <see cref="AnswerFailed"/>, whose code it is.</param>
/// <param name="Usage">Needed when it is complete.</param>
public sealed record AnswerEnd(
    Guid SessionId, Guid MessageId, string Status, string Content, string LastPiece, string FinishReason, AnswerUsage? Usage);

/// <summary>An answer whose process is gone.</summary>
public sealed record OrphanedAnswer(Guid TenantId, Guid SessionId, Guid Id);
