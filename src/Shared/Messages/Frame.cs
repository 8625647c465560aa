using System.Text.Encodings.Web;
using System.Text.Json;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>One event of a session's live stream, as it is stored and as browsers get it.</summary>
/// <param name="MessageId">The message it is about; null when it is about the session.</param>
/// <param name="Seq">Grows by one over the whole session.</param>
/// <param name="Type">One of <see cref="FrameTypes"/>.</param>
/// <param name="Data">JSON.</param>
public sealed record Frame(Guid SessionId, Guid? MessageId, long Seq, string Type, string Data)
{
    /// <summary>Does it end an answer?</summary>
    public bool IsTerminal => Type is FrameTypes.AnswerCompleted or FrameTypes.AnswerInterrupted or FrameTypes.AnswerFailed;

    /// <summary>Does it end an answer in whose place another one comes, to what the customer wrote since as well?</summary>
    public bool IsSuperseded => Type == FrameTypes.AnswerInterrupted && FrameJson.Read<AnswerInterrupted>(Data).Reason == MessageStatuses.Superseded;
}

/// <summary>The names of frames.</summary>
public static class FrameTypes
{
    /// <summary>A message is in the thread. Data: <see cref="ChatMessage"/>.</summary>
    public const string MessageCreated = "message.created";

    /// <summary>An answer begins. Data: <see cref="Messages.AnswerStarted"/>.</summary>
    public const string AnswerStarted = "answer.started";

    /// <summary>The next piece of an answer. Data: <see cref="Messages.AnswerDelta"/>.</summary>
    public const string AnswerDelta = "answer.delta";

    /// <summary>A tool is used for an answer. Data: <see cref="Messages.AnswerTool"/>.</summary>
    public const string AnswerTool = "answer.tool";

    /// <summary>The pieces before it are void. Data: <see cref="Messages.AnswerRestarted"/>.</summary>
    public const string AnswerRestarted = "answer.restarted";

    /// <summary>An answer was said to its end. Data: <see cref="Messages.AnswerCompleted"/>.</summary>
    public const string AnswerCompleted = "answer.completed";

    /// <summary>An answer ended early; what was said stays. Data: <see cref="Messages.AnswerInterrupted"/>.</summary>
    public const string AnswerInterrupted = "answer.interrupted";

    /// <summary>Nothing could be said. Data: <see cref="Messages.AnswerFailed"/>.</summary>
    public const string AnswerFailed = "answer.failed";

    /// <summary>A slot is held for the customer until they confirm it. Data: <see cref="Messages.BookingHeld"/>.</summary>
    public const string BookingHeld = "booking.held";

    /// <summary>A booking was confirmed, moved or cancelled, by whomever. Data: <see cref="Messages.BookingChanged"/>.</summary>
    public const string BookingChanged = "booking.changed";

    /// <summary>Somebody else answers from now on. Data: <see cref="Messages.ModeChanged"/>.</summary>
    public const string ModeChanged = "mode.changed";
}

/// <summary>Data of answer.started.</summary>
/// <param name="CoversSeq">The answer is to all of the customer's messages up to this seq.</param>
public sealed record AnswerStarted(Guid MessageId, long CoversSeq);

/// <summary>Data of answer.delta: the next piece of the answer.</summary>
public sealed record AnswerDelta(Guid MessageId, string Text);

/// <summary>Data of answer.tool.</summary>
/// <param name="Name">The tool's.</param>
/// <param name="State"><c>started</c>, <c>done</c> or <c>failed</c>.</param>
public sealed record AnswerTool(Guid MessageId, string Name, string State);

/// <summary>Data of answer.restarted: the deltas before it are void.</summary>
public sealed record AnswerRestarted(Guid MessageId);

/// <summary>Data of answer.completed.</summary>
/// <param name="Content">The whole answer: the joined deltas, byte for byte.</param>
/// <param name="FinishReason"><c>stop</c> or <c>length</c>.</param>
public sealed record AnswerCompleted(Guid MessageId, string Content, string FinishReason, AnswerUsage Usage);

/// <summary>Data of answer.interrupted: what was said stays.</summary>
/// <param name="Reason"><c>superseded</c>: nothing stays, and another answer covers what was asked; <c>stopped</c> by the customer, <c>shutdown</c>, <c>owner_lost</c>, or the provider's <c>cut</c>, <c>unfinished</c>, <c>error</c>, <c>timeout</c>, <c>content_filter</c>.</param>
public sealed record AnswerInterrupted(Guid MessageId, string Reason);

/// <summary>Data of answer.failed.</summary>
/// <param name="Code"><c>provider_unavailable</c>, <c>budget_exhausted</c> or <c>provider_refused</c>.</param>
public sealed record AnswerFailed(Guid MessageId, string Code);

/// <summary>Data of booking.held.</summary>
/// <param name="PriceCents">US cents, from the catalog.</param>
/// <param name="ExpiresAt">Then the slot is free again, unless it was confirmed.</param>
public sealed record BookingHeld(Guid BookingId, Guid ServiceId, string ServiceName, DateTimeOffset StartsAt, DateTimeOffset EndsAt, long PriceCents, DateTimeOffset ExpiresAt);

/// <summary>Data of booking.changed.</summary>
/// <param name="Status"><c>confirmed</c>, also when it has another time, or <c>cancelled</c>.</param>
public sealed record BookingChanged(Guid BookingId, string Status);

/// <summary>Data of mode.changed.</summary>
public sealed record ModeChanged(string Mode);

/// <summary>The JSON of frames: as in every answer of the API, with letters of all languages as themselves.</summary>
public static class FrameJson
{
    private static readonly JsonSerializerOptions Options = Create();

    /// <summary>One line of JSON.</summary>
    public static string Write<T>(T data) => JsonSerializer.Serialize(data, Options);

    /// <summary>The JSON around a number that only the database knows; it writes it where <paramref name="number"/> has its 0.</summary>
    /// <param name="number">Such as <c>"seq":0</c>; no text before it may look like it.</param>
    internal static (string Before, string After) Around<T>(T data, string number)
    {
        var text = Write(data);
        var place = text.IndexOf(number, StringComparison.Ordinal) + number.Length;
        return (text[..(place - 1)], text[place..]);
    }

    /// <summary>Reads a frame's data back.</summary>
    public static T Read<T>(string data) => JsonSerializer.Deserialize<T>(data, Options) ?? throw new JsonException("A frame holds null");

    private static JsonSerializerOptions Create()
    {
        // No browser reads this as HTML: it is sent as text/event-stream, with nosniff.
        var options = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        JsonNames.Configure(options);
        return options;
    }
}
