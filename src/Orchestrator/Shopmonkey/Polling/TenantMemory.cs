using System.Collections.Concurrent;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>What this process remembers of a tenant's CRM between two polls. Nothing of it is needed: without it more is asked.</summary>
public sealed class TenantMemory(TimeProvider clock)
{
    // Rows that are committed late: the widest look back, and how often it is taken.
    private static readonly TimeSpan WideEvery = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, PollMemory> _topics = [];
    private long? _wideAt;

    /// <summary>Versions that are surely stored.</summary>
    public StoredRows Stored { get; } = new(clock);

    /// <summary>Is it time to look back further than usual?</summary>
    public bool IsWideDue => _wideAt is not { } at || clock.GetElapsedTime(at) >= WideEvery;

    /// <summary>When the tenant was polled here last, as a timestamp of the process.</summary>
    public long UsedAt { get; private set; } = clock.GetTimestamp();

    /// <summary>What is remembered of a topic.</summary>
    public PollMemory Of(PollTopic topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return _topics.GetOrAdd(topic.Name, _ => new PollMemory());
    }

    /// <summary>A run ended well.</summary>
    public void Ended(bool wasWide)
    {
        UsedAt = clock.GetTimestamp();
        _wideAt = wasWide ? UsedAt : _wideAt;
        Stored.Forget();
    }
}

/// <summary>The memories of all tenants that this process polls.</summary>
public sealed class TenantMemories(TimeProvider clock)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(20);
    private readonly ConcurrentDictionary<Guid, TenantMemory> _tenants = [];

    /// <summary>A tenant's.</summary>
    public TenantMemory Of(Guid tenantId) => _tenants.GetOrAdd(tenantId, _ => new TenantMemory(clock));

    /// <summary>What is remembered may not have been stored, or another process goes on.</summary>
    public void Drop(Guid tenantId) => _tenants.TryRemove(tenantId, out _);

    /// <summary>Lets go of tenants that others poll.</summary>
    public void Forget()
    {
        foreach (var (tenantId, memory) in _tenants)
        {
            if (clock.GetElapsedTime(memory.UsedAt) > KeptFor)
            {
                Drop(tenantId);
            }
        }
    }
}
