using LeadOrchestrator.Launcher.Demo;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;
using LeadOrchestrator.Launcher.Testing;

namespace LeadOrchestrator.Launcher;

internal static class Program
{
    /// <summary>Hidden: serves a data folder until it is stopped; for the launcher's own tests.</summary>
    public const string PostgresCommand = "postgres";

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            var command = CommandLine.Parse(arguments);
            if (command.Command == Watchdog.Command)
            {
                return await Watchdog.RunAsync(Console.In);
            }

            using var stop = new StopRequest();
            return await RunAsync(command, stop.Token);
        }
        catch (LauncherException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 130;
        }
        catch (UnauthorizedAccessException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message} Was this folder used by another user, such as root, before?");
            return 1;
        }
    }

    private static async Task<int> RunAsync(CommandLine command, CancellationToken stop)
    {
        var repository = Repository.Find();
        switch (command.Command)
        {
            case "demo" or "dev":
                return await new DemoCommand(repository, command, new Progress(Console.Out)).RunAsync(stop);
            case "test":
                return await new TestCommand(repository, command.Name, new Progress(Console.Out)).RunAsync(stop);
            case "migrate":
                return await MigrateCommand.RunAsync(stop);
            case "doctor":
                return await new DoctorCommand(repository, Console.Out).RunAsync(command.PortBase, stop);
            case "bench":
                return await new BenchCommand(repository, new Progress(Console.Error)).RunAsync(command.Rest, stop);
            case PostgresCommand:
                return await ServePostgresAsync(repository, command.Rest, stop);
            default:
                Console.WriteLine(CommandLine.Help);
                return 0;
        }
    }

    private static async Task<int> ServePostgresAsync(Repository repository, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        await using var server = await EmbeddedPostgres.StartAsync(
            new() { RepositoryRoot = repository.Root, DataFolder = arguments[0], Durable = false }, stop);
        Console.WriteLine($"{server.ProcessId} {server.ConnectionString}");
        await Task.WhenAny(server.Exited, Task.Delay(Timeout.Infinite, stop));
        return 0;
    }
}
