using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Hands the conversation to a person of the shop.</summary>
internal sealed class FetchPerson(PersonCalls persons) : ChatTool(
    "fetch_person", "Hands this conversation to a person of the shop, who answers here. Use it when the customer wants a person, or when you cannot help.",
    """{"type":"object","properties":{"wish":{"type":"string","description":"What the customer wants, in a few words."}},"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var isTexting = turn.Start.Begun.Channel == MessageChannels.Sms;
        var words = await persons.CallAsync(turn.Session, turn.Start, TextOf(input, "wish") ?? "", isNoted: !isTexting, cancel);
        return ToolResult.Of(new { Status = StatusOf(turn), OpenNow = PromptHours.OpenNow(turn.Start.Hours, turn.Now) }, Deeds.StaffTold) with { Words = isTexting ? words : null };
    }

    // Nobody shall wait for an answer that cannot come before the morning.
    private static string StatusOf(ToolTurn turn) => turn.Start.Hours.IsOpen(turn.Now) == false
        ? "The shop was told. It is closed now, and a person answers here when it opens: tell the customer the day and the time below."
        : turn.Start.Hours.OfStaff(turn.Now).IsOpen(turn.Now) == true ? "A person of the shop was told and answers in this chat."
        : "The shop was told. A person answers in this chat as soon as somebody is there: promise no time.";
}
