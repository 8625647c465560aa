using Dapper;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// The one way to the database. Every statement runs as the role <c>lead_app</c> inside one tenant, or calls one of <c>lead_door</c>'s functions.
/// </summary>
/// <remarks>
/// The tenant is set for the transaction in the same round trip as its first statement. It must be a statement of its own:
/// <c>set_config</c> in a CTE of the same statement sees 0 rows (measured). Statements may name <c>@tenantId</c> without passing it.
/// </remarks>
public sealed class LeadDatabase(NpgsqlDataSource source) : IDisposable
{
    /// <summary>The key of a second one with few connections of its own, for what a sender waits for: it never stands in line behind the work of this process.</summary>
    public const string Door = "door";

    internal const string SetTenant = "SELECT set_config('app.tenant_id', @tenantId::text, true);\n";

    private readonly ConnectionTurns _turns = new(source.OpenConnectionAsync, TimeProvider.System);

    static LeadDatabase() => DapperTypes.Register();

    /// <summary>A connection for the hot paths that write their own commands. They set the tenant themselves.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel) => _turns.OpenAsync(cancel);

    /// <summary>Runs one statement in the tenant, in one round trip and its own transaction.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(Guid tenantId, string sql, object? args, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        return await TenantTransaction.ReadAsync<T>(connection, null, tenantId, sql, args, setTenant: true, cancel);
    }

    /// <summary>The first row, or null.</summary>
    public async Task<T?> FirstOrDefaultAsync<T>(Guid tenantId, string sql, object? args, CancellationToken cancel) =>
        (await QueryAsync<T>(tenantId, sql, args, cancel)) is [var first, ..] ? first : default;

    /// <summary>Runs one statement in the tenant and says how many rows it changed.</summary>
    public async Task<int> ExecuteAsync(Guid tenantId, string sql, object? args, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        return await TenantTransaction.ChangeAsync(connection, null, tenantId, sql, args, setTenant: true, cancel);
    }

    /// <summary>Begins a transaction in the tenant. Nothing is sent until its first statement.</summary>
    public async Task<TenantTransaction> BeginAsync(Guid tenantId, CancellationToken cancel)
    {
        var connection = await OpenAsync(cancel);
        try
        {
            return new TenantTransaction(tenantId, connection, await connection.BeginTransactionAsync(cancel));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls one of the doors across tenants (see docs/DATABASE.md), or reads a table that belongs to no tenant.</summary>
    public async Task<IReadOnlyList<T>> DoorAsync<T>(string sql, object? args, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, args, cancellationToken: cancel))).AsList();
    }

    /// <summary>Changes a table that belongs to no tenant.</summary>
    public async Task<int> DoorExecuteAsync(string sql, object? args, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(sql, args, cancellationToken: cancel));
    }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();
}

/// <summary>A transaction inside one tenant. Not committed = rolled back.</summary>
public sealed class TenantTransaction(Guid tenantId, NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    private bool _tenantIsSet;

    /// <summary>The tenant that everything in here belongs to.</summary>
    public Guid TenantId => tenantId;

    /// <summary>Runs a query.</summary>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args, CancellationToken cancel) =>
        ReadAsync<T>(connection, transaction, tenantId, sql, args, First(), cancel);

    /// <summary>The first row, or null.</summary>
    public async Task<T?> FirstOrDefaultAsync<T>(string sql, object? args, CancellationToken cancel) =>
        (await QueryAsync<T>(sql, args, cancel)) is [var first, ..] ? first : default;

    /// <summary>Runs a statement and says how many rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? args, CancellationToken cancel) =>
        ChangeAsync(connection, transaction, tenantId, sql, args, First(), cancel);

    /// <summary>Makes everything since the beginning durable.</summary>
    public Task CommitAsync(CancellationToken cancel) => transaction.CommitAsync(cancel);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private bool First()
    {
        var first = !_tenantIsSet;
        _tenantIsSet = true;
        return first;
    }

    internal static async Task<IReadOnlyList<T>> ReadAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Guid tenantId, string sql, object? args, bool setTenant, CancellationToken cancel)
    {
        var command = Command(transaction, tenantId, sql, args, setTenant, cancel);
        if (!setTenant)
        {
            return (await connection.QueryAsync<T>(command)).AsList();
        }

        await using var results = await connection.QueryMultipleAsync(command);
        await results.ReadAsync<string>();
        return (await results.ReadAsync<T>()).AsList();
    }

    internal static Task<int> ChangeAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Guid tenantId, string sql, object? args, bool setTenant, CancellationToken cancel) =>
        connection.ExecuteAsync(Command(transaction, tenantId, sql, args, setTenant, cancel));

    private static CommandDefinition Command(
        NpgsqlTransaction? transaction, Guid tenantId, string sql, object? args, bool setTenant, CancellationToken cancel)
    {
        var parameters = new DynamicParameters(args);
        parameters.Add("tenantId", tenantId);
        return new CommandDefinition(setTenant ? LeadDatabase.SetTenant + sql : sql, parameters, transaction, cancellationToken: cancel);
    }
}
