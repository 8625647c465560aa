using System.Diagnostics;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>The peer's npm packages, installed the first time somebody compares.</summary>
internal static class PeerPackages
{
    /// <summary>Installs them as bench/peer/package-lock.json has them, unless they are there.</summary>
    /// <exception cref="BenchException">npm failed.</exception>
    public static async Task EnsureAsync(CancellationToken cancel)
    {
        var installed = Repository.At("bench/peer/node_modules/.package-lock.json");
        var wanted = Repository.At("bench/peer/package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(wanted))
        {
            return;
        }

        string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", ["/c", "npm", .. arguments]) : new ProcessStartInfo("npm", arguments);
        start.WorkingDirectory = Repository.At("bench/peer");
        start.RedirectStandardOutput = true; // Ours is for results alone.
        using var npm = Process.Start(start)!;
        await npm.StandardOutput.ReadToEndAsync(cancel);
        await npm.WaitForExitAsync(cancel);
        if (npm.ExitCode != 0)
        {
            throw new BenchException("npm ci failed in bench/peer: is the npm registry reachable?");
        }
    }
}
