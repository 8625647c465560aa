using System.ComponentModel.DataAnnotations;
using LeadOrchestrator.ChatApi.Bookings;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Shops;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeadOrchestrator.ChatApi.Sessions;

/// <summary>/api/chat/sessions: from the code of a link to a session, and back to it after a reload.</summary>
internal static class SessionEndpoints
{
    private const int Messages = 50;

    public static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton<ChatCookies>();
        services.AddSingleton<ChatCodeStore>();
        services.AddSingleton<SessionAccess>();
        services.AddSingleton<SessionViews>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ChatAuthentication>(ChatAuthentication.SchemeName, null);
    }

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        // A key that hands leads in has no business in what customers write.
        var customers = new AuthorizationPolicyBuilder(ChatAuthentication.SchemeName).RequireAuthenticatedUser()
            .RequireAssertion(caller => !caller.User.IsKey() || caller.User.HasClaim(StaffSignIn.ScopeClaim, KeyScopes.Read)).Build();
        var sessions = routes.MapGroup("/api/chat/sessions").WithTags("Chat");
        sessions.MapPost("", OpenAsync).AllowAnonymous().WithName("OpenChatSession")
            .WithSummary("Exchanges the code of a link for a session and its cookie.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);
        sessions.MapGet("/current", CurrentAsync).RequireAuthorization(customers).WithName("GetCurrentChatSession")
            .WithSummary("The session of the browser's newest cookie.").ProducesProblem(401).ProducesProblem(404);

        var session = sessions.MapGroup("/{id:guid}").RequireAuthorization(customers).AddEndpointFilter<RouteGroupBuilder, SessionAccess>()
            .ProducesProblem(401).ProducesProblem(404);
        session.MapGet("", GetAsync).WithName("GetChatSession").WithSummary("The session again, after a reload.");
        session.MapMessages();
        session.MapBookings();
    }

    private static async Task<Results<Created<ChatSession>, ProblemHttpResult>> OpenAsync(
        OpenChatSession request, HttpContext http, ChatCodeStore codes, LeadDatabase database, SessionStore sessions, SessionViews views,
        ChatCookies cookies, CancellationToken cancel)
    {
        if (await codes.FindAsync(request.Code, cancel) is not { } code)
        {
            // One answer for wrong, expired and revoked: nobody learns which it was.
            return TypedResults.Problem(
                "It is wrong, too old, or was taken back. Answer the text message, or call the shop.", statusCode: 404, title: "This link does not open a chat.");
        }

        using var activity = Telemetry.Continue("chat session opened", code.TraceParent);
        var session = await EnsureAsync(database, sessions, code, cancel);
        activity?.SetTag("session.id", session.SessionId);
        cookies.Append(http.Response, session, code.Id);
        return TypedResults.Created($"/api/chat/sessions/{session.SessionId}", await views.ReadAsync(session, cancel));
    }

    private static async Task<SessionKey> EnsureAsync(LeadDatabase database, SessionStore sessions, ChatCode code, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(code.TenantId, cancel);
        var sessionId = await sessions.EnsureAsync(transaction, code.LeadId, cancel);
        await sessions.OpenAsync(transaction, sessionId, code.TraceParent, cancel);
        await transaction.CommitAsync(cancel);
        return new SessionKey(code.TenantId, sessionId);
    }

    private static async Task<Results<Ok<ChatSession>, ProblemHttpResult>> CurrentAsync(HttpContext http, SessionViews views, CancellationToken cancel) =>
        await views.ReadAsync(new SessionKey(http.User.TenantId(), http.User.UserId()), cancel) is { } view ? TypedResults.Ok(view) : SessionAccess.NotFound();

    private static async Task<Results<Ok<ChatSession>, ProblemHttpResult>> GetAsync(Guid id, HttpContext http, SessionViews views, CancellationToken cancel) =>
        await views.ReadAsync(http.Session(), cancel) is { } view ? TypedResults.Ok(view) : SessionAccess.NotFound();

    /// <summary>Puts together what the chat page shows.</summary>
    internal sealed class SessionViews(ConversationStore conversations, MessageStore messages, ChatBookings bookings, ShopFacts shops, TimeProvider clock)
    {
        public async Task<ChatSession?> ReadAsync(SessionKey session, CancellationToken cancel)
        {
            if (await conversations.FindAsync(session, cancel) is not { } conversation)
            {
                return null;
            }

            var open = await shops.HoursAsync(session.TenantId, conversation, cancel);
            var latest = await messages.PageAsync(session.TenantId, session.SessionId, null, Messages, cancel);
            var booked = await bookings.CurrentAsync(session.TenantId, conversation.LeadId, cancel);
            var location = new ChatLocation(
                conversation.LocationName, conversation.LocationPhone, conversation.LocationAddress, conversation.LocationTimezone, open.IsOpen(clock.GetUtcNow()));
            return new ChatSession(session.SessionId, location, new ChatCustomer(conversation.FirstName), latest, conversation.Mode, [.. booked.Select(ChatBooking.Of)], conversation.Language,
                clock.GetUtcNow());
        }
    }
}

/// <summary>The code at the end of a chat link.</summary>
/// <param name="Code">As it stands in the link; at most 200 characters.</param>
public sealed record OpenChatSession([property: Required, StringLength(200)] string Code)
{
    /// <inheritdoc />
    public override string ToString() => nameof(OpenChatSession);
}

/// <summary>What the chat page shows when it opens.</summary>
/// <param name="Messages">The latest, oldest first.</param>
/// <param name="Mode">Who answers: ai, human, or closed.</param>
/// <param name="Language">The one that the customer writes: en or es; null = nobody knows yet.</param>
/// <param name="Now">What time it is here: who counts down to the end of a hold goes by this, and not by their own clock.</param>
/// <param name="Bookings">What is held for the customer, and their appointments that are not over; in the order of time.</param>
public sealed record ChatSession(Guid SessionId, ChatLocation Location, ChatCustomer Customer, IReadOnlyList<ChatMessage> Messages, string Mode, IReadOnlyList<ChatBooking> Bookings,
    string? Language, DateTimeOffset Now);

/// <summary>The shop.</summary>
/// <param name="Timezone">IANA name.</param>
/// <param name="OpenNow">Null: the shop's hours are not known.</param>
public sealed record ChatLocation(string Name, string? Phone, string? Address, string Timezone, bool? OpenNow);

/// <summary>The customer, as the shop calls them.</summary>
public sealed record ChatCustomer(string FirstName);
