using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>The table <c>chat_messages</c>: a lead's thread over all channels.</summary>
public sealed partial class MessageStore(LeadDatabase database, SessionStore sessions, FrameStore frames, TimeProvider clock)
{
    /// <summary>Adds a message and its <c>message.created</c> frame, in the caller's transaction, which holds the session's lock from here on.</summary>
    /// <remarks>
    /// A customer's chat message is a question: the Chat API answers it after the commit, woken or by its sweep.
    /// A <see cref="NewThreadMessage.ClientMessageId"/> that is stored already gives back its message; the caller rolls back then.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The tenant has no such session.</exception>
    public async Task<AppendedMessage> AppendAsync(TenantTransaction transaction, NewThreadMessage message, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(message);
        var asks = message is { Role: MessageRoles.Customer, Channel: MessageChannels.Chat };
        var place = await sessions.NextAsync(transaction, message.SessionId, places: 1, asks, cancel);
        if (message.ClientMessageId is { } known && await FindAsync(transaction, message.SessionId, known, cancel) is { } first)
        {
            return new AppendedMessage(first, place.Mode, null);
        }

        var now = clock.GetUtcNow();
        var stored = new ChatMessage(
            Guid.CreateVersion7(), place.Seq, message.Role, message.Channel, message.Content, MessageStatuses.Complete, now, null, message.ClientMessageId);
        await transaction.ExecuteAsync("""
            INSERT INTO chat_messages
                (tenant_id, id, session_id, seq, role, channel, content, media, status, client_message_id, created_at, completed_at)
            VALUES (@tenantId, @Id, @SessionId, @Seq, @Role, @Channel, @Content, @media, 'complete', @ClientMessageId, @now, @now)
            """,
            new { stored.Id, message.SessionId, stored.Seq, stored.Role, stored.Channel, stored.Content, media = message.Media.ToArray(), stored.ClientMessageId, now },
            cancel);
        var frame = await frames.AddAsync(transaction, message.SessionId, stored.Id, stored.Seq, FrameTypes.MessageCreated, stored, cancel);
        return new AppendedMessage(stored, place.Mode, frame);
    }

    /// <summary>A page of the thread, oldest first, in one round trip.</summary>
    /// <param name="before">Only messages before this seq; null for the newest.</param>
    /// <param name="limit">1–200.</param>
    public async Task<IReadOnlyList<ChatMessage>> PageAsync(Guid tenantId, Guid sessionId, long? before, int limit, CancellationToken cancel)
    {
        // By hand, without Dapper: this is what every opening and reload of the chat asks.
        await using var connection = await database.Source.OpenConnectionAsync(cancel);
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
        var page = new List<ChatMessage>(limit);
        while (await reader.ReadAsync(cancel))
        {
            page.Add(MessageRow.Read(reader));
        }

        page.Reverse();
        return page;
    }

    private static async Task<ChatMessage?> FindAsync(TenantTransaction transaction, Guid sessionId, Guid clientMessageId, CancellationToken cancel) =>
        (await transaction.FirstOrDefaultAsync<MessageRow>($"""
            SELECT {MessageRow.Columns} FROM chat_messages
            WHERE tenant_id = @tenantId AND session_id = @sessionId AND client_message_id = @clientMessageId
            """, new { sessionId, clientMessageId }, cancel))?.ToMessage();
}

/// <summary>A row of <c>chat_messages</c>.</summary>
internal sealed record MessageRow
{
    public const string Columns =
        "id, seq, role, channel, content, status, client_message_id, provider, model, input_tokens, output_tokens, cache_read_tokens, cost_micros, created_at";

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

    public static ChatMessage Read(NpgsqlDataReader reader) => new MessageRow
    {
        Id = reader.GetGuid(0),
        Seq = reader.GetInt64(1),
        Role = reader.GetString(2),
        Channel = reader.GetString(3),
        Content = reader.GetString(4),
        Status = reader.GetString(5),
        ClientMessageId = reader.IsDBNull(6) ? null : reader.GetGuid(6),
        Provider = reader.IsDBNull(7) ? null : reader.GetString(7),
        Model = reader.IsDBNull(8) ? null : reader.GetString(8),
        InputTokens = reader.IsDBNull(9) ? null : reader.GetInt64(9),
        OutputTokens = reader.IsDBNull(10) ? null : reader.GetInt64(10),
        CacheReadTokens = reader.IsDBNull(11) ? null : reader.GetInt64(11),
        CostMicros = reader.IsDBNull(12) ? null : reader.GetInt64(12),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(13),
    }.ToMessage();

    public ChatMessage ToMessage() => new(
        Id, Seq, Role, Channel, Content, Status, CreatedAt,
        Provider is null || Model is null ? null : new AnswerUsage(Provider, Model, InputTokens ?? 0, OutputTokens ?? 0, CacheReadTokens ?? 0, CostMicros ?? 0),
        ClientMessageId);
}

/// <summary>Registers the thread.</summary>
public static class ThreadRegistration
{
    /// <summary>Adds the stores of sessions, messages and frames.</summary>
    public static IServiceCollection AddThread(this IServiceCollection services) => services
        .AddSingleton<SessionStore>()
        .AddSingleton<FrameStore>()
        .AddSingleton<MessageStore>();
}
