using System.Security.Cryptography;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Testing;

/// <summary>A database of one's own, at the current schema: one per test class. Dropped at the end, whoever is still connected.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _owner;
    private readonly Lazy<NpgsqlDataSource> _services;

    private TestDatabase(NpgsqlConnectionStringBuilder server, string name)
    {
        Name = name;
        Host = server.Host!;
        Port = server.Port;
        OwnerConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, Pooling = true, MaxPoolSize = 10 }.ConnectionString;
        _owner = NpgsqlDataSource.Create(OwnerConnectionString);
        _services = new(() => DataSource.Create(ServiceConnectionString, "test"));
    }

    /// <summary>Its name on the server.</summary>
    public string Name { get; }

    /// <summary>The server's host.</summary>
    public string Host { get; }

    /// <summary>The server's port.</summary>
    public int Port { get; }

    /// <summary>A superuser's connection: sees all tenants, may change the schema.</summary>
    public string OwnerConnectionString { get; }

    /// <summary>The <c>DATABASE_URL</c> for services. It signs in as a member of <c>lead_app</c> and no more: tests run with production's rights.</summary>
    public string Url => UrlOnPort(Port);

    /// <summary>The same as Npgsql's connection string.</summary>
    public string ServiceConnectionString => Database.DatabaseUrl.Parse(Url).ConnectionString;

    /// <summary>The services' own way to the database, for tests of a store: as <c>lead_app</c>, inside one tenant.</summary>
    public LeadDatabase Lead => new(_services.Value);

    /// <summary>Copies the template, which the first call of a run makes.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var template = await TemplateDatabase.NameAsync();
        return await CreateAsync($"TEMPLATE {template}");
    }

    /// <summary>An empty database without any schema, for tests of the migrations themselves.</summary>
    public static Task<TestDatabase> CreateEmptyAsync() => CreateAsync("TEMPLATE template0");

    /// <summary>The services' <c>DATABASE_URL</c> through another port of this machine: that of a <see cref="TcpSwitch"/>.</summary>
    public string UrlOnPort(int port) =>
        $"postgresql://{TemplateDatabase.ServiceRole}:{TemplateDatabase.ServiceRole}@{Host}:{port}/{Name}?sslmode=disable&gssencmode=disable&Maximum%20Pool%20Size=20";

    /// <summary>The first value of a query that a superuser asks. Arguments are <c>$1</c>, <c>$2</c>, …; null and SQL's NULL are default.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && !await reader.IsDBNullAsync(0) ? await reader.GetFieldValueAsync<T>(0) : default;
    }

    /// <summary>All rows of a query that a superuser asks, as column name → value (null for SQL's NULL).</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> RowsAsync(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, column => reader.IsDBNull(column) ? null : reader.GetValue(column)));
        }

        return rows;
    }

    /// <summary>The first column of all rows.</summary>
    public async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync())
        {
            values.Add(await reader.GetFieldValueAsync<T>(0));
        }

        return values;
    }

    /// <summary>Runs a statement, or several without arguments, as superuser. Returns how many rows were changed.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        return await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        if (_services.IsValueCreated)
        {
            await _services.Value.DisposeAsync();
        }

        await OnServerAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }

    private static async Task<TestDatabase> CreateAsync(string template)
    {
        var name = $"test_{Environment.ProcessId}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        await OnServerAsync($"CREATE DATABASE {name} {template}");
        return new TestDatabase(await TestServer.ConnectionAsync(), name);
    }

    private static async Task OnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection((await TestServer.ConnectionAsync()).ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(string sql, object?[] args)
    {
        var command = _owner.CreateCommand(sql);
        foreach (var arg in args)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = arg ?? DBNull.Value });
        }

        return command;
    }
}
