using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>A shop and one of its services, as they are at this moment.</summary>
/// <param name="Hours">When the shop is open, in its zone.</param>
/// <param name="PriceCents">The catalog's.</param>
public sealed record ServiceToBook(Guid TenantId, Guid LocationId, Guid ServiceId, string Name, long PriceCents, TimeSpan Duration, LocationHours Hours);

/// <summary>What became of the wish for a slot.</summary>
public abstract record BookingResult
{
    /// <summary>It is taken, for whoever asked.</summary>
    public sealed record Made(Appointment Appointment) : BookingResult;

    /// <summary>It is not to be had.</summary>
    /// <param name="Reason">One machine word.</param>
    /// <param name="Alternatives">Beginnings that were free a moment ago, the nearest first.</param>
    public sealed record NotFree(string Reason, IReadOnlyList<DateTimeOffset> Alternatives) : BookingResult;
}

/// <summary>A wish for a slot.</summary>
/// <param name="BayId">Null = any bay.</param>
/// <param name="IsHold">Only held, until the customer confirms it; else it stands at once.</param>
/// <param name="ReplacesId">A booking of the same lead that ends when this one is confirmed.</param>
public sealed record SlotWish(Guid LeadId, DateTimeOffset StartsAt, Guid? BayId = null, bool IsHold = false, Guid? ReplacesId = null);

/// <summary>Finds and takes slots. Both services book through here: the Chat API holds, the Orchestrator's staff book.</summary>
public sealed class Bookings(LeadDatabase database, AppointmentStore appointments, BookableStore bookables, HoursStore hours, TimeProvider clock)
{
    private static readonly TimeSpan Around = TimeSpan.FromDays(7);

    /// <summary>How many other beginnings are offered.</summary>
    public const int MostAlternatives = 5;

    /// <summary>The rules that slots go by.</summary>
    public static BookingRules Rules => BookingRules.Usual;

    /// <summary>A service that can be booked, or null: there is no such shop or service, or it is not to be booked.</summary>
    public async Task<ServiceToBook?> FindServiceAsync(Guid tenantId, Guid locationId, Guid serviceId, CancellationToken cancel) =>
        await bookables.FindAsync(tenantId, locationId, serviceId, cancel) is not { } service ? null : new ServiceToBook(
            tenantId, locationId, serviceId, service.Name, service.PriceCents, TimeSpan.FromMinutes(service.DurationMinutes),
            await hours.ReadAsync(tenantId, locationId, service.Timezone, cancel));

    /// <summary>The free slots of a service that begin in a span of time, in order.</summary>
    /// <param name="leadId">Whose hold does not count: they may have another time in its place.</param>
    public async Task<IReadOnlyList<Slot>> SlotsAsync(ServiceToBook service, DateTimeOffset from, DateTimeOffset until, int most, Guid? leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(service);
        await using var transaction = await database.BeginAsync(service.TenantId, cancel);
        var calendar = await appointments.CalendarAsync(transaction, service.LocationId, from, until + service.Duration, null, leadId, cancel);
        return [.. Slots.Find(service.Hours, calendar, service.Duration, from, until, clock.GetUtcNow(), Rules).Take(most)];
    }

    /// <summary>Takes a slot in the caller's transaction, or says which others there are. The shop stays locked until it ends.</summary>
    public async Task<BookingResult> TakeAsync(TenantTransaction transaction, ServiceToBook service, SlotWish wish, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(wish);
        // A first look without the lock: most of those who want the same slot come too late, and need not stand in line to learn it.
        if ((await LookAsync(transaction, service, wish, cancel)).WhyNot is { } early)
        {
            return early;
        }

        await AppointmentStore.LockShopAsync(transaction, service.LocationId, cancel);
        await appointments.LetGoAsync(transaction, service.LocationId, wish.LeadId, cancel);
        var (slot, whyNot) = await LookAsync(transaction, service, wish, cancel);
        return slot is null ? whyNot! : new BookingResult.Made(await appointments.AddAsync(transaction, new NewAppointment(
            wish.LeadId, service.LocationId, service.ServiceId, slot, service.PriceCents, wish.IsHold ? clock.GetUtcNow() + Rules.Hold : null, wish.ReplacesId), cancel));
    }

    /// <summary>What an appointment was booked for. Its shop may not offer it any more; it takes as long as it was booked for, whatever the catalog says today.</summary>
    public async Task<ServiceToBook> BookedServiceAsync(Guid tenantId, Appointment appointment, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        return new ServiceToBook(
            tenantId, appointment.LocationId, appointment.ServiceId, appointment.ServiceName, appointment.PriceCents, appointment.EndsAt - appointment.StartsAt,
            await hours.ReadAsync(tenantId, appointment.LocationId, await bookables.TimezoneAsync(tenantId, appointment.LocationId, cancel), cancel));
    }

    /// <summary>Moves what stands to another slot, in the caller's transaction.</summary>
    /// <param name="booked">Its <see cref="BookedServiceAsync"/>.</param>
    public async Task<BookingResult> MoveAsync(TenantTransaction transaction, ServiceToBook booked, Appointment appointment, DateTimeOffset startsAt, Guid? bayId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(booked);
        ArgumentNullException.ThrowIfNull(appointment);
        var now = clock.GetUtcNow();
        await AppointmentStore.LockShopAsync(transaction, booked.LocationId, cancel);
        await appointments.LetGoAsync(transaction, booked.LocationId, null, cancel);
        var calendar = await CalendarAsync(transaction, booked, startsAt, appointment.Id, null, cancel);
        var (slot, reason) = Slots.At(booked.Hours, calendar, booked.Duration, startsAt, bayId, now, Rules);
        return slot is null
            ? new BookingResult.NotFree(reason!, Alternatives(booked, calendar, startsAt, now, bayId is not null))
            : new BookingResult.Made(await appointments.MoveAsync(transaction, appointment.Id, slot, cancel));
    }

    /// <summary>Is the time of what is held still to be had? The shop may have given it away in the CRM meanwhile. Its row is locked.</summary>
    public async Task<bool> IsStillFreeAsync(TenantTransaction transaction, Appointment held, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(held);
        var calendar = await appointments.CalendarAsync(transaction, held.LocationId, held.StartsAt, held.EndsAt, held.Id, null, cancel);
        return Slots.IsFree(calendar, held.StartsAt, held.EndsAt, held.BayId);
    }

    /// <summary>Beginnings that are free, near that of an appointment that is not to be had.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> AlternativesAsync(Guid tenantId, Appointment lost, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(lost);
        if (await FindServiceAsync(tenantId, lost.LocationId, lost.ServiceId, cancel) is not { } service)
        {
            return [];
        }

        await using var transaction = await database.BeginAsync(tenantId, cancel);
        return Alternatives(service, await CalendarAsync(transaction, service, lost.StartsAt, null, null, cancel), lost.StartsAt, clock.GetUtcNow(), ofABay: false);
    }

    // The slot that is wished for, or why it is not to be had.
    private async Task<(Slot? Slot, BookingResult.NotFree? WhyNot)> LookAsync(TenantTransaction transaction, ServiceToBook service, SlotWish wish, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var calendar = await CalendarAsync(transaction, service, wish.StartsAt, null, wish.LeadId, cancel);
        var (slot, reason) = Slots.At(service.Hours, calendar, service.Duration, wish.StartsAt, wish.BayId, now, Rules);
        return slot is not null ? (slot, null) : (null, new BookingResult.NotFree(reason!, Alternatives(service, calendar, wish.StartsAt, now, wish.BayId is not null)));
    }

    private Task<ShopCalendar> CalendarAsync(TenantTransaction transaction, ServiceToBook service, DateTimeOffset startsAt, Guid? except, Guid? leadId, CancellationToken cancel)
    {
        var near = Near(startsAt, clock.GetUtcNow());
        return appointments.CalendarAsync(transaction, service.LocationId, near - Around, near + Around + service.Duration, except, leadId, cancel);
    }

    // The instant nearest to a wish at which a shop gives slots at all: somebody may wish for the end of the calendar.
    private static DateTimeOffset Near(DateTimeOffset startsAt, DateTimeOffset now) => startsAt < now ? now : startsAt > now + Rules.Horizon ? now + Rules.Horizon : startsAt;

    // Where one bay was wished for, another one may be free at that very time.
    private static List<DateTimeOffset> Alternatives(ServiceToBook service, ShopCalendar calendar, DateTimeOffset startsAt, DateTimeOffset now, bool ofABay) =>
        [.. Slots.Find(service.Hours, calendar, service.Duration, Near(startsAt, now) - Around, Near(startsAt, now) + Around, now, Rules)
            .Select(slot => slot.StartsAt).Where(start => ofABay || start != startsAt)
            .OrderBy(start => (start - startsAt).Duration()).ThenBy(start => start).Take(MostAlternatives).Order()];
}
