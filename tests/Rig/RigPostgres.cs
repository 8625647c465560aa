using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LeadOrchestrator.Database;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;
using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Rig;

/// <summary>A durable PostgreSQL server of one's own with the product's database in it: it may be stopped, crashed and filled up.</summary>
public sealed class RigPostgres : OwnerSql, IAsyncDisposable
{
    private const string DatabaseName = "lead";
    private const string ServiceRole = "lead_service";
    private const int PageSize = 8192;

    // Mounts a small disk over the folder that is its first argument, in a namespace of its own: nobody else sees it, and it is gone with the
    // server. The second unshare is PostgreSQL's, which refuses to run as root, be it only of a namespace.
    private const string OnSmallDisk =
        "mount -t tmpfs -o size=\"$1\",mode=0700 tmpfs \"$0\" && shift && exec unshare --user --map-user=1000 --map-group=1000 -- \"$@\"";

    // To make a cluster with the schema in it costs seconds of both cores: all rigs of this process copy one.
    private static readonly Lazy<Task<string>> Prepared = new(PrepareAsync);

    private readonly EmbeddedPostgresOptions _options;
    private readonly string _smallDisk;
    private EmbeddedPostgres _server;
    private int _ballast;

    private RigPostgres(EmbeddedPostgresOptions options, EmbeddedPostgres server, string smallDisk)
        : base(server.ConnectionStringFor(DatabaseName) + ";Maximum Pool Size=10;Timeout=5;Command Timeout=15")
    {
        (_options, _server, _smallDisk) = (options, server, smallDisk);
        Wire = TcpSwitch.Before("127.0.0.1", server.Port);
    }

    /// <summary>The server's port on 127.0.0.1; it stays the same.</summary>
    public int Port => _server.Port;

    /// <summary>The wire to the server, for services that were told to use it.</summary>
    public TcpSwitch Wire { get; }

    /// <summary>The services' <c>DATABASE_URL</c>, with production's rights.</summary>
    /// <param name="port">The server's, or that of a wire before it.</param>
    public static string ServiceUrl(int port) =>
        $"postgresql://{ServiceRole}:{ServiceRole}@127.0.0.1:{port}/{DatabaseName}?sslmode=disable&gssencmode=disable&Maximum%20Pool%20Size=30";

    /// <summary>Starts it, with an empty database at the current schema.</summary>
    /// <param name="folder">For its data and log.</param>
    /// <param name="diskMegabytes">Size of the disk that holds the tables; null = this machine's own.</param>
    public static async Task<RigPostgres> StartAsync(string folder, int? diskMegabytes = null)
    {
        var smallDisk = Path.Combine(folder, "disk");
        Directory.CreateDirectory(smallDisk);
        var options = new EmbeddedPostgresOptions
        {
            RepositoryRoot = Repository.Root,
            DataFolder = Path.Combine(folder, "data"),
            Port = FreePort.Next(),
            RunBy = diskMegabytes is { } size
                ? ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", OnSmallDisk, smallDisk, string.Create(CultureInfo.InvariantCulture, $"{size}m")]
                : [],
            Settings = new Dictionary<string, string> { ["max_connections"] = "250" },
        };
        if (diskMegabytes is null)
        {
            await CopyAsync(await Prepared.Value, options.DataFolder);
            return new RigPostgres(options, await EmbeddedPostgres.StartAsync(options), smallDisk);
        }

        return await PrepareAsync(options, smallDisk);
    }

    /// <summary>As after a power cut: no good-bye, and the next start recovers from the log.</summary>
    public async Task CrashAsync()
    {
        Posix.Send(_server.ProcessId, Signal.Quit);
        await _server.Exited;
        await StopAsync();
    }

    /// <summary>As an operator stops it.</summary>
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        Owner.Clear(); // Its connections are dead, and would be noticed one by one.
    }

    /// <summary>Starts it again, on its old port and data; ends when it answers.</summary>
    public async Task StartAsync() => _server = await EmbeddedPostgres.StartAsync(_options);

    /// <summary>Writes until no page has room on the small disk any more.</summary>
    public async Task FillDiskAsync()
    {
        // The rows are made one by one: gathered before, they would lie on the same disk, and give their room back when the statement has failed. Twice, as a
        // statement that fails tells of it before it has cleaned up.
        for (var full = 0; full < 2;)
        {
            await HasRoomAsync($"SELECT repeat('full', {PageSize / 4}), generate_series(1, 1000000)");
            full = await HasRoomAsync($"SELECT repeat('full', {PageSize / 4})") ? 0 : full + 1;
        }
    }

    /// <summary>Gives the space back.</summary>
    public async Task FreeDiskAsync()
    {
        for (; _ballast > 0; _ballast--)
        {
            await ExecuteAsync($"COPY (SELECT 1 WHERE false) TO '{_smallDisk}/ballast{_ballast}'");
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
        await Wire.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<bool> HasRoomAsync(string rows)
    {
        try
        {
            await ExecuteAsync($"COPY ({rows}) TO '{_smallDisk}/ballast{++_ballast}'");
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DiskFull)
        {
            return false; // What was written stays there.
        }
    }

    // Stopped, and deleted with this process.
    private static async Task<string> PrepareAsync()
    {
        var folder = Repository.Path(".data", "test-postgres", $"{Environment.ProcessId}-prepared");
        var data = Path.Combine(folder, "data");
        Directory.CreateDirectory(folder);
        PostgresAccounts.Current.TakeOver(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        await using var postgres = await PrepareAsync(new EmbeddedPostgresOptions { RepositoryRoot = Repository.Root, DataFolder = data }, smallDisk: "");
        return data;
    }

    private static async Task<RigPostgres> PrepareAsync(EmbeddedPostgresOptions options, string smallDisk)
    {
        var postgres = new RigPostgres(options, await EmbeddedPostgres.StartAsync(options), smallDisk);
        var isOnSmallDisk = smallDisk.Length > 0;
        await postgres.OnServerAsync(isOnSmallDisk ? $"CREATE TABLESPACE small LOCATION '{smallDisk}'" : "SELECT 1");
        await postgres.OnServerAsync($"CREATE DATABASE {DatabaseName}{(isOnSmallDisk ? " TABLESPACE small" : "")}");
        await Migrator.MigrateAsync(postgres.OwnerConnectionString, CancellationToken.None);
        await postgres.OnServerAsync($"CREATE ROLE {ServiceRole} LOGIN PASSWORD '{ServiceRole}' IN ROLE lead_app");
        return postgres;
    }

    // With its modes: PostgreSQL takes no folder that others may read.
    private static async Task CopyAsync(string prepared, string data)
    {
        using var copy = Process.Start("cp", ["-a", prepared, data]);
        await copy.WaitForExitAsync();
        if (copy.ExitCode != 0)
        {
            throw new InvalidOperationException($"{prepared} could not be copied to {data}.");
        }
    }

    private async Task OnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>
/// A port that nobody listens on, below those that systems give to outgoing connections: a server that dies and rises again on it would find it taken by somebody's connection now and then.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Count = 10_000;
    private static int _last = Random.Shared.Next(Count);

    /// <summary>The next one of this process; where it begins is chance, so that several test runs get along.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }
}
