using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LeadOrchestrator.Launcher.Processes;

/// <summary>
/// A small second process for systems whose kernel cannot end a child with its parent (macOS, Windows). It reads the
/// ids of the children from its standard input; when that ends, because the launcher is gone, it ends them.
/// </summary>
/// <remarks><c>LEAD_WATCHDOG=true</c> makes Linux use it too, and the tests do. It has not been tried on macOS and Windows.</remarks>
internal static class Watchdog
{
    /// <summary>The launcher's hidden command that runs <see cref="RunAsync"/>.</summary>
    public const string Command = "watch-children";

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Guarded = [];
    private static Process? _process;

    /// <summary>Puts a child under the watchdog's eye until it ends. The watchdog itself lives only while it has somebody to guard.</summary>
    /// <param name="patience">Time it gets to end by itself after the signal.</param>
    public static void Guard(Process child, Signal atParentsDeath, TimeSpan patience)
    {
        var id = child.Id;
        lock (Gate)
        {
            _process ??= Start();
            Guarded.Add(id);
            Tell($"+{id} {(int)atParentsDeath} {(int)patience.TotalSeconds}");
        }

        child.Exited += (_, _) => Release(id);
        child.EnableRaisingEvents = true;
    }

    /// <summary>The watchdog's own life: until its input ends and all that it guards are gone.</summary>
    public static async Task<int> RunAsync(TextReader input)
    {
        // A Ctrl-C reaches the whole terminal; this one must outlive the launcher.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        var guarded = new Dictionary<int, (Process Process, Signal Signal, TimeSpan Patience)>();
        while (await input.ReadLineAsync() is { } line)
        {
            var words = line[1..].Split(' ');
            var id = int.Parse(words[0], provider: null);
            if (line[0] == '-')
            {
                guarded.Remove(id);
            }
            else if (Find(id) is { } process)
            {
                guarded[id] = (process, (Signal)int.Parse(words[1], provider: null), TimeSpan.FromSeconds(int.Parse(words[2], provider: null)));
            }
        }

        await Task.WhenAll(guarded.Values.Select(child => EndAsync(child.Process, child.Signal, child.Patience)));
        return 0;
    }

    private static async Task EndAsync(Process process, Signal signal, TimeSpan patience)
    {
        // A Process keeps the start time it was opened with, so a reused id counts as ended.
        if (OperatingSystem.IsWindows())
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            return;
        }

        // The group first: what a child has started may outlive it.
        bool Send(Signal which) => Posix.Send(-process.Id, which) || (!process.HasExited && Posix.Send(process.Id, which));
        Send(signal);
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < patience && Send(Signal.None);)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        Send(Signal.Kill);
    }

    private static Process? Find(int id)
    {
        try
        {
            var process = System.Diagnostics.Process.GetProcessById(id);
            _ = process.StartTime;
            return process;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Watchdog).Assembly.Location, Command]) { RedirectStandardInput = true };
        return System.Diagnostics.Process.Start(start)!;
    }

    private static void Release(int id)
    {
        lock (Gate)
        {
            if (!Guarded.Remove(id))
            {
                return;
            }

            Tell($"-{id}");
            if (Guarded.Count == 0)
            {
                _process?.StandardInput.Close();
                _process = null;
            }
        }
    }

    private static void Tell(string line)
    {
        try
        {
            _process?.StandardInput.WriteLine(line);
            _process?.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The watchdog itself was ended, with everything else: nothing is left to guard.
        }
    }
}
