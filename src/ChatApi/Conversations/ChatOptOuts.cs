using System.Security.Cryptography;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>"No more messages", or none for a while, said in the chat: by a tap or in words. The chat itself stays.</summary>
public sealed class ChatOptOuts(
    LeadDatabase database, SessionStore sessions, ConversationStore conversations, ContactStore contacts, AppointmentStore appointments, MessageStore messages, LiveSessions live, TimeProvider clock)
{
    private const int LongestWording = 500;

    // Enough to hear which language the customer writes.
    private const int Lately = 10;
    private static readonly TimeSpan Rest = TimeSpan.FromDays(30);

    /// <summary>
    /// Ends what would be sent when a message asks for it. Committed when this returns, and before the message is: whoever asked shall not depend on the rest. "Cancel" of who holds a slot or
    /// has an appointment is about that, and for the conversation.
    /// </summary>
    /// <param name="clientMessageId">One that is stored was heeded when it came first; whoever wanted messages again since then still does.</param>
    /// <returns>Whether it ends; then <see cref="NoticeAsync"/> says so behind the message, also where a process died before it could.</returns>
    public async Task<Heeded> HeedAsync(SessionKey session, string message, Guid clientMessageId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(message);
        var verdict = OptOutWords.Read(message);
        if (verdict == OptOut.No || (OptOutWords.MayEndABooking(message) && await HasBookingAsync(session, cancel)))
        {
            return Heeded.No;
        }

        var endsNow = !await conversations.HasMessageAsync(session, clientMessageId, cancel)
            && await EndAsync(session, PlainText.Cut(message, LongestWording), verdict == OptOut.Doubtful, cancel);
        return endsNow ? Heeded.Now : await conversations.IsOutAsync(session, cancel) ? Heeded.Before : Heeded.No;
    }

    private async Task<bool> HasBookingAsync(SessionKey session, CancellationToken cancel) =>
        await sessions.FindAsync(session.TenantId, session.SessionId, cancel) is { } state && await appointments.HasOneAsync(session.TenantId, state.LeadId, cancel);

    /// <summary>Says in the chat that nothing is sent any more; once, and once more when it ends anew.</summary>
    /// <param name="message">The message that asked for it; null = a tap did.</param>
    /// <param name="isNews">It ends now. If not, it is said where it was not said lately.</param>
    public async Task NoticeAsync(SessionKey session, ChatMessage? message, bool isNews, CancellationToken cancel)
    {
        var history = await messages.PageAsync(session.TenantId, session.SessionId, null, Lately, cancel);
        var (isSpanish, hasNumber) = (FixedWords.IsSpanish(history), await conversations.FindContactAsync(session, cancel) is not null);
        var isStranger = message is not null && hasNumber && OptOutWords.Read(message.Content) == OptOut.Clear && OptOutWords.IsWrongNumber(message.Content);
        var words = isStranger ? FixedWords.WrongNumber(isSpanish) : FixedWords.OptedOut(isSpanish, hasNumber);
        if (!isNews && history.Any(said => said.Role == MessageRoles.System && said.Content == words))
        {
            return;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var appended = await messages.AppendAsync(transaction, Note(session, words) with { ClientMessageId = NoteIdOf(message) }, cancel);
        if (appended.Frame is { } frame)
        {
            await transaction.CommitAsync(cancel);
            live.Publish(session, frame);
        }
    }

    // The same for the same message, whichever process says it.
    private static Guid? NoteIdOf(ChatMessage? message) => message is null ? null : new Guid(SHA256.HashData(message.Id.ToByteArray()).AsSpan(0, 16));

    /// <summary>Nothing that was planned to win this customer is sent for thirty days, and the chat says until when. A second tap on the same day is the first.</summary>
    public async Task PauseAsync(SessionKey session, CancellationToken cancel)
    {
        if (await conversations.FindAsync(session, cancel) is not { } conversation)
        {
            return;
        }

        var until = clock.GetUtcNow() + Rest;
        var history = await messages.PageAsync(session.TenantId, session.SessionId, null, Lately, cancel);
        var words = FixedWords.Paused(FixedWords.IsSpanish(history), BookingWords.Local(until, conversation.LocationTimezone).Date);
        var isNews = !history.Any(message => message.Role == MessageRoles.System && message.Content == words);
        live.Publish(session, await Deadlock.RetryAsync(() => PauseOnceAsync(session, until, isNews ? words : null, cancel)));
    }

    private async Task<Frame[]> PauseOnceAsync(SessionKey session, DateTimeOffset until, string? words, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        await messages.PausePlannedAsync(transaction, session.SessionId, until, cancel);
        var appended = words is null ? null : await messages.AppendAsync(transaction, Note(session, words), cancel);
        await transaction.CommitAsync(cancel);
        return [.. new[] { appended?.Frame }.OfType<Frame>()];
    }

    private static NewThreadMessage Note(SessionKey session, string words) => new(session.SessionId, MessageRoles.System, MessageChannels.Chat, words);

    /// <summary>No text and no email to this customer starts from here on, by whichever of their addresses we know. Who has said so before changes nothing.</summary>
    /// <param name="isDoubtful">They may have meant something else: a person reads the words.</param>
    /// <returns>Whether they end now.</returns>
    public Task<bool> EndAsync(SessionKey session, string wording, bool isDoubtful, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => EndOnceAsync(session, wording, isDoubtful, cancel));

    private async Task<bool> EndOnceAsync(SessionKey session, string wording, bool isDoubtful, CancellationToken cancel)
    {
        if (await sessions.FindAsync(session.TenantId, session.SessionId, cancel) is not { } state)
        {
            return false;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var evidence = new ConsentEvidence("chat", session.SessionId.ToString(), wording);
        evidence = isDoubtful ? evidence.AsDoubtful() : evidence;
        var isNews = await (OptOutWords.IsWrongNumber(wording)
            ? contacts.WrongNumberOfLeadAsync(transaction, state.LeadId, evidence, cancel) : contacts.OptOutLeadAsync(transaction, state.LeadId, evidence, cancel));
        if (!isNews)
        {
            return false;
        }

        await transaction.CommitAsync(cancel);
        Measures.OptedOut("chat");
        return true;
    }
}

/// <summary>What became of a message that may say "no more".</summary>
public enum Heeded
{
    /// <summary>It says no such thing, or is about a booking.</summary>
    No,

    /// <summary>They had said so before.</summary>
    Before,

    /// <summary>What would be sent ends now.</summary>
    Now,
}
