using System.Collections.Concurrent;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>Which versions of a tenant's rows are surely in the inbox, so that the database is not asked about the same rows at each look.</summary>
public sealed class StoredRows(TimeProvider clock)
{
    // Longer than the widest overlap.
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(20);
    private readonly ConcurrentDictionary<(string Table, string Id), (long Version, long At)> _rows = [];

    /// <summary>Is this version, or a newer one, stored?</summary>
    public bool Has(string table, CrmRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return _rows.TryGetValue((table, row.Id), out var known) && known.Version >= row.Version;
    }

    /// <summary>It is stored.</summary>
    public void Note(string table, CrmRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        _rows.AddOrUpdate((table, row.Id), (row.Version, clock.GetTimestamp()), (_, known) => (Math.Max(known.Version, row.Version), clock.GetTimestamp()));
    }

    /// <summary>Lets go of what no look will show again.</summary>
    public void Forget()
    {
        foreach (var (key, known) in _rows)
        {
            if (clock.GetElapsedTime(known.At) > KeptFor)
            {
                _rows.TryRemove(key, out _);
            }
        }
    }
}
