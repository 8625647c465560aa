using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Models;
using LeadOrchestrator.Shared.Auth;

namespace LeadOrchestrator.ChatApi.Tests.Bookings;

/// <summary>The assistant holds a slot; only the customer's own tap makes a booking of it.</summary>
public sealed partial class ChatBookingTests : IClassFixture<Scene>, IAsyncLifetime
{
    private const string Service = "Full Car Ceramic Tint";
    private readonly Scene _scene;

    public ChatBookingTests(Scene scene) => _scene = scene;

    public async ValueTask InitializeAsync() =>
        await _scene.Database.ExecuteAsync("UPDATE appointments SET status = 'cancelled', status_reason = 'cancelled_by_staff', expires_at = NULL WHERE status IN ('held', 'confirmed')");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Free_slots_are_those_of_the_shops_hours_in_its_own_time()
    {
        Use("free_slots", new() { ["service"] = "full car ceramic tint", ["date"] = "2026-11-24" }, "Tuesday works.");
        var customer = await _scene.CustomerAsync();

        await customer.AskAsync("When can I come?");

        var result = JsonNode.Parse(_scene.Sandbox.Model.Calls[^1].ToolResults.ShouldHaveSingleItem())!;
        result["times"]!.AsArray()[0]!.ToJsonString().ShouldBe("""{"startsAt":"2026-11-24T08:00","say":"Tuesday, Nov 24 at 8:00 AM"}""");
        result["times"]!.AsArray().Select(time => time!["startsAt"]!.ToString()).Where(time => time.StartsWith("2026-11-24", StringComparison.Ordinal)).Last().ShouldBe("2026-11-24T13:00", "four hours before it closes");
    }

    [Fact]
    public async Task Free_times_may_be_told_as_a_list_and_one_by_one()
    {
        const string words = "These times are free:\n- Tuesday, Nov 24 at 8:00 AM\n- **Wednesday, Nov 25:** 9:00 AM, 10:30 AM\n\nTuesday at 1:00 PM is still open, too. The shop opens at 8 AM, so 8:30 AM would work as well.";
        Use("free_slots", new() { ["service"] = Service }, words);
        var customer = await _scene.CustomerAsync();

        (await customer.AskAsync("When can I come?"))[^1].Text("content").ShouldBe(words);
    }

    [Fact]
    public async Task What_the_assistant_books_is_only_held_and_said_to_be_so_and_the_tap_books_it()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "I'm holding Tuesday at 10 for you. Please tap Confirm.");
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Tuesday at ten please");

        frames[^1].Text("content").ShouldBe("I'm holding Tuesday at 10 for you. Please tap Confirm.");
        var held = frames.Single(frame => frame.Type == "booking.held");
        (held.Text("startsAt"), held.Text("endsAt"), held.Text("expiresAt"), held.Data.GetProperty("priceCents").GetInt64())
            .ShouldBe(("2026-11-24T16:00:00.000Z", "2026-11-24T20:00:00.000Z", held.Text("expiresAt"), 39900));
        (DateTimeOffset.Parse(held.Text("expiresAt"), null) - _scene.Sandbox.Clock.Now).TotalMinutes.ShouldBeInRange(9, 10.1);
        (await StatusesAsync(customer)).ShouldBe(["held"], "no tap, no booking");

        var confirmed = await TapAsync(customer, held.Text("bookingId"), "confirmation");
        var again = await TapAsync(customer, held.Text("bookingId"), "confirmation");

        (confirmed.GetProperty("status").GetString(), again.GetProperty("status").GetString()).ShouldBe(("confirmed", "confirmed"));
        (await _scene.Database.ScalarAsync<string>("SELECT l.status FROM leads l JOIN chat_sessions s ON s.lead_id = l.id WHERE s.id = $1", customer.SessionId)).ShouldBe("booked");
        (await customer.HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe($"Appointment confirmed: {Service}, Tue, Nov 24 at 10:00 AM.");
        (await customer.HistoryAsync()).Count(message => message.GetProperty("role").GetString() == "system").ShouldBe(1, "twice is once");
        var session = await (await customer.SendAsync(HttpMethod.Get, "")).Content.ReadFromJsonAsync<JsonElement>();
        session.GetProperty("bookings").EnumerateArray().Single().GetProperty("status").GetString().ShouldBe("confirmed");
    }

    [Fact]
    public async Task A_booking_that_was_never_made_may_not_be_said_and_one_that_stands_may()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "You're booked for Tuesday at 10!");
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("Please tap Confirm to book it."));
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Tuesday at ten please");

        frames[^1].Text("content").ShouldBe("Please tap Confirm to book it.", "the guard stops the deed that is not done");
        await TapAsync(customer, frames.Single(frame => frame.Type == "booking.held").Text("bookingId"), "confirmation");
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("Yes, you're booked for Tuesday at 10."));
        (await customer.AskAsync("Am I booked?"))[^1].Text("content").ShouldBe("Yes, you're booked for Tuesday at 10.");
        _scene.Sandbox.Model.Calls[^1].Turns.ShouldContain(turn => turn.Text.Contains("Appointment confirmed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_that_is_asked_again_knows_what_it_has_booked_and_gets_the_same_hold_if_it_books_once_more()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "You're booked for Tuesday at 10!");
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "Please tap Confirm to book it.");
        var customer = await _scene.CustomerAsync();

        var frames = await customer.AskAsync("Tuesday at ten please");

        frames[^1].Text("content").ShouldBe("Please tap Confirm to book it.");
        frames.Count(frame => frame.Type == "booking.held").ShouldBe(1);
        (await StatusesAsync(customer)).ShouldBe(["held"]);
        _scene.Sandbox.Model.Calls[^2].ToolResults.ShouldHaveSingleItem("the second try begins with what the first has done").ShouldContain("Held for 10 minutes");
        _scene.Sandbox.Model.Calls[^1].ToolResults.ShouldHaveSingleItem().ShouldContain("Held for 10 minutes");
    }

    [Fact]
    public async Task A_taken_slot_is_told_to_the_model_with_others_and_nothing_is_held()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "Held.");
        var first = await _scene.CustomerAsync();
        await first.AskAsync("Ten");
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T11:00" }, "Another time?");
        var second = await _scene.CustomerAsync();

        var frames = await second.AskAsync("Eleven");

        frames.ShouldNotContain(frame => frame.Type == "booking.held");
        var result = _scene.Sandbox.Model.Calls[^1].ToolResults.ShouldHaveSingleItem();
        result.ShouldContain("It is taken. Nothing is held.");
        result.ShouldContain("freeInstead");
        (await StatusesAsync(second)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hold_ends_after_ten_minutes_of_the_shops_time_and_a_tap_is_too_late_then()
    {
        await using var server = await _scene.StartAsync();
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "Please tap Confirm.");
        var customer = await _scene.CustomerAsync(server);
        var id = (await customer.AskAsync("Ten")).Single(frame => frame.Type == "booking.held").Text("bookingId");
        await _scene.Database.ExecuteAsync("UPDATE appointments SET expires_at = $2 WHERE id = $1", Guid.Parse(id), _scene.Sandbox.Clock.Now.UtcDateTime.AddSeconds(-1));

        using var late = await customer.SendAsync(HttpMethod.Post, $"/bookings/{id}/confirmation", new { });

        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var session = await (await customer.SendAsync(HttpMethod.Get, "")).Content.ReadFromJsonAsync<JsonElement>();
        session.GetProperty("bookings").GetArrayLength().ShouldBe(0);
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "Please tap Confirm.");
        (await (await _scene.CustomerAsync(server)).AskAsync("Ten")).ShouldContain(frame => frame.Type == "booking.held");
    }

    [Fact]
    public async Task Another_time_is_held_beside_the_booking_and_takes_its_place_with_the_tap()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        Use("reschedule", new() { ["startsAt"] = "2026-11-25T13:00" }, "I'm holding Wednesday at 1 PM. Please tap Confirm.");

        var held = (await customer.AskAsync("Move it to Wednesday one")).Single(frame => frame.Type == "booking.held").Text("bookingId");

        (await StatusesAsync(customer)).ShouldBe(["confirmed", "held"], ignoreOrder: true);
        var session = await (await customer.SendAsync(HttpMethod.Get, "")).Content.ReadFromJsonAsync<JsonElement>();
        var (first, second) = (session.GetProperty("bookings")[0], session.GetProperty("bookings")[1]);
        second.GetProperty("replacesId").GetString().ShouldBe(first.GetProperty("bookingId").GetString());
        first.GetProperty("replacesId").ValueKind.ShouldBe(JsonValueKind.Null);
        (second.GetProperty("expiresAt").GetDateTimeOffset() - session.GetProperty("now").GetDateTimeOffset()).ShouldBeInRange(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10), "the page counts from the server's time");
        await TapAsync(customer, held, "confirmation");
        (await _scene.Database.ColumnAsync<string>("""
            SELECT a.status || ' ' || to_char(a.starts_at AT TIME ZONE 'America/Chicago', 'Dy HH24:MI') || coalesce(' ' || a.status_reason, '')
            FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1 ORDER BY a.starts_at
            """, customer.SessionId)).ShouldBe(["cancelled Tue 08:00 replaced", "confirmed Wed 13:00"]);
    }

    [Fact]
    public async Task Only_the_customers_tap_cancels()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        Use("cancel", [], "Please tap Cancel on the card.");

        (await customer.AskAsync("Cancel it"))[^1].Text("content").ShouldBe("Please tap Cancel on the card.");

        (await StatusesAsync(customer)).ShouldBe(["confirmed"]);
        var id = await _scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);
        (await TapAsync(customer, id.ToString(), "cancellation")).GetProperty("status").GetString().ShouldBe("cancelled");
        (await _scene.Database.ScalarAsync<string>("SELECT l.status FROM leads l JOIN chat_sessions s ON s.lead_id = l.id WHERE s.id = $1", customer.SessionId)).ShouldBe("engaged");
    }

    [Fact]
    public async Task Nobody_taps_on_what_is_not_theirs()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        var id = await _scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);
        var stranger = await _scene.CustomerAsync();
        using var staff = _scene.Staff(Roles.Owner);

        foreach (var unknown in new[] { id, Guid.CreateVersion7() })
        {
            (await stranger.SendAsync(HttpMethod.Post, $"/bookings/{unknown}/cancellation", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.SendAsync(HttpMethod.Post, $"/bookings/{unknown}/confirmation", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.SendAsync(HttpMethod.Get, $"/bookings/{unknown}/calendar")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await customer.SendAsync(HttpMethod.Post, $"/bookings/{id}/cancellation")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType, "a cookie alone is no tap");
        (await staff.PostAsJsonAsync($"{customer.Path}/bookings/{id}/cancellation", new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await StatusesAsync(customer)).ShouldBe(["confirmed"]);
    }

    [Fact]
    public async Task A_confirmed_appointment_goes_into_any_calendar()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        var id = await _scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);

        using var file = await customer.SendAsync(HttpMethod.Get, $"/bookings/{id}/calendar");

        file.Content.Headers.ContentType!.MediaType.ShouldBe("text/calendar");
        var lines = (await file.Content.ReadAsStringAsync()).Split("\r\n");
        lines.ShouldContain("DTSTART:20261124T140000Z");
        lines.ShouldContain("DTEND:20261124T180000Z");
        lines.ShouldContain($"SUMMARY:{Service} at Acme Tint Austin");
        lines.ShouldContain("LOCATION:1 Main St\\, Austin\\, TX");
    }

    [Fact]
    public async Task What_changes_takes_the_place_of_what_the_calendar_has_and_what_is_cancelled_goes_from_it()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        var first = await _scene.Database.ScalarAsync<Guid>("SELECT a.id FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);
        var before = await CalendarAsync(customer, first);
        Use("reschedule", new() { ["startsAt"] = "2026-11-25T13:00" }, "Please tap Confirm.");
        var held = Guid.Parse((await customer.AskAsync("Move it to Wednesday one")).Single(frame => frame.Type == "booking.held").Text("bookingId"));
        (await customer.SendAsync(HttpMethod.Get, $"/bookings/{held}/calendar")).StatusCode.ShouldBe(HttpStatusCode.NotFound, "what is held is in no calendar");
        await TapAsync(customer, held.ToString(), "confirmation");

        var moved = await CalendarAsync(customer, held);
        (await customer.SendAsync(HttpMethod.Get, $"/bookings/{first}/calendar")).StatusCode.ShouldBe(HttpStatusCode.NotFound, "its entry is the other's");
        await TapAsync(customer, held.ToString(), "cancellation");
        var cancelled = await CalendarAsync(customer, held);

        before.ShouldContain($"UID:{first}@lead-orchestrator");
        moved.ShouldContain($"UID:{first}@lead-orchestrator");
        moved.ShouldContain("DTSTART:20261125T190000Z");
        cancelled.ShouldContain($"UID:{first}@lead-orchestrator");
        (cancelled.Contains("METHOD:CANCEL"), cancelled.Contains("STATUS:CANCELLED")).ShouldBe((true, true));
        new[] { before, moved, cancelled }.Select(SequenceOf).ShouldBeInOrder(SortDirection.Ascending);
        new[] { before, moved, cancelled }.Select(SequenceOf).Distinct().Count().ShouldBe(3);

        static int SequenceOf(string[] lines) => int.Parse(lines.Single(line => line.StartsWith("SEQUENCE:", StringComparison.Ordinal))["SEQUENCE:".Length..], null);
    }

    [Fact]
    public async Task What_the_shop_has_given_away_in_the_CRM_meanwhile_is_not_confirmed_and_other_times_are_offered()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T10:00" }, "Please tap Confirm.");
        var customer = await _scene.CustomerAsync();
        var id = (await customer.AskAsync("Ten")).Single(frame => frame.Type == "booking.held").Text("bookingId");
        await _scene.Database.ExecuteAsync("""
            INSERT INTO crm_appointments (tenant_id, id, location_id, external_id, starts_at, ends_at, updated_at) VALUES ($1, $2, $3, 'theirs', '2026-11-24T16:00Z', '2026-11-24T17:00Z', now())
            """, _scene.TenantId, Guid.CreateVersion7(), _scene.LocationId);

        using var answer = await customer.SendAsync(HttpMethod.Post, $"/bookings/{id}/confirmation", new { });

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("reason").GetString().ShouldBe("slot_taken");
        problem.GetProperty("alternatives").EnumerateArray().Select(start => start.GetString()).ShouldContain("2026-11-24T17:00:00.000Z");
        (await _scene.Database.ColumnAsync<string>("SELECT status || ' ' || status_reason FROM appointments WHERE id = $1", Guid.Parse(id))).ShouldBe(["cancelled slot_taken"]);
        (await customer.HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe($"That time was taken: {Service}, Tue, Nov 24 at 10:00 AM.");
        (await customer.SendAsync(HttpMethod.Post, $"/bookings/{id}/confirmation", new { })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await _scene.Database.ExecuteAsync("DELETE FROM crm_appointments");
    }

    [Fact]
    public async Task The_assistant_knows_what_is_booked_now_whoever_has_changed_it()
    {
        var customer = await BookedAsync("2026-11-24T08:00");
        await _scene.Database.ExecuteAsync("""
            UPDATE appointments a SET starts_at = '2026-11-26T16:00Z', ends_at = '2026-11-26T20:00Z' FROM chat_sessions s WHERE s.id = $1 AND s.lead_id = a.lead_id
            """, customer.SessionId);
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("Thursday at 10."));

        await customer.AskAsync("When do I come?");

        _scene.Sandbox.Model.Calls[^1].System.ShouldContain($"Booked: {Service}, Thursday 26 Nov at 10:00");
    }

    [Fact]
    public async Task What_the_conversation_notes_of_a_booking_is_in_the_customers_language()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T08:00" }, "Please tap Confirm.");
        var customer = await _scene.CustomerAsync();
        var held = (await customer.AskAsync("Hola, quiero una cita el martes a las ocho")).Single(frame => frame.Type == "booking.held");

        await TapAsync(customer, held.Text("bookingId"), "confirmation");

        (await customer.HistoryAsync())[^1].GetProperty("content").GetString().ShouldBe($"Cita confirmada: {Service}, mar 24 nov a las 8:00.");
    }

    [Fact]
    public async Task A_customer_holds_one_slot_at_a_time()
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T08:00" }, "Please tap Confirm.");
        var customer = await _scene.CustomerAsync();
        await customer.AskAsync("Eight");
        Use("book", new() { ["service"] = Service, ["startsAt"] = "2026-11-24T09:00" }, "Please tap Confirm.");

        await customer.AskAsync("No, nine");

        (await _scene.Database.ColumnAsync<string>("""
            SELECT a.status || coalesce(' ' || a.status_reason, '') FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1 ORDER BY a.starts_at
            """, customer.SessionId)).ShouldBe(["cancelled replaced", "held"]);
    }

    [Fact]
    public async Task A_correction_of_contact_data_is_left_to_staff()
    {
        Use("correct_my_contact_data", new() { ["name"] = "Anne", ["phone"] = "512 555 0199" }, "I've told the shop; they will enter it.");
        var customer = await _scene.CustomerAsync();

        (await customer.AskAsync("My name is Anne and my number is 512 555 0199"))[^1].Text("content").ShouldBe("I've told the shop; they will enter it.");

        (await _scene.Database.ColumnAsync<string>("""
            SELECT r.evidence ->> 'said' FROM review_items r JOIN chat_sessions s ON s.tenant_id = r.tenant_id AND s.lead_id = r.lead_id WHERE s.id = $1 AND r.kind = 'contact_correction'
            """, customer.SessionId)).ShouldBe(["name: Anne; phone: 512 555 0199"]);
    }

    private void Use(string tool, JsonObject input, string answer)
    {
        _scene.Sandbox.Model.Enqueue(new ModelAnswer("", tool, input));
        _scene.Sandbox.Model.Enqueue(new ModelAnswer(answer));
    }

    private async Task<Customer> BookedAsync(string startsAt)
    {
        Use("book", new() { ["service"] = Service, ["startsAt"] = startsAt }, "Please tap Confirm.");
        var customer = await _scene.CustomerAsync();
        var held = (await customer.AskAsync("Please")).Single(frame => frame.Type == "booking.held");
        await TapAsync(customer, held.Text("bookingId"), "confirmation");
        return customer;
    }

    private static async Task<string[]> CalendarAsync(Customer customer, Guid bookingId)
    {
        using var file = await customer.SendAsync(HttpMethod.Get, $"/bookings/{bookingId}/calendar");
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await file.Content.ReadAsStringAsync()).Split("\r\n");
    }

    private static async Task<JsonElement> TapAsync(Customer customer, string bookingId, string what)
    {
        using var answer = await customer.SendAsync(HttpMethod.Post, $"/bookings/{bookingId}/{what}", new { });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<IReadOnlyList<string>> StatusesAsync(Customer customer) => _scene.Database.ColumnAsync<string>(
        "SELECT a.status FROM appointments a JOIN chat_sessions s ON s.lead_id = a.lead_id WHERE s.id = $1", customer.SessionId);
}
