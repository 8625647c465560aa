using LeadOrchestrator.ChatApi.Bookings;
using LeadOrchestrator.Shared.Appointments;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Holds another time for what the customer has booked. The booked one stands until they tap Confirm.</summary>
internal sealed class Reschedule(ChatBookings bookings) : ChatTool(
    "reschedule", "Holds another time for the customer's appointment for ten minutes. The appointment stays where it is until the customer taps Confirm on the new card.",
    """{"type":"object","properties":{"startsAt":{"type":"string","description":"A time of free_slots, as YYYY-MM-DDTHH:MM at the shop."},"instead_of":{"type":"string","description":"Which appointment, by its time as YYYY-MM-DDTHH:MM, when there are several."}},"required":["startsAt"],"additionalProperties":false}""")
{
    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var hours = turn.Start.Hours;
        var booked = (await bookings.CurrentAsync(turn.Session.TenantId, turn.Start.Conversation.LeadId, cancel))
            .Where(appointment => appointment.Status == AppointmentStatuses.Confirmed && appointment.StartsAt > turn.Now).ToList();
        if (TextOf(input, "instead_of") is { } named)
        {
            booked = [.. booked.Where(appointment => appointment.StartsAt == BookingTools.InstantOf(appointment.Timezone, named))];
        }

        if (booked is not [var one])
        {
            return booked.Count == 0 ? ToolResult.Refused("The customer has no such appointment.")
                : ToolResult.Refused(new { Error = "There are several. Ask which, and give it as instead_of.", Appointments = booked.Select(appointment => BookingTools.Describe(appointment.Timezone, appointment.StartsAt)).ToList() });
        }

        if (BookingTools.InstantOf(hours.Timezone, TextOf(input, "startsAt")) is not { } startsAt)
        {
            return ToolResult.Refused("Give startsAt as free_slots gave it: YYYY-MM-DDTHH:MM.");
        }

        if (startsAt == one.StartsAt)
        {
            return ToolResult.Refused("It is at that time already. Nothing is held.");
        }

        if (one.LocationId != turn.Start.Conversation.LocationId)
        {
            return ToolResult.Refused("This appointment is at another shop. A person of the shop moves it: use fetch_person.");
        }

        var service = await bookings.BookedServiceAsync(turn.Session.TenantId, one, cancel);
        return await bookings.HoldAsync(turn.Session, turn.Start.Conversation.LeadId, service, startsAt, one.Id, cancel) switch
        {
            BookingResult.Made made => BookingTools.Held(turn, made.Appointment),
            BookingResult.NotFree taken => BookingTools.NotFree(hours, taken),
            _ => throw new InvalidOperationException("Unknown result of a booking"),
        };
    }
}
