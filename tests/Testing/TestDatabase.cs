using System.Security.Cryptography;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Testing;

/// <summary>A database of one's own, at the current schema: one per test class. Dropped at the end, whoever is still connected.</summary>
public sealed class TestDatabase : OwnerSql, IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _services;

    private TestDatabase(NpgsqlConnectionStringBuilder server, string name)
        : base(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, Pooling = true, MaxPoolSize = 10 }.ConnectionString)
    {
        Name = name;
        Host = server.Host!;
        Port = server.Port;
        _services = new(() => DataSource.Create(ServiceConnectionString, "test"));
    }

    /// <summary>Its name on the server.</summary>
    public string Name { get; }

    /// <summary>The server's host.</summary>
    public string Host { get; }

    /// <summary>The server's port.</summary>
    public int Port { get; }

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

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
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
}
