using System.ComponentModel;
using System.Diagnostics;

namespace LeadOrchestrator.Launcher.Processes;

/// <summary>What to start and where its output goes.</summary>
/// <param name="Name">As the person knows it; also the log's name.</param>
/// <param name="Program">A program in PATH, or its full path.</param>
/// <param name="LogFile">Both outputs; the log of the run before is kept beside it as <c>.previous.log</c>.</param>
internal sealed record ChildCommand(string Name, string Program, IReadOnlyList<string> Arguments, string WorkingDirectory, string LogFile)
{
    /// <summary>On top of our own environment; null removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>It starts processes of its own, which the kernel does not end with the launcher: the watchdog is to see to them.</summary>
    public bool HasTree { get; init; } = true;

    /// <summary>Told every line of both outputs, from any thread.</summary>
    public Action<string>? OnLine { get; init; }
}

/// <summary>A running process that ends with the launcher.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;

    private Child(string name, Process process, OutputLog log)
    {
        (Name, _process, Log) = (name, process, log);
        Exited = process.WaitForExitAsync();
    }

    public string Name { get; }

    /// <summary>Its output so far.</summary>
    public OutputLog Log { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task Exited { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Only after it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it.</summary>
    /// <exception cref="LauncherException">The program is not there.</exception>
    public static async Task<Child> StartAsync(ChildCommand command)
    {
        KeepPrevious(command.LogFile);
        var start = StartInfo(command);
        try
        {
            var process = await ParentBound.StartAsync(start, Signal.Terminate, command.HasTree);
            process.StandardInput.Close();
            return new Child(command.Name, process, OutputLog.Collect(process, command.LogFile, command.OnLine));
        }
        catch (Win32Exception exception)
        {
            throw new LauncherException($"{command.Name} cannot be started: {exception.Message}.", exception);
        }
    }

    /// <summary>Runs it to its end; when <paramref name="cancel"/> comes first, it is stopped.</summary>
    /// <returns>The exit code, and the log.</returns>
    public static async Task<(int ExitCode, OutputLog Log)> RunAsync(ChildCommand command, CancellationToken cancel)
    {
        await using var child = await StartAsync(command);
        try
        {
            await child.Exited.WaitAsync(cancel);
        }
        finally
        {
            await child.StopAsync(TimeSpan.FromSeconds(5));
        }

        await child.Log.CompleteAsync();
        return (child.ExitCode, child.Log);
    }

    /// <summary>Asks it and all that it started to end, and insists after <paramref name="patience"/>. Safe to call twice.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited && !OperatingSystem.IsWindows())
        {
            _ = Posix.Send(-_process.Id, Signal.Terminate) || Posix.Send(_process.Id, Signal.Terminate);
            try
            {
                await Exited.WaitAsync(patience);
            }
            catch (TimeoutException)
            {
                // It had its time.
            }
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
        }

        if (!OperatingSystem.IsWindows())
        {
            // What it started and left behind is in its process group.
            Posix.Send(-_process.Id, Signal.Kill);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(40));
        await Log.DisposeAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(ChildCommand command)
    {
        // npm is a script there, which only the shell can start.
        var start = OperatingSystem.IsWindows() && command.Program == "npm"
            ? new ProcessStartInfo("cmd", ["/c", "npm", .. command.Arguments])
            : new ProcessStartInfo(command.Program, command.Arguments);
        start.WorkingDirectory = command.WorkingDirectory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var (name, value) in command.Environment)
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }

    private static void KeepPrevious(string log)
    {
        if (File.Exists(log))
        {
            File.Move(log, Path.ChangeExtension(log, ".previous.log"), overwrite: true);
        }
    }
}
