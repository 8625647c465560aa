using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>/api/chat/sessions for staff: which conversations there are, what is new in them, and what one must know to take one over.</summary>
internal static class StaffSessionEndpoints
{
    private const int Most = 200;
    private const int CardReads = 200;
    private const int CardShows = 6;
    private static readonly string[] Modes = [SessionModes.Ai, SessionModes.Human, SessionModes.Closed];

    public static void MapStaffSessions(this IEndpointRouteBuilder routes)
    {
        string[] everybody = [Roles.PlatformAdmin, Roles.Owner, Roles.Manager, Roles.Advisor];
        var sessions = routes.MapGroup("/api/chat/sessions").WithTags("Chat").ProducesProblem(401).ProducesProblem(403);
        sessions.MapGet("", ListAsync).OnlyFor(everybody).AlsoForKeys(KeyScopes.Read).WithName("ListChatSessions").WithSummary("The franchise's conversations, the newest first, with what staff have not read of them.");
        sessions.MapPost("/{id:guid}/reads", ReadAsync).OnlyFor(everybody).WithName("ReadChatSession").WithSummary("Staff have read up to here.");
        sessions.MapGet("/{id:guid}/handover", CardAsync).OnlyFor(everybody).AlsoForKeys(KeyScopes.Read).WithName("GetChatHandover").WithSummary("What one must know to take the conversation over.");
        sessions.MapGet("/{id:guid}/pictures", PicturesAsync).OnlyFor(everybody).AlsoForKeys(KeyScopes.Read).WithName("ListChatPictures").WithSummary("The pictures that came with the customer's texts.");
        sessions.MapGet("/{id:guid}/pictures/{pictureId:guid}", PictureAsync).OnlyFor(everybody).AlsoForKeys(KeyScopes.Read).WithName("GetChatPicture").WithSummary("One picture, as it came.")
            .Produces<byte[]>(200, "image/jpeg", "image/png", "image/gif", "image/webp").ProducesProblem(404);
    }

    private static async Task<Results<Ok<StaffSessionPage>, ValidationProblem>> ListAsync(
        ClaimsPrincipal staff, StaffSessionStore sessions, string? mode, bool? unread, bool? waiting, Guid? leadId, Guid? locationId, [Range(1, Most)] int limit = 50,
        Guid? cursor = null, CancellationToken cancel = default)
    {
        if (mode is not null && !Modes.Contains(mode))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["mode"] = [$"mode must be {string.Join(", ", Modes)}."] });
        }

        var page = await sessions.ListAsync(staff.TenantId(), new StaffSessionFilter(mode, unread, waiting, leadId, locationId), cursor, limit + 1, cancel);
        return TypedResults.Ok(page.Count > limit ? new StaffSessionPage([.. page.Take(limit)], page[limit - 1].Id) : new StaffSessionPage(page, null));
    }

    private static async Task<Results<NoContent, NotFound>> ReadAsync(Guid id, NewRead read, ClaimsPrincipal staff, SessionStore sessions, CancellationToken cancel) =>
        await sessions.ReadAsync(staff.TenantId(), id, read.Seq!.Value, cancel) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Results<Ok<HandoverCard>, NotFound>> CardAsync(
        Guid id, ClaimsPrincipal staff, StaffSessionStore sessions, MessageStore messages, HoursStore hours, TimeProvider clock, CancellationToken cancel)
    {
        if (await sessions.FindAsync(staff.TenantId(), id, cancel) is not { } facts)
        {
            return TypedResults.NotFound();
        }

        var thread = await messages.PageAsync(staff.TenantId(), id, null, CardReads, cancel);
        var open = await hours.ReadAsync(staff.TenantId(), facts.LocationId, facts.LocationTimezone, cancel);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new HandoverCard(
            id, facts.LeadId, facts.FirstName, facts.LastName, facts.Phone, facts.Email, facts.Vehicle, facts.Wish ?? facts.ServiceInterest, FixedWords.IsSpanish(thread) ? "es" : "en",
            facts.Mode, facts.WaitsSince, facts.TakenBy, facts.TakenByName, open.IsOpen(now), open.IsOpen(now) == true ? null : open.NextOpening(now), SaidToCustomers.Prices(thread), SaidToCustomers.Promises(thread),
            await sessions.AppointmentsAsync(staff.TenantId(), facts.LeadId, cancel), [.. thread.Where(message => message.Status != MessageStatuses.Superseded).TakeLast(CardShows)]));
    }

    private static async Task<Results<Ok<PictureList>, NotFound>> PicturesAsync(Guid id, ClaimsPrincipal staff, SessionStore sessions, PictureStore pictures, CancellationToken cancel) =>
        await sessions.FindAsync(staff.TenantId(), id, cancel) is null
            ? TypedResults.NotFound() : TypedResults.Ok(new PictureList(await pictures.ListAsync(staff.TenantId(), id, cancel)));

    // What a stranger sent is shown as a picture or not at all, and by nobody else's page.
    private static async Task<IResult> PictureAsync(Guid id, Guid pictureId, HttpContext http, ClaimsPrincipal staff, PictureStore pictures, CancellationToken cancel)
    {
        if (await pictures.FindAsync(staff.TenantId(), id, pictureId, cancel) is not { } picture)
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Bytes(picture.Content, picture.ContentType);
    }
}

/// <summary>A page of conversations.</summary>
/// <param name="NextCursor">Null on the last page.</param>
public sealed record StaffSessionPage(IReadOnlyList<StaffSession> Items, Guid? NextCursor);

/// <summary>The pictures of a conversation.</summary>
public sealed record PictureList(IReadOnlyList<Picture> Items);

/// <summary>Staff have read.</summary>
/// <param name="Seq">Of the newest message that they have seen.</param>
public sealed record NewRead([property: Required, Range(0, long.MaxValue)] long? Seq);
