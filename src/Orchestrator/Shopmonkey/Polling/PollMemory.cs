namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>
/// What a topic's rows of the last minutes were and at which date each stood, so that a quiet look at many rows costs one question: as many as the CRM counts are
/// known already.
/// </summary>
/// <remarks>
/// Trusted only up to <see cref="ValidUntil"/>, and only after everything newer was looked at anew: a row that was changed since has then been seen at its new date and
/// no longer counts at its old one.
/// </remarks>
public sealed class PollMemory
{
    private readonly Dictionary<string, (long Date, long Version)> _rows = [];

    /// <summary>Everything up to here was seen once by this process.</summary>
    public long ValidUntil { get; set; } = long.MinValue;

    /// <summary>How many rows are remembered.</summary>
    public int Size => _rows.Count;

    /// <summary>A row was seen at this date. An older version than the known one changes nothing.</summary>
    public void Note(string id, long date, long version)
    {
        if (!_rows.TryGetValue(id, out var known) || known.Version <= version)
        {
            _rows[id] = (date, version);
        }
    }

    /// <summary>How many rows are remembered in this window.</summary>
    public int Count(Window window)
    {
        var count = 0;
        foreach (var (date, _) in _rows.Values)
        {
            count += window.Contains(date) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Of this window only what was seen just now is kept.</summary>
    public void Keep(Window window, Func<string, bool> isSeen)
    {
        ArgumentNullException.ThrowIfNull(isSeen);
        foreach (var id in _rows.Where(row => window.Contains(row.Value.Date) && !isSeen(row.Key)).Select(row => row.Key).ToList())
        {
            _rows.Remove(id);
        }
    }

    /// <summary>Lets go of what is older.</summary>
    public void Forget(long before)
    {
        foreach (var id in _rows.Where(row => row.Value.Date < before).Select(row => row.Key).ToList())
        {
            _rows.Remove(id);
        }
    }

    /// <summary>Lets go of everything: what was seen may not have been stored.</summary>
    public void Clear()
    {
        _rows.Clear();
        ValidUntil = long.MinValue;
    }
}
