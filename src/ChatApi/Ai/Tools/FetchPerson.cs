using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>
/// Hands the conversation to a person of the shop: staff find it among their review items and are told until one of them takes it, what was planned is not sent, and the assistant falls
/// silent after this answer.
/// </summary>
internal sealed class FetchPerson(LeadDatabase database, MessageStore messages, AnswerReviewStore reviews, HandoverStore handovers, LiveSessions live) : ChatTool(
    "fetch_person", "Hands this conversation to a person of the shop, who answers here. Use it when the customer wants a person, or when you cannot help.",
    """{"type":"object","properties":{"wish":{"type":"string","description":"What the customer wants, in a few words."}},"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(turn.Session.TenantId, cancel);
        var frame = await messages.ChangeModeAsync(transaction, turn.Session.SessionId, SessionModes.Ai, SessionModes.Human, cancel);
        var (leadId, wish) = (turn.Start.Conversation.LeadId, Prompt.Data(TextOf(input, "wish") ?? ""));
        await reviews.AddAsync(transaction, new NewReview(AnswerReviewStore.PersonWanted, leadId, turn.MessageId, "asked", wish), cancel);
        await handovers.OpenAsync(transaction, turn.Session.SessionId, leadId, turn.MessageId, wish, cancel);
        await messages.EndPlannedAsync(transaction, turn.Session.SessionId, evenReplies: false, cancel);
        var words = FixedWords.HandedOver(FixedWords.IsSpanish(turn.Start.History), turn.Start.Hours, turn.Now);
        var isTexting = turn.Start.Begun.Channel == MessageChannels.Sms;
        var notice = frame is null || isTexting ? null
            : await messages.AppendAsync(transaction, new NewThreadMessage(turn.Session.SessionId, MessageRoles.System, MessageChannels.Chat, words), cancel);
        await transaction.CommitAsync(cancel);
        live.Publish(turn.Session, [.. new[] { frame, notice?.Frame }.OfType<Frame>()]);

        return ToolResult.Of(new { Status = StatusOf(turn), OpenNow = PromptHours.OpenNow(turn.Start.Hours, turn.Now) }, Deeds.StaffTold) with { Words = isTexting ? words : null };
    }

    // Nobody shall wait for an answer that cannot come before the morning.
    private static string StatusOf(ToolTurn turn) => turn.Start.Hours.IsOpen(turn.Now) == false
        ? "The shop was told. It is closed now, and a person answers here when it opens: tell the customer the day and the time below."
        : "A person of the shop was told and answers in this chat.";
}
