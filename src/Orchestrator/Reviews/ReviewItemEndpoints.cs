using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Reviews;

/// <summary>/api/review-items: what the machine must not decide, with what is known of it, and what a person decides.</summary>
internal static class ReviewItemEndpoints
{
    public static void MapReviewItems(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/review-items").WithTags("Review items");
        group.MapGet("", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("/{id:guid}/resolution", ResolveAsync).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<ReviewItemView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, ReviewItemStore reviews, [AllowedValues("open", "resolved", "all", null, ErrorMessage = "The status is open, resolved or all.")] string? status,
        string? kind, string? reason, Guid? leadId, Guid? touchPointId, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        bool? isOpen = status switch
        {
            "all" => null,
            "resolved" => false,
            _ => true,
        };
        var rows = await reviews.ListAsync(staff.TenantId(), new ReviewFilter(isOpen, kind, reason, leadId, touchPointId), before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of([.. rows.Select(row => row.ToView())], limit, row => row.Id.ToString()));
    }

    private static async Task<Results<Ok<ReviewItemView>, NotFound>> GetAsync(ClaimsPrincipal staff, ReviewItemStore reviews, Guid id, CancellationToken cancel) =>
        await reviews.FindAsync(staff.TenantId(), id, cancel) is { } item ? TypedResults.Ok(item.ToView()) : TypedResults.NotFound();

    private static async Task<Results<Ok<ReviewItemView>, NotFound, ValidationProblem, ProblemHttpResult>> ResolveAsync(
        Guid id, ResolutionRequest request, ClaimsPrincipal staff, ReviewResolutions resolutions, CancellationToken cancel) =>
        await resolutions.ResolveAsync(new Decider(staff.TenantId(), staff.UserId(), staff.IsInRole(Roles.PlatformAdmin)), id, request.Action, request.Note, cancel) switch
        {
            ResolutionResult.Done done => TypedResults.Ok(done.Item.ToView()),
            ResolutionResult.NoSuchAction no => TypedResults.ValidationProblem(new Dictionary<string, string[]>
            {
                ["action"] = [$"The action of such an item is {string.Join(" or ", no.Actions)}."],
            }),
            ResolutionResult.DecidedOtherwise { Item: var item } => TypedResults.Problem(
                $"It was decided before: {item.Action}. Read the item again.", statusCode: StatusCodes.Status409Conflict),
            ResolutionResult.NoUse => TypedResults.Problem(
                "It is of no use any more: its appointment is cancelled, moved or has begun, its lead has no number to text any more, or it has been settled meanwhile. Read the item again; cancel it if it is still open.",
                statusCode: StatusCodes.Status409Conflict),
            ResolutionResult.StillStands => TypedResults.Problem(
                "The person has said no in other, clear words as well, and those count. Only they take it back, by texting START.", statusCode: StatusCodes.Status409Conflict),
            ResolutionResult.NotTheirs => TypedResults.Problem(
                "Only a platform administrator releases everything after a restore.", statusCode: StatusCodes.Status403Forbidden, title: "This is not yours to do."),
            _ => TypedResults.NotFound(),
        };
}

/// <summary>A decision.</summary>
/// <param name="Action">One of the item's <c>actions</c>.</param>
/// <param name="Note">For those who read it later; at most 1,000 characters.</param>
public sealed record ResolutionRequest(
    [Required, StringLength(50, MinimumLength = 1)] string Action,
    [StringLength(1000), RegularExpression(@"[^\u0000]*", ErrorMessage = "The note holds a NUL.")] string? Note);
