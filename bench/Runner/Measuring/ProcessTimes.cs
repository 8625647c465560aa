using System.Globalization;

namespace LeadOrchestrator.Bench.Measuring;

/// <summary>Processor time and memory of other processes, from Linux's /proc. Elsewhere everything is NaN, and its rows are left out.</summary>
/// <remarks>CPU per operation is the figure that a noisy neighbour harms least. The kernel counts it in steps of 10 ms.</remarks>
internal static class ProcessTimes
{
    private const double TicksPerSecond = 100; // USER_HZ: 100 on every Linux that .NET runs on
    private const int UserTime = 11;           // in /proc/PID/stat, counted behind the program's name
    private const int ParentId = 1;

    /// <summary>Can it be measured here?</summary>
    public static bool IsAvailable => OperatingSystem.IsLinux();

    /// <summary>Seconds of CPU that a process has used.</summary>
    public static double Cpu(int processId) => StatOf(processId) is { } stat ? Seconds(stat, 2) : double.NaN;

    /// <summary>Seconds of CPU that a PostgreSQL server has used: its own, its running backends', and those of the backends that have ended.</summary>
    /// <param name="postmaster">Its process id.</param>
    public static double CpuWithChildren(int postmaster)
    {
        if (StatOf(postmaster) is not { } own)
        {
            return double.NaN;
        }

        var children = Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(StatOf)
            .Where(stat => stat is not null && int.Parse(stat[ParentId], CultureInfo.InvariantCulture) == postmaster);
        return Seconds(own, 4) + children.Sum(stat => Seconds(stat!, 2));
    }

    /// <summary>Seconds of CPU that all cores of the machine have spent, whoever asked for it.</summary>
    public static double Machine()
    {
        if (!IsAvailable)
        {
            return double.NaN;
        }

        // cpu user nice system idle iowait irq softirq steal guest guest_nice; guests are in user already.
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(double.Parse).ToArray();
        return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) / TicksPerSecond;
    }

    /// <summary>Resident memory of a process in MiB.</summary>
    public static double MemoryMiB(int processId)
    {
        const string Name = "VmRSS:";
        if (!IsAvailable || !File.Exists($"/proc/{processId}/status"))
        {
            return double.NaN;
        }

        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    private static double Seconds(string[] stat, int fields) =>
        stat.Skip(UserTime).Take(fields).Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;

    // The name in brackets may hold anything, so the fields are counted behind it.
    private static string[]? StatOf(int processId)
    {
        try
        {
            var stat = IsAvailable ? File.ReadAllText($"/proc/{processId}/stat") : null;
            return stat?[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It ended in between.
        }
    }
}
