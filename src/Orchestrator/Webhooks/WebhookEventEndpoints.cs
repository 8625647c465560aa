using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>/api/webhook-events: what came in, what was not used and why, and putting it back.</summary>
internal static class WebhookEventEndpoints
{
    private static readonly TimeSpan UsualSummary = TimeSpan.FromDays(7);

    public static void MapWebhookEvents(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/webhook-events").WithTags("Webhooks");
        group.MapGet("", ListAsync);
        group.MapGet("/summary", SummaryAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("/{id:guid}/replay", ReplayAsync).RequireAuthorization(new AuthorizeAttribute { Roles = Roles.Managing });
        group.MapPost("/replays", ReplayManyAsync).RequireAuthorization(new AuthorizeAttribute { Roles = Roles.Managing });
    }

    private static async Task<Results<Ok<Page<InboxEventView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, InboxStore inbox,
        [AllowedValues(null, "received", "processing", "done", "ignored", "dead",
            ErrorMessage = "The status is received, processing, done, ignored or dead.")] string? status,
        string? topic, string? reason, string? origin, string? externalId, DateTimeOffset? from, DateTimeOffset? to,
        [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var filter = new InboxFilter(status, topic, reason, origin, externalId, from, to);
        var rows = await inbox.ListAsync(staff.TenantId(), filter, before, Paging.RowsFor(limit), staff.IsManaging(), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, row => row.Id.ToString()));
    }

    private static async Task<Results<Ok<InboxEventView>, NotFound>> GetAsync(ClaimsPrincipal staff, InboxStore inbox, Guid id, CancellationToken cancel) =>
        await inbox.GetAsync(staff.TenantId(), id, staff.IsManaging(), cancel) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound();

    private static async Task<Ok<Page<InboxSummaryLine>>> SummaryAsync(
        ClaimsPrincipal staff, InboxStore inbox, TimeProvider clock, DateTimeOffset? from, CancellationToken cancel) =>
        TypedResults.Ok(new Page<InboxSummaryLine>(await inbox.SummaryAsync(staff.TenantId(), from ?? clock.GetUtcNow() - UsualSummary, cancel), null));

    private static async Task<Results<Accepted<ReplayedEvent>, NotFound, ProblemHttpResult>> ReplayAsync(
        ClaimsPrincipal staff, WebhookReplays replays, Guid id, CancellationToken cancel) =>
        await replays.ReplayAsync(Who(staff), id, cancel) switch
        {
            null => TypedResults.NotFound(),
            { Refusal: { } refusal } => TypedResults.Problem(refusal, statusCode: StatusCodes.Status409Conflict),
            var end => TypedResults.Accepted($"/api/webhook-events/{id}", new ReplayedEvent(id, end.Status, end.IsReplayed)),
        };

    private static async Task<Accepted<ReplayedEvents>> ReplayManyAsync(ClaimsPrincipal staff, WebhookReplays replays, ReplayRequest request, CancellationToken cancel) =>
        TypedResults.Accepted((string?)null, new ReplayedEvents(await replays.ReplayManyAsync(
            Who(staff), request.Status, request.Reason, request.Topic, request.Limit ?? ReplayRequest.Most, cancel)));

    private static Replayer Who(ClaimsPrincipal staff) => new(staff.TenantId(), staff.UserId(), staff.IsInRole(Roles.PlatformAdmin));
}

/// <summary>An event after a replay. <c>replayed</c> is false when it waits, is being worked on or is done: then nothing was changed.</summary>
public sealed record ReplayedEvent(Guid Id, string Status, bool Replayed);

/// <summary>How many events were put back.</summary>
public sealed record ReplayedEvents(int Replayed);

/// <summary>Which events to put back, the oldest first.</summary>
/// <param name="Status">dead or ignored.</param>
/// <param name="Reason">Only those with this reason.</param>
/// <param name="Topic">Only those of this table of the CRM.</param>
/// <param name="Limit">At most so many (1–1,000, usually 1,000).</param>
public sealed record ReplayRequest(
    [Required, AllowedValues("dead", "ignored",
            ErrorMessage = "The status is dead or ignored.")] string Status,
    [StringLength(100), PlainText] string? Reason,
    [StringLength(100), PlainText] string? Topic,
    [Range(1, ReplayRequest.Most)] int? Limit)
{
    /// <summary>Most events of one replay.</summary>
    public const int Most = 1_000;
}
