using System.Diagnostics;
using System.Globalization;

namespace LeadOrchestrator.Launcher.Postgres;

/// <summary>An empty server for one run of tests or benchmarks. Its folder is deleted with it; what a killed run left is swept by the next.</summary>
public sealed class TemporaryPostgres : IAsyncDisposable
{
    private readonly string _folder;

    private TemporaryPostgres(EmbeddedPostgres server, string folder)
    {
        Server = server;
        _folder = folder;
    }

    /// <summary>The running server.</summary>
    public EmbeddedPostgres Server { get; }

    /// <summary>Superuser connection to the database <c>postgres</c>; the value of <c>TEST_DATABASE_URL</c>.</summary>
    public string ConnectionString => Server.ConnectionString;

    internal static async Task<TemporaryPostgres> StartAsync(string repositoryRoot, bool durable, CancellationToken cancel)
    {
        var parent = Path.Combine(repositoryRoot, ".data", "test-postgres");
        Directory.CreateDirectory(parent);
        Sweep(parent);

        var folder = Path.Combine(parent, $"{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}");
        Directory.CreateDirectory(folder);
        if (PostgresAccounts.Current is PostgresAccount.Nobody)
        {
            PostgresAccount.Nobody.TakeOver(folder);
        }

        var server = await EmbeddedPostgres.StartAsync(
            new() { RepositoryRoot = repositoryRoot, DataFolder = Path.Combine(folder, "data"), Durable = durable, Settings = durable ? EmbeddedPostgresOptions.LikeOneThatRan : EmbeddedPostgresOptions.None }, cancel);
        return new TemporaryPostgres(server, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Delete(_folder);
    }

    private static void Sweep(string parent)
    {
        foreach (var folder in Directory.GetDirectories(parent))
        {
            if (int.TryParse(Path.GetFileName(folder).Split('-')[0], CultureInfo.InvariantCulture, out var owner) && !IsAlive(owner))
            {
                Delete(folder);
            }
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A server that is just dying still writes here; the next run sweeps again.
        }
    }
}
