using System.Diagnostics;
using System.Text.Json;
using LeadOrchestrator.Launcher.Building;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>The Sandbox, the Orchestrator and the Chat API as children: started, watched, stopped together.</summary>
/// <param name="isDev">Sources instead of built files: each service restarts or reloads with its sources, and Vite serves the page.</param>
/// <param name="show">Told what a person should see: warnings and errors of the children; everything in development.</param>
internal sealed class DemoServices(Repository repository, Ports ports, string databaseUrl, bool isDev, Action<string> show) : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(40);

    // The services themselves end at once, with nobody to serve; dotnet watch does not listen to SIGTERM.
    private static readonly TimeSpan DevStopPatience = TimeSpan.FromSeconds(4);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly List<Child> _children = [];
    private readonly Dictionary<string, string?> _environment = DemoEnvironment.For(
        ports, databaseUrl, DemoData.Sandbox(repository), isDev ? "Development" : "Production");

    /// <summary>Starts each from its built file, and waits until each says that it is ready.</summary>
    /// <exception cref="LauncherException">One of them ended or did not get ready; the message has the last lines of its log.</exception>
    public async Task StartAsync(EmbeddedPostgres postgres, CancellationToken cancel)
    {
        // The Sandbox first: its clock is the others' time.
        var sandbox = await StartOneAsync("Sandbox", ServiceDlls.Sandbox);
        await WaitAsync(sandbox, $"http://localhost:{ports.Sandbox}/_sandbox/clock", postgres, cancel);
        var orchestrator = await StartOneAsync("Orchestrator", ServiceDlls.Orchestrator);
        var chatApi = await StartOneAsync("Chat API", ServiceDlls.ChatApi);
        await Task.WhenAll(
            WaitAsync(orchestrator, $"http://localhost:{ports.Orchestrator}/health/ready", postgres, cancel),
            WaitAsync(chatApi, $"http://localhost:{ports.ChatApi}/health/ready", postgres, cancel));
        if (isDev)
        {
            var vite = await StartOneAsync("Vite", "npm", ["run", "dev", "-w", "web/chat", "--", "--port", $"{ports.Vite}", "--strictPort"]);
            await WaitAsync(vite, $"http://localhost:{ports.Vite}/chat/", postgres, cancel);
        }
    }

    /// <summary>The demo's time, which is the Sandbox's.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancel)
    {
        using var answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri($"http://localhost:{ports.Sandbox}/_sandbox/clock"), cancel));
        return answer.RootElement.GetProperty("now").GetDateTimeOffset();
    }

    /// <summary>The shops that the Sandbox's CRM has.</summary>
    public Task<IReadOnlyList<CrmShop>> ShopsAsync(CancellationToken cancel) =>
        CrmShops.ReadAsync(_http, _environment["SHOPMONKEY_BASE_URL"]!, _environment["SHOPMONKEY_API_KEY"]!, cancel);

    /// <summary>Gives the second franchise its own keys.</summary>
    /// <returns>Null, or why it has none.</returns>
    public Task<string?> ConnectBrightDetailAsync(CancellationToken cancel) =>
        new SecondFranchise(_http, new Uri($"http://localhost:{ports.Orchestrator}")).ConnectAsync(cancel);

    /// <summary>Returns never while all live.</summary>
    /// <exception cref="LauncherException">One of them has ended.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public async Task WatchAsync(EmbeddedPostgres postgres, CancellationToken stop)
    {
        await Task.WhenAny([postgres.Exited, .. _children.Select(child => child.Exited)]).WaitAsync(stop);
        await ThrowIfOneEndedAsync(postgres);
    }

    /// <summary>Stops all at once; each drains for as long as the contract gives it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_children.Select(child => child.StopAsync(isDev ? DevStopPatience : StopPatience)));
        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }

        _http.Dispose();
    }

    // Polling: three watchers would use up the 128 inotify instances that a Linux user has by default.
    private static readonly Dictionary<string, string?> Watching = new()
    {
        ["DOTNET_USE_POLLING_FILE_WATCHER"] = "true",
        ["DOTNET_WATCH_RESTART_ON_RUDE_EDIT"] = "true",
        ["DOTNET_WATCH_SUPPRESS_EMOJIS"] = "true",
    };

    private Task<Child> StartOneAsync(string name, string dll) => isDev
        ? StartOneAsync(name, "dotnet", ["watch", "--non-interactive", "--project", repository.At(dll[..dll.IndexOf("/bin/", StringComparison.Ordinal)]), "run", "--no-launch-profile"])
        : StartOneAsync(name, "dotnet", [repository.At(dll)]);

    private async Task<Child> StartOneAsync(string name, string program, string[] arguments)
    {
        var child = await Child.StartAsync(
            new(name, program, arguments, repository.Root, repository.Log(LogName(name)))
            {
                Environment = isDev ? _environment.Concat(Watching).ToDictionary() : _environment,
                OnLine = line => Show(name, line),
                HasTree = isDev,
            });
        _children.Add(child);
        return child;
    }

    private async Task WaitAsync(Child child, string url, EmbeddedPostgres postgres, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync(url, cancel))
        {
            await ThrowIfOneEndedAsync(postgres);
            if (waited.Elapsed > StartPatience)
            {
                throw new LauncherException($"{Said(child.Log)}{child.Name} was not ready within {StartPatience.TotalSeconds:0} s. Its log is {child.Log.Path}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancel);
        }
    }

    private async Task<bool> AnswersAsync(string url, CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(url), cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return false;
        }
    }

    private async Task ThrowIfOneEndedAsync(EmbeddedPostgres postgres)
    {
        if (_children.FirstOrDefault(child => child.HasExited) is { } ended)
        {
            await ended.Log.CompleteAsync();
            throw new LauncherException($"{Said(ended.Log)}{ended.Name} ended by itself (exit code {ended.ExitCode}); everything is stopped. Its log is {ended.Log.Path}.");
        }

        if (postgres.Exited.IsCompleted)
        {
            throw new LauncherException($"PostgreSQL ended by itself; everything is stopped. Its log is {repository.Log("postgres")}.");
        }
    }

    private void Show(string name, string line)
    {
        if ((isDev ? line : LogLine.Important(line)) is { } words)
        {
            show($"{name}: {words}");
        }
    }

    private static string LogName(string name) => name.Replace(" ", "-", StringComparison.Ordinal).ToLowerInvariant();

    private static string Said(OutputLog log) => string.Concat(log.LastLines.TakeLast(12).Select(line => $"  {line}{Environment.NewLine}"));
}
