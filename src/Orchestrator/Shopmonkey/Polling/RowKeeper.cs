using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>Brings a table's polled rows into the inbox: those that are newer than what we know, each once.</summary>
/// <param name="stored">What is stored already as far as this process knows; null = ask the database about every row.</param>
/// <param name="reconsiders">Rows that were no lead when they came are judged again where their shop has changed since.</param>
public sealed class RowKeeper(Guid tenantId, string table, KeeperTools tools, StoredRows? stored, bool reconsiders = false)
{
    // A burst becomes visible piece by piece, and not when all of it was seen.
    private const int FlushAt = 100;
    private readonly Dictionary<string, CrmRow> _pending = [];

    /// <summary>Events that were not there before.</summary>
    public int Found { get; private set; }

    /// <summary>Rows of a page.</summary>
    public async Task TakeAsync(IReadOnlyList<CrmRow> rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
        {
            if (stored?.Has(table, row) is not true && (!_pending.TryGetValue(row.Id, out var known) || known.Version <= row.Version))
            {
                _pending[row.Id] = row;
            }

            tools.Lookups.Remember(tenantId, row.Data);
        }

        if (_pending.Count >= FlushAt)
        {
            await FlushAsync(cancel);
        }
    }

    /// <summary>Stores what was taken.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        var (rows, events) = await RestAsync(cancel);
        if (events.Count > 0)
        {
            Stored(rows, (await tools.Inbox.AddAsync(events, isOurs: false, cancel)).Count(isNew => isNew));
        }
    }

    /// <summary>What was taken and is not stored yet, for a transaction of the caller's: those of its rows that are news, as events.</summary>
    public async Task<(IReadOnlyList<CrmRow> Rows, IReadOnlyList<NewInboxEvent> Events)> RestAsync(CancellationToken cancel)
    {
        if (_pending.Count == 0)
        {
            return ([], []);
        }

        List<CrmRow> rows = [.. _pending.Values];
        _pending.Clear();
        var known = await tools.Store.KnownAsync(tenantId, table, rows, cancel);
        List<CrmRow> news = [];
        foreach (var row in rows)
        {
            if (known.Contains(row.Id))
            {
                stored?.Note(table, row);
            }
            else
            {
                news.Add(row);
            }
        }

        if (reconsiders && known.Count > 0)
        {
            await ReconsiderAsync([.. rows.Where(row => known.Contains(row.Id) && row.LocationId is not null)], cancel);
        }

        return (news, [.. news.Select(row => PolledEvent.Of(tenantId, table, row))]);
    }

    /// <summary>They are stored.</summary>
    public void Stored(IReadOnlyList<CrmRow> rows, int found)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
        {
            stored?.Note(table, row);
        }

        Found += found;
        if (found > 0)
        {
            tools.Signal.Wake();
        }
    }

    private async Task ReconsiderAsync(IReadOnlyList<CrmRow> rows, CancellationToken cancel)
    {
        if (rows.Count > 0 && await tools.Inbox.ReconsiderAsync(
                tenantId, [.. rows.Select(row => (PolledEvent.Of(tenantId, table, row).DedupeKey, row.LocationId!))], cancel) > 0)
        {
            tools.Signal.Wake();
        }
    }
}

/// <summary>What a <see cref="RowKeeper"/> works with.</summary>
public sealed record KeeperTools(PollStore Store, InboxStore Inbox, InboxSignal Signal, CrmLookups Lookups);
