using System.Diagnostics;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>
/// Events that the door stored as claimed by this process already, and that its worker has in memory: a claim and a read of each are saved. They are as durable as all others:
/// a process that dies leaves them to whoever takes over what it had claimed.
/// </summary>
/// <remarks>Nothing is held while no worker takes it, and no more than it works off within seconds: what goes beyond that is left for anybody's claim.</remarks>
public sealed class InboxHand
{
    private const int MostEvents = 1_024;
    private const int MostDoubtful = 4_096;
    private const long MostCharacters = 32 * 1024 * 1024;

    // Far below the lease: what is in hand is begun before anybody may take it over.
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Queue<(InboxEvent Event, long Since)>> _byTenant = [];
    private readonly Queue<Guid> _turns = [];
    private List<InboxEvent> _doubtful = [];
    private bool _isOpen;
    private int _count;
    private long _characters;

    /// <summary>From now on events are held, until <see cref="Close"/>.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isOpen = true;
        }
    }

    /// <summary>Holds no more, and gives back what it holds: it is to be put back for others.</summary>
    public IReadOnlyList<InboxEvent> Close()
    {
        lock (_lock)
        {
            _isOpen = false;
        }

        return Take(int.MaxValue, int.MaxValue);
    }

    /// <summary>May the next events be stored as this process's own?</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _isOpen && _count < MostEvents && _characters < MostCharacters
                    && !(_turns.TryPeek(out var next) && Stopwatch.GetElapsedTime(_byTenant[next].Peek().Since) > Oldest);
            }
        }
    }

    /// <summary>Takes events in hand that are stored as this process's own.</summary>
    /// <returns>False when it was closed meanwhile: they are to be put back.</returns>
    public bool Add(IReadOnlyList<InboxEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        lock (_lock)
        {
            if (!_isOpen)
            {
                return false;
            }

            foreach (var inboxEvent in events)
            {
                if (!_byTenant.TryGetValue(inboxEvent.TenantId, out var queue))
                {
                    _byTenant[inboxEvent.TenantId] = queue = [];
                    _turns.Enqueue(inboxEvent.TenantId);
                }

                queue.Enqueue((inboxEvent, Stopwatch.GetTimestamp()));
                _count++;
                _characters += inboxEvent.Payload.Length;
            }

            return true;
        }
    }

    /// <summary>The commit that should have stored these was not heard of again: they may be there, claimed by this process, and nobody would work on them.</summary>
    public void Doubt(IReadOnlyList<InboxEvent> events)
    {
        lock (_lock)
        {
            _doubtful.AddRange(events);
            // The lease of the oldest ones ends anyway.
            _doubtful.RemoveRange(0, Math.Max(0, _doubtful.Count - MostDoubtful));
        }
    }

    /// <summary>All that was doubted since the last call, to be put back.</summary>
    public IReadOnlyList<InboxEvent> TakeDoubtful()
    {
        lock (_lock)
        {
            (var doubtful, _doubtful) = (_doubtful, []);
            return doubtful;
        }
    }

    /// <summary>The next events, the oldest of each tenant first; tenants take turns.</summary>
    public IReadOnlyList<InboxEvent> Take(int most, int perTenant)
    {
        List<InboxEvent> taken = [];
        lock (_lock)
        {
            for (var turns = _turns.Count; turns > 0 && taken.Count < most; turns--)
            {
                var tenant = _turns.Dequeue();
                var queue = _byTenant[tenant];
                for (var left = Math.Min(perTenant, most - taken.Count); left > 0 && queue.TryDequeue(out var held); left--)
                {
                    taken.Add(held.Event);
                    _count--;
                    _characters -= held.Event.Payload.Length;
                }

                if (queue.Count == 0)
                {
                    _byTenant.Remove(tenant);
                }
                else
                {
                    _turns.Enqueue(tenant);
                }
            }
        }

        return taken;
    }
}
