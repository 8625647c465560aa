using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using NpgsqlTypes;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>The table <c>chat_events</c>: the frames that browsers have seen or will see. A frame leaves only after it is a row here.</summary>
public sealed class FrameStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>The <c>message.created</c> of the message <c>@id</c>, at the place that the same statement took.</summary>
    internal const string AddAtPlace = """
        INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
        SELECT @tenantId, @frameId, @SessionId, last_seq, @id, 'message.created', @beforeSeq || last_seq || @afterSeq, @now FROM place
        """;

    /// <summary>Frames after a seq, in order.</summary>
    /// <param name="most">At most so many; ask again after the last one.</param>
    public Task<IReadOnlyList<Frame>> ReadAfterAsync(Guid tenantId, Guid sessionId, long after, int most, CancellationToken cancel) =>
        database.QueryAsync<Frame>(tenantId, """
            SELECT session_id, message_id, seq, type, data FROM chat_events
            WHERE tenant_id = @tenantId AND session_id = @sessionId AND seq > @after
            ORDER BY seq
            LIMIT @most
            """, new { sessionId, after, most }, cancel);

    /// <summary>Stores one piece each of any number of running answers, of any tenants, in one round trip and one transaction.</summary>
    /// <param name="owner">This process. An answer that is no longer its own, or over, takes nothing.</param>
    /// <returns>The stored frames. An answer without one has been taken from this process.</returns>
    /// <remarks>After a failure nobody knows whether it was stored: ask <see cref="FindAsync"/> before writing the same pieces again.</remarks>
    public async Task<IReadOnlyDictionary<Guid, Frame>> WriteAsync(Guid owner, IReadOnlyCollection<NewDelta> deltas, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        await using var connection = await database.Source.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        // Always in the same order, so that two processes never wait for each other in a ring.
        var tenants = deltas.GroupBy(delta => delta.TenantId).OrderBy(group => group.Key).ToList();
        foreach (var tenant in tenants)
        {
            AddTenant(batch, tenant.Key, owner, [.. tenant]);
        }

        var byId = deltas.ToDictionary(delta => delta.Id);
        var stored = new Dictionary<Guid, Frame>();
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var _ in tenants)
        {
            await reader.NextResultAsync(cancel); // past set_config
            await reader.NextResultAsync(cancel); // past the locks
            while (await reader.ReadAsync(cancel))
            {
                var delta = byId[reader.GetGuid(0)];
                stored[delta.Id] = delta.ToFrame(reader.GetInt64(1));
            }

            await reader.NextResultAsync(cancel);
        }

        return stored;
    }

    /// <summary>Which of these pieces are stored already?</summary>
    public async Task<IReadOnlyDictionary<Guid, Frame>> FindAsync(IReadOnlyCollection<NewDelta> deltas, CancellationToken cancel)
    {
        var stored = new Dictionary<Guid, Frame>();
        foreach (var tenant in deltas.GroupBy(delta => delta.TenantId))
        {
            var rows = await database.QueryAsync<(Guid Id, long Seq)>(tenant.Key,
                "SELECT id, seq FROM chat_events WHERE tenant_id = @tenantId AND id = ANY(@ids)",
                new { ids = tenant.Select(delta => delta.Id).ToArray() }, cancel);
            foreach (var (id, seq) in rows)
            {
                stored[id] = tenant.First(delta => delta.Id == id).ToFrame(seq);
            }
        }

        return stored;
    }

    /// <summary>Adds a frame at a place that the transaction holds.</summary>
    internal async Task<Frame> AddAsync<T>(
        TenantTransaction transaction, Guid sessionId, Guid? messageId, long seq, string type, T data, CancellationToken cancel)
    {
        var frame = new Frame(sessionId, messageId, seq, type, FrameJson.Write(data));
        await transaction.ExecuteAsync("""
            INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
            VALUES (@tenantId, @id, @SessionId, @Seq, @MessageId, @Type, @Data, @now)
            """, new { id = Guid.CreateVersion7(), frame.SessionId, frame.Seq, frame.MessageId, frame.Type, frame.Data, now = clock.GetUtcNow() }, cancel);
        return frame;
    }

    // The locks are taken by a statement of their own: a statement that waits for a row goes on with what it saw before, and would not see that
    // the answer was taken away meanwhile. Whoever ends an answer holds its session's lock, so after it the fence is true until the commit.
    private void AddTenant(NpgsqlBatch batch, Guid tenantId, Guid owner, IReadOnlyList<NewDelta> deltas)
    {
        var sessions = Array(NpgsqlDbType.Uuid, deltas.Select(delta => delta.SessionId).ToArray());
        var messages = Array(NpgsqlDbType.Uuid, deltas.Select(delta => delta.MessageId).ToArray());
        Add(batch, "SELECT set_config('app.tenant_id', $1, true)", Value(tenantId.ToString()));
        Add(batch, "SELECT id FROM chat_sessions WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE",
            Value(tenantId), sessions);
        Add(batch, SessionStore.TakePlaces, Value(tenantId), sessions.Clone(), messages, Value(owner));
        Add(batch, """
            INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
            SELECT s.tenant_id, p.id, s.id, s.last_seq, p.message_id, 'answer.delta', p.data, $7
            FROM unnest($2, $3, $5, $6) AS p (session_id, message_id, id, data)
            JOIN chat_messages m ON m.tenant_id = $1 AND m.id = p.message_id AND m.owner_id = $4 AND m.status = 'streaming'
            JOIN chat_sessions s ON s.tenant_id = $1 AND s.id = p.session_id
            RETURNING id, seq
            """,
            Value(tenantId), sessions.Clone(), messages.Clone(), Value(owner),
            Array(NpgsqlDbType.Uuid, deltas.Select(delta => delta.Id).ToArray()), Array(NpgsqlDbType.Text, deltas.Select(delta => delta.Data).ToArray()),
            Value(clock.GetUtcNow().UtcDateTime));
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, T[] values) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values };
}

/// <summary>The next piece of a running answer.</summary>
/// <param name="Id">Of the frame to come: it tells a second try from a second piece.</param>
public sealed record NewDelta(Guid Id, Guid TenantId, Guid SessionId, Guid MessageId, string Text)
{
    internal string Data { get; } = FrameJson.Write(new AnswerDelta(MessageId, Text));

    internal Frame ToFrame(long seq) => new(SessionId, MessageId, seq, FrameTypes.AnswerDelta, Data);
}
