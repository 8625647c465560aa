using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Statements on rows of one or several tenants, sent in one round trip. Without a transaction of its own it is one all the same: all of it, or nothing.</summary>
/// <remarks>
/// For work that is done for many rows at once. Each tenant is entered by itself (<see cref="Enter"/>), so that row-level security holds for each of its statements.
/// The text of a statement must be constant and its parameters positional: only then it is prepared once and not parsed again.
/// </remarks>
public sealed class TenantBatch : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction? _transaction;
    private readonly NpgsqlBatch _batch;
    private readonly SemaphoreSlim _turn = new(1);
    private Guid _tenantId;
    private long _heardAt;

    private TenantBatch(NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        _connection = connection;
        _transaction = transaction;
        _batch = new NpgsqlBatch(connection, transaction);
    }

    /// <summary>A batch that commits by itself when it has run.</summary>
    public static async Task<TenantBatch> OpenAsync(LeadDatabase database, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(database);
        return new TenantBatch(await database.OpenAsync(cancel), null);
    }

    /// <summary>A batch whose locks are held until it is disposed. It changes nothing: it is rolled back then.</summary>
    public static async Task<TenantBatch> OpenForLocksAsync(LeadDatabase database, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(database);
        var connection = await database.OpenAsync(cancel);
        try
        {
            return new TenantBatch(connection, await connection.BeginTransactionAsync(cancel));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is added from here on is this tenant's.</summary>
    public void Enter(Guid tenantId)
    {
        _tenantId = tenantId;
        AddCommand("SELECT set_config('app.tenant_id', $1, true)", Value(tenantId.ToString()));
    }

    /// <summary>A limit for this transaction alone, such as <c>lock_timeout</c>.</summary>
    public void Limit(string setting, TimeSpan time) =>
        AddCommand("SELECT set_config($1, $2, true)", Value(setting), Value(((long)time.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Adds a statement; its <c>$1</c> is the tenant.</summary>
    public void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = AddCommand(sql, Value(_tenantId));
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }
    }

    /// <summary>Runs everything.</summary>
    public Task ExecuteAsync(CancellationToken cancel) => _batch.ExecuteNonQueryAsync(cancel);

    /// <summary>Runs everything. Each <see cref="Enter"/> and each <see cref="Limit"/> gives a result too, of one row.</summary>
    public async Task<NpgsqlDataReader> ReadAsync(CancellationToken cancel)
    {
        var reader = await _batch.ExecuteReaderAsync(cancel);
        Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
        return reader;
    }

    /// <summary>Are its locks still held? When the server was last heard a moment ago, it is not asked: a restart takes longer. Several may ask at once, and nobody who reads from it.</summary>
    public async Task<bool> AreLocksHeldAsync()
    {
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _heardAt)) < Moment)
        {
            return true;
        }

        await _turn.WaitAsync();
        try
        {
            if (Stopwatch.GetElapsedTime(_heardAt) >= Moment)
            {
                await using var question = new NpgsqlCommand("SELECT 1", _connection, _transaction) { CommandTimeout = 1 };
                await question.ExecuteScalarAsync();
                Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
            }

            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        await _batch.DisposeAsync();
        if (_transaction is not null)
        {
            await _transaction.DisposeAsync();
        }

        await _connection.DisposeAsync();
    }

    /// <summary>One value.</summary>
    public static NpgsqlParameter Value<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    /// <summary>One text, or null.</summary>
    public static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    /// <summary>A column of ids.</summary>
    public static NpgsqlParameter Ids(Guid[] values) => Column(NpgsqlDbType.Uuid, values);

    /// <summary>A column of ids, some of which may be null.</summary>
    public static NpgsqlParameter MaybeIds(Guid?[] values) => Column(NpgsqlDbType.Uuid, values);

    /// <summary>A column of yes and no.</summary>
    public static NpgsqlParameter Flags(bool[] values) => Column(NpgsqlDbType.Boolean, values);

    /// <summary>A column of numbers.</summary>
    public static NpgsqlParameter Numbers(long[] values) => Column(NpgsqlDbType.Bigint, values);

    /// <summary>A column of texts, some of which may be null.</summary>
    public static NpgsqlParameter Texts(string?[] values) => Column(NpgsqlDbType.Text, values);

    /// <summary>A column of bytes.</summary>
    public static NpgsqlParameter Bytes(byte[][] values) => Column(NpgsqlDbType.Bytea, values);

    /// <summary>A column of instants, some of which may be null.</summary>
    public static NpgsqlParameter Times(DateTimeOffset?[] values) =>
        Column(NpgsqlDbType.TimestampTz, Array.ConvertAll(values, value => value?.UtcDateTime));

    private static NpgsqlParameter<T[]> Column<T>(NpgsqlDbType type, T[] values) => new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values };

    private NpgsqlBatchCommand AddCommand(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        _batch.BatchCommands.Add(command);
        return command;
    }
}
