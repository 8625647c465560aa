using System.ComponentModel;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hours;
using Microsoft.Extensions.Caching.Hybrid;

namespace LeadOrchestrator.ChatApi.Shops;

/// <summary>Shops' hours and catalogs, remembered by this process under the version that stood in the row of the conversation.</summary>
/// <remarks>
/// The database lets a version grow in the transaction that changes a shop's hours or services. Who has just read a version therefore never gets what was true
/// before it: an old entry has another key. What is remembered also says whose it is, and is asked for that before it is used.
/// </remarks>
public sealed partial class ShopFacts(HybridCache cache, HoursStore hours, CatalogStore catalog, ILogger<ShopFacts> logger)
{
    // An old version is never asked for again: this only says for how long it takes up memory.
    private static readonly HybridCacheEntryOptions Options = new() { Expiration = TimeSpan.FromHours(1), LocalCacheExpiration = TimeSpan.FromHours(1) };

    /// <summary>When the shop of a conversation is open.</summary>
    public async ValueTask<LocationHours> HoursAsync(Guid tenantId, Conversation conversation, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var shop = new Shop(tenantId, conversation.LocationId);
        var known = await FindAsync(HoursKey(tenantId, conversation.LocationId, conversation.HoursVersion), shop, (Hours: hours, Shop: shop), static async (state, cancel) =>
        {
            // The zone is in the conversation's row, so that it needs no version.
            var read = await state.Hours.ReadAsync(state.Shop.TenantId, state.Shop.LocationId, "", cancel);
            return new ShopHours(state.Shop, read.Days, read.Exceptions);
        }, cancel);
        return new LocationHours(conversation.LocationTimezone, known.Days) { Exceptions = known.Exceptions };
    }

    /// <summary>What the shop of a conversation offers at this instant, by name.</summary>
    public async ValueTask<IReadOnlyList<CatalogItem>> CatalogAsync(Guid tenantId, Conversation conversation, DateTimeOffset now, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var shop = new Shop(tenantId, conversation.LocationId);
        var known = await FindAsync(CatalogKey(tenantId, conversation.LocationId, conversation.CatalogVersion), shop, (Catalog: catalog, Shop: shop), static async (state, cancel) =>
            new ShopCatalog(state.Shop, await state.Catalog.ReadActiveAsync(state.Shop.TenantId, state.Shop.LocationId, cancel)), cancel);
        return known.Items.All(item => item.ValidFrom <= now && item.ValidUntil is null && item.NextValidFrom is null) ? known.Items
            : [.. known.Items.Where(item => item.ValidFrom <= now).Select(item => item.At(now, conversation.LocationTimezone))];
    }

    internal static string HoursKey(Guid tenantId, Guid locationId, long version) => $"hours/{tenantId:N}/{locationId:N}/{version}";

    internal static string CatalogKey(Guid tenantId, Guid locationId, long version) => $"catalog/{tenantId:N}/{locationId:N}/{version}";

    private async ValueTask<T> FindAsync<T, TState>(
        string key, Shop shop, TState state, Func<TState, CancellationToken, ValueTask<T>> read, CancellationToken cancel) where T : IOfShop
    {
        var known = await cache.GetOrCreateAsync(key, state, read, Options, cancellationToken: cancel);
        if (known.Shop == shop)
        {
            return known;
        }

        // It cannot be; but a price of another franchise would be the worst that a cache can do, so it is looked at.
        ForeignEntry(logger, shop.LocationId, shop.TenantId);
        known = await read(state, cancel);
        await cache.SetAsync(key, known, Options, cancellationToken: cancel);
        return known;
    }

    [LoggerMessage(5200, LogLevel.Error, "The cache held something of another shop under the key of location {LocationId} (tenant {TenantId}); it was read anew. Restart this process and tell us")]
    private static partial void ForeignEntry(ILogger logger, Guid locationId, Guid tenantId);
}

/// <summary>Whose something is.</summary>
internal readonly record struct Shop(Guid TenantId, Guid LocationId);

/// <summary>What is remembered says whose it is.</summary>
internal interface IOfShop
{
    Shop Shop { get; }
}

/// <summary>A shop's hours. Immutable: the cache hands out the one object and no copies.</summary>
[ImmutableObject(true)]
internal sealed record ShopHours(Shop Shop, IReadOnlyList<OpenSpan> Days, IReadOnlyList<SpecialDay> Exceptions) : IOfShop;

/// <summary>A shop's catalog. Immutable, as <see cref="ShopHours"/>.</summary>
[ImmutableObject(true)]
internal sealed record ShopCatalog(Shop Shop, IReadOnlyList<CatalogItem> Items) : IOfShop;
