using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Nothing is sent to this customer any more, by whichever of their addresses there are; the chat stays.</summary>
internal sealed class StopContactingMe(LeadDatabase database, ContactStore contacts) : ChatTool(
    "stop_contacting_me", "The customer wants no more texts, calls or emails from the shop. Nothing is sent to them any more; this chat stays open.",
    """{"type":"object","properties":{},"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(turn.Session.TenantId, cancel);
        var evidence = new ConsentEvidence("chat", turn.MessageId.ToString(), "asked the assistant to stop");
        var isNews = await contacts.OptOutLeadAsync(transaction, turn.Start.Conversation.LeadId, evidence, cancel);
        await transaction.CommitAsync(cancel);
        if (isNews)
        {
            Measures.OptedOut("chat");
        }

        return ToolResult.Of(new { Status = "Done: no more messages are sent to this customer. This chat stays open." }, Deeds.OptedOut);
    }
}
