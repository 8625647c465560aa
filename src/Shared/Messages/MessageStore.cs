using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Leads;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>The table <c>chat_messages</c>: a lead's thread over all channels.</summary>
public sealed partial class MessageStore(LeadDatabase database, SessionStore sessions, FrameStore frames, TimeProvider clock)
{
    // Two statements in one round trip. The first only takes the session's lock: a statement that waits for a row goes on with what it saw before,
    // and would not see that the same message was stored meanwhile. So the second knows; it stores the message and its frame, or neither.
    private const string Append = $"""
        {SessionStore.Lock};
        WITH place AS (
            {SessionStore.TakePlace}
        ), message AS (
            INSERT INTO chat_messages
                (tenant_id, id, session_id, seq, role, channel, content, media, status, client_message_id, created_at, completed_at)
            SELECT @tenantId, @id, @SessionId, last_seq, @Role, @Channel, @Content, @media, 'complete', @ClientMessageId, @sentAt, @now FROM place
        ), frame AS (
            {FrameStore.AddAtPlace}
        ), waiting AS (
            {HandoverStore.OpenForMessage}
        )
        SELECT s.mode, p.last_seq AS seq
        FROM chat_sessions s LEFT JOIN place p ON true
        WHERE s.tenant_id = @tenantId AND s.id = @SessionId;

        """;

    /// <summary>Adds a message and its <c>message.created</c> frame, in the caller's transaction, which holds the session's lock from here on.</summary>
    /// <remarks>
    /// A <see cref="NewThreadMessage.IsQuestion"/> is answered by the Chat API after the commit, woken or by its sweep.
    /// A <see cref="NewThreadMessage.ClientMessageId"/> that is stored already gives back its message, and the thread stays as it was.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The tenant has no such session.</exception>
    public async Task<AppendedMessage> AppendAsync(TenantTransaction transaction, NewThreadMessage message, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(message);
        var pending = new Pending(message, clock.GetUtcNow());
        var row = await transaction.FirstOrDefaultAsync<AppendRow>(Append, pending.Arguments(evenClosed: true), cancel)
            ?? throw new InvalidOperationException($"Session {message.SessionId} does not exist");
        return row.Seq is { } seq
            ? pending.At(seq, row.Mode)
            : new AppendedMessage((await transaction.FirstOrDefaultAsync<MessageRow>(Known, Sent(message), cancel))!.ToMessage(), row.Mode, null);
    }

    /// <summary>Adds what a customer writes in the chat, and its lead is engaged from then on: durable in one round trip when this returns.</summary>
    /// <param name="clientMessageId">The same again gives back the first message and changes nothing.</param>
    /// <returns>Null when nothing was stored: the session is closed, or the tenant has none with this id.</returns>
    public async Task<AppendedMessage?> AskAsync(SessionKey session, string content, Guid? clientMessageId, CancellationToken cancel)
    {
        var message = new NewThreadMessage(session.SessionId, MessageRoles.Customer, MessageChannels.Chat, content) { ClientMessageId = clientMessageId };
        var pending = new Pending(message, clock.GetUtcNow());
        var row = await Deadlock.RetryAsync(() => database.FirstOrDefaultAsync<AppendRow>(
            session.TenantId, Append + EngagementStore.Engage, pending.Arguments(evenClosed: false), cancel));
        if (row is { Seq: { } seq })
        {
            return pending.At(seq, row.Mode);
        }

        var known = row is null ? null : await database.FirstOrDefaultAsync<MessageRow>(session.TenantId, Known, Sent(message), cancel);
        return known is null ? null : new AppendedMessage(known.ToMessage(), row!.Mode, null);
    }

    /// <summary>Somebody else answers from now on, with the <c>mode.changed</c> that tells it, in the caller's transaction.</summary>
    /// <param name="from">One of <see cref="SessionModes"/>, as <paramref name="to"/>.</param>
    /// <returns>Null when the session was not in that mode: nothing has changed.</returns>
    public async Task<Frame?> ChangeModeAsync(TenantTransaction transaction, Guid sessionId, string from, string to, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await sessions.SetModeAsync(transaction, sessionId, from, to, cancel) is { } seq
            ? await frames.AddAsync(transaction, sessionId, null, seq, FrameTypes.ModeChanged, new ModeChanged(to), cancel)
            : null;
    }

    /// <summary>Somebody wrote back by text or by email: this lead is engaged, and the others of the same person or phone are. Their sequences end.</summary>
    public Task EngageAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(EngagementStore.EngageLead, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>A person of the shop has the conversation: what was planned for its lead is not sent, nor the sequences of the same person's other leads.</summary>
    /// <param name="evenReplies">Nor what the assistant has answered to a text and is not out yet; what is, is not tried again.</param>
    /// <returns>The answers that are not sent.</returns>
    public async Task<IReadOnlyList<Guid>> EndPlannedAsync(TenantTransaction transaction, Guid sessionId, bool evenReplies, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return [.. (await transaction.QueryAsync<Guid?>(EngagementStore.TakeOver, new { sessionId, evenReplies, reason = "human_takeover", now = clock.GetUtcNow() }, cancel)).OfType<Guid>()];
    }

    /// <summary>The customer wants a rest until then: what was planned to win them waits, and goes on afterwards.</summary>
    public Task PausePlannedAsync(TenantTransaction transaction, Guid sessionId, DateTimeOffset until, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(EngagementStore.Pause, new { sessionId, until, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Tells the session's viewers something that is no message, in the caller's transaction, which holds the session's lock from here on.</summary>
    /// <param name="type">One of <see cref="FrameTypes"/>.</param>
    public async Task<Frame> TellAsync<T>(TenantTransaction transaction, Guid sessionId, string type, T data, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await frames.AddAsync(transaction, sessionId, null, await sessions.NextAsync(transaction, sessionId, 1, cancel), type, data, cancel);
    }

    /// <summary>A page of the thread, oldest first, in one round trip.</summary>
    /// <param name="before">Only messages before this seq; null for the newest.</param>
    /// <param name="limit">1 or more.</param>
    public async Task<IReadOnlyList<ChatMessage>> PageAsync(Guid tenantId, Guid sessionId, long? before, int limit, CancellationToken cancel)
    {
        // By hand, without Dapper: this is what every opening and reload of the chat asks.
        await using var connection = await database.OpenAsync(cancel);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = tenantId.ToString() } } },
                new($"""
                    SELECT {MessageRow.Columns} FROM chat_messages
                    WHERE tenant_id = $1 AND session_id = $2 AND seq < $3
                    ORDER BY seq DESC
                    LIMIT $4
                    """)
                {
                    Parameters = { new() { Value = tenantId }, new() { Value = sessionId }, new() { Value = before ?? long.MaxValue }, new() { Value = limit } },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        return await MessageRow.ReadPageAsync(reader, cancel);
    }

    /// <summary>The message with its sender's own id, or null.</summary>
    public async Task<ChatMessage?> FindAsync(Guid tenantId, Guid sessionId, Guid clientMessageId, CancellationToken cancel) =>
        (await database.FirstOrDefaultAsync<MessageRow>(tenantId, Known, new { SessionId = sessionId, ClientMessageId = clientMessageId }, cancel))?.ToMessage();

    private const string Known = $"""
        SELECT {MessageRow.Columns} FROM chat_messages
        WHERE tenant_id = @tenantId AND session_id = @SessionId AND client_message_id = @ClientMessageId
        """;

    private static object Sent(NewThreadMessage message) => new { message.SessionId, message.ClientMessageId };

    /// <summary>What the session says to a new message. No seq: it took no place.</summary>
    private sealed record AppendRow
    {
        public string Mode { get; init; } = "";

        public long? Seq { get; init; }
    }

    /// <summary>A message that has no place yet.</summary>
    private sealed class Pending(NewThreadMessage message, DateTimeOffset now)
    {
        private readonly ChatMessage _message = new(
            Guid.CreateVersion7(), 0, message.Role, message.Channel, message.Content, MessageStatuses.Complete, message.SentAt ?? now, null, message.ClientMessageId)
            { Pictures = message.Media.Count is > 0 and var pictures ? pictures : null };

        public object Arguments(bool evenClosed)
        {
            // The database sets the seq into the frame: only under the lock is it known. No text before it could look like it.
            var (beforeSeq, afterSeq) = FrameJson.Around(_message, "\"seq\":0");
            return new
            {
                id = _message.Id, frameId = Guid.CreateVersion7(), message.SessionId, message.Role, message.Channel, message.Content, media = message.Media.ToArray(),
                message.ClientMessageId, now, sentAt = message.SentAt ?? now, asks = message.IsQuestion, evenClosed,
                // An order (STOP, HELP) is no question, and waits for nobody.
                waits = message.Role == MessageRoles.Customer && (message.IsQuestion || message.Channel == MessageChannels.Email), handoverId = Guid.CreateVersion7(),
                alertAt = now + HandoverStore.Patience, language = message.Role == MessageRoles.Customer ? Languages.Of(message.Content) : null,
                beforeSeq, afterSeq,
            };
        }

        public AppendedMessage At(long seq, string mode)
        {
            var stored = _message with { Seq = seq };
            return new AppendedMessage(stored, mode, new Frame(message.SessionId, stored.Id, seq, FrameTypes.MessageCreated, FrameJson.Write(stored)));
        }
    }
}

/// <summary>A row of <c>chat_messages</c>.</summary>
internal sealed record MessageRow
{
    public const string Columns =
        "id, seq, role, channel, content, status, client_message_id, provider, model, input_tokens, output_tokens, cache_read_tokens, cost_micros, created_at, nullif(cardinality(media), 0) AS pictures";

    public Guid Id { get; init; }

    public long Seq { get; init; }

    public string Role { get; init; } = "";

    public string Channel { get; init; } = "";

    public string Content { get; init; } = "";

    public string Status { get; init; } = "";

    public Guid? ClientMessageId { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public long? InputTokens { get; init; }

    public long? OutputTokens { get; init; }

    public long? CacheReadTokens { get; init; }

    public long? CostMicros { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public int? Pictures { get; init; }

    /// <summary>The rows of a result that has the newest first, oldest first.</summary>
    public static async Task<IReadOnlyList<ChatMessage>> ReadPageAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var page = new List<ChatMessage>();
        while (await reader.ReadAsync(cancel))
        {
            page.Add(Read(reader));
        }

        page.Reverse();
        return page;
    }

    // Straight into the message: fifty rows are read for one page, and of a customer's message the columns of its usage are not even asked.
    private static ChatMessage Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
        reader.GetFieldValue<DateTimeOffset>(13), ReadUsage(reader), reader.IsDBNull(6) ? null : reader.GetGuid(6)) { Pictures = reader.IsDBNull(14) ? null : reader.GetInt32(14) };

    private static AnswerUsage? ReadUsage(NpgsqlDataReader reader) => reader.IsDBNull(7) || reader.IsDBNull(8)
        ? null
        : new AnswerUsage(reader.GetString(7), reader.GetString(8), Number(reader, 9), Number(reader, 10), Number(reader, 11), Number(reader, 12));

    private static long Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? 0 : reader.GetInt64(column);

    public ChatMessage ToMessage() => new(
        Id, Seq, Role, Channel, Content, Status, CreatedAt,
        Provider is null || Model is null ? null : new AnswerUsage(Provider, Model, InputTokens ?? 0, OutputTokens ?? 0, CacheReadTokens ?? 0, CostMicros ?? 0),
        ClientMessageId) { Pictures = Pictures };
}

/// <summary>Registers the thread.</summary>
public static class ThreadRegistration
{
    /// <summary>Adds the stores of sessions, messages, frames, handovers, pictures and texts of staff.</summary>
    public static IServiceCollection AddThread(this IServiceCollection services) => services
        .AddSingleton<SessionStore>()
        .AddSingleton<FrameStore>()
        .AddSingleton<HandoverStore>()
        .AddSingleton<PictureStore>()
        .AddSingleton<StaffTextStore>()
        .AddSingleton<MessageStore>();
}
