using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Shared.Tests.Catalog;

public sealed class CatalogStoreTests(SeededDatabase seeded) : IClassFixture<SeededDatabase>
{
    private readonly CatalogStore _store = new(seeded.Lead);

    [Fact]
    public async Task A_shop_offers_what_is_active_by_name_and_says_from_when_on()
    {
        var shop = await AddShopAsync();
        await AddAsync(shop, "Windshield", 24900, true, "2026-11-01Z");
        await AddAsync(shop, "Full tint", 39900, true, "2026-11-23T16:00:00Z");
        await AddAsync(shop, "Next year's price", 1, true, "2027-01-01Z");
        await AddAsync(shop, "No longer", 1, false, "2026-11-01Z");

        var items = await _store.ReadActiveAsync(seeded.Tenant, shop, CancellationToken.None);

        items.Select(item => (item.Name, item.PriceCents, item.DurationMinutes, item.Bookable, item.VehicleClass)).ShouldBe(
        [
            ("Full tint", 39900L, (int?)null, true, (string?)null), ("Next year's price", 1L, null, true, null), ("Windshield", 24900L, null, true, null),
        ]);
        items[0].ValidFrom.ShouldBe(HttpClock.MondayMorning);
        (await _store.ReadActiveAsync(seeded.OtherTenant, shop, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_service_cost_at_an_instant_is_the_last_change_until_then()
    {
        var shop = await AddShopAsync();
        var tint = await AddAsync(shop, "Tint", 30000, true, "2026-11-10Z");
        await AddPriceAsync(tint, 1, 10000, true, "2026-11-01T12:00:00Z");
        await AddPriceAsync(tint, 2, 20000, true, "2026-11-05T12:00:00Z");
        await AddPriceAsync(tint, 3, 25000, true, "2026-11-05T12:00:00Z"); // at the same instant, and later all the same
        await AddPriceAsync(tint, 4, 25000, false, "2026-11-07T12:00:00Z");
        await AddPriceAsync(tint, 5, 30000, true, "2026-11-10T12:00:00Z");

        (await PricesAsync(shop, "2026-11-01T11:59:59Z")).ShouldBeEmpty();
        (await PricesAsync(shop, "2026-11-01T12:00:00Z")).ShouldBe([10000L]);
        (await PricesAsync(shop, "2026-11-05T12:00:00Z")).ShouldBe([25000L]);
        (await PricesAsync(shop, "2026-11-08T00:00:00Z")).ShouldBeEmpty();
        (await PricesAsync(shop, "2026-12-01T00:00:00Z")).ShouldBe([30000L]);
        (await _store.ReadAsOfAsync(seeded.OtherTenant, shop, HttpClock.MondayMorning, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_changes_cannot_have_the_same_place_in_the_history_and_none_is_ever_changed()
    {
        var service = await AddAsync(await AddShopAsync(), "Tint", 1, true, "2026-11-10Z");
        await AddPriceAsync(service, 1, 1, true, "2026-11-10Z");

        (await Should.ThrowAsync<Npgsql.PostgresException>(() => AddPriceAsync(service, 1, 2, true, "2026-11-11Z"))).SqlState.ShouldBe("23505");
        foreach (var privilege in new[] { "UPDATE", "DELETE" })
        {
            (await seeded.Database.ScalarAsync<bool>("SELECT has_table_privilege('lead_app', 'service_prices', $1)", privilege)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Every_change_of_the_services_makes_that_shops_version_grow_and_no_others()
    {
        var (shop, neighbour) = (await AddShopAsync(), await AddShopAsync());
        var service = await AddAsync(shop, "Tint", 1, true, "2026-11-10Z");
        (await VersionAsync(shop)).ShouldBe(2);
        (await seeded.Lead.ExecuteAsync(
            seeded.Tenant, "UPDATE service_catalog SET price_cents = 2 WHERE tenant_id = @tenantId AND id = @service", new { service }, CancellationToken.None)).ShouldBeGreaterThan(0);
        (await VersionAsync(shop)).ShouldBe(3);
        await seeded.Lead.ExecuteAsync(
            seeded.OtherTenant, "UPDATE service_catalog SET price_cents = 3 WHERE tenant_id = @tenantId AND id = @service", new { service }, CancellationToken.None);
        (await VersionAsync(shop)).ShouldBe(3);
        (await VersionAsync(neighbour)).ShouldBe(1);

        Task<long> VersionAsync(Guid id) => seeded.Database.ScalarAsync<long>("SELECT catalog_version FROM locations WHERE id = $1", id);
    }

    private async Task<IEnumerable<long>> PricesAsync(Guid shop, string at) =>
        (await _store.ReadAsOfAsync(seeded.Tenant, shop, DateTimeOffset.Parse(at, null), CancellationToken.None)).Select(price => price.PriceCents);

    private async Task<Guid> AddShopAsync()
    {
        var id = Guid.CreateVersion7();
        await seeded.Database.ExecuteAsync("INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ($1, $2, 'Shop', 'America/Chicago', now(), now())", seeded.Tenant, id);
        return id;
    }

    private async Task<Guid> AddAsync(Guid shop, string name, long priceCents, bool isActive, string validFrom)
    {
        var id = Guid.CreateVersion7();
        await seeded.Database.ExecuteAsync("""
            INSERT INTO service_catalog (tenant_id, id, location_id, external_id, name, price_cents, bookable, source, active, valid_from, updated_at)
            VALUES ($1, $2, $3, $4, $4, $5, true, 'crm', $6, $7::text::timestamptz, '2026-11-23Z')
            """, seeded.Tenant, id, shop, name, priceCents, isActive, validFrom);
        return id;
    }

    private Task<int> AddPriceAsync(Guid service, int ordinal, long priceCents, bool isActive, string validFrom) => seeded.Database.ExecuteAsync("""
        INSERT INTO service_prices (tenant_id, id, service_id, ordinal, price_cents, active, source, valid_from) VALUES ($1, $2, $3, $4, $5, $6, 'crm', $7::text::timestamptz)
        """, seeded.Tenant, Guid.CreateVersion7(), service, ordinal, priceCents, isActive, validFrom);
}
