namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The requests of one key in a rolling minute, of real time.</summary>
internal sealed class RequestBudget(int perMinute)
{
    private static readonly long Minute = (long)TimeSpan.FromMinutes(1).TotalMilliseconds;
    private readonly Lock _lock = new();
    private readonly Queue<long> _recent = new();
    private long _served;
    private long _refused;

    /// <summary>How many a minute may have. A change counts at once.</summary>
    public int PerMinute { get; set; } = perMinute;

    /// <summary>Requests that were within the budget.</summary>
    public long Served => Interlocked.Read(ref _served);

    /// <summary>Requests that were answered 429.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <returns>What is left, and the seconds to wait when it was nothing.</returns>
    public (int Remaining, int? RetryAfter) Spend()
    {
        lock (_lock)
        {
            var now = Environment.TickCount64;
            while (_recent.TryPeek(out var oldest) && now - oldest >= Minute)
            {
                _recent.Dequeue();
            }

            if (_recent.Count >= PerMinute)
            {
                _refused++;
                var wait = _recent.TryPeek(out var first) ? Minute - (now - first) : Minute;
                return (0, (int)Math.Max(1, (wait + 999) / 1000));
            }

            _recent.Enqueue(now);
            _served++;
            return (PerMinute - _recent.Count, null);
        }
    }
}
