using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>/api/holds: stops what is sent, for a lead, a shop, a franchise or everything. What is held stays planned, and goes on when the hold is released.</summary>
internal static class HoldEndpoints
{
    internal const string NoReason = "no reason given";

    public static void MapHolds(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/holds").WithTags("Holds");
        group.MapGet("", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("", TakeAsync).ProducesProblem(StatusCodes.Status403Forbidden);
        group.MapDelete("/{id:guid}", ReleaseAsync).ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<Results<Ok<Page<HoldView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, HoldStore holds, bool? active, string? scope, Guid? leadId, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await holds.ListAsync(staff.TenantId(), active ?? true, scope, leadId, before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, hold => hold.Id.ToString()));
    }

    private static async Task<Results<Ok<HoldView>, NotFound>> GetAsync(Guid id, ClaimsPrincipal staff, HoldStore holds, LeadDatabase database, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        return await holds.FindAsync(transaction, id, cancel) is { } hold ? TypedResults.Ok(hold) : TypedResults.NotFound();
    }

    private static async Task<Results<Created<HoldView>, Ok<HoldView>, NotFound, ValidationProblem, ProblemHttpResult>> TakeAsync(
        HoldRequest request, ClaimsPrincipal staff, LeadDatabase database, HoldStore holds, AuditStore audit, CancellationToken cancel)
    {
        if (ProblemOf(request) is { } problem)
        {
            return TypedResults.ValidationProblem(problem);
        }

        if (!May(staff, request.Scope))
        {
            return NotYours(request.Scope);
        }

        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await holds.ActiveAsync(transaction, request.Scope, request.LeadId, request.LocationId, cancel) is { } known)
        {
            return TypedResults.Ok(known);
        }

        var reason = string.IsNullOrWhiteSpace(request.Reason) ? NoReason : request.Reason.Trim();
        var taken = request.Scope == "all"
            ? await holds.TakeAllAsync(transaction, reason, staff.UserId(), cancel)
            : await holds.TakeAsync(transaction, request.Scope, request.LeadId, request.LocationId, reason, staff.UserId(), cancel);
        if (taken is not { } id)
        {
            return TypedResults.NotFound();
        }

        await audit.AddAsync(transaction, staff.UserId(), "hold_taken", $"hold {id} ({request.Scope}) {request.LeadId ?? request.LocationId}".TrimEnd(), cancel);
        var hold = await holds.FindAsync(transaction, id, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Created($"/api/holds/{id}", hold!);
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> ReleaseAsync(
        Guid id, ClaimsPrincipal staff, HoldReleases releases, HoldStore holds, LeadDatabase database, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await holds.FindAsync(transaction, id, cancel) is not { } hold)
        {
            return TypedResults.NotFound();
        }

        // Whether the database has forgotten something is the operators' to know.
        var whose = hold.IsOwn ? "all" : hold.Scope;
        if (!May(staff, whose))
        {
            return NotYours(whose);
        }

        await releases.ReleaseAsync(transaction, hold, staff.UserId(), cancel);
        return TypedResults.NoContent();
    }

    // A lead is everybody's who talks to it; a shop is its managers'; the installation is its operators'.
    private static bool May(ClaimsPrincipal staff, string scope) => !staff.IsKey() && scope switch
    {
        "lead" => true,
        "all" => staff.IsInRole(Roles.PlatformAdmin),
        _ => staff.IsManaging(),
    };

    private static ProblemHttpResult NotYours(string scope) => TypedResults.Problem(
        scope == "all" ? "Only a platform administrator holds or releases everything, and releases what was held without a person." : "Only owners, managers and platform administrators hold or release a shop or a franchise.",
        statusCode: StatusCodes.Status403Forbidden, title: "This is not yours to do.");

    private static Dictionary<string, string[]>? ProblemOf(HoldRequest request) => request switch
    {
        { Scope: "lead", LeadId: null } => new() { ["leadId"] = ["leadId is needed: which lead is held?"] },
        { Scope: "location", LocationId: null } => new() { ["locationId"] = ["locationId is needed: which shop is held?"] },
        { Scope: not "lead", LeadId: not null } => new() { ["leadId"] = ["leadId belongs to the scope lead alone."] },
        { Scope: not "location", LocationId: not null } => new() { ["locationId"] = ["locationId belongs to the scope location alone."] },
        _ => null,
    };
}

/// <summary>Ends holds: what waited goes on at once in this process, and within a round in the others.</summary>
public sealed class HoldReleases(LeadDatabase database, DefaultTenant defaultTenant, HoldStore holds, ReviewItemStore reviews, AuditStore audit, TouchPointSignal texts, EmailSignal emails)
{
    /// <summary>Releases it and commits. One that has ended before stays as it is.</summary>
    public async Task ReleaseAsync(TenantTransaction transaction, HoldView hold, Guid actorId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(hold);
        if (!await holds.ReleaseAsync(transaction, hold, actorId, cancel))
        {
            await transaction.CommitAsync(cancel);
            return;
        }

        await audit.AddAsync(transaction, actorId, "hold_released", $"hold {hold.Id} ({hold.Scope})", cancel);
        await transaction.CommitAsync(cancel);
        texts.Wake();
        emails.Wake();
        if (hold.IsOwn)
        {
            await ResolveAsync(hold.Scope == "all" ? defaultTenant.Id : transaction.TenantId, hold.Cause, actorId, cancel);
        }
    }

    // The item of a hold on everything is the default tenant's, in whichever tenant the administrator acts. After the release: an item that stays open is looked at once more, a hold that nobody knows of is not.
    private async Task ResolveAsync(Guid tenantId, string cause, Guid actorId, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await reviews.ResolveRestoresAsync(transaction, cause, actorId, cancel);
        await transaction.CommitAsync(cancel);
    }
}

/// <summary>What to hold.</summary>
/// <param name="Scope">lead, location, tenant, or all (platform administrators).</param>
/// <param name="LeadId">Of the scope lead.</param>
/// <param name="LocationId">Of the scope location.</param>
/// <param name="Reason">For those who wonder why nothing goes out; at most 500 characters.</param>
public sealed record HoldRequest(
    [Required, AllowedValues("lead", "location", "tenant", "all", ErrorMessage = "The scope is lead, location, tenant or all.")] string Scope,
    Guid? LeadId,
    Guid? LocationId,
    [StringLength(500), PlainText] string? Reason);
