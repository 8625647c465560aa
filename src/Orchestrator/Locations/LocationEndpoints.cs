using System.ComponentModel.DataAnnotations;
using System.Globalization;
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

/// <summary>/api/locations: the franchise's shops.</summary>
internal static class LocationEndpoints
{
    public static void MapLocations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/locations").WithTags("Locations");
        group.MapGet("", ListAsync).ProducesProblem(400);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("", AddAsync).ForManagers();
        group.MapPatch("/{id:guid}", ChangeAsync).ForManagers();
        group.MapPost("/{id:guid}/syncs", SyncAsync).ForManagers().ProducesProblem(409).ProducesProblem(503);
        group.MapHours();
        group.MapCatalog();
        group.MapSlots();
    }

    private static async Task<Results<Ok<Page<LocationView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, LocationStore locations, HoursStore hours, TimeProvider clock, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await locations.ListAsync(staff.TenantId(), before, Paging.RowsFor(limit), cancel);
        var hoursOf = await hours.ReadAsync(staff.TenantId(), [.. rows.Select(row => (row.Id, row.Timezone))], cancel);
        return TypedResults.Ok(Paging.Of([.. rows.Select(row => ViewOf(row, hoursOf[row.Id], clock))], limit, location => location.Id.ToString()));
    }

    private static async Task<Results<Ok<LocationView>, NotFound>> GetAsync(
        ClaimsPrincipal staff, LocationStore locations, HoursStore hours, TimeProvider clock, Guid id, CancellationToken cancel) =>
        await locations.GetAsync(staff.TenantId(), id, cancel) is { } location
            ? TypedResults.Ok(ViewOf(location, await hours.ReadAsync(staff.TenantId(), id, location.Timezone, cancel), clock))
            : TypedResults.NotFound();

    private static async Task<Results<Created<LocationView>, ValidationProblem>> AddAsync(
        NewLocation request, ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, AuditStore audit, HoursStore hours, TimeProvider clock, CancellationToken cancel)
    {
        if (request.Errors() is { Count: > 0 } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var location = request.Record();
        await using (var transaction = await database.BeginAsync(staff.TenantId(), cancel))
        {
            await locations.AddAsync(transaction, location, cancel);
            await audit.AddAsync(transaction, staff.UserId(), "location_created", $"locations/{location.Id}", cancel);
            await transaction.CommitAsync(cancel);
        }

        var known = await hours.ReadAsync(staff.TenantId(), location.Id, location.Timezone, cancel);
        return TypedResults.Created($"/api/locations/{location.Id}", ViewOf(location, known, clock));
    }

    private static async Task<Results<Ok<LocationView>, NotFound, ValidationProblem>> ChangeAsync(
        LocationChanges changes, ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, AuditStore audit, HoursStore hours, TimeProvider clock,
        Guid id, CancellationToken cancel)
    {
        await using (var transaction = await database.BeginAsync(staff.TenantId(), cancel))
        {
            if (await locations.LockAsync(transaction, id, cancel) is not { } location)
            {
                return TypedResults.NotFound();
            }

            if (changes.Apply(location) is not { } changed)
            {
                return TypedResults.ValidationProblem(changes.Errors(location));
            }

            await locations.WriteAsync(transaction, changed, cancel);
            await audit.AddAsync(transaction, staff.UserId(), "location_changed", $"locations/{id}: {changes.Fields}", cancel);
            await transaction.CommitAsync(cancel);
        }

        var now = (await locations.GetAsync(staff.TenantId(), id, cancel))!;
        return TypedResults.Ok(ViewOf(now, await hours.ReadAsync(staff.TenantId(), id, now.Timezone, cancel), clock));
    }

    private static async Task<Results<Ok<LocationSyncView>, NotFound, ProblemHttpResult>> SyncAsync(
        ClaimsPrincipal staff, LocationStore locations, LocationSync sync, AuditStore audit, HttpContext http, Guid id, CancellationToken cancel)
    {
        if (await locations.GetAsync(staff.TenantId(), id, cancel) is not { } location)
        {
            return TypedResults.NotFound();
        }

        if (location.ExternalId is not { } externalId)
        {
            return TypedResults.Problem("This shop was made here: there is nothing of it in the CRM.", statusCode: StatusCodes.Status409Conflict);
        }

        await audit.AddAsync(staff.TenantId(), staff.UserId(), "location_synced", $"locations/{id}", cancel);
        try
        {
            var counts = await sync.SyncAsync(staff.TenantId(), externalId, cancel);
            var synced = await locations.GetAsync(staff.TenantId(), id, cancel);
            return TypedResults.Ok(new LocationSyncView(synced?.SyncedAt, counts.Seen, counts.Added, counts.Changed, counts.LetGo, counts.IsComplete));
        }
        catch (ShopmonkeyException failure) when (failure.Failure == ShopmonkeyFailure.Outage)
        {
            http.Response.Headers.RetryAfter = ((int)Math.Clamp(failure.RetryAfter?.TotalSeconds ?? 10, 1, 600)).ToString(CultureInfo.InvariantCulture);
            return TypedResults.Problem($"The CRM does not answer ({failure.Message}). Nothing was lost: try again.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (ShopmonkeyException failure)
        {
            return TypedResults.Problem(
                $"The CRM does not let us read it ({failure.Message}). Look at the key and at what it may see.", statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static LocationView ViewOf(LocationRecord row, LocationHours hours, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var isOpen = hours.IsOpen(now);
        return new LocationView(
            row.Id, row.ExternalId, row.Name, row.Phone, row.Address, row.Timezone, isOpen, isOpen == true ? null : hours.NextOpening(now), row.SyncedAt, row.Sources());
    }
}

/// <summary>What reading a shop from the CRM came to.</summary>
/// <param name="SyncedAt">When the CRM last told about the shop; null = it does not know it.</param>
/// <param name="Seen">Services that the CRM has for it.</param>
/// <param name="Added">Of them, new here.</param>
/// <param name="Changed">Of them, otherwise than before.</param>
/// <param name="LetGo">Services that the CRM no longer has; they are not offered any more.</param>
/// <param name="Complete">False: the CRM never showed its whole list, so nothing was let go.</param>
public sealed record LocationSyncView(DateTimeOffset? SyncedAt, int Seen, int Added, int Changed, int LetGo, bool Complete);
