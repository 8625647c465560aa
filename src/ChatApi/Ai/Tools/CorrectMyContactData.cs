using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Guard;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Leaves a correction of the customer's name, phone or email to staff.</summary>
/// <remarks>
/// Nothing is changed by itself: the CRM would overwrite it, and a number that somebody types into a chat has agreed to no texts. Staff enter it in the CRM, from where it comes.
/// </remarks>
internal sealed class CorrectMyContactData(AnswerReviewStore reviews) : ChatTool(
    "correct_my_contact_data", "The customer's name, phone or email is wrong: tells the shop's staff what is right. They enter it.",
    """{"type":"object","properties":{"name":{"type":"string"},"phone":{"type":"string"},"email":{"type":"string"}},"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var said = string.Join("; ", new[] { "name", "phone", "email" }.Where(field => !string.IsNullOrWhiteSpace(TextOf(input, field))).Select(field => $"{field}: {Prompt.Data(TextOf(input, field)!)}"));
        if (said.Length == 0)
        {
            return ToolResult.Refused("Say what is right: name, phone or email.");
        }

        await reviews.AddAsync(
            turn.Session.TenantId, new NewReview(AnswerReviewStore.ContactCorrection, turn.Start.Conversation.LeadId, turn.MessageId, "customer_said", said), cancel);
        return ToolResult.Of(new { Status = "The shop's staff were told and will enter it. It is not changed yet." }, Deeds.StaffTold);
    }
}
