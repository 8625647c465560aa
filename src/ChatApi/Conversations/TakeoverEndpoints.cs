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
            .WithSummary("A person of the shop writes in the chat; to who texts or writes emails it goes that way as well.").ProducesProblem(400).ProducesProblem(409);
    }

    private const string TooLong = "text_too_long";

    private static string[] Everybody => [Roles.PlatformAdmin, Roles.Owner, Roles.Manager, Roles.Advisor];

    private static async Task<Results<NoContent, NotFound>> TakeAsync(
        Guid id, ClaimsPrincipal staff, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers, AuditStore audit, LiveSessions live, Turns turns,
        CancellationToken cancel) =>
        await ChangeAsync(
            new SessionKey(staff.TenantId(), id), staff, SessionModes.Ai, SessionModes.Human, "chat_taken_over", database, sessions, messages, handovers, audit, live, turns, cancel)
            ? TypedResults.NoContent() : TypedResults.NotFound();

    // What the customer asked meanwhile and nobody answered is found by the sweep.
    private static async Task<Results<NoContent, NotFound>> GiveBackAsync(
        Guid id, ClaimsPrincipal staff, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers, AuditStore audit, LiveSessions live, Turns turns,
        CancellationToken cancel) =>
        await ChangeAsync(
            new SessionKey(staff.TenantId(), id), staff, SessionModes.Human, SessionModes.Ai, "chat_given_back", database, sessions, messages, handovers, audit, live, turns, cancel)
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

        // Said before, whatever has changed since: a stop that came in between says nothing of it.
        if (message.ClientMessageId is { } known && await messages.FindAsync(session.TenantId, id, known, cancel) is { Role: MessageRoles.Staff } said)
        {
            return TypedResults.Created($"/api/chat/sessions/{id}/messages", said);
        }

        if (state.Mode != SessionModes.Human)
        {
            return TypedResults.Problem("Take the conversation over first: POST …/takeover.", statusCode: 409, title: "The assistant answers in this conversation.");
        }

        // Whoever writes to the customer in another way at the same moment may hold the locks the other way round.
        var (appended, reason) = await Deadlock.RetryAsync(async () =>
        {
            await using var transaction = await database.BeginAsync(session.TenantId, cancel);
            var sent = await AppendAsync(transaction, id, message.Clean(), message.ClientMessageId, messages, texts, cancel);
            if (sent.Message is { IsNew: true })
            {
                await handovers.OwnAsync(transaction, state.LeadId, staff.UserId(), cancel); // who answers has it
                await audit.AddAsync(transaction, staff.UserId(), "chat_message_sent", $"chat/sessions/{id}", cancel);
                await transaction.CommitAsync(cancel);
            }

            return sent;
        });
        if (appended is null)
        {
            return NotSent(reason!);
        }

        if (appended.Frame is { } frame)
        {
            live.Publish(session, frame);
        }

        return TypedResults.Created($"/api/chat/sessions/{id}/messages", appended.Message);
    }

    // To who texts it goes by text, to who writes emails by email.
    private static async Task<(AppendedMessage? Message, string? WhyNot)> AppendAsync(
        TenantTransaction transaction, Guid sessionId, string content, Guid? clientMessageId, MessageStore messages, StaffTextStore texts, CancellationToken cancel)
    {
        var to = await StaffTextStore.LockWrittenToAsync(transaction, sessionId, cancel);
        if (to is not null && (to.WhyNot ?? (to.Channel == MessageChannels.Sms && content.Length > StaffTextStore.Longest ? TooLong : null)) is { } reason)
        {
            return (null, reason);
        }

        var channel = to?.Channel ?? MessageChannels.Chat;
        var appended = await messages.AppendAsync(transaction, new NewThreadMessage(sessionId, MessageRoles.Staff, channel, content) { ClientMessageId = clientMessageId }, cancel);
        if (to is not null && appended.IsNew)
        {
            await texts.PlanAsync(transaction, to.LeadId, appended.Message, Activity.Current?.Id, cancel);
        }

        return (appended, null);
    }

    // Not stored either: who waits by their phone or mailbox would never see it, and nobody would be told of them any more.
    private static ProblemHttpResult NotSent(string reason) => TypedResults.Problem(
        reason == TooLong ? $"The customer texts, and a text has at most {StaffTextStore.Longest} characters." : "The customer texts or writes emails, and nothing may go to them that way. Call them.",
        statusCode: reason == TooLong ? 400 : 409, title: "The message may not go out.", extensions: new Dictionary<string, object?> { ["reason"] = reason });

    // Staff who write a text take the leads before the session.
    private static Task<bool> ChangeAsync(
        SessionKey session, ClaimsPrincipal staff, string from, string to, string action, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers,
        AuditStore audit, LiveSessions live, Turns turns, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => ChangeOnceAsync(session, staff, from, to, action, database, sessions, messages, handovers, audit, live, turns, cancel));

    // Doing it twice is doing it once. A conversation that the assistant has handed over has its mode already, and its owner from now on.
    private static async Task<bool> ChangeOnceAsync(
        SessionKey session, ClaimsPrincipal staff, string from, string to, string action, LeadDatabase database, SessionStore sessions, MessageStore messages, HandoverStore handovers,
        AuditStore audit, LiveSessions live, Turns turns, CancellationToken cancel)
    {
        if (await sessions.FindAsync(session.TenantId, session.SessionId, cancel) is not { } state)
        {
            return false;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var frame = await messages.ChangeModeAsync(transaction, session.SessionId, from, to, cancel);
        // With the takeover or not at all: nobody may be left to end it by itself, and an answer at another process would go on to its end, tools too.
        var terminal = to == SessionModes.Human ? await messages.InterruptAnswerAsync(transaction, session.SessionId, null, "stopped", cancel) : null;
        if (to == SessionModes.Human && state.Mode != SessionModes.Closed)
        {
            var cut = await messages.EndPlannedAsync(transaction, session.SessionId, evenReplies: true, cancel);
            if (frame is not null)
            {
                await messages.AskAgainAsync(transaction, session.SessionId, [.. cut, .. new[] { terminal?.MessageId }.OfType<Guid>()], cancel);
            }
        }

        var wasWaiting = await handovers.OwnAsync(transaction, state.LeadId, staff.UserId(), cancel);
        if (frame is not null || wasWaiting)
        {
            await audit.AddAsync(transaction, staff.UserId(), action, $"chat/sessions/{session.SessionId}", cancel);
        }

        await transaction.CommitAsync(cancel);
        live.Publish(session, [.. new[] { frame, terminal }.OfType<Frame>()]);
        if (terminal is not null)
        {
            turns.Cancel(session, terminal.MessageId);
        }

        return true;
    }
}

/// <summary>What a person of the shop writes in a chat.</summary>
/// <param name="Content">1–4,000 characters, apart from white space around them.</param>
/// <param name="ClientMessageId">The sender's own id: the same one again gives back the first message, and nothing is said twice.</param>
public sealed record NewStaffMessage([property: Required, MaxLength(4000)] string? Content, Guid? ClientMessageId = null) : IValidatableObject
{
    /// <summary>The content as it is stored.</summary>
    public string Clean() => PlainText.Clean(Content ?? "").Trim();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Clean().Length == 0)
        {
            yield return new ValidationResult("The content must not be empty.", [nameof(Content)]);
        }
    }
}
