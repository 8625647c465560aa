using System.Diagnostics;
using System.Net.Sockets;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>What is to be started.</summary>
/// <param name="Name">As the tables and error messages call it.</param>
/// <param name="Port">On 127.0.0.1.</param>
/// <param name="HealthPath">Answers 200 when it is ready.</param>
internal sealed record ServerCommand(string Name, int Port, string HealthPath, string Program, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>On top of what every target gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>A running server process on 127.0.0.1.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    private readonly Process _process;
    private readonly string _log;

    private Server(ServerCommand command, Process process, string log)
    {
        (Name, _process, _log) = (command.Name, process, log);
        Url = new Uri($"http://127.0.0.1:{command.Port}");
    }

    /// <summary>As the tables call it.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>The process that does its work.</summary>
    public int ProcessId => _process.Id;

    /// <summary>From its start until it said that it is ready; 10 ms more at most.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="BenchException">Its port is taken, or it does not come up.</exception>
    public static async Task<Server> StartAsync(ServerCommand command, string logs, CancellationToken cancel)
    {
        await RefuseTakenPortAsync(command);
        Directory.CreateDirectory(logs);
        var started = Stopwatch.StartNew();
        var log = Path.Combine(logs, command.Name.Replace(' ', '-') + ".log");
        Process process;
        try
        {
            process = await BoundProcesses.StartAsync(command.Program, command.Arguments, command.Environment, command.Folder, log);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new BenchException($"{command.Name} cannot be started: {exception.Message}", exception);
        }

        var server = new Server(command, process, log);
        try
        {
            await server.WaitUntilReadyAsync(command.HealthPath, cancel);
            server.ReadyAfter = started.Elapsed;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static async Task RefuseTakenPortAsync(ServerCommand command)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", command.Port);
        }
        catch (SocketException)
        {
            return;
        }

        throw new BenchException($"Port {command.Port}, for the {command.Name}, is taken: stop what listens there, or start with --port-base N.");
    }

    private async Task WaitUntilReadyAsync(string path, CancellationToken cancel)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience && !_process.HasExited; await Task.Delay(BetweenLooks, cancel))
        {
            if (await AnswersAsync(path))
            {
                return;
            }
        }

        var lines = File.Exists(_log) ? string.Join(Environment.NewLine, (await File.ReadAllLinesAsync(_log, cancel)).TakeLast(15)) : "";
        throw new BenchException($"The {Name} did not come up:{Environment.NewLine}{lines}");
    }

    private async Task<bool> AnswersAsync(string path)
    {
        try
        {
            using var connection = await Connection.OpenAsync(Url);
            await connection.SendAsync(HttpRequestBytes.Get(path));
            return await connection.ReadAsync() == 200;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
