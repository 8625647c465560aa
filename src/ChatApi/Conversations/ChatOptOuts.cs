using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>"No more texts", said in the chat: by a tap or in words. The chat itself stays.</summary>
public sealed class ChatOptOuts(LeadDatabase database, ConversationStore conversations, ContactStore contacts)
{
    private const int LongestWording = 500;

    /// <summary>Ends the texts when a message asks for it. Committed when this returns, and before the message is: whoever asked shall not depend on the rest.</summary>
    public async Task HeedAsync(SessionKey session, string message, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (OptOutWords.Read(message) is var verdict && verdict != OptOut.No)
        {
            var wording = message.Length > LongestWording ? message[..LongestWording] : message;
            await EndAsync(session, wording, verdict == OptOut.Doubtful ? ConsentEvidence.Doubtful : null, cancel);
        }
    }

    /// <summary>No text to this customer starts from here on. Who has said so before changes nothing.</summary>
    /// <param name="reason">Null, or <see cref="ConsentEvidence.Doubtful"/>.</param>
    public async Task EndAsync(SessionKey session, string wording, string? reason, CancellationToken cancel)
    {
        if (await conversations.FindContactAsync(session, cancel) is not { } contactId)
        {
            return;
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        if (await contacts.OptOutOnceAsync(transaction, contactId, new ConsentEvidence("chat", session.SessionId.ToString(), wording, Reason: reason), cancel))
        {
            await transaction.CommitAsync(cancel);
            Measures.OptedOut("chat");
        }
    }
}
