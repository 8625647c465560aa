using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What reading a shop's services came to.</summary>
/// <param name="Seen">Services that the CRM has for the shop.</param>
/// <param name="Added">Of them, new here.</param>
/// <param name="Changed">Of them, otherwise than before.</param>
/// <param name="LetGo">Services that the CRM no longer has; they are not offered any more.</param>
/// <param name="IsComplete">False: the CRM never showed the whole list. What it showed counts, and nothing was let go.</param>
public sealed record CatalogCounts(int Seen, int Added, int Changed, int LetGo, bool IsComplete);

/// <summary>Brings the CRM's services into the shops' catalogs. What staff have changed stays theirs.</summary>
public sealed class CatalogSync(ShopmonkeyClient shopmonkey, CatalogItemStore items, LocationStore shops, LeadDatabase database)
{
    // A page is a hundred rows. On a bad day each is a draw of its own from the list, and some rows come late.
    private const int PageSize = 100;
    private const int RoundsOfPages = 12;
    private const int FewestRequests = 60;
    private const int MostPages = 100;

    /// <summary>Reads all services of a shop. Nothing of ours is locked while the CRM is asked.</summary>
    /// <param name="externalId">The shop's id at the CRM.</param>
    /// <exception cref="ShopmonkeyException">The CRM did not answer; nothing was changed.</exception>
    public async Task<CatalogCounts> SyncAsync(Guid tenantId, Guid locationId, string externalId, CancellationToken cancel)
    {
        // Known before the question: what is added while the CRM answers is in no list of its, and is not missing.
        var known = await items.KnownAsync(tenantId, locationId, cancel);
        var (rows, isComplete) = await ReadAllAsync(tenantId, CrmPriority.Customer, cancel);
        return await BringAsync(tenantId, new SyncedShop(locationId, externalId), known, rows, isComplete, cancel);
    }

    /// <summary>Reads all services once, with few of the key's requests, and brings them to every shop that was brought over: what is gone without a trace is found here.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not answer; nothing was changed.</exception>
    public async Task SweepAsync(Guid tenantId, CancellationToken cancel)
    {
        List<(SyncedShop Shop, IReadOnlyList<LostService> Known)> known = [];
        foreach (var shop in await shops.SyncedAsync(tenantId, cancel))
        {
            known.Add((shop, await items.KnownAsync(tenantId, shop.Id, cancel)));
        }

        if (known.Count == 0)
        {
            return;
        }

        var (rows, isComplete) = await ReadAllAsync(tenantId, CrmPriority.Background, cancel);
        foreach (var (shop, services) in known)
        {
            await BringAsync(tenantId, shop, services, rows, isComplete, cancel);
        }
    }

    private async Task<CatalogCounts> BringAsync(
        Guid tenantId, SyncedShop shop, IReadOnlyList<LostService> known, IReadOnlyCollection<CannedServiceRow> rows, bool isComplete, CancellationToken cancel)
    {
        var mine = rows.Where(row => CatalogMapping.HasId(row) && CatalogMapping.IsOf(row, shop.ExternalId)).ToList();
        var offered = mine.Select(CatalogMapping.ToService).OfType<CrmService>().ToList();
        var gone = mine.Where(row => row.Deleted == true).Select(row => new LostService(row.Id, CatalogMapping.VersionOf(row), LostService.Deleted)).ToList();
        if (isComplete)
        {
            var there = offered.Select(service => service.ExternalId).Concat(gone.Select(lost => lost.ExternalId)).ToHashSet();
            gone.AddRange(known.Where(service => !there.Contains(service.ExternalId)));
        }

        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await shops.LockAsync(transaction, shop.Id, cancel);
        var (added, changed) = await items.SaveAsync(transaction, shop.Id, offered, cancel);
        var letGo = await items.LetGoAsync(transaction, shop.Id, gone, cancel);
        await transaction.CommitAsync(cancel);
        return new CatalogCounts(mine.Count, added, changed, letGo, isComplete);
    }

    /// <summary>Takes one service in, as a webhook or the poll brings it. An older version than the known one changes nothing.</summary>
    /// <param name="row">Its shop is none for a service of all shops of the company.</param>
    /// <param name="isGone">The CRM has deleted it.</param>
    /// <returns>How many shops' catalogs have changed.</returns>
    public async Task<int> ApplyAsync(Guid tenantId, CannedServiceRow row, bool isGone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!CatalogMapping.HasId(row))
        {
            return 0;
        }

        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var locations = await shops.LockAllAsync(transaction, cancel);
        var deleted = isGone || row.Deleted == true;
        var service = deleted ? null : CatalogMapping.ToService(row);
        var sellers = locations.Where(location => service is not null && CatalogMapping.IsOf(row, location.ExternalId)).ToList();
        var changed = 0;
        foreach (var location in sellers)
        {
            var (added, otherwise) = await items.SaveAsync(transaction, location.Id, [service!], cancel);
            changed += added + otherwise;
        }

        // A service that moved to another shop, or that has no price any more, is not offered where it was.
        foreach (var location in locations.Except(sellers))
        {
            changed += await items.LetGoAsync(transaction, location.Id, [Lost(row, deleted)], cancel);
        }

        await transaction.CommitAsync(cancel);
        return changed;
    }

    // An event that says "deleted" and no version is believed for good.
    private static LostService Lost(CannedServiceRow row, bool deleted) => (CatalogMapping.VersionOf(row), deleted) switch
    {
        (0, true) => new LostService(row.Id, long.MaxValue, LostService.Deleted),
        (var version, true) => new LostService(row.Id, version, LostService.Deleted),
        (var version, false) => new LostService(row.Id, version, LostService.Missing),
    };

    // Order and pages of this CRM cannot be trusted, its total can: pages are asked for until as many different rows came as it says that there are.
    private async Task<(IReadOnlyCollection<CannedServiceRow> Rows, bool IsComplete)> ReadAllAsync(Guid tenantId, CrmPriority priority, CancellationToken cancel)
    {
        var rows = new Dictionary<string, CannedServiceRow>();
        var unreadable = 0;
        long? before = null;
        for (var (requests, skip) = (1, 0); ; requests++)
        {
            var (services, page) = await shopmonkey.CannedServicesAsync(tenantId, skip, priority, cancel);
            if (before is not null && before != page.Total)
            {
                unreadable = 0;
                rows.Clear(); // The list changed between two pages: what is gone from it must not make up for what was not seen yet.
            }

            var seen = rows.Count;
            foreach (var row in services)
            {
                rows[row.Id] = row;
            }

            // Those without an id cannot be told from each other: of one page alone they are as many as it shows.
            unreadable = Math.Max(unreadable, page.Unreadable);
            var isWhole = page.SaysTotal && rows.Count + unreadable >= page.Total;
            // Without a total nobody can say that the list was whole; its pages are read as long as they bring something new.
            var isOver = page.SaysTotal
                ? isWhole || requests >= Math.Max(FewestRequests, RoundsOfPages * Math.Min(page.Total / PageSize, MostPages))
                : rows.Count == seen || page.Total != CrmPage.UnknownTotal || requests >= MostPages;
            if (isOver)
            {
                return (rows.Values, isWhole);
            }

            before = page.SaysTotal ? page.Total : null;
            skip = skip + PageSize < page.Total ? skip + PageSize : 0;
        }
    }
}
