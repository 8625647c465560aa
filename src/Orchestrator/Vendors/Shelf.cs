using System.Diagnostics;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>What is known of one tenant. One reading at a time; one that began before a change is not kept.</summary>
public sealed class Shelf<T> where T : class
{
    private readonly Lock _lock = new();
    private T? _known;
    private long _readAt;
    private Task<T>? _reading;

    /// <summary>What was read last, and how long ago; null = nothing since the start or a change.</summary>
    public (T? Known, TimeSpan Age) Look()
    {
        lock (_lock)
        {
            return (_known, Stopwatch.GetElapsedTime(_readAt));
        }
    }

    /// <summary>The reading that goes on, or a new one; off the caller's thread.</summary>
    public Task<T> Read(Func<Task<T>> read)
    {
        lock (_lock)
        {
            if (_reading is { } going)
            {
                return going;
            }

            // One that has ended already is kept, and taken from _reading, before the next line: hence a name of its own.
            var reading = _reading = Task.Run(read);
            _ = KeepAsync(reading, Stopwatch.GetTimestamp());
            return reading;
        }
    }

    /// <summary>What was known counts no more, nor does what is being read.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            (_known, _reading) = (null, null);
        }
    }

    private async Task KeepAsync(Task<T> reading, long begun)
    {
        T? found = null;
        try
        {
            found = await reading;
        }
        catch (Exception)
        {
            // Whoever waits for it hears of it; what was known stays known until it is too old, and the next who asks tries again.
        }

        lock (_lock)
        {
            if (_reading == reading)
            {
                _reading = null;
                (_known, _readAt) = found is null ? (_known, _readAt) : (found, begun);
            }
        }
    }
}
