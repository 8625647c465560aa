using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>/api/touch-points: what was sent, what was not and why, what comes next; and what staff do about it.</summary>
internal static class TouchPointEndpoints
{
    public static void MapTouchPoints(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/touch-points").WithTags("Touch points");
        group.MapGet("", ListAsync);
        group.MapGet("/failures", FailuresAsync);
        group.MapPost("/replays", ReplayAsync).ForManagers();
        group.MapPost("/{id:guid}/cancellation", CancelAsync).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<TouchPointView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, TouchPointStore touchPoints, Guid? leadId,
        [AllowedValues(null, "scheduled", "sending", "sent", "delivered", "failed", "suppressed", "cancelled", "expired", "unknown", "needs_review",
            ErrorMessage = "The status is scheduled, sending, sent, delivered, failed, suppressed, cancelled, expired, unknown or needs_review.")] string? status,
        [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await touchPoints.ListAsync(staff.TenantId(), leadId, status, before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, touch => touch.Id.ToString()));
    }

    private static async Task<Ok<Page<FailureGroup>>> FailuresAsync(
        ClaimsPrincipal staff, TouchPointStore touchPoints, TimeProvider clock, DateTimeOffset? from, CancellationToken cancel) =>
        TypedResults.Ok(new Page<FailureGroup>(await touchPoints.FailuresAsync(staff.TenantId(), from ?? clock.GetUtcNow() - TouchPointStore.ReplayedWithin, cancel), null));

    private static async Task<Accepted<ReplayedTouchPoints>> ReplayAsync(
        TouchPointReplay request, ClaimsPrincipal staff, LeadDatabase database, TouchPointStore touchPoints, AuditStore audit, TouchPointSignal texts, EmailSignal emails,
        CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        var replayed = await touchPoints.ReplayAsync(transaction, request.Status, request.Reason, request.Limit ?? TouchPointReplay.Most, cancel);
        if (replayed > 0)
        {
            await audit.AddAsync(transaction, staff.UserId(), "touch_points_replayed", $"touch-points?status={request.Status}&reason={request.Reason}: {replayed}", cancel);
        }

        await transaction.CommitAsync(cancel);
        texts.Wake();
        emails.Wake();
        return TypedResults.Accepted((string?)null, new ReplayedTouchPoints(replayed));
    }

    private static async Task<Results<Ok<TouchPointView>, NotFound, ProblemHttpResult>> CancelAsync(
        Guid id, ClaimsPrincipal staff, LeadDatabase database, TouchPointStore touchPoints, AuditStore audit, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await touchPoints.CancelOneAsync(transaction, id, cancel))
        {
            await audit.AddAsync(transaction, staff.UserId(), "touch_point_cancelled", $"touch point {id}", cancel);
            await transaction.CommitAsync(cancel);
        }

        return await touchPoints.FindAsync(staff.TenantId(), id, cancel) switch
        {
            null => TypedResults.NotFound(),
            { Status: "cancelled" } ended => TypedResults.Ok(ended),
            var other => TypedResults.Problem($"It is {other.Status}: only what has not been handed over can be called back.", statusCode: StatusCodes.Status409Conflict),
        };
    }
}

/// <summary>Which touch points to put back, the oldest first.</summary>
/// <param name="Status">failed or expired. What needs a person is decided one by one: POST /api/review-items/{id}/resolution.</param>
/// <param name="Reason">Only those with this reason.</param>
/// <param name="Limit">At most so many (1–1,000, usually 1,000).</param>
public sealed record TouchPointReplay(
    [Required, AllowedValues("failed", "expired",
            ErrorMessage = "The status is failed or expired.")] string Status,
    [StringLength(100), PlainText] string? Reason,
    [Range(1, TouchPointReplay.Most)] int? Limit)
{
    /// <summary>Most touch points of one replay.</summary>
    public const int Most = 1_000;
}

/// <summary>How many touch points were put back.</summary>
public sealed record ReplayedTouchPoints(int Replayed);
