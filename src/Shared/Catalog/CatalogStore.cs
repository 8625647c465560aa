using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Catalog;

/// <summary>A service that a shop offers.</summary>
/// <param name="PriceCents">US cents.</param>
/// <param name="DurationMinutes">Null when nobody said.</param>
/// <param name="Bookable">May the customer book it by themselves?</param>
/// <param name="VehicleClass">The price is for this class only; null = for all.</param>
public sealed record CatalogItem(
    Guid Id, string Name, string Description, long PriceCents, int? DurationMinutes, bool Bookable, string? VehicleClass);

/// <summary>The table <c>service_catalog</c>.</summary>
public sealed class CatalogStore(LeadDatabase database)
{
    /// <summary>What the shop offers now, by name.</summary>
    public Task<IReadOnlyList<CatalogItem>> ReadActiveAsync(Guid tenantId, Guid locationId, DateTimeOffset now, CancellationToken cancel) =>
        database.QueryAsync<CatalogItem>(tenantId, """
            SELECT id, name, description, price_cents, duration_minutes, bookable, vehicle_class FROM service_catalog
            WHERE tenant_id = @tenantId AND location_id = @locationId AND active AND valid_from <= @now
            ORDER BY name, id
            """, new { locationId, now }, cancel);
}
