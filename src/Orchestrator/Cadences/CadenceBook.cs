using System.Collections.Concurrent;
using System.Diagnostics;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>Which cadence a new lead begins with.</summary>
public sealed class ActiveCadences(IReadOnlyList<StoredCadence> active)
{
    private readonly Cadence _ofTenant = active.FirstOrDefault(cadence => cadence.LocationId is null)?.Cadence ?? Cadence.Usual;
    private readonly Dictionary<Guid, Cadence> _ofShops =
        active.Where(cadence => cadence.LocationId is not null).ToDictionary(cadence => cadence.LocationId!.Value, cadence => cadence.Cadence);

    /// <summary>The shop's own, else the tenant's, else the product's.</summary>
    public Cadence For(Guid locationId) => _ofShops.GetValueOrDefault(locationId, _ofTenant);
}

/// <summary>Knows cadences by heart: a version never changes, so it is read once; which one is active is asked again after ten seconds at most.</summary>
public sealed class CadenceBook(CadenceStore store)
{
    private const int MostKnown = 10_000;
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, (ActiveCadences Active, long ReadAt)> _active = new();
    private readonly ConcurrentDictionary<(Guid TenantId, Guid Id), Cadence> _versions = new();

    /// <summary>The active ones of the transaction's tenant.</summary>
    public async ValueTask<ActiveCadences> ActiveAsync(TenantTransaction transaction, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (_active.TryGetValue(transaction.TenantId, out var known) && Stopwatch.GetElapsedTime(known.ReadAt) < KnownFor)
        {
            return known.Active;
        }

        var readAt = Stopwatch.GetTimestamp();
        var active = new ActiveCadences(await store.ActiveAsync(transaction, cancel));
        _active[transaction.TenantId] = (active, readAt);
        return active;
    }

    /// <summary>Another one is active now: known at once in this process.</summary>
    public void Changed(Guid tenantId) => _active.TryRemove(tenantId, out _);

    /// <summary>A version.</summary>
    /// <param name="id">Null: the product's own.</param>
    public async ValueTask<Cadence> OfAsync(Guid tenantId, Guid? id, CancellationToken cancel)
    {
        if (id is not { } known)
        {
            return Cadence.Usual;
        }

        if (_versions.TryGetValue((tenantId, known), out var cadence))
        {
            return cadence;
        }

        var stored = await store.FindAsync(tenantId, known, cancel) ?? throw new InvalidOperationException("A touch point names a cadence that is not there.");
        cadence = stored.Cadence;
        if (_versions.Count < MostKnown)
        {
            _versions.TryAdd((tenantId, known), cadence);
        }

        return cadence;
    }

    /// <summary>What is to be planned after a touch that has just gone out; null = nothing.</summary>
    public async ValueTask<NewTouchPoint?> AfterAsync(Guid tenantId, Guid? cadenceId, EndedStep ended) =>
        FollowUps.Next(await OfAsync(tenantId, cadenceId, CancellationToken.None), ended);
}
