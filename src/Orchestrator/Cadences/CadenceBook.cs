using System.Collections.Concurrent;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;

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
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Shelf<ActiveCadences>> _active = new();
    private readonly ConcurrentDictionary<(Guid TenantId, Guid Id), Cadence> _versions = new();

    /// <summary>The active ones of a tenant.</summary>
    public ValueTask<ActiveCadences> ActiveAsync(Guid tenantId, CancellationToken cancel)
    {
        var shelf = _active.GetOrAdd(tenantId, _ => new Shelf<ActiveCadences>());
        var (known, age) = shelf.Look();
        if (known is not null && age < Fresh)
        {
            return ValueTask.FromResult(known);
        }

        // Not cancelled with whoever asked first: others wait for the same answer.
        var reading = shelf.Read(async () => new ActiveCadences(await store.ActiveAsync(tenantId, CancellationToken.None)));
        return known is not null && age < Oldest ? ValueTask.FromResult(known) : new ValueTask<ActiveCadences>(reading.WaitAsync(cancel));
    }

    /// <summary>Another one is active now: known at once in this process.</summary>
    public void Changed(Guid tenantId) => _active.GetOrAdd(tenantId, _ => new Shelf<ActiveCadences>()).Clear();

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
