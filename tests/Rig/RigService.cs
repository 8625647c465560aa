using System.Collections.Concurrent;
using System.Diagnostics;
using LeadOrchestrator.Launcher.Processes;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Rig;

/// <summary>One copy of a service as a process of its own: the Release build, started, killed and started again as an operator or bad luck does it.</summary>
public sealed class RigService : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(40);

    // Of this process's environment only what a program needs to run at all: a person's own settings are meant for other services.
    private static readonly string[] Inherited = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "TEMP", "TMP", "SystemRoot", "DOTNET_ROOT"];

    private readonly string _dll;
    private readonly string _logFile;
    private readonly string _portVariable;
    private readonly Dictionary<string, string?> _variables;
    private readonly ConcurrentQueue<string> _lines = [];
    private Process? _process;
    private OutputLog? _log;

    internal RigService(string name, string dll, string logFolder, string portVariable, Dictionary<string, string?> variables)
    {
        (Name, _dll, _portVariable, _variables) = (name, dll, portVariable, variables);
        _logFile = Path.Combine(logFolder, name + ".log");
        Port = FreePort.Next();
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = Url, Timeout = TimeSpan.FromSeconds(30),
        };
    }

    /// <summary>Such as <c>orchestrator-1</c>.</summary>
    public string Name { get; }

    /// <summary>Where it listens on 127.0.0.1; the same in each of its lives.</summary>
    public int Port { get; }

    /// <summary>Its own address, past any load balancer.</summary>
    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>For requests to this very process. Keeps no cookies.</summary>
    public HttpClient Http { get; }

    /// <summary>Is there a process?</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Completes when the process of now has ended, however it did.</summary>
    public Task Exited => _process?.WaitForExitAsync() ?? Task.CompletedTask;

    /// <summary>How the last process ended; 128 + 9 after <c>kill -9</c>.</summary>
    public int ExitCode => _process!.ExitCode;

    /// <summary>Every line it ever logged, of all its lives.</summary>
    public IReadOnlyCollection<string> Log => _lines;

    internal void Always(IEnumerable<(string Name, string? Value)> variables)
    {
        foreach (var (name, value) in variables)
        {
            _variables[name] = value;
        }
    }

    /// <summary>Starts a process, and waits until it says that it is ready.</summary>
    /// <param name="changes">Variables to set otherwise in this life; null unsets one.</param>
    public async Task StartAsync(params (string Name, string? Value)[] changes)
    {
        await LaunchAsync(changes);
        await ReadyAsync();
    }

    /// <summary>Starts a process, and does not wait for anything.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public async Task LaunchAsync(params (string Name, string? Value)[] changes)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"{Name} runs already.");
        }

        await ForgetAsync();
        _process = await ParentBound.StartAsync(StartInfo(changes), Signal.Terminate);
        _log = OutputLog.Collect(_process, _logFile, _lines.Enqueue);
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public Task ReadyAsync() => Eventually.TrueAsync(async () =>
    {
        if (!IsRunning)
        {
            throw new EventuallyException($"{Name} ended while it started: {string.Join(Environment.NewLine, _log?.LastLines ?? [])}");
        }

        return await IsReadyAsync();
    }, $"{Name} to be ready", StartPatience);

    /// <summary>Does it say that it is ready?</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary><c>kill -9</c>; ends when the process is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            Posix.Send(process.Id, Signal.Kill);
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Lets it go on that stands still at a point of its own (<c>FAILPOINT=name:stop</c>).</summary>
    public async Task ContinueAsync()
    {
        // The number of this signal differs between systems, its name does not.
        using var signal = Process.Start("kill", ["-CONT", $"{_process!.Id}"]);
        await signal.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM, and waits for nothing.</summary>
    public void Terminate() => Posix.Send(_process!.Id, Signal.Terminate);

    /// <summary>Waits until it has ended by itself.</summary>
    /// <param name="deadline">Default: the 40 s in which a stop has to be done.</param>
    public Task EndedAsync(TimeSpan? deadline = null) => Eventually.TrueAsync(() => !IsRunning, $"{Name} to end", deadline ?? StopPatience);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await ForgetAsync();
        Http.Dispose();
    }

    private async Task ForgetAsync()
    {
        if (_log is not null)
        {
            await _log.DisposeAsync();
        }

        _process?.Dispose();
        (_process, _log) = (null, null);
    }

    private ProcessStartInfo StartInfo((string Name, string? Value)[] changes)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Path(_dll.Split('/'))])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => !Inherited.Contains(name)).ToList())
        {
            start.Environment.Remove(name);
        }

        // A life of some seconds ends before what is measured for a better second compilation pays.
        start.Environment["DOTNET_TieredPGO"] = "0";
        IEnumerable<(string Name, string? Value)> variables = [.. _variables.Select(variable => (variable.Key, variable.Value)), (_portVariable, $"{Port}"), .. changes];
        foreach (var (name, value) in variables)
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
}
