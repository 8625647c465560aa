using LeadOrchestrator.Launcher.Postgres;
using Npgsql;

namespace LeadOrchestrator.Testing;

/// <summary>The PostgreSQL server of this test run: the one of <c>TEST_DATABASE_URL</c>, else one of our own that ends with this process.</summary>
public static class TestServer
{
    private static readonly Lazy<Task<string>> Server = new(StartAsync);

    /// <summary>Superuser connection to its database <c>postgres</c>. Not pooled by default: databases come and go.</summary>
    public static async Task<NpgsqlConnectionStringBuilder> ConnectionAsync() => new(await Server.Value) { Pooling = false, Database = "postgres" };

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("TEST_DATABASE_URL") is { Length: > 0 } url)
        {
            return Database.DatabaseUrl.Parse(url).ConnectionString;
        }

        var server = await EmbeddedPostgres.StartTemporaryAsync(Repository.Root);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return server.ConnectionString;
    }
}
