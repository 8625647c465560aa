using LeadOrchestrator.ChatApi.Bookings;
using LeadOrchestrator.Shared.Appointments;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Holds a slot for the customer. Only their own tap books it.</summary>
internal sealed class Book(ChatBookings bookings) : ChatTool(
    "book", "Holds a time for a service for ten minutes and shows the customer a card. It is booked only when the customer taps Confirm on it.",
    $$$"""{"type":"object","properties":{{{{BookingTools.ServiceSchema}}},"startsAt":{"type":"string","description":"A time of free_slots, as YYYY-MM-DDTHH:MM at the shop."}},"required":["service","startsAt"],"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var (service, why) = BookingTools.Find(turn, TextOf(input, "service"), TextOf(input, "for"));
        if (service is null)
        {
            return ToolResult.Refused(why!);
        }

        if (BookingTools.InstantOf(turn.Start.Hours.Timezone, TextOf(input, "startsAt")) is not { } startsAt)
        {
            return ToolResult.Refused("Give startsAt as free_slots gave it: YYYY-MM-DDTHH:MM.");
        }

        return await bookings.HoldAsync(turn.Session, turn.Start.Conversation.LeadId, service, startsAt, null, cancel) switch
        {
            BookingResult.Made made => BookingTools.Held(turn, made.Appointment),
            BookingResult.NotFree taken => BookingTools.NotFree(turn.Start.Hours, taken),
            _ => throw new InvalidOperationException("Unknown result of a booking"),
        };
    }
}
