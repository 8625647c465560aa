using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>The faults in wait. Each is used up by the calls that it strikes; the oldest that fits goes first.</summary>
public sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly List<Armed> _waiting = [];
    private readonly LiveEvents _live;
    private int _last;

    internal Faults(LiveEvents live) => _live = live;

    /// <summary>Faults that still have calls to strike; a copy.</summary>
    public IReadOnlyList<Fault> Waiting
    {
        get
        {
            lock (_lock)
            {
                Expire();
                return [.. _waiting.Select(armed => armed.Fault)];
            }
        }
    }

    /// <summary>Arms a fault.</summary>
    /// <returns>The fault with its id, and its kind's own values where it named none.</returns>
    /// <exception cref="ArgumentException">The vendor has no such kind.</exception>
    public Fault Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (FaultCatalog.Find(fault.Vendor, fault.Kind) is not { } kind)
        {
            throw new ArgumentException($"'{fault.Vendor}' has no fault of the kind '{fault.Kind}'.", nameof(fault));
        }

        var complete = kind.Complete(fault);
        lock (_lock)
        {
            complete = complete with { Id = ++_last };
            long? endsAt = complete.ForSeconds is { } seconds ? Environment.TickCount64 + (long)(seconds * 1000) : null;
            _waiting.Add(new Armed(complete, endsAt));
        }

        Publish();
        return complete;
    }

    /// <summary>Arms a fault by its names, with its kind's own values.</summary>
    /// <param name="count">How many calls it strikes; 0: the kind's own number.</param>
    public Fault Add(string vendor, string kind, int count = 0) => Add(new Fault { Vendor = vendor, Kind = kind, Count = count });

    /// <summary>Removes all faults.</summary>
    public void Clear() => Remove(_ => true);

    /// <summary>Removes one fault; false when it is gone already.</summary>
    public bool Remove(int id) => Remove(fault => fault.Id == id);

    /// <summary>The faults with what is left of them, as the page and <c>GET /_sandbox/faults</c> show them.</summary>
    internal JsonObject ToJson()
    {
        lock (_lock)
        {
            Expire();
            return new JsonObject { ["items"] = new JsonArray([.. _waiting.Select(ToJson)]) };
        }
    }

    internal bool Remove(Predicate<Fault> which)
    {
        lock (_lock)
        {
            if (_waiting.RemoveAll(armed => which(armed.Fault)) == 0)
            {
                return false;
            }
        }

        Publish();
        return true;
    }

    /// <summary>The oldest fault that fits, which stays as it is; or null.</summary>
    internal Fault? Peek(string vendor, string kind, Func<Fault, bool>? also = null)
    {
        lock (_lock)
        {
            Expire();
            return _waiting.Find(armed => armed.Fault.Vendor == vendor && armed.Fault.Kind == kind && also?.Invoke(armed.Fault) != false)?.Fault;
        }
    }

    /// <summary>Takes one strike of the oldest fault that fits, or null.</summary>
    internal Fault? Take(string vendor, string operation, string[] kinds, Func<Fault, bool>? also = null)
    {
        Fault? found;
        lock (_lock)
        {
            Expire();
            var index = _waiting.FindIndex(armed => armed.Fault.Vendor == vendor && kinds.Contains(armed.Fault.Kind)
                && (armed.Fault.Operation is null || armed.Fault.Operation == operation) && also?.Invoke(armed.Fault) != false);
            if (index < 0)
            {
                return null;
            }

            found = _waiting[index].Fault;
            if (found.IsAlways)
            {
                return found;
            }

            if (found.Count == 1)
            {
                _waiting.RemoveAt(index);
            }
            else
            {
                _waiting[index] = _waiting[index] with { Fault = found with { Count = found.Count - 1 } };
            }
        }

        Publish();
        return found;
    }

    private void Expire() => _waiting.RemoveAll(armed => armed.EndsAt <= Environment.TickCount64);

    private static JsonNode ToJson(Armed armed)
    {
        var item = (JsonObject)Json.Of(armed.Fault);
        foreach (var name in item.Where(field => field.Value is null).Select(field => field.Key).ToList())
        {
            item.Remove(name);
        }

        if (armed.Fault.IsAlways)
        {
            item.Remove("count");
        }

        if (armed.EndsAt is { } endsAt)
        {
            item["secondsLeft"] = Math.Max(0, endsAt - Environment.TickCount64) / 1000.0;
        }

        return item;
    }

    private void Publish() => _live.Publish("faults", ToJson());

    private sealed record Armed(Fault Fault, long? EndsAt);
}
