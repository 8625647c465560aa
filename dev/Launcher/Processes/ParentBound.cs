using System.Collections.Concurrent;
using System.Diagnostics;

namespace LeadOrchestrator.Launcher.Processes;

/// <summary>
/// Starts processes that end with this one, however it ends. On Linux the kernel sees to it (<c>PR_SET_PDEATHSIG</c>
/// through <c>setpriv</c>); elsewhere, and for whole trees of processes, a <see cref="Watchdog"/> does.
/// </summary>
/// <remarks>
/// The kernel ties the signal to the <i>thread</i> that forked, and threads of the pool come and go. So one thread of
/// our own, alive as long as the program, starts every child.
/// </remarks>
internal static class ParentBound
{
    // The shell closes a gap: a parent that died before the signal was armed would never be noticed.
    private const string ParentStillThere = "[ \"$PPID\" = \"$0\" ] || exit 1; exec \"$@\"";

    private static readonly TimeSpan ServicePatience = TimeSpan.FromSeconds(40);

    // Builds, watchers and test runners have nothing to finish.
    private static readonly TimeSpan ToolPatience = TimeSpan.FromSeconds(4);

    private static readonly BlockingCollection<Action> Work = [];
    private static readonly Lazy<bool> KernelWatches = new(CanArm);

    static ParentBound()
    {
        new Thread(() =>
        {
            foreach (var action in Work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "Starts children" }.Start();
    }

    /// <summary>Starts <paramref name="command"/>; its outputs must be redirected as the caller needs them.</summary>
    /// <param name="command">File name and <see cref="ProcessStartInfo.ArgumentList"/>; it is changed here.</param>
    /// <param name="atParentsDeath">What the child gets when this process is gone.</param>
    /// <param name="hasTree">It starts processes of its own, which have to go too.</param>
    /// <returns>The process; its id is the command's own, since every wrapper is replaced by the next (exec).</returns>
    public static async Task<Process> StartAsync(ProcessStartInfo command, Signal atParentsDeath, bool hasTree = false)
    {
        if (KernelWatches.Value)
        {
            Arm(command, atParentsDeath);
        }

        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(command)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        var process = await started.Task;

        if (!KernelWatches.Value || hasTree)
        {
            Watchdog.Guard(process, atParentsDeath, hasTree ? ToolPatience : ServicePatience);
        }

        return process;
    }

    private static void Arm(ProcessStartInfo command, Signal signal)
    {
        // setsid: a Ctrl-C in the terminal then reaches the launcher alone, which stops its children in the right order.
        string[] wrapped =
        [
            "setpriv", "--pdeathsig", signal is Signal.Interrupt ? "INT" : "TERM", "--",
            "sh", "-c", ParentStillThere, Environment.ProcessId.ToString(provider: null), command.FileName,
        ];
        command.FileName = "setsid";
        for (var i = 0; i < wrapped.Length; i++)
        {
            command.ArgumentList.Insert(i, wrapped[i]);
        }
    }

    private static bool CanArm() =>
        OperatingSystem.IsLinux()
        && Environment.GetEnvironmentVariable("LEAD_WATCHDOG") != "true"
        && Tool.Succeeds("setsid", "setpriv", "--pdeathsig", "TERM", "--", "true");
}
