using System.Diagnostics;

namespace LeadOrchestrator.Launcher.Processes;

/// <summary>Collects both outputs of a child into a file, keeps the last lines, and shows each line to whoever asks.</summary>
internal sealed class OutputLog : IAsyncDisposable
{
    private const int Kept = 40;

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new();
    private readonly StreamWriter _file;
    private readonly Action<string>? _onLine;
    private Task _reading = Task.CompletedTask;

    private OutputLog(string path, Action<string>? onLine)
    {
        Path = path;
        _onLine = onLine;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    /// <summary>The log file.</summary>
    public string Path { get; }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lock)
            {
                return [.. _last];
            }
        }
    }

    /// <summary>Starts reading; the process must have both outputs redirected.</summary>
    public static OutputLog Collect(Process process, string path, Action<string>? onLine = null)
    {
        var log = new OutputLog(path, onLine);
        log._reading = Task.WhenAll(log.ReadAsync(process.StandardOutput), log.ReadAsync(process.StandardError));
        return log;
    }

    /// <summary>Waits for the rest of what an ended process said; a grandchild that keeps the pipe open is not waited for.</summary>
    public Task CompleteAsync() => Task.WhenAny(_reading, Task.Delay(TimeSpan.FromSeconds(2)));

    public async ValueTask DisposeAsync()
    {
        await CompleteAsync();
        lock (_lock)
        {
            _file.Dispose();
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                if (_file.BaseStream is not { CanWrite: true })
                {
                    return;
                }

                _file.WriteLine(line);
                _last.Enqueue(line);
                if (_last.Count > Kept)
                {
                    _last.Dequeue();
                }
            }

            _onLine?.Invoke(line);
        }
    }
}
