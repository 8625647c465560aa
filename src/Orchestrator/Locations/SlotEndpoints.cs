using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>/api/locations/{id}/slots and /bays: when a shop has time, and for how many cars at once.</summary>
internal static class SlotEndpoints
{
    private const int MostSlots = 1_000;
    private static readonly TimeSpan Usual = TimeSpan.FromDays(7);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    // There is no reckoning at the end of the calendar.
    private static readonly DateTimeOffset Last = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void MapSlots(this RouteGroupBuilder locations)
    {
        locations.MapGet("/{id:guid}/slots", SlotsAsync).ProducesValidationProblem().WithSummary("Free slots of a service, in order; at most 1,000 of them where no limit is given.");
        locations.MapGet("/{id:guid}/bays", BaysAsync);
        locations.MapPut("/{id:guid}/bays", ReplaceAsync).ForManagers();
    }

    private static async Task<Results<Ok<Page<Slot>>, NotFound, ValidationProblem>> SlotsAsync(
        Guid id, Guid serviceId, ClaimsPrincipal staff, Bookings bookings, TimeProvider clock, DateTimeOffset? from, DateTimeOffset? to, [Range(1, MostSlots)] int? limit, string? cursor,
        CancellationToken cancel)
    {
        var first = from ?? clock.GetUtcNow();
        if (first >= Last)
        {
            return Invalid("from", "from must be before the year 9000.");
        }

        var until = to ?? first + Usual;
        if (until <= first || until - first > Longest)
        {
            return Invalid("to", "to must be after from, and at most 31 days after it.");
        }

        if (!TryCursor(cursor, out var after))
        {
            return Invalid("cursor", "cursor is not one that this list gave out.");
        }

        if (await bookings.FindServiceAsync(staff.TenantId(), id, serviceId, cancel) is not { } service)
        {
            return TypedResults.NotFound();
        }

        var most = limit ?? MostSlots;
        // No two slots of a service begin at one moment.
        var slots = await bookings.SlotsAsync(service, after?.AddTicks(1) ?? first, until, most + 1, null, cancel);
        return TypedResults.Ok(slots.Count > most
            ? new Page<Slot>([.. slots.Take(most)], Paging.Encode(slots[most - 1].StartsAt.ToString("O", CultureInfo.InvariantCulture)))
            : new Page<Slot>(slots, null));
    }

    private static bool TryCursor(string? cursor, out DateTimeOffset? after)
    {
        after = DateTimeOffset.TryParse(Paging.Decode(cursor), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) && at < Last ? at : null;
        return Paging.IsNone(cursor) || after is not null;
    }

    private static async Task<Results<Ok<Page<Bay>>, NotFound>> BaysAsync(Guid id, ClaimsPrincipal staff, LocationStore locations, BayStore bays, CancellationToken cancel) =>
        await locations.GetAsync(staff.TenantId(), id, cancel) is null
            ? TypedResults.NotFound()
            : TypedResults.Ok(new Page<Bay>(await bays.ReadAsync(staff.TenantId(), id, cancel), null));

    private static async Task<Results<Ok<Page<Bay>>, NotFound, ValidationProblem>> ReplaceAsync(
        Guid id, BayPlan plan, ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, BayStore bays, AuditStore audit, CancellationToken cancel)
    {
        if (plan.Bays.Any(bay => bay is null))
        {
            return Invalid("bays", "A bay has a name.");
        }

        var ids = plan.Bays.Where(bay => bay.Id is not null).Select(bay => bay.Id).ToList();
        if (ids.Distinct().Count() != ids.Count)
        {
            return Invalid("bays", "Each bay may be named once.");
        }

        await using (var transaction = await database.BeginAsync(staff.TenantId(), cancel))
        {
            if (await locations.LockAsync(transaction, id, cancel) is null)
            {
                return TypedResults.NotFound();
            }

            // Nobody books meanwhile: a bay that is given up takes nothing any more.
            await AppointmentStore.LockShopAsync(transaction, id, cancel);
            if (!await bays.ReplaceAsync(transaction, id, [.. plan.Bays.Select(bay => (bay.Id, bay.Name.Trim()))], cancel))
            {
                return Invalid("bays", "An id is none of this shop's bays. Leave it out for a new one.");
            }

            await audit.AddAsync(transaction, staff.UserId(), "bays_replaced", $"locations/{id}/bays: {plan.Bays.Count}", cancel);
            await transaction.CommitAsync(cancel);
        }

        return TypedResults.Ok(new Page<Bay>(await bays.ReadAsync(staff.TenantId(), id, cancel), null));
    }

    private static ValidationProblem Invalid(string field, string why) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [why] });
}
