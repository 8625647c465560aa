using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>/api/webhook-events: what came in; <c>?status=dead</c> shows what could not be used, and why.</summary>
internal static class WebhookEventEndpoints
{
    public static void MapWebhookEvents(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/webhook-events").WithTags("Webhooks").MapGet("", ListAsync);

    private static async Task<Results<Ok<Page<InboxEventView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, InboxStore inbox, string? status, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await inbox.ListAsync(staff.TenantId(), status, before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, row => row.Id.ToString()));
    }
}
