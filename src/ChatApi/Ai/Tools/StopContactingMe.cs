using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Nothing is sent to this customer any more; the chat stays.</summary>
internal sealed class StopContactingMe(LeadDatabase database, ContactStore contacts, ConversationStore conversations) : ChatTool(
    "stop_contacting_me", "The customer wants no more texts, calls or emails from the shop. Nothing is sent to them any more; this chat stays open.",
    """{"type":"object","properties":{},"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        if (await conversations.FindContactAsync(turn.Session, cancel) is not { } contactId)
        {
            return ToolResult.Refused("This customer has no number that anything could be sent to.");
        }

        await using var transaction = await database.BeginAsync(turn.Session.TenantId, cancel);
        await contacts.OptOutAsync(transaction, contactId, new ConsentEvidence("chat", turn.MessageId.ToString(), "asked the assistant to stop"), cancel);
        await transaction.CommitAsync(cancel);
        Measures.OptedOut("chat");
        return ToolResult.Of(new { Status = "Done: no more messages are sent to this customer. This chat stays open." }, Deeds.OptedOut);
    }
}
