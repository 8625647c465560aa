using System.Diagnostics;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Launcher.Tests.Postgres;

public sealed class EmbeddedPostgresTests : IDisposable
{
    // Beside its own libraries, as ./run starts it; built in the same configuration as this test.
    private static readonly string LauncherDll = Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "Launcher.Tests"), Path.Combine("dev", "Launcher"), StringComparison.Ordinal), "Launcher.dll");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Data_is_there_again_after_a_restart_on_another_port()
    {
        await using (var first = await StartAsync())
        {
            await first.EnsureDatabaseAsync("shop");
            await first.EnsureDatabaseAsync("shop");
            await RunAsync(first.ConnectionStringFor("shop"), "CREATE TABLE kept AS SELECT 42 AS answer");
            await first.StopAsync();
            first.Exited.IsCompleted.ShouldBeTrue();
        }

        await using var second = await StartAsync();

        (await AskAsync(second.ConnectionStringFor("shop"), "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_while_the_first_lives()
    {
        await using var first = await StartAsync();

        var sentence = (await Should.ThrowAsync<LauncherException>(StartAsync)).Message;

        sentence.ShouldContain(_folder.At("data"));
        (await AskAsync(first.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_lock_file_whose_process_id_belongs_to_somebody_else_by_now_does_not_stop_it()
    {
        await using (await StartAsync())
        {
        }

        // As after a power cut: the old server's id is now this test's.
        _folder.Write($"{Environment.ProcessId}\n{_folder.At("data")}\n1\n5432\n\n127.0.0.1\n0\nready\n", "data", "postmaster.pid");
        await using var server = await StartAsync();

        (await AskAsync(server.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_half_made_cluster_is_made_anew()
    {
        _folder.Write("interrupted", "data.new", "PG_VERSION");
        _folder.Write("nothing of worth", "data", "leftover");

        await using var server = await StartAsync();

        (await AskAsync(server.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task It_dies_with_a_killed_parent_and_starts_again_on_its_old_data(string watchdog)
    {
        if (OperatingSystem.IsWindows() && watchdog == "false")
        {
            return; // There the watchdog is the only way.
        }

        var (serverId, connection, parent) = await StartInAnotherProcessAsync(watchdog);
        using (parent)
        {
            await RunAsync(connection, "CREATE TABLE kept AS SELECT 42 AS answer");
            parent.Kill(entireProcessTree: false);
        }

        await Eventually.TrueAsync(() => IsGone(serverId), $"PostgreSQL {serverId} ends after its parent was killed");
        await using var server = await StartAsync();
        (await AskAsync(server.ConnectionString, "SELECT answer FROM kept")).ShouldBe(42);
    }

    [Fact]
    public async Task A_start_right_after_the_kill_waits_for_the_dying_server()
    {
        var (_, _, parent) = await StartInAnotherProcessAsync("false");
        using (parent)
        {
            parent.Kill(entireProcessTree: false);
        }

        await using var server = await StartAsync();

        (await AskAsync(server.ConnectionString, "SELECT 1")).ShouldBe(1);
    }

    public void Dispose() => _folder.Dispose();

    private Task<EmbeddedPostgres> StartAsync() => EmbeddedPostgres.StartAsync(
        new() { RepositoryRoot = Launcher.Repository.Find().Root, DataFolder = _folder.At("data"), Durable = false });

    private async Task<(int ServerId, string Connection, Process Parent)> StartInAnotherProcessAsync(string watchdog)
    {
        var start = new ProcessStartInfo("dotnet", [LauncherDll, Program.PostgresCommand, _folder.At("data")])
        {
            RedirectStandardOutput = true,
            Environment = { ["LEAD_WATCHDOG"] = watchdog },
        };
        var parent = Process.Start(start)!;
        var words = (await parent.StandardOutput.ReadLineAsync())!.Split(' ', 2);
        return (int.Parse(words[0], provider: null), words[1] + ";Pooling=false", parent);
    }

    // A process that ended but was not collected yet (it is nobody's child any more) has no command line.
    private static bool IsGone(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited || (OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{processId}/cmdline").Length == 0);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return true;
        }
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<int> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
