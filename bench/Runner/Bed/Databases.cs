using LeadOrchestrator.Database;
using Npgsql;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Fresh databases on one PostgreSQL: the product's, the peer's, and one in which the product's own statements are driven without a service.</summary>
internal sealed class Databases
{
    /// <summary>Connections of each process, of the product and of the peer.</summary>
    public const int PoolSize = 20;

    /// <summary>The product's leads whose first touch is planned: later steps are rows, too.</summary>
    public const string PlannedByProduct = "SELECT count(*) FROM touch_points WHERE step = 'greeting'";

    /// <summary>The peer's; it plans one touch for a lead.</summary>
    public const string PlannedByPeer = "SELECT count(*) FROM touch_points";

    private const string ProductName = "bench_product";
    private const string PeerName = "bench_peer";
    private const string LimitName = "bench_limit";
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly List<string> _names = [ProductName, PeerName, LimitName];

    private Databases(NpgsqlConnectionStringBuilder server) => _server = server;

    /// <summary>The product's, as superuser.</summary>
    public string Product => For(ProductName);

    /// <summary>The peer's.</summary>
    public string Peer => For(PeerName);

    /// <summary>The one without a service.</summary>
    public string Limit => For(LimitName);

    /// <summary>What the product's services get as <c>DATABASE_URL</c>.</summary>
    public string ProductUrl => ProductUrlOf(Product);

    /// <summary>What the peer gets as <c>DATABASE_URL</c>.</summary>
    public string PeerUrl => PeerUrlOf(Peer);

    /// <summary>What a service of the product gets for a database of its own.</summary>
    public static string ProductUrlOf(string database) => $"{database};Maximum Pool Size={PoolSize}";

    /// <summary>The same in the form that the peer reads.</summary>
    public static string PeerUrlOf(string database)
    {
        var address = new NpgsqlConnectionStringBuilder(database);
        var password = string.IsNullOrEmpty(address.Password) ? "" : ":" + Uri.EscapeDataString(address.Password);
        return $"postgres://{Uri.EscapeDataString(address.Username ?? "")}{password}@{address.Host}:{address.Port}/{address.Database}";
    }

    /// <summary>Makes them, and both schemas.</summary>
    /// <param name="address">A superuser's, in either form of <c>DATABASE_URL</c>.</param>
    /// <param name="peerSchema">The file with the peer's schema.</param>
    public static async Task<Databases> CreateAsync(string address, string peerSchema, CancellationToken cancel)
    {
        var databases = new Databases(DatabaseUrl.Parse(address));
        foreach (var name in databases._names)
        {
            await databases.RenewAsync(name, cancel);
        }

        await ExecuteAsync(databases.Peer, await File.ReadAllTextAsync(peerSchema, cancel), cancel);
        await Migrator.MigrateAsync(databases.Product, cancel);
        await Migrator.MigrateAsync(databases.Limit, cancel);
        return databases;
    }

    /// <summary>One more database with the product's schema and nothing in it; it goes with the others.</summary>
    /// <returns>Its address, as superuser.</returns>
    public async Task<string> AddProductAsync(string name, CancellationToken cancel)
    {
        var database = await AddAsync(name, cancel);
        await Migrator.MigrateAsync(database, cancel);
        return database;
    }

    /// <summary>One more database with the peer's schema.</summary>
    /// <returns>Its address, as superuser.</returns>
    public async Task<string> AddPeerAsync(string name, CancellationToken cancel)
    {
        var database = await AddAsync(name, cancel);
        await ExecuteAsync(database, await File.ReadAllTextAsync(Repository.At("bench/peer/schema.sql"), cancel), cancel);
        return database;
    }

    /// <summary>What autovacuum does within a minute anywhere: without it, prepared statements keep the plans that were made for empty tables.</summary>
    public async Task AnalyzeAsync(CancellationToken cancel)
    {
        foreach (var database in new[] { Product, Peer, Limit })
        {
            await ExecuteAsync(database, "ANALYZE", cancel);
        }
    }

    /// <summary>Removes them.</summary>
    public async Task DropAsync()
    {
        NpgsqlConnection.ClearAllPools();
        foreach (var name in _names)
        {
            await ServerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None);
        }
    }

    /// <summary>Runs statements.</summary>
    public static async Task ExecuteAsync(string database, string sql, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The first value of the first row.</summary>
    public static async Task<T> ValueAsync<T>(string database, string sql, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancel) ?? throw new BenchException($"Nothing came back from: {sql}"));
    }

    /// <summary>All rows of a query.</summary>
    public static async Task<IReadOnlyList<T>> RowsAsync<T>(string database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private async Task<string> AddAsync(string name, CancellationToken cancel)
    {
        await RenewAsync(name, cancel);
        _names.Add(name);
        return For(name);
    }

    private async Task RenewAsync(string name, CancellationToken cancel)
    {
        await ServerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", cancel);
        await ServerAsync($"CREATE DATABASE {name}", cancel);
    }

    private Task ServerAsync(string sql, CancellationToken cancel) => ExecuteAsync(_server.ConnectionString, sql, cancel);

    private string For(string database) => new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Database = database }.ConnectionString;
}
