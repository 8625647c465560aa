using System.Diagnostics;
using LeadOrchestrator.Launcher.Building;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher;

/// <summary><c>./run bench</c>: builds bench/Runner and gives it a real, durable PostgreSQL. Standard output is the runner's alone.</summary>
internal sealed class BenchCommand(Repository repository, Progress progress)
{
    private const string Project = "bench/Runner/Runner.csproj";
    private const string Dll = "bench/Runner/bin/Release/net10.0/Runner.dll";

    // Only writes the page from what was kept: it needs no database.
    private const string Report = "report";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var builder = new Builder(repository, progress);
        await builder.InstallPackagesAsync(stop);
        await builder.BuildServicesAsync(stop);
        await builder.BuildProjectAsync("Building the benchmarks", Project, stop);
        var start = new ProcessStartInfo("dotnet", [repository.At(Dll), .. arguments]) { WorkingDirectory = repository.Root };
        await using var postgres = arguments is [Report] ? null : await TemporaryPostgres.StartAsync(repository.Root, durable: true, stop);
        if (postgres is not null)
        {
            start.Environment["BENCH_DATABASE_URL"] = postgres.ConnectionString;
        }

        using var runner = await ParentBound.StartAsync(start, Signal.Terminate);
        await using var onStop = stop.Register(() => Stop(runner));
        await runner.WaitForExitAsync(CancellationToken.None);
        stop.ThrowIfCancellationRequested();
        return runner.ExitCode;
    }

    private static void Stop(Process runner)
    {
        // It has services of its own to stop first.
        if (OperatingSystem.IsWindows() || !Posix.Send(runner.Id, Signal.Terminate))
        {
            runner.Kill(entireProcessTree: true);
        }
    }
}
