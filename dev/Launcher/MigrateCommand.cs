using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher;

/// <summary><c>./run migrate</c>: runs src/Database, which lies built beside the launcher, on the database of <c>DATABASE_URL</c>.</summary>
internal static class MigrateCommand
{
    public static async Task<int> RunAsync(CancellationToken stop)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", [typeof(Database.Migrator).Assembly.Location]);
        using var process = await ParentBound.StartAsync(start, Signal.Terminate);
        await using var onStop = stop.Register(() => process.Kill());
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }
}
