using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>"No more texts", said in the chat: by a tap or in words. The chat itself stays.</summary>
public sealed class ChatOptOuts(LeadDatabase database, ConversationStore conversations, ContactStore contacts, MessageStore messages, LiveSessions live)
{
    private const int LongestWording = 500;

    // Enough to hear which language the customer writes.
    private const int Lately = 10;

    /// <summary>Ends the texts when a message asks for it. Committed when this returns, and before the message is: whoever asked shall not depend on the rest.</summary>
    /// <returns>Whether the texts end with this message; then <see cref="NoticeAsync"/> says so behind it.</returns>
    public async Task<bool> HeedAsync(SessionKey session, string message, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (OptOutWords.Read(message) is var verdict && verdict != OptOut.No)
        {
            var wording = message.Length > LongestWording ? message[..LongestWording] : message;
            return await EndAsync(session, wording, verdict == OptOut.Doubtful ? ConsentEvidence.Doubtful : null, cancel);
        }

        return false;
    }

    /// <summary>Says in the chat that the texts have ended.</summary>
    public async Task NoticeAsync(SessionKey session, CancellationToken cancel)
    {
        var history = await messages.PageAsync(session.TenantId, session.SessionId, null, Lately, cancel);
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        var notice = new NewThreadMessage(session.SessionId, MessageRoles.System, MessageChannels.Chat, FixedWords.OptedOut(FixedWords.IsSpanish(history)));
        var appended = await messages.AppendAsync(transaction, notice, cancel);
        await transaction.CommitAsync(cancel);
        live.Publish(session, appended.Frame!);
    }

    /// <summary>No text to this customer starts from here on. Who has said so before changes nothing.</summary>
    /// <param name="reason">Null, or <see cref="ConsentEvidence.Doubtful"/>.</param>
    /// <returns>Whether they end now.</returns>
    public async Task<bool> EndAsync(SessionKey session, string wording, string? reason, CancellationToken cancel)
    {
        if (await conversations.FindContactAsync(session, cancel) is not { } contactId)
        {
            return false;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        if (!await contacts.OptOutOnceAsync(transaction, contactId, new ConsentEvidence("chat", session.SessionId.ToString(), wording, Reason: reason), cancel))
        {
            return false;
        }

        await transaction.CommitAsync(cancel);
        Measures.OptedOut("chat");
        return true;
    }
}
