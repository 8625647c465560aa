namespace LeadOrchestrator.Rig.Intake;

/// <summary>One change of the CRM.</summary>
/// <param name="Version">The order's version after a move.</param>
/// <param name="Mark">The customer's last name after a change of it.</param>
/// <param name="Label">Under which its latency is counted.</param>
public sealed record SilentChange(ChangeKind Kind, string Order, long Version, string Mark, string Label);

/// <summary>When each change was made, and when it was seen on the other side. A later change of the same thing stands for those before it.</summary>
public sealed class SightLog(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(SilentChange Change, long At)>> _pending = [];
    private readonly Dictionary<string, List<TimeSpan>> _latencies = [];
    private readonly HashSet<string> _met = [];
    private int _made;

    /// <summary>How many changes were made.</summary>
    public int Made
    {
        get
        {
            lock (_lock)
            {
                return _made;
            }
        }
    }

    /// <summary>Changes that were not seen yet.</summary>
    public IReadOnlyList<SilentChange> Pending
    {
        get
        {
            lock (_lock)
            {
                return [.. _pending.Values.SelectMany(list => list).Select(entry => entry.Change)];
            }
        }
    }

    /// <summary>Orders with a change that was not seen yet.</summary>
    public IReadOnlyList<string> PendingOrders
    {
        get
        {
            lock (_lock)
            {
                return [.. _pending.Keys];
            }
        }
    }

    /// <summary>Notes a change, made now.</summary>
    public void Note(SilentChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_lock)
        {
            _made++;
            if (!_pending.TryGetValue(change.Order, out var list))
            {
                _pending[change.Order] = list = [];
            }

            list.Add((change, clock.GetTimestamp()));
        }
    }

    /// <summary>The other side shows this version and this name of an order: every change up to them is there.</summary>
    public void See(string order, long version, string lastName)
    {
        lock (_lock)
        {
            if (!_pending.TryGetValue(order, out var list))
            {
                return;
            }

            foreach (var (change, at) in list.FindAll(entry => IsThere(entry.Change, version, lastName)))
            {
                Latencies(change.Label).Add(clock.GetElapsedTime(at));
            }

            if (list.RemoveAll(entry => IsThere(entry.Change, version, lastName)) > 0 && list.Count == 0)
            {
                _pending.Remove(order);
            }
        }
    }

    /// <summary>Whether this order is asked about for the first time.</summary>
    public bool IsNew(string order)
    {
        lock (_lock)
        {
            return _met.Add(order);
        }
    }

    /// <summary>The latency that this share of a label's changes did not exceed; null when there is none.</summary>
    /// <param name="share">0–1.</param>
    public TimeSpan? Latency(string label, double share)
    {
        lock (_lock)
        {
            var sorted = Latencies(label).Order().ToList();
            return sorted.Count == 0 ? null : sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * share) - 1, 0, sorted.Count - 1)];
        }
    }

    private List<TimeSpan> Latencies(string label)
    {
        if (!_latencies.TryGetValue(label, out var list))
        {
            _latencies[label] = list = [];
        }

        return list;
    }

    private static bool IsThere(SilentChange change, long version, string lastName) => change.Kind switch
    {
        ChangeKind.Move => version >= change.Version,
        ChangeKind.Customer => string.CompareOrdinal(lastName, change.Mark) >= 0,
        _ => true,
    };
}
