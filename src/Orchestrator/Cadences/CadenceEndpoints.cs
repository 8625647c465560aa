using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Xml;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>Which lead a cadence is to be shown for.</summary>
public sealed record CadencePreviewRequest([property: Required] Guid? LeadId);

/// <summary>A month to be tried out: of a lead, or of an example of one.</summary>
/// <param name="StartsAt">When the lead comes in; now unless said.</param>
/// <param name="ReplyAfter">When they answer, counted from the start: an ISO 8601 duration such as P2D or PT90M; never unless said.</param>
public sealed record CadenceSimulationRequest(Guid? LeadId, DateTimeOffset? StartsAt, string? ReplyAfter)
{
    // No trial of a year ends before its last step.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>The duration; null when there is none.</summary>
    /// <returns>False: what was said is no duration.</returns>
    internal bool TryReply(out TimeSpan? after)
    {
        after = null;
        try
        {
            after = ReplyAfter is null ? null : XmlConvert.ToTimeSpan(ReplyAfter);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }

        return after is null || (after >= TimeSpan.Zero && after <= Longest);
    }
}

/// <summary>/api/cadences: what leads are sent after they came in, and when.</summary>
internal static class CadenceEndpoints
{
    // Farther away lie years of which no law and no clock is known, and at the end of all dates no step has room.
    private static readonly TimeSpan FarthestStart = TimeSpan.FromDays(3653);

    public static void MapCadences(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/cadences").WithTags("Cadences");
        group.MapGet("", ListAsync);
        group.MapPost("", AddAsync).ForManagers();
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("/{id:guid}/activation", ActivateAsync).ForManagers();
        group.MapDelete("/{id:guid}/activation", DeactivateAsync).ForManagers();
        group.MapPost("/{id:guid}/previews", PreviewAsync);
        group.MapPost("/{id:guid}/simulations", SimulateAsync);
    }

    private static async Task<Results<Ok<Page<CadenceView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, CadenceStore store, OrchestratorSettings settings, Guid? locationId, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await store.ListAsync(staff.TenantId(), locationId, before, Paging.RowsFor(limit), cancel);
        var example = await store.ExampleAsync(staff.TenantId(), locationId, cancel);
        var page = Paging.Of([.. rows.Select(row => CadenceView.Of(row, example, settings.LinkLength))], limit, cadence => cadence.Id.ToString());
        if (page.NextCursor is not null)
        {
            return TypedResults.Ok(page);
        }

        // The product's own one stands at the end: it counts where nothing else is active. On a page that is full there is no room for it.
        return TypedResults.Ok(page.Items.Count == Paging.RowsFor(limit) - 1
            ? page with { NextCursor = Paging.Encode(page.Items[^1].Id.ToString()) }
            : page with { Items = [.. page.Items, await UsualAsync(staff.TenantId(), locationId, store, example, settings.LinkLength, cancel)] });
    }

    private static async Task<Results<Ok<CadenceView>, NotFound>> GetAsync(ClaimsPrincipal staff, CadenceStore store, OrchestratorSettings settings, Guid id, CancellationToken cancel)
    {
        if (id == Cadence.UsualId)
        {
            return TypedResults.Ok(await UsualAsync(staff.TenantId(), null, store, await store.ExampleAsync(staff.TenantId(), null, cancel), settings.LinkLength, cancel));
        }

        return await store.FindAsync(staff.TenantId(), id, cancel) is { } stored
            ? TypedResults.Ok(CadenceView.Of(stored, await store.ExampleAsync(staff.TenantId(), stored.LocationId, cancel), settings.LinkLength))
            : TypedResults.NotFound();
    }

    private static async Task<Results<Created<CadenceView>, Ok<CadenceView>, ValidationProblem>> AddAsync(
        ClaimsPrincipal staff, LeadDatabase database, CadenceStore store, LocationStore locations, AuditStore audit, OrchestratorSettings settings, CadenceRequest request,
        bool? dryRun, CancellationToken cancel)
    {
        var faults = request.Faults(settings.LinkLength);
        if (request.LocationId is { } location && await locations.FindAsync(staff.TenantId(), location, cancel) is null)
        {
            faults["locationId"] = ["The franchise has no such shop."];
        }

        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        var example = await store.ExampleAsync(staff.TenantId(), request.LocationId, cancel);
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (dryRun == true)
        {
            return TypedResults.Ok(CadenceView.Of(await store.NextAsync(transaction, request.LocationId, request.Name!.Trim(), request.ToSteps(), cancel), example, settings.LinkLength));
        }

        var stored = await store.AddAsync(transaction, request.LocationId, request.Name!.Trim(), request.ToSteps(), cancel);
        await audit.AddAsync(transaction, staff.UserId(), "cadence_made", $"cadences/{stored.Id}", cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Created($"/api/cadences/{stored.Id}", CadenceView.Of(stored, example, settings.LinkLength));
    }

    private static async Task<Results<Ok<CadenceView>, NotFound>> ActivateAsync(
        ClaimsPrincipal staff, LeadDatabase database, CadenceStore store, CadenceBook book, AuditStore audit, OrchestratorSettings settings, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await store.ActivateAsync(transaction, id, cancel) is not { } stored)
        {
            return TypedResults.NotFound();
        }

        await audit.AddAsync(transaction, staff.UserId(), "cadence_activated", $"cadences/{id}", cancel);
        await transaction.CommitAsync(cancel);
        book.Changed(staff.TenantId());
        return TypedResults.Ok(CadenceView.Of(stored, await store.ExampleAsync(staff.TenantId(), stored.LocationId, cancel), settings.LinkLength));
    }

    private static async Task<Results<NoContent, NotFound>> DeactivateAsync(
        ClaimsPrincipal staff, LeadDatabase database, CadenceStore store, CadenceBook book, AuditStore audit, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (!await store.DeactivateAsync(transaction, id, cancel))
        {
            return TypedResults.NotFound();
        }

        await audit.AddAsync(transaction, staff.UserId(), "cadence_deactivated", $"cadences/{id}", cancel);
        await transaction.CommitAsync(cancel);
        book.Changed(staff.TenantId());
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<CadencePreview>, NotFound>> PreviewAsync(
        ClaimsPrincipal staff, CadenceStore store, OrchestratorSettings settings, Guid id, CadencePreviewRequest request, CancellationToken cancel) =>
        await FindAsync(staff.TenantId(), store, id, cancel) is { } cadence && await store.LeadAsync(staff.TenantId(), request.LeadId!.Value, cancel) is { } lead
            ? TypedResults.Ok(CadenceTrials.Preview(id, cadence.Cadence, lead, settings.LinkLength))
            : TypedResults.NotFound();

    private static async Task<Results<Ok<CadenceSimulation>, NotFound, ValidationProblem, ProblemHttpResult>> SimulateAsync(
        ClaimsPrincipal staff, CadenceStore store, CadenceTrials trials, VendorAccounts accounts, TimeProvider clock, Guid id, CadenceSimulationRequest? request,
        CancellationToken cancel)
    {
        var tenantId = staff.TenantId();
        request ??= new CadenceSimulationRequest(null, null, null);
        if (!request.TryReply(out var replyAfter))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["replyAfter"] = ["It is an ISO 8601 duration of at most a year, such as P2D or PT90M."] });
        }

        var now = clock.GetUtcNow();
        if ((request.StartsAt - now)?.Duration() > FarthestStart)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["startsAt"] = ["It is at most ten years from now."] });
        }

        if (await FindAsync(tenantId, store, id, cancel) is not { } found)
        {
            return TypedResults.NotFound();
        }

        var lead = request.LeadId is { } leadId ? await store.LeadAsync(tenantId, leadId, cancel) : await store.ExampleAsync(tenantId, found.LocationId, cancel);
        if (lead is null)
        {
            return request.LeadId is null
                ? TypedResults.Problem("The franchise has no shop yet: name a leadId, or add a shop first.", statusCode: StatusCodes.Status409Conflict)
                : TypedResults.NotFound();
        }

        var startsAt = request.StartsAt ?? now;
        var terms = new TrialTerms(
            lead, await accounts.TwilioAsync(tenantId, cancel), await accounts.SendGridAsync(tenantId, cancel), startsAt,
            startsAt + replyAfter);
        return TypedResults.Ok(trials.Simulate(id, found.Cadence, request.LeadId, terms));
    }

    private static async Task<CadenceView> UsualAsync(Guid tenantId, Guid? locationId, CadenceStore store, TrialLead? example, int linkLength, CancellationToken cancel) =>
        CadenceView.OfUsual(!(await store.ActiveAsync(tenantId, cancel)).Any(cadence => cadence.LocationId is null || cadence.LocationId == locationId), example, linkLength);

    private static async Task<(Cadence Cadence, Guid? LocationId)?> FindAsync(Guid tenantId, CadenceStore store, Guid id, CancellationToken cancel) =>
        id == Cadence.UsualId ? (Cadence.Usual, null) : await store.FindAsync(tenantId, id, cancel) is { } stored ? (stored.Cadence, stored.LocationId) : null;
}
