using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>"No more messages", or none for a while, said in the chat: by a tap or in words. The chat itself stays.</summary>
public sealed class ChatOptOuts(
    LeadDatabase database, SessionStore sessions, ConversationStore conversations, ContactStore contacts, MessageStore messages, LiveSessions live, TimeProvider clock)
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
    /// <returns>Whether it ends with this message; then <see cref="NoticeAsync"/> says so behind it.</returns>
    public async Task<bool> HeedAsync(SessionKey session, string message, Guid clientMessageId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (OptOutWords.Read(message) is var verdict && verdict != OptOut.No && !await conversations.HasMessageAsync(session, clientMessageId, cancel)
            && !(OptOutWords.MayEndABooking(message) && await HasBookingAsync(session, cancel)))
        {
            return await EndAsync(session, PlainText.Cut(message, LongestWording), verdict == OptOut.Doubtful ? ConsentEvidence.Doubtful : null, cancel);
        }

        return false;
    }

    private async Task<bool> HasBookingAsync(SessionKey session, CancellationToken cancel) =>
        await conversations.FindAsync(session, cancel) is { } conversation && (conversation.Done & (Deeds.Booked | Deeds.Held)) != Deeds.None;

    /// <summary>Says in the chat that nothing is sent any more.</summary>
    public async Task NoticeAsync(SessionKey session, CancellationToken cancel)
    {
        var history = await messages.PageAsync(session.TenantId, session.SessionId, null, Lately, cancel);
        var words = FixedWords.OptedOut(FixedWords.IsSpanish(history), hasNumber: await conversations.FindContactAsync(session, cancel) is not null);
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var appended = await messages.AppendAsync(transaction, Note(session, words), cancel);
        await transaction.CommitAsync(cancel);
        live.Publish(session, appended.Frame!);
    }

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
    /// <param name="reason">Null, or <see cref="ConsentEvidence.Doubtful"/>.</param>
    /// <returns>Whether they end now.</returns>
    public Task<bool> EndAsync(SessionKey session, string wording, string? reason, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => EndOnceAsync(session, wording, reason, cancel));

    private async Task<bool> EndOnceAsync(SessionKey session, string wording, string? reason, CancellationToken cancel)
    {
        if (await sessions.FindAsync(session.TenantId, session.SessionId, cancel) is not { } state)
        {
            return false;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var evidence = new ConsentEvidence("chat", session.SessionId.ToString(), wording, Reason: reason);
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
