using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Nothing is sent to this customer any more, by whichever of their addresses there are; the chat stays.</summary>
/// <remarks>It is asked for where no rule has heard a no, so a model's ear is all there is: it counts at once, and a person reads the customer's words.</remarks>
internal sealed class StopContactingMe(LeadDatabase database, ContactStore contacts) : ChatTool(
    "stop_contacting_me", "The customer wants no more texts, calls or emails from the shop. Nothing is sent to them any more; this chat stays open.",
    """{"type":"object","properties":{},"additionalProperties":false}""")
{
    private const int LongestWording = 500;

    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var said = turn.Start.History.LastOrDefault(message => message.Role == MessageRoles.Customer)?.Content ?? "";
        var evidence = new ConsentEvidence("chat", turn.MessageId.ToString(), PlainText.Cut(said, LongestWording)).AsDoubtful();
        var isNews = await Deadlock.RetryAsync(async () =>
        {
            await using var transaction = await database.BeginAsync(turn.Session.TenantId, cancel);
            var isFirst = await contacts.OptOutLeadAsync(transaction, turn.Start.Conversation.LeadId, evidence, cancel);
            await transaction.CommitAsync(cancel);
            return isFirst;
        });
        if (isNews)
        {
            Measures.OptedOut("chat");
        }

        return ToolResult.Of(new { Status = "Done: no more messages are sent to this customer. This chat stays open." }, Deeds.OptedOut);
    }
}
