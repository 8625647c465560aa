using System.Collections.Concurrent;
using LeadOrchestrator.Orchestrator.Jobs;
using LeadOrchestrator.Shared.Phones;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>Brings a shop and its services over from the CRM when an order first names it, and again once a day.</summary>
public sealed partial class LocationSync(
    ShopmonkeyClient shopmonkey, LocationStore locations, CatalogSync catalog, TenantStore tenants, JobExecutionStore jobs, TimeProvider clock,
    ILogger<LocationSync> logger)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromDays(1);

    /// <summary>What staff change of a shop counts for its leads after this time at the latest, on every instance.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(20);

    // In a flood of orders that are no leads it is read ten times a second.
    private static readonly TimeSpan Now = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<(Guid TenantId, string ExternalId), (Location Location, long ReadAt)> _known = [];
    private readonly ConcurrentDictionary<(Guid TenantId, string ExternalId, bool IsPatient), Lazy<Task<Location>>> _asked = [];

    /// <summary>Brings over the shops that the CRM shows, whether or not an order has named them: their services and hours are at hand before the first customer.</summary>
    /// <remarks>A key that may not list its shops loses nothing but that: each comes with its first order.</remarks>
    /// <exception cref="ShopmonkeyException">The CRM is down.</exception>
    public async Task DiscoverAsync(Guid tenantId, CancellationToken cancel)
    {
        try
        {
            foreach (var shop in (await shopmonkey.ListAsync(tenantId, new CrmQuestion("location"), CrmPriority.Background, cancel)).Rows)
            {
                await EnsureAsync(tenantId, shop.Id, isPatient: true, cancel);
            }
        }
        catch (ShopmonkeyException failure) when (failure.Failure != ShopmonkeyFailure.Outage)
        {
            NotListed(logger, tenantId, failure.Message);
        }
    }

    /// <summary>The shop with this id at the CRM, made if we did not know it.</summary>
    /// <param name="isPatient">An outage of the CRM is worth waiting for; otherwise the tenant's own name and zone stand in.</param>
    /// <exception cref="ShopmonkeyException">The CRM is down, and the shop is not known to us.</exception>
    public async Task<Location> EnsureAsync(Guid tenantId, string externalId, bool isPatient, CancellationToken cancel)
    {
        if (Known(tenantId, externalId) is { } known)
        {
            return known;
        }

        // The first order of a shop often comes with others: one of them asks, and all get what it gets.
        var key = (tenantId, externalId, isPatient);
        var asked = _asked.GetOrAdd(key, _ => new Lazy<Task<Location>>(() => FindOrSyncAsync(tenantId, externalId, isPatient, cancel)));
        try
        {
            return await asked.Value;
        }
        finally
        {
            _asked.TryRemove(KeyValuePair.Create(key, asked));
        }
    }

    /// <summary>A shop as it is stored now.</summary>
    public async Task<Location> AsStoredAsync(Guid tenantId, Location known, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (known.ExternalId is not { } externalId || (_known.TryGetValue((tenantId, externalId), out var last) && clock.GetElapsedTime(last.ReadAt) < Now))
        {
            return known;
        }

        var readAt = clock.GetTimestamp();
        var stored = await locations.FindAsync(tenantId, externalId, cancel) ?? known;
        _known[(tenantId, externalId)] = (stored, readAt);
        return stored;
    }

    /// <summary>What this process knew of a shop counts no more.</summary>
    /// <param name="externalId">Null: the CRM has no such shop, and nothing was known.</param>
    public void Forget(Guid tenantId, string? externalId)
    {
        if (externalId is not null)
        {
            _known.TryRemove((tenantId, externalId), out _);
        }
    }

    private Location? Known(Guid tenantId, string externalId) =>
        _known.TryGetValue((tenantId, externalId), out var known) && clock.GetElapsedTime(known.ReadAt) < KnownFor ? known.Location : null;

    private async Task<Location> FindOrSyncAsync(Guid tenantId, string externalId, bool isPatient, CancellationToken cancel)
    {
        var known = await locations.FindAsync(tenantId, externalId, cancel);
        if (known?.SyncedAt > clock.GetUtcNow() - FreshFor)
        {
            _known[(tenantId, externalId)] = (known, clock.GetTimestamp());
            return known;
        }

        try
        {
            await SyncAsync(tenantId, externalId, cancel);
        }
        catch (ShopmonkeyException exception) when (known is not null)
        {
            StaysAsItWas(logger, externalId, exception.Message);
            return known;
        }
        catch (ShopmonkeyException exception) when (!isPatient || exception.Failure != ShopmonkeyFailure.Outage)
        {
            await StandInAsync(tenantId, externalId, cancel);
        }

        return (await locations.FindAsync(tenantId, externalId, cancel))!;
    }

    // An order of a shop that the CRM does not show: the lead is worth more than the shop's name.
    private async Task StandInAsync(Guid tenantId, string externalId, CancellationToken cancel)
    {
        var tenant = await tenants.GetAsync(tenantId, cancel);
        UnknownLocation(logger, externalId);
        await locations.SaveAsync(tenantId, externalId, tenant.Name, null, null, null, tenant.Timezone, isSynced: false, cancel);
    }

    /// <summary>Reads a shop and its services from the CRM now, and notes the run.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not answer. What it had answered before is stored.</exception>
    public async Task<CatalogCounts> SyncAsync(Guid tenantId, string externalId, CancellationToken cancel)
    {
        var job = await jobs.StartAsync(tenantId, "shopmonkey_location_sync", cancel);
        try
        {
            var counts = await SyncLocationAsync(tenantId, externalId, cancel);
            if (counts.IsComplete)
            {
                await jobs.SucceedAsync(tenantId, job, seen: counts.Seen + 1, done: counts.Added + counts.Changed + 1, cancel);
            }
            else
            {
                ListWasIncomplete(logger, externalId, counts.Seen);
                await jobs.FailAsync(tenantId, job, "shopmonkey_list_incomplete", cancel);
            }

            return counts;
        }
        catch (ShopmonkeyException exception)
        {
            await jobs.FailAsync(tenantId, job, exception.Message, cancel);
            throw;
        }
    }

    private async Task<CatalogCounts> SyncLocationAsync(Guid tenantId, string externalId, CancellationToken cancel)
    {
        if (await shopmonkey.LocationAsync(tenantId, externalId, cancel) is { } row)
        {
            var tenant = await tenants.GetAsync(tenantId, cancel);
            var timezone = row.Timezone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null ? zone : tenant.Timezone;
            await locations.SaveAsync(
                tenantId, externalId, ShopmonkeyMapping.Clean(row.Name, 100) is { Length: > 0 } name ? name : tenant.Name,
                PhoneNumberReader.Read(row.Phone).E164, AddressOf(row), PlaceOf(row), timezone, isSynced: true, cancel);
        }
        else
        {
            await StandInAsync(tenantId, externalId, cancel);
        }

        // A shop that the CRM never showed has no services there either; one that it shows no longer may have lost them.
        var location = (await locations.FindAsync(tenantId, externalId, cancel))!;
        return location.SyncedAt is null ? new CatalogCounts(0, 0, 0, 0, true) : await catalog.SyncAsync(tenantId, location.Id, externalId, cancel);
    }

    // An address that a letter would reach: each of our emails must have one (CAN-SPAM).
    private static string? AddressOf(LocationRow row) =>
        !string.IsNullOrWhiteSpace(row.Address1) && !(string.IsNullOrWhiteSpace(row.City) && string.IsNullOrWhiteSpace(row.PostalCode)) ? JoinedOf(row.Address1, row) : null;

    // What the same row says without a street.
    private static string? PlaceOf(LocationRow row) => JoinedOf(null, row);

    private static string? JoinedOf(string? street, LocationRow row)
    {
        var place = string.Join(", ", new[] { street, row.City, $"{row.State} {row.PostalCode}".Trim() }.Where(part => !string.IsNullOrWhiteSpace(part)));
        return place.Length > 0 ? ShopmonkeyMapping.Clean(place, 300) : null;
    }

    [LoggerMessage(2101, LogLevel.Warning, "Shopmonkey does not show location {LocationId}; the tenant's name and zone stand in")]
    private static partial void UnknownLocation(ILogger logger, string locationId);

    [LoggerMessage(2103, LogLevel.Warning, "Shopmonkey does not list the locations of tenant {TenantId} ({Code}); each comes with its first order")]
    private static partial void NotListed(ILogger logger, Guid tenantId, string code);

    [LoggerMessage(2102, LogLevel.Warning, "Location {LocationId} could not be refreshed ({Code}); it stays as it was")]
    private static partial void StaysAsItWas(ILogger logger, string locationId, string code);

    [LoggerMessage(2350, LogLevel.Warning, "Shopmonkey never showed its whole list of services to location {LocationId}: {Seen} were seen, and none was let go. The next reading tries again")]
    private static partial void ListWasIncomplete(ILogger logger, string locationId, int seen);
}
