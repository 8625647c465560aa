using System.Collections.Concurrent;
using System.Diagnostics;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Starts processes that end with this one. On Linux the kernel sees to it, also when this one is killed.</summary>
/// <remarks>The kernel ties that to the <i>thread</i> that forked, and threads of the pool come and go: so one thread of our own starts them all.</remarks>
internal static class BoundProcesses
{
    private static readonly BlockingCollection<Action> Work = [];
    private static readonly bool KernelWatches = OperatingSystem.IsLinux() && IsInPath("setpriv");

    static BoundProcesses()
    {
        new Thread(() =>
        {
            foreach (var action in Work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "Starts processes" }.Start();
    }

    /// <summary>Starts a program whose output goes straight into a file, for every target alike: nobody of ours reads along.</summary>
    public static async Task<Process> StartAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, string log)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd", ["/c", $"{program} {string.Join(' ', arguments.Select(argument => $"\"{argument}\""))} > \"{log}\" 2>&1"])
            : new ProcessStartInfo("sh", ["-c", "exec \"$@\" > \"$0\" 2>&1", log, program, .. arguments]);
        if (KernelWatches)
        {
            start = new ProcessStartInfo("setpriv", ["--pdeathsig", "TERM", "--", start.FileName, .. start.ArgumentList]);
        }

        start.WorkingDirectory = folder;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return await started.Task;
    }

    private static bool IsInPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
