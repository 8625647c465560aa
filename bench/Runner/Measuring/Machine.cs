using System.Diagnostics;
using System.Runtime.InteropServices;
using LeadOrchestrator.Bench.Bed;

namespace LeadOrchestrator.Bench.Measuring;

/// <summary>Where it was measured: a figure without its machine says nothing.</summary>
internal static class Machine
{
    /// <summary>Some lines of words.</summary>
    public static async Task<string> DescribeAsync(Databases databases, CancellationToken cancel)
    {
        var postgres = await Databases.ValueAsync<string>(databases.Product, """
            SELECT format('PostgreSQL %s, fsync %s, synchronous_commit %s, shared_buffers %s', current_setting('server_version'),
                current_setting('fsync'), current_setting('synchronous_commit'), current_setting('shared_buffers'))
            """, cancel);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return $"""
            Machine: {Environment.ProcessorCount} cores{Cpu()}, {memory:0.0} GiB, {RuntimeInformation.OSDescription.Trim()}
            {postgres}; .NET {Environment.Version}, SDK {await AskAsync("dotnet", cancel)}; Node {await AskAsync("node", cancel)}
            """;
    }

    private static string Cpu()
    {
        const string Name = "model name";
        var line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) : null;
        return line is null ? "" : $" ({line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()})";
    }

    private static async Task<string> AskAsync(string program, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
        var answer = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return answer.Trim();
    }
}
