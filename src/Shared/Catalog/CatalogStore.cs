using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Catalog;

/// <summary>A service that a shop offers.</summary>
/// <param name="PriceCents">US cents.</param>
/// <param name="DurationMinutes">Null when nobody said.</param>
/// <param name="Bookable">May the customer book it by themselves?</param>
/// <param name="VehicleClass">The price is for this class only; null = for all.</param>
/// <param name="ValidFrom">Since when, or from when on, this is the price.</param>
/// <param name="ValidUntil">The last day of this price, by the shop's calendar; null = until it is changed.</param>
/// <param name="PriceAfterCents">What it costs after that day.</param>
/// <param name="NextPriceCents">What it costs from <paramref name="NextValidFrom"/> on; null = nothing is planned.</param>
public sealed record CatalogItem(
    Guid Id, string Name, string Description, long PriceCents, int? DurationMinutes, bool Bookable, string? VehicleClass, DateTimeOffset ValidFrom,
    DateOnly? ValidUntil = null, long? PriceAfterCents = null, long? NextPriceCents = null, DateTimeOffset? NextValidFrom = null)
{
    /// <summary>With the price of an instant, and its last day as far as that is known.</summary>
    /// <param name="timezone">The shop's.</param>
    public CatalogItem At(DateTimeOffset now, string timezone)
    {
        if (NextValidFrom is { } begun && begun <= now)
        {
            return this with { PriceCents = NextPriceCents!.Value, ValidFrom = begun, ValidUntil = null, PriceAfterCents = null, NextPriceCents = null, NextValidFrom = null };
        }

        var item = ValidUntil is { } lastDay && LastDays.EndOf(lastDay, timezone) <= now
            ? this with { PriceCents = PriceAfterCents ?? PriceCents, ValidUntil = null, PriceAfterCents = null } : this;
        // One that changes in the course of today counts on no whole day any more: it has no last day to be told.
        return NextValidFrom is { } next && LastDays.Before(next, timezone) is var last && !(item.ValidUntil < last)
            ? item with { ValidUntil = LastDays.EndOf(last, timezone) > now ? last : null } : item;
    }
}

/// <summary>What a service cost at some instant.</summary>
/// <param name="Name">Its name today.</param>
/// <param name="VehicleClass">The class of vehicles that it is for today; null = for all.</param>
/// <param name="PriceCents">US cents.</param>
/// <param name="Source">Whose price it was: crm, override, manual.</param>
/// <param name="ValidFrom">Since when it had been the price.</param>
/// <param name="ValidUntil">Its last day, as it was known then; null = until it is changed.</param>
public sealed record PastPrice(Guid Id, string Name, string? VehicleClass, long PriceCents, string Source, DateTimeOffset ValidFrom, DateOnly? ValidUntil);

/// <summary>Reads the tables <c>service_catalog</c> and <c>service_prices</c>.</summary>
public sealed class CatalogStore(LeadDatabase database)
{
    /// <summary>What the shop offers, by name; also what it will offer from a later instant on (<see cref="CatalogItem.ValidFrom"/>), and for how much later (<see cref="CatalogItem.At"/>).</summary>
    public Task<IReadOnlyList<CatalogItem>> ReadActiveAsync(Guid tenantId, Guid locationId, CancellationToken cancel) =>
        database.QueryAsync<CatalogItem>(tenantId, """
            SELECT id, name, description, price_cents, duration_minutes, bookable, vehicle_class, valid_from, valid_until, crm_price_cents AS price_after_cents,
                next_price_cents, next_valid_from
            FROM service_catalog
            WHERE tenant_id = @tenantId AND location_id = @locationId AND active
            ORDER BY name, id
            """, new { locationId }, cancel);

    /// <summary>What the shop offered at an instant, and for how much: what the assistant could say then. By name.</summary>
    public Task<IReadOnlyList<PastPrice>> ReadAsOfAsync(Guid tenantId, Guid locationId, DateTimeOffset instant, CancellationToken cancel) =>
        database.QueryAsync<PastPrice>(tenantId, """
            SELECT c.id, c.name, c.vehicle_class, p.price_cents, p.source, p.valid_from, p.valid_until
            FROM service_catalog c
            CROSS JOIN LATERAL (
                SELECT price_cents, active, source, valid_from, valid_until FROM service_prices
                WHERE tenant_id = c.tenant_id AND service_id = c.id AND valid_from <= @instant
                ORDER BY valid_from DESC, ordinal DESC
                LIMIT 1
            ) p
            WHERE c.tenant_id = @tenantId AND c.location_id = @locationId AND p.active
            ORDER BY c.name, c.id
            """, new { locationId, instant }, cancel);
}
