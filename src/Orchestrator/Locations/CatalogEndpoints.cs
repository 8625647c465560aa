using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>/api/locations/{id}/catalog: what a shop sells, and what it cost when.</summary>
internal static class CatalogEndpoints
{
    public static void MapCatalog(this RouteGroupBuilder locations)
    {
        var catalog = locations.MapGroup("/{id:guid}/catalog");
        catalog.MapGet("", ListAsync).ProducesProblem(400);
        catalog.MapPost("", AddAsync).ForManagers().ProducesValidationProblem();
        catalog.MapGet("/{itemId:guid}", FindAsync);
        catalog.MapPatch("/{itemId:guid}", ChangeAsync).ForManagers().ProducesProblem(409);
        catalog.MapDelete("/{itemId:guid}", RemoveAsync).ForManagers().ProducesProblem(409);
        catalog.MapGet("/{itemId:guid}/prices", PricesAsync).ProducesProblem(400);
        locations.MapGet("/{id:guid}/price-list", PriceListAsync).ProducesProblem(400);
    }

    private static async Task<Results<Ok<Page<CatalogItemView>>, NotFound, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, LocationStore locations, CatalogItemStore items, Guid id, bool? active, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!TryCursor(cursor, out var after))
        {
            return NotOurCursor();
        }

        if (await locations.GetAsync(staff.TenantId(), id, cancel) is null)
        {
            return TypedResults.NotFound();
        }

        var rows = await items.ListAsync(staff.TenantId(), id, active != false, after, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, item => $"{item.Id}|{item.Name}"));
    }

    private static async Task<Results<Ok<CatalogItemView>, NotFound>> FindAsync(
        ClaimsPrincipal staff, LeadDatabase database, CatalogItemStore items, TimeProvider clock, Guid id, Guid itemId, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        return await items.FindAsync(transaction, id, itemId, cancel) is { } item ? TypedResults.Ok(item.At(clock.GetUtcNow())) : TypedResults.NotFound();
    }

    private static async Task<Results<Created<CatalogItemView>, NotFound, ValidationProblem>> AddAsync(
        ManualItem item, ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, CatalogItemStore items, AuditStore audit, TimeProvider clock, Guid id, CancellationToken cancel)
    {
        if (PricePlan.IsTooFar(item.ValidFrom, clock.GetUtcNow()))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { [CatalogFields.ValidFrom] = [PricePlan.TooFar] });
        }

        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await locations.LockAsync(transaction, id, cancel) is null)
        {
            return TypedResults.NotFound();
        }

        var itemId = await items.AddAsync(transaction, id, item, cancel);
        await audit.AddAsync(transaction, staff.UserId(), "catalog_item_added", $"locations/{id}/catalog/{itemId}", cancel);
        var added = await items.FindAsync(transaction, id, itemId, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Created($"/api/locations/{id}/catalog/{itemId}", added);
    }

    private static async Task<Results<Ok<CatalogItemView>, NotFound, ValidationProblem, ProblemHttpResult>> ChangeAsync(
        CatalogItemChanges changes, ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, CatalogItemStore items, AuditStore audit,
        TimeProvider clock, Guid id, Guid itemId, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await locations.LockAsync(transaction, id, cancel) is not { } shop || await items.FindAsync(transaction, id, itemId, cancel) is not { } item)
        {
            return TypedResults.NotFound();
        }

        if (item.Next is { } due && due.ValidFrom <= clock.GetUtcNow())
        {
            // Before any round: what was planned was its price from its hour until now.
            item = item.At(clock.GetUtcNow());
            await items.WriteAsync(transaction, item, since: due.ValidFrom, cancel);
        }

        var (changed, refusal, field) = CatalogOverrides.Apply(item, changes, shop.Timezone, clock.GetUtcNow());
        if (changed is null)
        {
            return field == CatalogFields.Active
                ? TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict)
                : TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [refusal!] });
        }

        await items.WriteAsync(transaction, changed, null, cancel);
        await audit.AddAsync(transaction, staff.UserId(), "catalog_item_changed", $"locations/{id}/catalog/{itemId}: {changes.Fields}", cancel);
        var now = await items.FindAsync(transaction, id, itemId, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(now!);
    }

    // Its prices stay known: what the assistant said yesterday can be looked up tomorrow.
    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> RemoveAsync(
        ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, CatalogItemStore items, AuditStore audit, Guid id, Guid itemId, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await locations.LockAsync(transaction, id, cancel) is null || await items.FindAsync(transaction, id, itemId, cancel) is not { } item)
        {
            return TypedResults.NotFound();
        }

        if (item.Source != "manual")
        {
            return TypedResults.Problem(
                "This service is the CRM's: delete it there, or hide it here with PATCH and active: false.", statusCode: StatusCodes.Status409Conflict);
        }

        await items.WriteAsync(transaction, item with { Active = false }, null, cancel);
        await audit.AddAsync(transaction, staff.UserId(), "catalog_item_removed", $"locations/{id}/catalog/{itemId}", cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Page<PriceChange>>, NotFound, ProblemHttpResult>> PricesAsync(
        ClaimsPrincipal staff, CatalogItemStore items, Guid id, Guid itemId, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        int? before = int.TryParse(Paging.Decode(cursor), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : null;
        if (!Paging.IsNone(cursor) && before is null)
        {
            return NotOurCursor();
        }

        var rows = await items.PricesAsync(staff.TenantId(), id, itemId, before, Paging.RowsFor(limit), cancel);
        return rows.Count == 0 && before is null
            ? TypedResults.NotFound()
            : TypedResults.Ok(Paging.Of(rows, limit, change => change.Ordinal.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<Results<Ok<Page<PastPrice>>, NotFound, ProblemHttpResult>> PriceListAsync(
        ClaimsPrincipal staff, LocationStore locations, CatalogStore catalog, TimeProvider clock, Guid id, DateTimeOffset? at, CancellationToken cancel) =>
        await locations.GetAsync(staff.TenantId(), id, cancel) is null
            ? TypedResults.NotFound()
            : TypedResults.Ok(new Page<PastPrice>(await catalog.ReadAsOfAsync(staff.TenantId(), id, at ?? clock.GetUtcNow(), cancel), null));

    private static ProblemHttpResult NotOurCursor() => TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);

    private static bool TryCursor(string? cursor, out (string Name, Guid Id)? after)
    {
        after = Paging.Decode(cursor) is { Length: > 36 } text && text[36] == '|' && Guid.TryParse(text.AsSpan(0, 36), out var id) && !text.Contains('\0', StringComparison.Ordinal)
            ? (text[37..], id) : null;
        return Paging.IsNone(cursor) || after is not null;
    }
}
