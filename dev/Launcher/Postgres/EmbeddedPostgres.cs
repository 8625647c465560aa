using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LeadOrchestrator.Launcher.Processes;
using Npgsql;

namespace LeadOrchestrator.Launcher.Postgres;

/// <summary>
/// A real PostgreSQL server of our own: a folder of data, a free port on 127.0.0.1, superuser <c>lead</c> without a password.
/// It ends with this process, however that ends, and starts again on its old data.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly PostgresBinaries _binaries;
    private readonly Process _server;
    private readonly OutputLog _log;
    private readonly string _dataFolder;
    private readonly FileStream _claim;

    private EmbeddedPostgres(PostgresBinaries binaries, Process server, OutputLog log, string dataFolder, FileStream claim, int port)
    {
        (_binaries, _server, _log, _dataFolder, _claim, Port) = (binaries, server, log, dataFolder, claim, port);
        Exited = server.WaitForExitAsync();
    }

    /// <summary>The port on 127.0.0.1; another one at each start, unless one was asked for.</summary>
    public int Port { get; }

    /// <summary>Process id of the server (the postmaster).</summary>
    public int ProcessId => _server.Id;

    /// <summary>Completes when the server has ended, asked to or not.</summary>
    public Task Exited { get; }

    /// <summary>Superuser connection to the database <c>postgres</c>, in Npgsql's form.</summary>
    public string ConnectionString => ConnectionStringFor("postgres");

    /// <summary>The last lines of the server's log, for an error message.</summary>
    public IReadOnlyList<string> LastLines => _log.LastLines;

    /// <summary>Superuser connection to another database, in Npgsql's form.</summary>
    public string ConnectionStringFor(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=lead;Database={database};SSL Mode=Disable;GSS Encryption Mode=Disable";

    /// <summary>The same as a URL, the form that <c>DATABASE_URL</c> usually has.</summary>
    public string UrlFor(string database) => $"postgresql://lead@127.0.0.1:{Port}/{database}?sslmode=disable";

    /// <summary>Makes the cluster if there is none, starts the server and waits until it answers a query.</summary>
    /// <exception cref="LauncherException">No binaries, another process has the data, or the server does not start.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken cancel = default)
    {
        var folder = new DataFolder(options.DataFolder);
        var claim = await folder.ClaimAsync(cancel);
        try
        {
            return await StartAsync(options, folder, claim, cancel);
        }
        catch
        {
            await claim.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server for one test run: an empty, fast cluster under <c>.data/test-postgres</c>, deleted when it is disposed.</summary>
    public static async Task<TemporaryPostgres> StartTemporaryAsync(string repositoryRoot, CancellationToken cancel = default) =>
        await TemporaryPostgres.StartAsync(repositoryRoot, durable: false, cancel);

    /// <summary>Creates the database unless it is there.</summary>
    /// <param name="name">Small letters, digits and underscores; it is not quoted.</param>
    public async Task EnsureDatabaseAsync(string name, CancellationToken cancel = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancel);
        await using var look = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await look.ExecuteScalarAsync(cancel) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name}\"", connection);
            await create.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Fast shutdown: ends the connections, writes a checkpoint, leaves clean data. Safe to call twice.</summary>
    public async Task StopAsync()
    {
        if (!_server.HasExited)
        {
            if (OperatingSystem.IsWindows())
            {
                Tool.Run(_binaries.Program("pg_ctl"), "stop", "-m", "fast", "-D", _dataFolder);
            }
            else
            {
                Posix.Send(_server.Id, Signal.Interrupt);
            }

            try
            {
                await Exited.WaitAsync(StopPatience);
            }
            catch (TimeoutException)
            {
                _server.Kill(entireProcessTree: true);
                await Exited;
            }
        }
    }

    /// <summary>Stops the server; the data stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _claim.DisposeAsync();
    }

    private async Task EndAsync()
    {
        await StopAsync();
        await _log.DisposeAsync();
        _server.Dispose();
    }

    private static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options, DataFolder folder, FileStream claim, CancellationToken cancel)
    {
        var binaries = PostgresBinaries.Find(options.RepositoryRoot, folder.Major);
        var account = PostgresAccounts.Current;
        if (folder.Major is null)
        {
            await folder.InitializeAsync(binaries, account, options.Durable, cancel);
        }

        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(200), cancel))
        {
            await folder.WaitForOldServerAsync(cancel);
            account.TakeOver(folder.Path);
            var server = await LaunchAsync(options, folder, binaries, account, claim);
            try
            {
                await server.WaitUntilReadyAsync(options.StartTimeout, cancel);
                return server;
            }
            catch (LauncherException) when (server.MayTryAgain() && waited.Elapsed < options.StartTimeout)
            {
                // The free port was taken in between, or the last shared memory of an old server is still going away.
                await server.EndAsync();
            }
            catch
            {
                await server.EndAsync();
                throw;
            }
        }
    }

    private static async Task<EmbeddedPostgres> LaunchAsync(
        EmbeddedPostgresOptions options, DataFolder folder, PostgresBinaries binaries, PostgresAccount account, FileStream claim)
    {
        var port = options.Port ?? FreePort();
        // No unix socket (-k ""): no clash over its name, no limit on the length of its path.
        List<string> arguments = ["-D", folder.Path, "-p", port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-k", ""];
        foreach (var (name, value) in Settings(options))
        {
            arguments.AddRange(["-c", $"{name}={value}"]);
        }

        var program = binaries.Program("postgres");
        var command = options.RunBy.Count > 0
            ? PostgresAccount.Own.Command(options.RunBy[0], [.. options.RunBy.Skip(1), program, .. arguments])
            : account.Command(program, arguments);
        var server = await ParentBound.StartAsync(command, Signal.Interrupt);
        var log = OutputLog.Collect(server, options.LogFile ?? folder.Path + ".log");
        return new EmbeddedPostgres(binaries, server, log, folder.Path, claim, port);
    }

    private static Dictionary<string, string> Settings(EmbeddedPostgresOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["max_connections"] = "200",
            ["shared_buffers"] = "64MB",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["log_min_messages"] = "warning",
            ["jit"] = "off",
        };
        if (!options.Durable)
        {
            settings["fsync"] = "off";
            settings["synchronous_commit"] = "off";
            settings["full_page_writes"] = "off";
        }

        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        return settings;
    }

    private async Task WaitUntilReadyAsync(TimeSpan timeout, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (!_server.HasExited)
        {
            if (await AnswersAsync(cancel))
            {
                return;
            }

            if (waited.Elapsed > timeout)
            {
                throw new LauncherException($"PostgreSQL did not answer within {timeout.TotalSeconds:0} s; its log is {_log.Path}.");
            }

            await Task.Delay(Pause, cancel);
        }

        await _log.CompleteAsync();
        throw new LauncherException($"PostgreSQL did not start: {string.Join(' ', LastLines.TakeLast(3))} (its log is {_log.Path}).");
    }

    /// <summary>True when this very server answers: another one may have taken the port in between.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(cancel);
            await using var ask = new NpgsqlCommand("SELECT current_setting('data_directory')", connection);
            return await ask.ExecuteScalarAsync(cancel) is string folder && Path.GetFullPath(folder) == _dataFolder;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private bool MayTryAgain() => LastLines.Any(line =>
        line.Contains("could not bind", StringComparison.Ordinal)
        || line.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal)
        || line.Contains("shared memory block", StringComparison.Ordinal)
        || line.Contains("lock file", StringComparison.Ordinal));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
