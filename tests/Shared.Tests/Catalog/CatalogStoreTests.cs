using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Shared.Tests.Catalog;

public sealed class CatalogStoreTests(SeededDatabase seeded) : IClassFixture<SeededDatabase>
{
    [Fact]
    public async Task A_shop_offers_what_is_active_and_valid_by_name()
    {
        await AddAsync("Windshield", 24900, true, "2026-11-01Z");
        await AddAsync("Full tint", 39900, true, "2026-11-23T16:00:00Z");
        await AddAsync("Next year's price", 1, true, "2027-01-01Z");
        await AddAsync("No longer", 1, false, "2026-11-01Z");
        var store = new CatalogStore(seeded.Lead);

        var items = await store.ReadActiveAsync(seeded.Tenant, seeded.Tenant, HttpClock.MondayMorning, CancellationToken.None);

        items.Select(item => (item.Name, item.PriceCents, item.DurationMinutes, item.Bookable, item.VehicleClass)).ShouldBe(
            [("Full tint", 39900L, (int?)null, true, (string?)null), ("Windshield", 24900L, null, true, null)]);
        (await store.ReadActiveAsync(seeded.OtherTenant, seeded.Tenant, HttpClock.MondayMorning, CancellationToken.None)).ShouldBeEmpty();
    }

    private Task<int> AddAsync(string name, long priceCents, bool isActive, string validFrom) => seeded.Database.ExecuteAsync("""
        INSERT INTO service_catalog (tenant_id, id, location_id, external_id, name, price_cents, bookable, source, active, valid_from, updated_at)
        VALUES ($1, $2, $1, $3, $3, $4, true, 'crm', $5, $6::text::timestamptz, '2026-11-23Z')
        """, seeded.Tenant, Guid.CreateVersion7(), name, priceCents, isActive, validFrom);
}
