using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>
/// Calls a person of the shop to a conversation: staff find it among their review items and are told until one of them takes it, what was planned is not sent, and the assistant falls
/// silent after this answer.
/// </summary>
public sealed class PersonCalls(
    LeadDatabase database, MessageStore messages, AnswerReviewStore reviews, HandoverStore handovers, Assistants assistants, LiveSessions live, TimeProvider clock)
{
    private const int LongestWish = 200;

    /// <summary>Whoever asks for a person in plain words gets one without a model: there may be none, and it may not listen.</summary>
    /// <returns>Whether the answer is said with that.</returns>
    internal async Task<bool> HeedAsync(AnswerInProgress answer, AnswerStart start, CancellationToken cancel)
    {
        var asked = start.History.Reverse().TakeWhile(message => message.Role is MessageRoles.Customer or MessageRoles.System)
            .FirstOrDefault(message => message.Role == MessageRoles.Customer && PersonWords.AskForOne(message.Content));
        if (asked is null)
        {
            return false;
        }

        answer.SayOurselves(await CallAsync(answer.Session, start, asked.Content, isNoted: false, cancel), assistants.InOrder[0].Model);
        return true;
    }

    /// <summary>Calls one. Where a person answers already, nothing changes.</summary>
    /// <param name="wish">What the customer wants of them.</param>
    /// <param name="isNoted">A notice in the chat says so, beside what the answer says.</param>
    /// <returns>What the customer is to be told.</returns>
    internal Task<string> CallAsync(SessionKey session, AnswerStart start, string wish, bool isNoted, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => CallOnceAsync(session, start, wish, isNoted, cancel));

    // A model need not say what is wanted: then it is what the customer said last.
    private static string WishOf(AnswerStart start) =>
        start.History.LastOrDefault(message => message.Role == MessageRoles.Customer && message.Content.Length > 0) is { } last ? PlainText.Cut(last.Content, LongestWish) : start.Conversation.ServiceInterest;

    private async Task<string> CallOnceAsync(SessionKey session, AnswerStart start, string wish, bool isNoted, CancellationToken cancel)
    {
        var words = FixedWords.HandedOver(FixedWords.IsSpanish(start.History), start.Hours, clock.GetUtcNow());
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        if (await messages.ChangeModeAsync(transaction, session.SessionId, SessionModes.Ai, SessionModes.Human, cancel) is not { } frame)
        {
            return words;
        }

        var (leadId, messageId, said) = (start.Conversation.LeadId, start.Begun.MessageId, Prompt.Data(string.IsNullOrWhiteSpace(wish) ? WishOf(start) : wish));
        await reviews.AddAsync(transaction, new NewReview(AnswerReviewStore.PersonWanted, leadId, messageId, "asked", said), cancel);
        await handovers.OpenAsync(transaction, session.SessionId, leadId, messageId, said, cancel);
        await messages.EndPlannedAsync(transaction, session.SessionId, evenReplies: false, cancel);
        var notice = isNoted ? await messages.AppendAsync(transaction, new NewThreadMessage(session.SessionId, MessageRoles.System, MessageChannels.Chat, words), cancel) : null;
        await transaction.CommitAsync(cancel);
        live.Publish(session, [.. new[] { frame, notice?.Frame }.OfType<Frame>()]);
        return words;
    }
}
