using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>/api/chat/sessions/{id}/takeover and /staff-messages: a person of the shop answers instead of the assistant, and gives the conversation back.</summary>
internal static class TakeoverEndpoints
{
    public static void MapTakeover(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup("/api/chat/sessions/{id:guid}").WithTags("Chat").ProducesProblem(401).ProducesProblem(403);
        session.MapPost("/takeover", TakeAsync).OnlyFor(Everybody).WithName("TakeOverChat").WithSummary("A person answers from now on; an answer in progress ends at once.");
        session.MapDelete("/takeover", GiveBackAsync).OnlyFor(Everybody).WithName("GiveChatBack").WithSummary("The assistant answers again.");
        session.MapPost("/staff-messages", SayAsync).OnlyFor(Everybody).WithName("SendStaffChatMessage")
            .WithSummary("A person of the shop writes in the chat; to who texts it goes by text as well.").ProducesProblem(400).ProducesProblem(409);
    }

    private const string TooLong = "text_too_long";

    private static string[] Everybody => [Roles.PlatformAdmin, Roles.Owner, Roles.Manager, Roles.Advisor];

    private static async Task<Results<NoContent, NotFound>> TakeAsync(
        Guid id, ClaimsPrincipal staff, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers, AuditStore audit, LiveSessions live, Turns turns,
        CancellationToken cancel)
    {
        var session = new SessionKey(staff.TenantId(), id);
        if (!await ChangeAsync(session, staff, SessionModes.Ai, SessionModes.Human, "chat_taken_over", database, sessions, messages, handovers, audit, live, cancel))
        {
            return TypedResults.NotFound();
        }

        if (await messages.InterruptAnswerAsync(session, null, "stopped", cancel) is { } terminal)
        {
            live.Publish(session, terminal);
            turns.Cancel(session);
        }

        return TypedResults.NoContent();
    }

    // What the customer asked meanwhile and nobody answered is found by the sweep.
    private static async Task<Results<NoContent, NotFound>> GiveBackAsync(
        Guid id, ClaimsPrincipal staff, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers, AuditStore audit, LiveSessions live, CancellationToken cancel) =>
        await ChangeAsync(
            new SessionKey(staff.TenantId(), id), staff, SessionModes.Human, SessionModes.Ai, "chat_given_back", database, sessions, messages, handovers, audit, live, cancel)
            ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<Results<Created<ChatMessage>, NotFound, ProblemHttpResult>> SayAsync(
        Guid id, NewStaffMessage message, ClaimsPrincipal staff, LeadDatabase database, SessionStore sessions, MessageStore messages, StaffTextStore texts, HandoverStore handovers, AuditStore audit,
        LiveSessions live, CancellationToken cancel)
    {
        var session = new SessionKey(staff.TenantId(), id);
        if (await sessions.FindAsync(session.TenantId, id, cancel) is not { } state)
        {
            return TypedResults.NotFound();
        }

        if (state.Mode != SessionModes.Human)
        {
            return TypedResults.Problem("Take the conversation over first: POST …/takeover.", statusCode: 409, title: "The assistant answers in this conversation.");
        }

        // Whoever writes to the customer in another way at the same moment may hold the locks the other way round.
        var (appended, reason) = await Deadlock.RetryAsync(async () =>
        {
            await using var transaction = await database.BeginAsync(session.TenantId, cancel);
            var said = await AppendAsync(transaction, id, PlainText.Clean(message.Content!).Trim(), message.ClientMessageId, messages, texts, cancel);
            if (said.Message is { IsNew: true })
            {
                await handovers.TakeAsync(transaction, state.LeadId, staff.UserId(), cancel); // who answers has it
                await audit.AddAsync(transaction, staff.UserId(), "chat_message_sent", $"chat/sessions/{id}", cancel);
                await transaction.CommitAsync(cancel);
            }

            return said;
        });
        if (appended is null)
        {
            return NotByText(reason!);
        }

        if (appended.Frame is { } frame)
        {
            live.Publish(session, frame);
        }

        return TypedResults.Created($"/api/chat/sessions/{id}/messages", appended.Message);
    }

    // To who texts it goes by text.
    private static async Task<(AppendedMessage? Message, string? WhyNot)> AppendAsync(
        TenantTransaction transaction, Guid sessionId, string content, Guid? clientMessageId, MessageStore messages, StaffTextStore texts, CancellationToken cancel)
    {
        var texter = await StaffTextStore.LockTexterAsync(transaction, sessionId, cancel);
        if (texter is not null && (texter.WhyNot ?? (content.Length > StaffTextStore.Longest ? TooLong : null)) is { } reason)
        {
            return (null, reason);
        }

        var channel = texter is null ? MessageChannels.Chat : MessageChannels.Sms;
        var appended = await messages.AppendAsync(transaction, new NewThreadMessage(sessionId, MessageRoles.Staff, channel, content) { ClientMessageId = clientMessageId }, cancel);
        if (texter is not null && appended.IsNew)
        {
            await texts.PlanAsync(transaction, texter.LeadId, appended.Message, Activity.Current?.Id, cancel);
        }

        return (appended, null);
    }

    // Not stored either: who waits by their phone would never see it, and nobody would be told of them any more.
    private static ProblemHttpResult NotByText(string reason) => TypedResults.Problem(
        reason == TooLong ? $"The customer texts, and a text has at most {StaffTextStore.Longest} characters." : "The customer texts, and no text may go to them. Call them.",
        statusCode: reason == TooLong ? 400 : 409, title: "The message may not go out.", extensions: new Dictionary<string, object?> { ["reason"] = reason });

    // Staff who write a text take the leads before the session.
    private static Task<bool> ChangeAsync(
        SessionKey session, ClaimsPrincipal staff, string from, string to, string action, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers,
        AuditStore audit, LiveSessions live, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => ChangeOnceAsync(session, staff, from, to, action, database, sessions, messages, handovers, audit, live, cancel));

    // Doing it twice is doing it once. A conversation that the assistant has handed over has its mode already, and its owner from now on.
    private static async Task<bool> ChangeOnceAsync(
        SessionKey session, ClaimsPrincipal staff, string from, string to, string action, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers,
        AuditStore audit, LiveSessions live, CancellationToken cancel)
    {
        if (await sessions.FindAsync(session.TenantId, session.SessionId, cancel) is not { } state)
        {
            return false;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var frame = await messages.ChangeModeAsync(transaction, session.SessionId, from, to, cancel);
        if (to == SessionModes.Human && state.Mode != SessionModes.Closed)
        {
            await messages.EndPlannedAsync(transaction, session.SessionId, evenReplies: true, cancel);
        }

        var wasWaiting = await handovers.TakeAsync(transaction, state.LeadId, staff.UserId(), cancel);
        if (frame is not null || wasWaiting)
        {
            await audit.AddAsync(transaction, staff.UserId(), action, $"chat/sessions/{session.SessionId}", cancel);
        }

        await transaction.CommitAsync(cancel);
        if (frame is not null)
        {
            live.Publish(session, frame);
        }

        return true;
    }
}

/// <summary>What a person of the shop writes in a chat.</summary>
/// <param name="Content">1–4,000 characters, apart from white space around them.</param>
/// <param name="ClientMessageId">The sender's own id: the same one again gives back the first message, and nothing is said twice.</param>
public sealed record NewStaffMessage([property: Required, MaxLength(4000), RegularExpression(@"[\s\S]*\S[\s\S]*", ErrorMessage = "The content must not be empty.")] string? Content,
    Guid? ClientMessageId = null);
