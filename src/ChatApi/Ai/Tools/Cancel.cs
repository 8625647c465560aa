using LeadOrchestrator.ChatApi.Bookings;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Tells the model what the customer could cancel. Cancelling is the customer's own tap: a model that misunderstood must not cost anybody their appointment.</summary>
internal sealed class Cancel(ChatBookings bookings) : ChatTool(
    "cancel", "What the customer has booked or holds, and how they cancel it: with the Cancel button on its card. It cancels nothing.",
    """{"type":"object","properties":{},"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var current = await bookings.CurrentAsync(turn.Session.TenantId, turn.Start.Conversation.LeadId, cancel);
        return current.Count == 0 ? ToolResult.Refused("The customer has no appointment.") : ToolResult.Of(new
        {
            Status = $"Nothing is cancelled yet. {BookingTools.WhereTheyTap(turn, "Cancel")}",
            Appointments = current.Select(appointment => new
            {
                Service = Prompt.Data(appointment.ServiceName),
                appointment.Status,
                Time = BookingTools.Describe(appointment.Timezone, appointment.StartsAt),
                AtAnotherShop = appointment.LocationId == turn.Start.Conversation.LocationId ? null : Prompt.Data(appointment.ShopName),
            }).ToList(),
        });
    }
}
