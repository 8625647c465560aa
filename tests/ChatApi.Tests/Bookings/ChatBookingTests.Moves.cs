namespace LeadOrchestrator.ChatApi.Tests.Bookings;

/// <content>What the customer holds or has booked, on its way to another time.</content>
public sealed partial class ChatBookingTests
{
    [Fact]
    public async Task Who_moves_in_the_chat_keeps_what_was_booked_is_told_of_a_move_and_pages_hear_of_the_one_that_is_gone()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        var first = await _scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);
        // Dearer and longer by now, and not to be booked any more.
        await _scene.Database.ExecuteAsync("UPDATE service_catalog SET bookable = false WHERE name = $1", Service);
        await _scene.Database.ExecuteAsync("UPDATE appointments SET price_cents = 24900, ends_at = starts_at + interval '3 hours' WHERE id = $1", first);
        Use("reschedule", new() { ["startsAt"] = "2026-11-25T13:00" }, "Please tap Confirm.");

        var held = (await customer.AskAsync("Move it to Wednesday one")).Single(frame => frame.Type == "booking.held");
        await TapAsync(customer, held.Text("bookingId"), "confirmation");

        await _scene.Database.ExecuteAsync("UPDATE service_catalog SET bookable = true WHERE name = $1", Service);
        (held.Text("startsAt"), held.Text("endsAt"), held.Data.GetProperty("priceCents").GetInt64()).ShouldBe(("2026-11-25T19:00:00.000Z", "2026-11-25T22:00:00.000Z", 24900));
        (await customer.HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe($"Appointment moved: {Service}, Wed, Nov 25 at 1:00 PM.");
        (await _scene.Database.ColumnAsync<string>("""
            SELECT (e.data::json ->> 'bookingId') || ' ' || (e.data::json ->> 'status') FROM chat_events e WHERE e.session_id = $1 AND e.type = 'booking.changed' ORDER BY e.seq
            """, customer.SessionId)).ShouldBe([$"{first} confirmed", $"{first} cancelled", $"{held.Text("bookingId")} confirmed"]);
    }

    [Fact]
    public async Task What_the_customer_holds_themselves_is_free_to_them_and_to_nobody_else()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "Please tap Confirm.");
        var customer = await _scene.CustomerAsync();
        await customer.AskAsync("Ten");

        (await TimesAsync(customer)).ShouldContain("2026-11-24T10:00");
        (await TimesAsync(await _scene.CustomerAsync())).ShouldNotContain("2026-11-24T10:00");

        async Task<string> TimesAsync(Customer asking)
        {
            Use("free_slots", new() { ["service"] = Service, ["date"] = "2026-11-24" }, "Which one?");
            await asking.AskAsync("What else on Tuesday?");
            return _scene.Sandbox.Model.Calls[^1].ToolResults[^1];
        }
    }
}
