using System.Data;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>The table <c>chat_events</c>: the frames that browsers have seen or will see. A frame leaves only after it is a row here.</summary>
public sealed class FrameStore(LeadDatabase database, TimeProvider clock) : IAsyncDisposable
{
    // Kept from one round of pieces to the next: in the pool's queue, all running answers would wait behind each request that came before.
    private NpgsqlConnection? _kept;

    /// <summary>Is a live connection waiting for the next pieces?</summary>
    public bool IsKeepingOne => _kept?.State == ConnectionState.Open;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _kept, null) is { } kept)
        {
            await kept.DisposeAsync();
        }
    }

    /// <summary>The <c>message.created</c> of the message <c>@id</c>, at the place that the same statement took.</summary>
    internal const string AddAtPlace = """
        INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
        SELECT @tenantId, @frameId, @SessionId, last_seq, @id, 'message.created', @beforeSeq || last_seq || @afterSeq, @now FROM place
        """;

    /// <summary>The <c>answer.started</c> of the message <c>$3</c>.</summary>
    internal const string AddStartAtPlace = """
        INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
        SELECT $1, $6, $2, last_seq, $3, 'answer.started', $7 || asked_seq || $8, $5 FROM place
        """;

    /// <summary>The last frames of the message <c>$3</c>, in the order of <c>$16</c>–<c>$18</c>.</summary>
    internal const string AddLastAtPlaces = """
        INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
        SELECT $1, f.id, $2, last_seq - $4 + f.place, $3, f.type, f.data, $5
        FROM place, unnest($16, $17, $18) WITH ORDINALITY AS f (id, type, data, place)
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
    /// <param name="deltas">At most one of a session.</param>
    /// <returns>
    /// Those that may be not stored: somebody else took a place in their session, or ended their answer, or they were stored before.
    /// <see cref="FindAsync"/> tells which.
    /// </returns>
    /// <remarks>
    /// The place is the fence. Whatever happens in a session takes its next place, under the session's lock; so a process that adds at the place after
    /// the last one it knows adds to its own answer, or its place is taken and nothing is added. So no row of the session or of the answer has to be
    /// read or written for each piece. After a failure nobody knows what was stored: ask <see cref="FindAsync"/> as well.
    /// </remarks>
    public async Task<IReadOnlyList<NewDelta>> WriteAsync(IReadOnlyCollection<NewDelta> deltas, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        var connection = await TakeAsync(cancel);
        IReadOnlyList<NewDelta> unsure;
        try
        {
            unsure = await WriteAsync(connection, deltas, cancel);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        if (Interlocked.CompareExchange(ref _kept, connection, null) is not null)
        {
            await connection.DisposeAsync();
        }

        return unsure;
    }

    // While nobody speaks, the pool's keep-alive may find the kept one dead and close it.
    private async Task<NpgsqlConnection> TakeAsync(CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref _kept, null) is { } kept)
        {
            if (kept.State == ConnectionState.Open)
            {
                return kept;
            }

            await kept.DisposeAsync();
        }

        return await database.OpenAsync(cancel);
    }

    /// <summary>What is true of pieces that may be stored or not, and where they would go now.</summary>
    /// <param name="owner">This process.</param>
    /// <returns>Of each piece, by its id. One that is missing has no session any more.</returns>
    public async Task<IReadOnlyDictionary<Guid, DeltaState>> FindAsync(Guid owner, IReadOnlyCollection<NewDelta> deltas, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, DeltaState>();
        foreach (var tenant in deltas.GroupBy(delta => delta.TenantId))
        {
            foreach (var state in await database.QueryAsync<DeltaState>(tenant.Key, """
                SELECT p.id, e.seq AS stored_at, m.owner_id IS NOT DISTINCT FROM @owner AS is_ours,
                    (SELECT max(l.seq) FROM chat_events l WHERE l.tenant_id = @tenantId AND l.session_id = m.session_id) AS newest
                FROM unnest(@ids, @messages) AS p (id, message_id)
                JOIN chat_messages m ON m.tenant_id = @tenantId AND m.id = p.message_id
                LEFT JOIN chat_events e ON e.tenant_id = @tenantId AND e.id = p.id
                """, new { owner, ids = tenant.Select(delta => delta.Id).ToArray(), messages = tenant.Select(delta => delta.MessageId).ToArray() }, cancel))
            {
                found[state.Id] = state;
            }
        }

        return found;
    }

    /// <summary>Runs the statements of <c>WriteAsync</c> for nothing.</summary>
    public async Task WarmUpAsync(Guid tenantId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        AddTenant(batch, tenantId, []);
        await batch.ExecuteNonQueryAsync(cancel);
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

    private const int StatementsOfTenant = 3;

    private async Task<IReadOnlyList<NewDelta>> WriteAsync(NpgsqlConnection connection, IReadOnlyCollection<NewDelta> deltas, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        // Always in the same order, so that two processes never wait for each other in a ring.
        var tenants = deltas.GroupBy(delta => delta.TenantId).OrderBy(group => group.Key).Select(group => (TenantId: group.Key, Deltas: group.ToArray())).ToList();
        foreach (var (tenantId, ofTenant) in tenants)
        {
            AddTenant(batch, tenantId, ofTenant);
        }

        await batch.ExecuteNonQueryAsync(cancel);
        return [.. tenants.Where((tenant, place) => batch.BatchCommands[(place * StatementsOfTenant) + 2].RecordsAffected != tenant.Deltas.Length)
            .SelectMany(tenant => tenant.Deltas)];
    }

    // The locks are shared and come first: whoever takes a place, ends an answer or begins one holds its session's lock alone, and has committed or
    // not begun when the places of the second statement are looked at. Nobody waits for a place while he holds what another needs for his.
    private void AddTenant(NpgsqlBatch batch, Guid tenantId, NewDelta[] deltas)
    {
        var sessions = Ids(System.Array.ConvertAll(deltas, delta => delta.SessionId));
        Add(batch, "SELECT set_config('app.tenant_id', $1, true)", Value(tenantId.ToString()));
        Add(batch, """
            SELECT count(*) FROM (SELECT id FROM chat_sessions WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE) held
            """, Value(tenantId), sessions);
        Add(batch, """
            INSERT INTO chat_events (tenant_id, id, session_id, seq, message_id, type, data, created_at)
            SELECT $1, p.id, p.session_id, p.seq, p.message_id, p.type, p.data, $7
            FROM unnest($2, $3, $4, $5, $6, $8) AS p (session_id, id, seq, message_id, data, type)
            ON CONFLICT DO NOTHING
            """,
            Value(tenantId), sessions.Clone(), Ids(System.Array.ConvertAll(deltas, delta => delta.Id)), Numbers(System.Array.ConvertAll(deltas, delta => delta.Seq)),
            Ids(System.Array.ConvertAll(deltas, delta => delta.MessageId)), Texts(System.Array.ConvertAll(deltas, string? (delta) => delta.Data)),
            Value(clock.GetUtcNow().UtcDateTime), Texts(System.Array.ConvertAll(deltas, string? (delta) => delta.Type)));
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
}

/// <summary>The next piece of a running answer, or what is to be told between two pieces.</summary>
/// <param name="Id">Of the frame to come: it tells a second try from a second piece.</param>
/// <param name="Seq">The place after the last one of its session, as far as its process knows.</param>
public sealed record NewDelta(Guid Id, Guid TenantId, Guid SessionId, Guid MessageId, long Seq, AnswerPiece Piece)
{
    /// <summary>A piece of text.</summary>
    public NewDelta(Guid id, Guid tenantId, Guid sessionId, Guid messageId, long seq, string text) : this(id, tenantId, sessionId, messageId, seq, AnswerPiece.Delta(messageId, text))
    {
    }

    internal string Type => Piece.Type;

    internal string Data => Piece.Data;

    /// <summary>The frame as it is stored.</summary>
    public Frame ToFrame() => new(SessionId, MessageId, Seq, Type, Data);
}

/// <summary>What one frame of a running answer says.</summary>
/// <param name="Type">One of <see cref="FrameTypes"/>.</param>
/// <param name="Data">JSON.</param>
public sealed record AnswerPiece(string Type, string Data)
{
    /// <summary>Text.</summary>
    public static AnswerPiece Delta(Guid messageId, string text) => new(FrameTypes.AnswerDelta, FrameJson.Write(new AnswerDelta(messageId, text)));

    /// <summary>The text before it is void.</summary>
    public static AnswerPiece Restarted(Guid messageId) => new(FrameTypes.AnswerRestarted, FrameJson.Write(new AnswerRestarted(messageId)));

    /// <summary>A tool is used.</summary>
    public static AnswerPiece Tool(Guid messageId, string name, string state) => new(FrameTypes.AnswerTool, FrameJson.Write(new AnswerTool(messageId, name, state)));
}

/// <summary>What is true of a piece of which its process is not sure.</summary>
/// <param name="Id">The piece's.</param>
/// <param name="StoredAt">Its place; null = it is not stored.</param>
/// <param name="IsOurs">Is its answer still this process's?</param>
/// <param name="Newest">The last place that is taken in its session.</param>
public sealed record DeltaState(Guid Id, long? StoredAt, bool IsOurs, long Newest);
