using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Hours;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>/api/locations/{id}/hours: when a shop is open.</summary>
internal static class HoursEndpoints
{
    public static void MapHours(this RouteGroupBuilder locations)
    {
        locations.MapGet("/{id:guid}/hours", GetAsync);
        locations.MapPut("/{id:guid}/hours", ReplaceAsync).ForManagers();
        locations.MapGet("/{id:guid}/hours/holidays", HolidaysAsync);
    }

    private static async Task<Results<Ok<HoursPlan>, NotFound>> GetAsync(
        ClaimsPrincipal staff, LocationStore locations, HoursStore hours, Guid id, CancellationToken cancel) =>
        await locations.GetAsync(staff.TenantId(), id, cancel) is { } location
            ? TypedResults.Ok(HoursPlan.Of(await hours.ReadAsync(staff.TenantId(), id, location.Timezone, cancel)))
            : TypedResults.NotFound();

    private static async Task<Results<Ok<HoursPlan>, NotFound, ValidationProblem>> ReplaceAsync(
        HoursPlan plan, ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, OpeningStore openings, HoursStore hours, AuditStore audit,
        Guid id, CancellationToken cancel)
    {
        var read = new HoursReading(plan);
        if (read.Errors.Count > 0)
        {
            return TypedResults.ValidationProblem(read.Errors);
        }

        await using (var transaction = await database.BeginAsync(staff.TenantId(), cancel))
        {
            if (await locations.LockAsync(transaction, id, cancel) is not { } location)
            {
                return TypedResults.NotFound();
            }

            if (plan.Timezone is { } zone && zone != location.Timezone)
            {
                await locations.WriteAsync(transaction, location with { Timezone = zone, TimezoneIsOurs = true }, cancel);
            }

            await openings.ReplaceAsync(transaction, id, read.Days, read.Exceptions, cancel);
            await audit.AddAsync(transaction, staff.UserId(), "hours_replaced", $"locations/{id}/hours", cancel);
            await transaction.CommitAsync(cancel);
        }

        var now = (await locations.GetAsync(staff.TenantId(), id, cancel))!;
        return TypedResults.Ok(HoursPlan.Of(await hours.ReadAsync(staff.TenantId(), id, now.Timezone, cancel)));
    }

    // What staff may take over into their exceptions; nothing is stored.
    private static async Task<Results<Ok<Page<HoursDate>>, NotFound, ValidationProblem>> HolidaysAsync(
        ClaimsPrincipal staff, LocationStore locations, Guid id, int year, CancellationToken cancel)
    {
        if (year is < 2000 or > 2100)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["year"] = ["year must be 2000 to 2100."] });
        }

        return await locations.GetAsync(staff.TenantId(), id, cancel) is null
            ? TypedResults.NotFound()
            : TypedResults.Ok(new Page<HoursDate>([.. FederalHolidays.Of(year).Select(holiday => new HoursDate(holiday.Date, true, null, null, holiday.Name))], null));
    }
}
