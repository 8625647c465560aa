namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>How many texts this process may have with the vendor at once. A slot is free again when its own call has ended, however long the others take.</summary>
public sealed class SendWindow(int size)
{
    private readonly Lock _lock = new();
    private int _free = size;
    private int _wanted;
    private TaskCompletionSource? _waiter;

    /// <summary>Slots that nobody has.</summary>
    public int Free
    {
        get
        {
            lock (_lock)
            {
                return _free;
            }
        }
    }

    /// <summary>Takes slots that are free. One taker at a time, so that what is free stays so until it takes.</summary>
    public void Take(int slots)
    {
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(slots, _free);
            _free -= slots;
        }
    }

    /// <summary>Gives one slot back.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _free++;
            if (_free >= _wanted)
            {
                _waiter?.TrySetResult();
                _waiter = null;
            }
        }
    }

    /// <summary>Waits until so many slots are free. One waiter at a time.</summary>
    /// <param name="atMost">Then it is over in any case; null = no limit.</param>
    public async Task WaitAsync(int slots, TimeSpan? atMost, CancellationToken cancel)
    {
        Task freed;
        lock (_lock)
        {
            if (_free >= slots)
            {
                return;
            }

            _wanted = slots;
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            freed = _waiter.Task;
        }

        try
        {
            await freed.WaitAsync(atMost ?? Timeout.InfiniteTimeSpan, cancel);
        }
        catch (TimeoutException)
        {
        }
    }
}
