using System.Text.Json;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>A list of the CRM as a model: rows with a date and a version, drawn dishonestly, with whatever a test lets happen between two answers.</summary>
public sealed class ModelCrm(int seed)
{
    private readonly Random _random = new(seed);
    private int _made;

    public Dictionary<string, (long Date, long Version)> Rows { get; } = [];

    /// <summary>What the walk was given, by id, the newest version.</summary>
    public Dictionary<string, long> Taken { get; } = [];

    public int Questions { get; private set; }

    /// <summary>Happens before each answer.</summary>
    public Action<ModelCrm, Random>? Before { get; set; }

    /// <summary>How often out of a hundred the filter is ignored.</summary>
    public int FilterIgnored { get; set; }

    /// <summary>The filter is never heeded.</summary>
    public bool IgnoresFilters { get; set; }

    /// <summary>What the list says of how many there are; null = the truth.</summary>
    public Func<Window, long, long>? Count { get; set; }

    /// <summary>Is this row left out of the answer to this window?</summary>
    public Func<Window, string, bool>? Hides { get; set; }

    public WalkSource Source => new(AskAsync, row => row.UpdatedAt, TakeAsync);

    public static CrmRow Row(string id, long date, long version) => new(id, date, date, version, "shop", false, default(JsonElement));

    public void Add(int count, Func<int, long> date)
    {
        for (var number = 0; number < count; number++)
        {
            Change($"row-{_made++}", date(number));
        }
    }

    public void Change(string id, long date) => Rows[id] = (date, Rows.TryGetValue(id, out var row) ? row.Version + 1 : 1);

    /// <summary>Rows of the window that were not taken in their newest version.</summary>
    public IEnumerable<string> MissedIn(Window window) => Rows
        .Where(row => window.Contains(row.Value.Date) && (!Taken.TryGetValue(row.Key, out var version) || version < row.Value.Version)).Select(row => row.Key);

    private Task<CrmPage> AskAsync(Window window, int skip, CancellationToken cancel)
    {
        Questions++;
        Before?.Invoke(this, _random);
        var isIgnored = IgnoresFilters || _random.Next(100) < FilterIgnored;
        var found = Rows.Where(row => (isIgnored || window.Contains(row.Value.Date)) && Hides?.Invoke(window, row.Key) is not true).Select(row => Row(row.Key, row.Value.Date, row.Value.Version)).ToArray();
        _random.Shuffle(found);
        var total = Count?.Invoke(window, found.Length) ?? found.Length;
        return Task.FromResult(new CrmPage([.. found.Take(Math.Clamp(found.Length - skip, 0, CrmPage.Most))], total));
    }

    private Task TakeAsync(IReadOnlyList<CrmRow> rows, CancellationToken cancel)
    {
        foreach (var row in rows)
        {
            Taken[row.Id] = Math.Max(row.Version, Taken.GetValueOrDefault(row.Id));
        }

        return Task.CompletedTask;
    }
}
