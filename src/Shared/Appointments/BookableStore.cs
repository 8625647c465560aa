using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>A service that customers may book, with the zone of its shop.</summary>
/// <param name="PriceCents">US cents, at the instant at which it was read.</param>
public sealed record Bookable(string Name, long PriceCents, int DurationMinutes, string Timezone);

/// <summary>Reads what can be booked. Writes nothing.</summary>
public sealed class BookableStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>A service of a shop, if it is offered, is bookable, and somebody said how long it takes.</summary>
    public async Task<Bookable?> FindAsync(Guid tenantId, Guid locationId, Guid serviceId, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        return await database.FirstOrDefaultAsync<Row>(tenantId, """
            SELECT c.name, c.price_cents, c.duration_minutes, o.timezone, c.valid_until, c.crm_price_cents, c.next_price_cents, c.next_valid_from
            FROM service_catalog c
            JOIN locations o ON o.tenant_id = c.tenant_id AND o.id = c.location_id
            WHERE c.tenant_id = @tenantId AND c.location_id = @locationId AND c.id = @serviceId
              AND c.active AND c.bookable AND c.duration_minutes IS NOT NULL AND c.valid_from <= @now
            """, new { locationId, serviceId, now }, cancel) is { } row
            ? new Bookable(row.Name, row.PriceAt(now), row.DurationMinutes, row.Timezone) : null;
    }

    /// <summary>The zone of a shop.</summary>
    /// <exception cref="InvalidOperationException">The tenant has no such shop.</exception>
    public async Task<string> TimezoneAsync(Guid tenantId, Guid locationId, CancellationToken cancel) =>
        await database.FirstOrDefaultAsync<string>(tenantId, "SELECT timezone FROM locations WHERE tenant_id = @tenantId AND id = @locationId", new { locationId }, cancel)
        ?? throw new InvalidOperationException($"Location {locationId} does not exist");

    private sealed record Row(string Name, long PriceCents, int DurationMinutes, string Timezone, DateOnly? ValidUntil, long? CrmPriceCents, long? NextPriceCents, DateTimeOffset? NextValidFrom)
    {
        public long PriceAt(DateTimeOffset now) => NextValidFrom <= now ? NextPriceCents!.Value
            : ValidUntil is { } lastDay && LastDays.EndOf(lastDay, Timezone) <= now ? CrmPriceCents ?? PriceCents : PriceCents;
    }
}

/// <summary>Registers appointments.</summary>
public static class AppointmentRegistration
{
    /// <summary>Adds slots and bookings. Needs the stores of hours and of the thread.</summary>
    public static IServiceCollection AddBookings(this IServiceCollection services) => services
        .AddSingleton<AppointmentStore>().AddSingleton<BookableStore>().AddSingleton<Bookings>().AddSingleton<BookingNews>();
}
