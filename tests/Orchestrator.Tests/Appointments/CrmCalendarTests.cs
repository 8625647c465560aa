using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>Bookings in the CRM's calendar, each once whatever happens to the call; what changes there comes back. And what the customer is told.</summary>
public sealed partial class CrmCalendarTests(Franchise franchise) : IClassFixture<Franchise>, IDisposable
{
    private Crm Crm => franchise.Sandbox.Crm;

    [Fact]
    public async Task A_booking_stands_in_the_CRM_moves_there_and_is_gone_when_it_is_cancelled()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, quote) = await shop.GreetedAsync("+15125551901");

        var id = await BookAsync(shop, staff, lead, "2026-11-24T16:00:00Z");

        var row = await InCrmAsync(id);
        (row["name"]!.ToString(), row["customerId"]!.ToString(), row["orderId"]!.ToString(), row["locationId"]!.ToString())
            .ShouldBe(("Front Window Tint - Ann Example", quote.CustomerId, quote.OrderId, Crm.AustinId));
        (TimeOf(row, "startDate"), TimeOf(row, "endDate")).ShouldBe((DateTimeOffset.Parse("2026-11-24T16:00Z", null), DateTimeOffset.Parse("2026-11-24T17:00Z", null)));
        await Eventually.TrueAsync(() => StandsAsync(id, "crm_revision = revision AND external_id IS NOT NULL"), "what the CRM has answered to be stored");
        (await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-11-24T20:00:00Z" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => TimeOf(await InCrmAsync(id), "startDate").Hour == 20, "the CRM to have the new time");
        await staff.PostAsync($"/api/appointments/{id}/cancellation", null);
        await Eventually.TrueAsync(() => OfOurs(id).Count == 0, "it to be gone from the CRM");
    }

    [Theory]
    [InlineData(FaultKind.AcceptThenDrop, true, "2026-11-25T16:00:00Z", "+15125551902")]
    [InlineData(FaultKind.AcceptThen500, false, "2026-11-25T18:00:00Z", "+15125551903")]
    public async Task A_call_that_was_cut_off_after_the_CRM_had_made_it_is_told_or_found_and_nothing_is_made_twice(string fault, bool isTold, string startsAt, string phone)
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "appointment.create", Kind = fault });
        if (!isTold)
        {
            franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = Fault.Always });
        }

        var id = await BookAsync(shop, staff, lead, startsAt);

        await Eventually.TrueAsync(async () => await StandsAsync(id, "crm_revision = revision AND external_id IS NOT NULL"), "the booking to be found in the CRM", TimeSpan.FromSeconds(40));
        OfOurs(id).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_shop_moves_or_deletes_in_the_CRM_moves_and_ends_here_too()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551904");
        await franchise.Database.ExecuteAsync("""
            INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) VALUES ($1, $2, $3, 'ai', now(), now()) ON CONFLICT (tenant_id, lead_id) DO NOTHING
            """, shop.TenantId, Guid.CreateVersion7(), lead);
        var id = await BookAsync(shop, staff, lead, "2026-11-26T16:00:00Z");
        var externalId = (await InCrmAsync(id))["id"]!.ToString();
        await Eventually.TrueAsync(async () => await StandsAsync(id, "crm_revision = revision"), "the CRM to have followed");

        await Crm.UpdateAsync("appointment", externalId, row => { row["startDate"] = "2026-11-26T20:00:00.000Z"; row["endDate"] = "2026-11-26T21:00:00.000Z"; });

        await Eventually.TrueAsync(async () => await StandsAsync(id, "starts_at = '2026-11-26T20:00Z' AND status = 'confirmed'"), "the booking to have moved");
        await Crm.DeleteAsync("appointment", externalId, leavesRow: false);
        await Eventually.TrueAsync(async () => await StandsAsync(id, "status = 'cancelled' AND status_reason = 'gone_from_crm'"), "the booking to have ended");
        (await franchise.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", lead)).ShouldBe("engaged");
        await Eventually.TrueAsync(async () => await franchise.Database.ScalarAsync<long>(
            "SELECT count(*) FROM touch_points WHERE appointment_id = $1 AND status = 'scheduled'", Guid.Parse(id)) == 0, "no reminder to be left");
        (await franchise.Database.ColumnAsync<string>("""
            SELECT m.content FROM chat_messages m JOIN chat_sessions s ON s.tenant_id = m.tenant_id AND s.id = m.session_id WHERE s.lead_id = $1 AND m.role = 'system' ORDER BY m.seq
            """, lead)).ShouldBe(
            [
                "Appointment confirmed: Front Window Tint, Thu, Nov 26 at 10:00 AM.", "Appointment moved: Front Window Tint, Thu, Nov 26 at 2:00 PM.",
                "Appointment cancelled: Front Window Tint, Thu, Nov 26 at 2:00 PM.",
            ]);
    }

    [Fact]
    public async Task What_the_CRM_tells_from_before_our_own_move_does_not_move_the_booking_back()
    {
        const string phone = "+15125551911";
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        var id = await BookAsync(shop, staff, lead, "2026-12-10T16:00:00Z");
        var externalId = (await InCrmAsync(id))["id"]!.ToString();
        await Eventually.TrueAsync(async () => await StandsAsync(id, "crm_revision = revision"), "the CRM to have followed");
        // What the CRM told of the booking's beginning is not read at the very moment of the move.
        await Eventually.TrueAsync(async () => await franchise.Database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT 1 FROM webhook_events WHERE external_id = $1 AND status IN ('done', 'ignored'))", externalId), "the booking to be told of");
        await Crm.UpdateAsync("appointment", externalId, row => row["color"] = "purple", deliver: false);
        var late = Crm.Row("appointment", externalId)!;
        franchise.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = 1 });
        (await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = "2026-12-10T20:00:00Z" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await StandsAsync(id, "crm_revision = revision AND planned_revision = revision"), "our own move to be in the CRM");

        await Crm.DeliverAsync(new CrmEvent("UPDATE", "appointment", late));

        await Eventually.TrueAsync(async () => await franchise.Database.ScalarAsync<long>(
            "SELECT count(*) FROM webhook_events WHERE external_id = $1 AND status IN ('done', 'ignored') AND payload LIKE '%purple%'", externalId) == 1, "what was told late to be worked on");
        (await StandsAsync(id, "starts_at = '2026-12-10T20:00Z' AND status = 'confirmed'")).ShouldBeTrue();
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE appointment_id = $1 AND step LIKE '%moved'", Guid.Parse(id))).ShouldBe(1);
    }

    [Fact]
    public async Task An_appointment_that_ended_here_and_stands_in_the_CRM_again_takes_its_time()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551912");
        var before = (await shop.SlotsAsync(staff, "2026-12-11T16:00:00Z", "2026-12-11T16:30:00Z")).Count;
        var id = await BookAsync(shop, staff, lead, "2026-12-11T16:00:00Z");
        var externalId = (await InCrmAsync(id))["id"]!.ToString();
        await Eventually.TrueAsync(async () => await StandsAsync(id, "crm_revision = revision"), "the CRM to have followed");
        await Crm.UpdateAsync("appointment", externalId, row => row["confirmationStatus"] = "Declined");
        await Eventually.TrueAsync(async () => await StandsAsync(id, "status = 'cancelled'"), "the booking to have ended");
        (await shop.SlotsAsync(staff, "2026-12-11T16:00:00Z", "2026-12-11T16:30:00Z")).Count.ShouldBe(before);

        await Crm.UpdateAsync("appointment", externalId, row => row["confirmationStatus"] = "Confirmed");

        await Eventually.TrueAsync(async () => await franchise.Database.ScalarAsync<long>(
            "SELECT count(*) FROM crm_appointments WHERE external_id = $1 AND starts_at = '2026-12-11T16:00Z'", externalId) == 1, "the time to be taken");
        (await shop.SlotsAsync(staff, "2026-12-11T16:00:00Z", "2026-12-11T16:30:00Z")).Count.ShouldBeLessThan(before);
    }

    [Fact]
    public async Task Staff_who_move_a_booking_while_the_CRM_tells_of_it_never_wait_in_a_ring()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551906");
        var id = await BookAsync(shop, staff, lead, "2026-12-02T16:00:00Z");
        var externalId = (await InCrmAsync(id))["id"]!.ToString();
        var told = Task.WhenAll(Enumerable.Range(0, 20).Select(number => Crm.UpdateAsync("appointment", externalId, row => row["color"] = number % 2 == 0 ? "red" : "green")));

        for (var move = 0; move < 10; move++)
        {
            using var moved = await staff.PostAsJsonAsync($"/api/appointments/{id}/rescheduling", new { startsAt = move % 2 == 0 ? "2026-12-02T20:00:00Z" : "2026-12-02T18:00:00Z" });
            moved.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await told;
    }

    [Fact]
    public async Task The_CRMs_own_appointments_take_time_until_they_are_gone()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        (await shop.SlotsAsync(staff, "2026-11-27T16:00:00Z", "2026-11-27T17:00:00Z")).Count.ShouldBe(2);

        var (first, _) = await Crm.InsertAsync("appointment", OfTheShop());
        var (second, _) = await Crm.InsertAsync("appointment", OfTheShop()); // they overlap, as it happens there

        await Eventually.TrueAsync(async () => (await shop.SlotsAsync(staff, "2026-11-27T16:00:00Z", "2026-11-27T17:00:00Z")).Count == 0, "the time to be taken");
        (await shop.BookAsync(staff, await shop.LeadAsync(), "2026-11-27T16:00:00Z")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await Crm.DeleteAsync("appointment", first["id"]!.ToString(), leavesRow: false);
        await Crm.UpdateAsync("appointment", second["id"]!.ToString(), row => row["confirmationStatus"] = "Declined");
        await Eventually.TrueAsync(async () => (await shop.SlotsAsync(staff, "2026-11-27T16:00:00Z", "2026-11-27T17:00:00Z")).Count == 2, "the time to be free again");

        static JsonObject OfTheShop() => new()
        {
            ["name"] = "Oil change", ["color"] = "red", ["locationId"] = Crm.AustinId, ["startDate"] = "2026-11-27T16:00:00.000Z", ["endDate"] = "2026-11-27T18:00:00.000Z",
        };
    }

    [Fact]
    public async Task What_the_shop_enters_in_the_CRM_over_a_booking_of_ours_is_given_to_a_person_once()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync("+15125551909");
        var id = await BookAsync(shop, staff, lead, "2026-12-09T16:00:00Z");

        var (theirs, _) = await Crm.InsertAsync("appointment", OfTheShop("2026-12-09T16:30:00.000Z", "2026-12-09T17:30:00.000Z"));
        await Eventually.TrueAsync(async () => (await ConflictsAsync(lead)).Count == 1, "the conflict to be seen");
        await Crm.UpdateAsync("appointment", theirs["id"]!.ToString(), row => row["color"] = "green");
        var (beside, _) = await Crm.InsertAsync("appointment", OfTheShop("2026-12-09T17:00:00.000Z", "2026-12-09T18:00:00.000Z"));
        await Eventually.TrueAsync(async () => await franchise.Database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT 1 FROM crm_appointments WHERE external_id = $1)", beside["id"]!.ToString()), "the other one to be known");

        (await ConflictsAsync(lead)).ShouldBe([$"booked_over_in_crm {id} {theirs["id"]}"]);

        static JsonObject OfTheShop(string from, string until) =>
            new() { ["name"] = "Oil change", ["color"] = "red", ["locationId"] = Crm.AustinId, ["startDate"] = from, ["endDate"] = until };
    }

    [Fact]
    public async Task The_customer_is_texted_the_confirmation_and_reminders_wait_until_the_booking_is_cancelled()
    {
        const string phone = "+15125551905";
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);

        var id = await BookAsync(shop, staff, lead, "2026-12-01T16:00:00Z");

        var texts = await Eventually.ValueAsync(() => Task.FromResult(franchise.Sandbox.Twilio.SentTo(phone)), sent => sent.Count == 2, "the confirmation to arrive");
        texts[1].Body.ShouldStartWith("Acme Tint Austin: you are booked. Front Window Tint, Tue, Dec 1 at 10:00 AM, $199.00. To change or cancel: http");
        (await PlannedAsync(id)).ShouldBe(["day_before scheduled 2026-11-30 16:00", "two_hours_before scheduled 2026-12-01 14:00"]);
        await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "See you then." });
        (await PlannedAsync(id)).ShouldBe(["day_before scheduled 2026-11-30 16:00", "two_hours_before scheduled 2026-12-01 14:00"], "words of staff end no reminder");
        await staff.PostAsync($"/api/appointments/{id}/cancellation", null);
        await Eventually.TrueAsync(async () => (await PlannedAsync(id)).All(touch => touch.Contains("cancelled", StringComparison.Ordinal)), "the reminders to end");
    }

    [Theory]
    [InlineData("staff", "+15125551907", "2026-12-03T16:00:00Z", "Thu, Dec 3 at 10:00 AM")]
    [InlineData("CRM", "+15125551908", "2026-12-03T20:00:00Z", "Thu, Dec 3 at 2:00 PM")]
    public async Task Who_was_told_of_an_appointment_that_the_shop_takes_back_is_told_so_once(string where, string phone, string startsAt, string said)
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        var id = await BookAsync(shop, staff, lead, startsAt);
        await Eventually.TrueAsync(() => franchise.Sandbox.Twilio.SentTo(phone).Count == 2, "the confirmation to arrive");
        await Eventually.TrueAsync(async () => await StandsAsync(id, "crm_revision = revision"), "the CRM to have followed");

        if (where == "CRM")
        {
            await Crm.DeleteAsync("appointment", (await InCrmAsync(id))["id"]!.ToString(), leavesRow: false);
        }
        else
        {
            (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await staff.PostAsync($"/api/appointments/{id}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var texts = await Eventually.ValueAsync(() => Task.FromResult(franchise.Sandbox.Twilio.SentTo(phone)), sent => sent.Count == 3, "the customer to be told");
        texts[2].Body.ShouldStartWith($"Acme Tint Austin: your appointment is cancelled. Front Window Tint, {said}. For another time: http");
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE appointment_id = $1 AND step LIKE '%cancelled'", Guid.Parse(id))).ShouldBe(1);
    }

    [Fact]
    public void An_appointment_that_has_begun_is_taken_back_in_silence_and_an_email_of_it_has_no_link()
    {
        var appointment = new FollowedAppointment
        {
            Id = Guid.CreateVersion7(), LeadId = Guid.CreateVersion7(), StartsAt = DateTimeOffset.UnixEpoch, EndsAt = DateTimeOffset.UnixEpoch.AddHours(1), Status = "cancelled", CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
            Revision = 2, PlannedRevision = 1, CrmRevision = 1, CrmAttempts = 0, ServiceName = "Tint", PriceCents = 100, LocationName = "Acme", Timezone = "America/Chicago", FirstName = "Ann", LastName = "Lee",
        };

        AppointmentTexts.TakenBack(appointment, byEmail: false, DateTimeOffset.UnixEpoch.AddSeconds(1)).ShouldBeEmpty("it is over");
        AppointmentTexts.TakenBack(appointment, byEmail: true, DateTimeOffset.UnixEpoch.AddHours(-1)).ShouldHaveSingleItem().Text.ShouldNotContain("{");
    }

    [Fact]
    public async Task Who_said_no_at_the_desk_is_told_nothing_of_the_booking()
    {
        const string phone = "+15125551910";
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        await franchise.Database.ExecuteAsync("UPDATE contacts SET crm_opt_out_at = '2026-11-23Z', crm_opt_out_by = '{ann}' WHERE phone = $1", phone);

        var id = await BookAsync(shop, staff, lead, "2026-12-08T16:00:00Z");

        await Eventually.TrueAsync(() => StandsAsync(id, "planned_revision = revision"), "the booking to be followed up");
        (await franchise.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE appointment_id = $1", Guid.Parse(id))).ShouldBe(0);
    }

    [Fact]
    public void A_mark_is_read_back_from_the_note_around_it()
    {
        var id = Guid.CreateVersion7();

        CrmBooking.MarkIn($"Bring the car washed. {CrmBooking.MarkOf(id)} thanks").ShouldBe(id);
        CrmBooking.MarkIn("lead-orchestrator:nothing").ShouldBeNull();
        CrmBooking.MarkIn(null).ShouldBeNull();
    }

    public void Dispose() => franchise.Sandbox.Faults.Clear();

    private static async Task<string> BookAsync(AppointmentShop shop, HttpClient staff, Guid lead, string startsAt)
    {
        using var answer = await shop.BookAsync(staff, lead, startsAt);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.JsonAsync()).Text("id");
    }

    private List<JsonObject> OfOurs(string id) => [.. Crm.Rows("appointment").Where(row => row["note"]?.ToString().Contains(id, StringComparison.Ordinal) == true)];

    private async Task<JsonObject> InCrmAsync(string id) =>
        (await Eventually.ValueAsync(() => Task.FromResult(OfOurs(id)), rows => rows.Count == 1, "the booking to be in the CRM once")).Single();

    private Task<bool> StandsAsync(string id, string condition) => franchise.Database.ScalarAsync<bool>($"SELECT {condition} FROM appointments WHERE id = $1", Guid.Parse(id));

    private Task<IReadOnlyList<string>> ConflictsAsync(Guid lead) => franchise.Database.ColumnAsync<string>("""
        SELECT reason || ' ' || (evidence ->> 'appointmentId') || ' ' || (evidence ->> 'crmAppointmentId') FROM review_items WHERE lead_id = $1 AND kind = 'appointment_conflict'
        """, lead);

    private Task<IReadOnlyList<string>> PlannedAsync(string id) => franchise.Database.ColumnAsync<string>("""
        SELECT regexp_replace(step, '^appointment-\d+-', '') || ' ' || status || ' ' || to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') FROM touch_points
        WHERE appointment_id = $1 AND step LIKE '%before' ORDER BY due_at
        """, Guid.Parse(id));

    private static DateTimeOffset TimeOf(JsonObject row, string field) => DateTimeOffset.Parse(row[field]!.ToString(), null);
}
