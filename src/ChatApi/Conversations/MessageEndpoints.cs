using System.ComponentModel.DataAnnotations;
using System.Globalization;
using LeadOrchestrator.ChatApi.Sessions;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>/api/chat/sessions/{id}/…: send, read, follow, stop.</summary>
internal static class MessageEndpoints
{
    private const int MostPerPage = 200;

    public static void MapMessages(this RouteGroupBuilder session)
    {
        session.MapPost("/messages", SendAsync).WithName("SendChatMessage").WithSummary("Stores a message and streams the answer that covers it.")
            .Produces<string>(200, "text/event-stream").ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        session.MapGet("/messages", ListAsync).WithName("ListChatMessages").WithSummary("The history, oldest first.");
        session.MapGet("/stream", FollowAsync).WithName("StreamChatSession").WithSummary("The session's live events.")
            .Produces<string>(200, "text/event-stream").ProducesValidationProblem();
        session.MapPost("/opt-out", OptOutAsync).WithName("OptOutOfTexts").WithSummary("No text and no email is sent to this customer any more; the chat stays.");
        session.MapPost("/pause", PauseAsync).WithName("PauseMessages").WithSummary("What is planned to win this customer waits for thirty days; what concerns their appointments does not.");
        session.MapPost("/stop", StopAsync).WithName("StopChatAnswer").WithSummary("Stops the answer in progress; what was said stays.");
    }

    private static async Task<IResult> SendAsync(
        Guid id, NewMessage message, HttpContext http, MessageStore messages, LiveSessions live, Turns turns, SessionViewer viewer, ChatOptOuts optOuts,
        IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            http.Response.Headers.RetryAfter = "1";
            return TypedResults.Problem("Nothing was stored. Send it again in a second.", statusCode: 503, title: "This process is about to stop.");
        }

        var session = http.Session();
        var heeded = await optOuts.HeedAsync(session, message.Clean(), message.ClientMessageId!.Value, cancel);
        if (await messages.AskAsync(session, message.Clean(), message.ClientMessageId, cancel) is not { } appended)
        {
            return TypedResults.Problem("Nothing was stored.", statusCode: 409, title: "This conversation is closed.");
        }

        if (appended.Frame is { } frame)
        {
            live.Publish(session, frame);
        }

        if (heeded != Heeded.No)
        {
            await optOuts.NoticeAsync(session, appended.Message, isNews: heeded == Heeded.Now, cancel);
        }

        var seq = appended.Message.Seq;
        var isAnswered = appended.Mode == SessionModes.Ai && (appended.IsNew || await messages.IsAnsweredAsync(session, seq, cancel));
        // The message is shown before its answer begins, whose first statements would only stand in its way.
        Action? shown = isAnswered ? () => turns.Wake(session) : null;
        await viewer.RunAsync(http, session, new View(seq - 1, seq, isAnswered), appended.Frame, shown);
        return TypedResults.Empty;
    }

    private static async Task<Results<Ok<ChatMessagePage>, ValidationProblem>> ListAsync(
        Guid id, HttpContext http, MessageStore messages, CancellationToken cancel, [Range(1, MostPerPage)] int limit = 50, string? before = null)
    {
        long? beforeSeq = null;
        if (before is { Length: > 0 })
        {
            if (!long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            {
                return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["before"] = ["Give the nextCursor of the page before."] });
            }

            beforeSeq = parsed;
        }

        var session = http.Session();
        // One more than is shown tells whether there is more.
        var page = await messages.PageAsync(session.TenantId, session.SessionId, beforeSeq, limit + 1, cancel);
        return TypedResults.Ok(page.Count > limit
            ? new ChatMessagePage([.. page.Skip(1)], page[1].Seq.ToString(CultureInfo.InvariantCulture))
            : new ChatMessagePage(page, null));
    }

    private static async Task<IResult> FollowAsync(
        Guid id, HttpContext http, SessionStore sessions, SessionViewer viewer, CancellationToken cancel,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId = null, string? after = null)
    {
        var place = SeqOf(after);
        if (after is { Length: > 0 } && place is null)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["after"] = ["Give a frame's id as it came, such as {messageId}:{seq}, or its seq alone."] });
        }

        var session = http.Session();
        if (await sessions.FindAsync(session.TenantId, session.SessionId, cancel) is not { } state)
        {
            return SessionAccess.NotFound();
        }

        // A cursor beyond the end (of a database that was restored, say) would hear nothing ever again.
        await viewer.RunAsync(http, session, new View(Math.Min(SeqOf(lastEventId) ?? place ?? state.LastSeq, state.LastSeq)));
        return TypedResults.Empty;
    }

    private static async Task<NoContent> StopAsync(
        Guid id, HttpContext http, MessageStore messages, LiveSessions live, Turns turns, CancellationToken cancel)
    {
        var session = http.Session();
        if (await messages.InterruptAnswerAsync(session, null, "stopped", cancel) is { } terminal)
        {
            live.Publish(session, terminal);
            turns.Cancel(session, terminal.MessageId);
        }

        return TypedResults.NoContent();
    }

    private static async Task<NoContent> OptOutAsync(Guid id, HttpContext http, ChatOptOuts optOuts, CancellationToken cancel)
    {
        if (await optOuts.EndAsync(http.Session(), "opt-out on the chat page", isDoubtful: false, cancel))
        {
            await optOuts.NoticeAsync(http.Session(), null, isNews: true, cancel);
        }

        return TypedResults.NoContent();
    }

    private static async Task<NoContent> PauseAsync(Guid id, HttpContext http, ChatOptOuts optOuts, CancellationToken cancel)
    {
        await optOuts.PauseAsync(http.Session(), cancel);
        return TypedResults.NoContent();
    }

    // {messageId}:{seq}; the seq is all that a resume needs.
    private static long? SeqOf(string? frameId) =>
        long.TryParse(frameId?[(frameId.LastIndexOf(':') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;
}

/// <summary>A customer's message.</summary>
/// <param name="ClientMessageId">Chosen by the sender; the same again never makes a second answer.</param>
/// <param name="Content">1–4,000 characters, apart from white space around them.</param>
public sealed record NewMessage([property: Required] Guid? ClientMessageId, [property: Required] string? Content) : IValidatableObject
{
    private const int MostCharacters = 4000;

    /// <summary>The content as it is stored.</summary>
    public string Clean() => PlainText.Clean(Content ?? "").Trim();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Clean().Length is 0 or > MostCharacters)
        {
            yield return new ValidationResult($"The content must have 1 to {MostCharacters} characters.", [nameof(Content)]);
        }
    }
}

/// <summary>A page of the history.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">Give it as <c>before</c> to read further back; null at the beginning.</param>
public sealed record ChatMessagePage(IReadOnlyList<ChatMessage> Items, string? NextCursor);
