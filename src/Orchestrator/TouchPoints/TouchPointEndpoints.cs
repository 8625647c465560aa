using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>/api/touch-points: what was sent, what was not and why, what comes next.</summary>
internal static class TouchPointEndpoints
{
    public static void MapTouchPoints(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/touch-points").WithTags("Touch points").MapGet("", ListAsync);

    private static async Task<Results<Ok<Page<TouchPointView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, TouchPointStore touchPoints, Guid? leadId, string? status, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await touchPoints.ListAsync(staff.TenantId(), leadId, status, before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, touch => touch.Id.ToString()));
    }
}
