using LeadOrchestrator.ChatApi.Bookings;
using LeadOrchestrator.Shared.Appointments;
using NodaTime;
using NodaTime.Text;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>When this conversation's shop has time for a service.</summary>
internal sealed class FreeSlots(ChatBookings bookings) : ChatTool(
    "free_slots", "Free times for a service at this shop: some of each of seven days from today, or from a date, and of that date all. Use it before you name any time.",
    $$$"""{"type":"object","properties":{{{{BookingTools.ServiceSchema}}},"date":{"type":"string","description":"First day, as YYYY-MM-DD. Without it: today."}},"required":["service"],"additionalProperties":false}""")
{
    private const int MostOfADay = 6;
    private static readonly TimeSpan Days = TimeSpan.FromDays(7);

    /// <inheritdoc />
    public override async Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var (service, why) = BookingTools.Find(turn, TextOf(input, "service"), TextOf(input, "for"));
        if (service is null)
        {
            return ToolResult.Refused(why!);
        }

        var hours = turn.Start.Hours;
        var from = turn.Now;
        LocalDate? asked = null;
        if (TextOf(input, "date") is { } said)
        {
            if (LocalDatePattern.Iso.Parse(said) is not { Success: true, Value: var date } || BookingTools.InstantOf(hours.Timezone, $"{LocalDatePattern.Iso.Format(date)}T00:00") is not { } start)
            {
                return ToolResult.Refused("Give date as YYYY-MM-DD.");
            }

            from = start > turn.Now ? start : turn.Now;
            asked = date;
        }

        var end = turn.Now + Shared.Appointments.Bookings.Rules.Horizon;
        if (from > end)
        {
            return ToolResult.Refused($"{BookingWords.Explain("too_far_ahead")} Nobody knows yet what is free then.");
        }

        var slots = await bookings.SlotsAsync(service, turn.Start.Conversation.LeadId, from, from + Days, int.MaxValue, cancel);
        if (slots.Count == 0 && hours.Days.Count == 0)
        {
            return ToolResult.Refused("The shop's opening hours are not known here, and so its free times are not. Do not say that there are none: use fetch_person.");
        }

        var next = slots.Count > 0 ? [] : await bookings.SlotsAsync(service, turn.Start.Conversation.LeadId, from + Days, end, 1, cancel);
        return ToolResult.Of(new
        {
            Service = Prompt.Data(service.Name),
            NextFree = next is [var first] ? BookingTools.Describe(hours.Timezone, first.StartsAt) : null,
            // Of a day that was named all, or a time that is not among them would be taken to be gone; of the others some, spread so that the afternoon is not forgotten.
            Times = slots.GroupBy(slot => hours.Local(slot.StartsAt).Date).SelectMany(day => day.Key == asked ? [.. day] : Spread([.. day])).Select(slot => BookingTools.Describe(hours.Timezone, slot.StartsAt)).ToList(),
        });
    }

    private static IReadOnlyList<Slot> Spread(IReadOnlyList<Slot> day) =>
        day.Count <= MostOfADay ? day : [.. Enumerable.Range(0, MostOfADay).Select(place => day[place * (day.Count - 1) / (MostOfADay - 1)])];
}
