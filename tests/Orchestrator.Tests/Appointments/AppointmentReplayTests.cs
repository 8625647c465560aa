using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Tests.Locations;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <summary>What was said of an appointment and did not go out: whether it may still be said.</summary>
public sealed class AppointmentReplayTests(Franchise franchise) : IClassFixture<Franchise>, IAsyncLifetime
{
    private const string Reminder = "two_hours_before";

    private HttpClient _staff = null!;
    private AppointmentShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        await franchise.SetClockAsync(Shop.Monday10);
        _staff = franchise.As("manager");
        _shop = await AppointmentShop.OpenAsync(franchise);
        // So that no replay puts back what another test has left.
        await franchise.Database.ExecuteAsync("UPDATE touch_points SET status = 'cancelled', reason = 'cancelled_by_staff' WHERE status IN ('failed', 'expired', 'needs_review', 'scheduled')");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_reminder_of_an_appointment_that_stands_is_put_back_and_is_of_no_use_once_it_begins()
    {
        var (_, reminder) = await BookedAsync("+15125551701");
        await EndAsync(reminder, "expired");

        (await ReplayAsync("expired")).ShouldBe(1);

        (await franchise.Database.ScalarAsync<bool>("SELECT t.expires_at = a.starts_at FROM touch_points t JOIN appointments a ON a.id = t.appointment_id WHERE t.id = $1", reminder)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_reminder_of_an_appointment_that_has_begun_is_not_put_back_and_not_sent_again()
    {
        var (_, reminder) = await BookedAsync("+15125551702");
        await franchise.SetClockAsync("2026-11-24T16:05:00Z");
        _staff = franchise.As("manager"); // a sign-in is good for eight hours
        await EndAsync(reminder, "expired");
        (await ReplayAsync("expired")).ShouldBe(0);

        await EndAsync(reminder, "needs_review");

        var refused = await SendAgainAsync(reminder);
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("has begun");
        await ItemAsync(reminder); // it is still to be decided
    }

    [Theory]
    [InlineData("cancellation", "appointment_cancelled", "+15125551703")]
    [InlineData("rescheduling", "appointment_moved", "+15125551704")]
    public async Task When_an_appointment_changes_what_was_said_of_it_before_is_never_sent_any_more(string change, string reason, string phone)
    {
        var (appointment, reminder) = await BookedAsync(phone);
        var dayBefore = await TouchAsync(appointment, "confirmed");
        await EndAsync(reminder, "needs_review");
        await EndAsync(dayBefore, "failed");
        var item = await ItemAsync(reminder);

        await _staff.PostAsJsonAsync($"/api/appointments/{appointment}/{change}", change == "cancellation" ? null : new { startsAt = "2026-11-25T16:00:00Z" }).JsonAsync();

        await Eventually.ValueAsync(
            () => franchise.Database.ScalarAsync<string>("SELECT status || ' ' || reason FROM touch_points WHERE id = $1", reminder), state => state == $"cancelled {reason}", "the reminder to be cancelled");
        (await _staff.GetAsync($"/api/review-items/{item.Text("id")}").JsonAsync()).Text("action").ShouldBe("settled");
        (await ReplayAsync("failed")).ShouldBe(0);
    }

    [Theory]
    [InlineData("sending", "not_sent", "cancellation", "cancelled appointment_cancelled", "+15125551705")]
    [InlineData("sending", "not_sent", "rescheduling", "cancelled appointment_moved", "+15125551706")]
    // Its worker was given up, and comes with its end all the same: its time is over then, unless the worker that follows the appointment sees it first.
    [InlineData("unknown", "not_sent", "cancellation", "expired too_late or cancelled appointment_cancelled", "+15125551707")]
    [InlineData("sending", "accepted", "cancellation", "sent", "+15125551708")]
    public async Task What_is_with_Twilio_when_its_appointment_changes_ends_as_its_call_does_and_is_not_tried_again(
        string status, string outcome, string change, string becomes, string phone)
    {
        var (appointment, reminder) = await BookedAsync(phone);
        var call = await HandedOverAsync(reminder, status);

        await _staff.PostAsJsonAsync($"/api/appointments/{appointment}/{change}", change == "cancellation" ? null : new { startsAt = "2026-11-25T16:00:00Z" }).JsonAsync();
        franchise.Get<OutcomeWriter>().Add(call with { Outcome = outcome == "accepted" ? new SendOutcome.Accepted("SM1", "queued") : new SendOutcome.NotSent("twilio_unreachable", TimeSpan.Zero) });

        await Eventually.ValueAsync(
            () => franchise.Database.ScalarAsync<string>("SELECT concat_ws(' ', status, reason) FROM touch_points WHERE id = $1", reminder), becomes.Split(" or ").Contains, $"the reminder to be {becomes}");
        franchise.Sandbox.Twilio.SentTo(phone).ShouldNotContain(text => text.Body.Contains("remind", StringComparison.OrdinalIgnoreCase));
    }

    // As a worker leaves it while Twilio has it.
    private async Task<EndedCall> HandedOverAsync(Guid touch, string status)
    {
        var attempt = Guid.CreateVersion7();
        await franchise.Database.ExecuteAsync("""
            UPDATE touch_points SET status = $2, reason = CASE WHEN $2 = 'unknown' THEN 'worker_died_after_hand_over' END, fence = fence + 1, attempts = 1, handed_over_at = now(),
                lease_until = CASE WHEN $2 = 'sending' THEN now() + interval '1 minute' END
            WHERE id = $1
            """, touch, status);
        await franchise.Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at) VALUES ($1, $2, $3, 1, 'sms', '+15125550000', 'x', 'handed_over', '2026-11-23Z')
            """, franchise.TenantId, attempt, touch);
        var row = (await franchise.Database.RowsAsync("SELECT lead_id, step, fence, expires_at FROM touch_points WHERE id = $1", touch)).ShouldHaveSingleItem();
        var due = new DueTouchPoint
        {
            LeadId = (Guid)row["lead_id"]!, Step = (string)row["step"]!, Attempts = 0, MaxAttempts = 10_000, ExpiresAt = (DateTime)row["expires_at"]!, Phone = "+15125550000", PhoneType = "mobile",
            LeadStatus = "booked", IsTest = false, FirstName = "Ann", Vehicle = "", Timezone = "America/Chicago", LocationName = "Acme Tint North",
        };
        return new EndedCall(
            new HandedOver(new TouchPointClaim(franchise.TenantId, touch, (long)row["fence"]!), due, attempt), new SendOutcome.Unknown("test"), franchise.Sandbox.Clock.Now);
    }

    private async Task<(Guid Appointment, Guid Reminder)> BookedAsync(string phone)
    {
        var lead = await franchise.LeadByApiAsync(_staff, _shop.LocationId, phone);
        await franchise.SentAsync(lead);
        using var answer = await _shop.BookAsync(_staff, lead, AppointmentShop.Tuesday10);
        var appointment = (await answer.JsonAsync()).GetProperty("id").GetGuid();
        return (appointment, await TouchAsync(appointment, Reminder));
    }

    private Task<Guid> TouchAsync(Guid appointment, string kind) => Eventually.ValueAsync(
        () => franchise.Database.ScalarAsync<Guid>("SELECT id FROM touch_points WHERE appointment_id = $1 AND step LIKE '%-' || $2", appointment, kind), id => id != Guid.Empty, $"{kind} to be planned");

    private Task<int> EndAsync(Guid touch, string status) => franchise.Database.ExecuteAsync(
        "UPDATE touch_points SET status = $2, reason = 'too_late', claimed_by = NULL, lease_until = NULL, fence = fence + 1 WHERE id = $1", touch, status);

    private async Task<int> ReplayAsync(string status) =>
        (await _staff.PostAsJsonAsync("/api/touch-points/replays", new { status }).JsonAsync(202)).GetProperty("replayed").GetInt32();

    private async Task<JsonElement> ItemAsync(Guid touch) =>
        (await _staff.GetAsync($"/api/review-items?touchPointId={touch}").JsonAsync()).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();

    private async Task<HttpResponseMessage> SendAgainAsync(Guid touch) =>
        await _staff.PostAsJsonAsync($"/api/review-items/{(await ItemAsync(touch)).Text("id")}/resolution", new { action = "send_again" });
}
