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
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>/api/locations: the franchise's shops.</summary>
internal static class LocationEndpoints
{
    public static void MapLocations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/locations").WithTags("Locations");
        group.MapGet("", ListAsync).ProducesProblem(400);
        group.MapGet("/{id:guid}", GetAsync);
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

/// <summary>Changes of a shop: a field that is left out stays as it is; one that is given is ours, and null gives it back to the CRM.</summary>
public sealed record LocationChanges
{
    private readonly List<string> _given = [];

    /// <summary>1–100 characters in one line.</summary>
    [StringLength(100, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The name must be one line with something in it.")]
    public string? Name { get; init => field = Given(value, "name"); }

    /// <summary>IANA name, such as <c>America/Chicago</c>.</summary>
    [StringLength(64, MinimumLength = 1)]
    public string? Timezone { get; init => field = Given(value, "timezone"); }

    internal string Fields => string.Join(", ", _given);

    /// <summary>The shop with the changes; null when it cannot have them (<see cref="Errors"/>).</summary>
    internal LocationRecord? Apply(LocationRecord location) => Errors(location).Count > 0 ? null : location with
    {
        Name = _given.Contains("name") ? Name ?? location.CrmName! : location.Name,
        NameIsOurs = _given.Contains("name") ? Name is not null : location.NameIsOurs,
        Timezone = _given.Contains("timezone") ? Timezone ?? location.CrmTimezone! : location.Timezone,
        TimezoneIsOurs = _given.Contains("timezone") ? Timezone is not null : location.TimezoneIsOurs,
    };

    internal Dictionary<string, string[]> Errors(LocationRecord location)
    {
        var errors = new Dictionary<string, string[]>();
        if (_given.Contains("name") && (Name ?? location.CrmName) is null)
        {
            errors["name"] = ["The CRM has told no name for this shop: give one."];
        }

        if (_given.Contains("timezone") && (Timezone ?? location.CrmTimezone) is null)
        {
            errors["timezone"] = ["The CRM has told no zone for this shop: give one."];
        }
        else if (Timezone is not null && DateTimeZoneProviders.Tzdb.GetZoneOrNull(Timezone) is null)
        {
            errors["timezone"] = ["This is no IANA name of a time zone. Give one such as America/Chicago."];
        }

        return errors;
    }

    // A field that is not in the body is never set: this is how null is told from nothing.
    private T Given<T>(T value, string name)
    {
        _given.Add(name);
        return value;
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
