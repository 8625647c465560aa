namespace LeadOrchestrator.Shared.Messages;

/// <summary>One message of a lead's thread, as every API shows it.</summary>
/// <param name="Seq">Its place in the thread: the seq of the frame that announced it.</param>
/// <param name="Role">One of <see cref="MessageRoles"/>.</param>
/// <param name="Channel">One of <see cref="MessageChannels"/>.</param>
/// <param name="Content">Plain text. Empty while an answer streams: its text so far is in the frames after <paramref name="Seq"/>.</param>
/// <param name="Status">One of <see cref="MessageStatuses"/>.</param>
/// <param name="Usage">What the answer cost; of answers only.</param>
/// <param name="ClientMessageId">The sender's own id, of a customer's message from the chat page.</param>
public sealed record ChatMessage(
    Guid Id, long Seq, string Role, string Channel, string Content, string Status, DateTimeOffset CreatedAt, AnswerUsage? Usage, Guid? ClientMessageId)
{
    /// <summary>How many pictures came with it; null = none.</summary>
    public int? Pictures { get; init; }
}

/// <summary>What an answer used and cost.</summary>
/// <param name="Provider"><c>claude</c> or <c>openai</c>.</param>
/// <param name="InputTokens">All of the prompt's, cached ones included.</param>
/// <param name="CacheReadTokens">Those of the input that came from the provider's cache.</param>
/// <param name="CostMicros">Micro-dollars.</param>
public sealed record AnswerUsage(string Provider, string Model, long InputTokens, long OutputTokens, long CacheReadTokens, long CostMicros);

/// <summary>A message that is to join a thread.</summary>
/// <param name="SessionId">From <see cref="SessionStore.EnsureAsync"/>.</param>
/// <param name="Role">One of <see cref="MessageRoles"/>.</param>
/// <param name="Channel">One of <see cref="MessageChannels"/>.</param>
/// <param name="Content">Plain text without NUL, which PostgreSQL refuses (<see cref="PlainText.Clean"/>).</param>
public sealed record NewThreadMessage(Guid SessionId, string Role, string Channel, string Content)
{
    /// <summary>Addresses of pictures that came with it (MMS).</summary>
    public IReadOnlyList<string> Media { get; init; } = [];

    /// <summary>Is it for the assistant to answer? Every message of a customer in the chat is; a text is, unless it was an order (STOP, HELP, START).</summary>
    public bool IsQuestion { get; init; } = Role == MessageRoles.Customer && Channel == MessageChannels.Chat;

    /// <summary>The sender's own id: the same one again is the same message.</summary>
    public Guid? ClientMessageId { get; init; }

    /// <summary>When it was sent, when that was before now; null = now.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>What became of a new message.</summary>
/// <param name="Mode">The session's mode at that moment, one of <see cref="SessionModes"/>.</param>
/// <param name="Frame">Its <c>message.created</c>; null when the message was there already.</param>
public sealed record AppendedMessage(ChatMessage Message, string Mode, Frame? Frame)
{
    /// <summary>False: this client message id is stored already; the thread has not changed.</summary>
    public bool IsNew => Frame is not null;
}

/// <summary>Who speaks.</summary>
public static class MessageRoles
{
    /// <summary>The lead.</summary>
    public const string Customer = "customer";

    /// <summary>The AI assistant.</summary>
    public const string Assistant = "assistant";

    /// <summary>A person of the shop.</summary>
    public const string Staff = "staff";

    /// <summary>The system itself.</summary>
    public const string System = "system";
}

/// <summary>By which way a message came or went.</summary>
public static class MessageChannels
{
    /// <summary>The chat page.</summary>
    public const string Chat = "chat";

    /// <summary>A text message.</summary>
    public const string Sms = "sms";

    /// <summary>Email.</summary>
    public const string Email = "email";
}

/// <summary>How far a message is. Only answers are ever anything else than complete.</summary>
public static class MessageStatuses
{
    /// <summary>Being said.</summary>
    public const string Streaming = "streaming";

    /// <summary>Said to its end.</summary>
    public const string Complete = "complete";

    /// <summary>Ended early; what was said stays.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>Nothing could be said.</summary>
    public const string Failed = "failed";

    /// <summary>Void: the customer wrote on, and a later answer covers that too.</summary>
    public const string Superseded = "superseded";
}

/// <summary>Who answers in a session.</summary>
public static class SessionModes
{
    /// <summary>The assistant.</summary>
    public const string Ai = "ai";

    /// <summary>A person of the shop.</summary>
    public const string Human = "human";

    /// <summary>Nobody.</summary>
    public const string Closed = "closed";
}
