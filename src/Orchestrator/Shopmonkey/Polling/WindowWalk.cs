namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>What a walk needs of the CRM and of whoever keeps its rows.</summary>
/// <param name="Ask">One page of a window. <c>skip</c> is a wish: the CRM may draw any rows.</param>
/// <param name="DateOf">The date that the windows are about.</param>
/// <param name="Take">Takes the rows of a page that lie in its window, each time they are seen.</param>
public sealed record WalkSource(
    Func<Window, int, CancellationToken, Task<CrmPage>> Ask, Func<CrmRow, long?> DateOf, Func<IReadOnlyList<CrmRow>, CancellationToken, Task> Take);

/// <summary>
/// Sees every row of a window of the CRM's time through a list that keeps no order, overlaps its pages and now and then ignores its filter: only the filter's bounds (checked
/// on each row) and the total can be trusted. A window with as many rows as the CRM counts is complete; another one is cut in two.
/// </summary>
/// <remarks>One walk, one instance. Nothing here knows of HTTP or of a database.</remarks>
/// <param name="memory">What earlier walks saw, where that may count; null = only what this walk sees counts.</param>
public sealed partial class WindowWalk(WalkSource source, PollMemory? memory = null)
{
    /// <summary>The CRM answered rows outside of the window, again and again.</summary>
    public const string FilterIgnored = "poll_incomplete_filter_ignored";

    /// <summary>The narrowest window has more rows than could be drawn.</summary>
    public const string TooDense = "poll_incomplete_too_many_at_once";

    /// <summary>The CRM counts fewer rows in the halves than in the whole.</summary>
    public const string TotalsDiffer = "poll_incomplete_totals_differ";

    private const int TriesPerPage = 3;
    private const int ConfirmingPasses = 2;
    private const int PassesPerPage = 20;
    private const int MostPasses = 400;
    private const int TriesOfAWhole = 6;

    private readonly Dictionary<string, (long Date, long Version)> _seen = [];

    /// <summary>How many rows were seen.</summary>
    public int Seen => _seen.Count;

    /// <summary>How many questions were asked.</summary>
    public int Requests { get; private set; }

    /// <summary>Why the window could not be completed; null = it was, or the walk has not ended.</summary>
    public string? Reason { get; private set; }

    /// <summary>Was this row seen?</summary>
    public bool HasSeen(string id) => _seen.ContainsKey(id);

    /// <summary>The ids of all rows that were seen.</summary>
    public IReadOnlyCollection<string> SeenIds => _seen.Keys;

    /// <summary>Sees the whole window.</summary>
    /// <returns>True = every row of it was given to <see cref="WalkSource.Take"/>, now or in a walk whose memory was given.</returns>
    public async Task<bool> CoverAsync(Window window, CancellationToken cancel)
    {
        Reason = null;
        return await CoverAsync(window, isStrict: false, cancel) is not null || (Reason == FilterIgnored && await CoverUnfilteredAsync(window, cancel));
    }

    // Its total as the CRM counts it, or null = incomplete.
    private async Task<long?> CoverAsync(Window window, bool isStrict, CancellationToken cancel)
    {
        if (await AskAsync(window, 0, cancel) is not { } page)
        {
            return null;
        }

        if (page.IsWhole || SeenIn(window, page.Total) >= page.Total)
        {
            memory?.Keep(window, HasSeen);
            return page.Total;
        }

        if (!isStrict && memory is not null && window.To <= memory.ValidUntil)
        {
            var known = memory.Count(window);
            if (known == page.Total)
            {
                return page.Total;
            }

            // More than there are: some of it has moved or gone, and could hide what is new.
            isStrict = known > page.Total;
        }

        return window.Width <= Window.Smallest
            ? await RepeatAsync(window, page.Total, cancel)
            : await HalvesAsync(window, page.Total, isStrict, cancel);
    }

    private async Task<long?> HalvesAsync(Window window, long total, bool isStrict, CancellationToken cancel)
    {
        var (newer, older) = window.Split(memory?.ValidUntil);
        var newerTotal = await CoverAsync(newer, isStrict, cancel);
        if (Reason == FilterIgnored)
        {
            return null;
        }

        // Also when the newer half is incomplete: what can be seen shall not wait.
        var olderTotal = await CoverAsync(older, isStrict, cancel);
        if (newerTotal is null || olderTotal is null)
        {
            return null;
        }

        if (newerTotal + olderTotal >= total)
        {
            return total;
        }

        for (var attempt = 0; attempt < TriesOfAWhole; attempt++)
        {
            if (await AskAsync(window, 0, cancel) is not { } again)
            {
                return null;
            }

            if (again.IsWhole || newerTotal + olderTotal >= again.Total || SeenIn(window, again.Total) >= again.Total)
            {
                return again.Total;
            }
        }

        Reason = TotalsDiffer;
        return null;
    }

    // So many rows at one instant that no cut parts them: drawn until all were seen, twice.
    private async Task<long?> RepeatAsync(Window window, long total, CancellationToken cancel)
    {
        var most = total == CrmPage.UnknownTotal ? 0 : Math.Min(MostPasses, PassesPerPage * (1 + (total / CrmPage.Most)));
        var confirmed = 0;
        for (var pass = 1; pass <= most; pass++)
        {
            var skip = (int)(pass * CrmPage.Most % Math.Max(total, 1) / CrmPage.Most) * CrmPage.Most;
            if (await AskAsync(window, skip, cancel) is not { } page)
            {
                return null;
            }

            total = page.Total;
            confirmed = SeenIn(window, total) >= total ? confirmed + 1 : 0;
            if (confirmed == ConfirmingPasses)
            {
                memory?.Keep(window, HasSeen);
                return total;
            }
        }

        Reason = TooDense;
        return null;
    }

    private async Task<(long Total, bool IsWhole)?> AskAsync(Window window, int skip, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < TriesPerPage; attempt++)
        {
            var page = await source.Ask(window, skip, cancel);
            Requests++;
            var inside = await TakeInsideAsync(window, page, cancel);
            // A row outside: the filter was ignored, so the total is another question's.
            if (inside.Count == page.Rows.Count)
            {
                return (page.Total, inside.DistinctBy(row => row.Id).Count() + page.Unreadable >= page.Total);
            }
        }

        Reason = FilterIgnored;
        return null;
    }

    private async Task<IReadOnlyList<CrmRow>> TakeInsideAsync(Window window, CrmPage page, CancellationToken cancel)
    {
        List<CrmRow> inside = [.. page.Rows.Where(row => source.DateOf(row) is { } date && window.Contains(date))];
        await source.Take(inside, cancel);
        foreach (var row in inside)
        {
            Note(row, source.DateOf(row)!.Value);
        }

        return inside;
    }

    private void Note(CrmRow row, long date)
    {
        if (!_seen.TryGetValue(row.Id, out var known) || known.Version <= row.Version)
        {
            _seen[row.Id] = (date, row.Version);
        }

        memory?.Note(row.Id, date, row.Version);
    }

    // Counted only where it can matter.
    private long SeenIn(Window window, long total) => total <= CrmPage.Most || _seen.Count < total
        ? -1
        : _seen.Values.Count(row => window.Contains(row.Date));
}
