using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Appointments;

/// <content>Two things at one moment, and a stop that is taken back.</content>
public sealed partial class CrmCalendarTests
{
    [Fact]
    public async Task What_the_CRM_tells_of_a_shop_waits_for_who_books_there_at_that_moment()
    {
        JsonObject theirs;
        await using (var booking = await franchise.Database.Lead.BeginAsync(franchise.TenantId, CancellationToken.None))
        {
            await AppointmentStore.LockShopAsync(booking, franchise.Austin, CancellationToken.None);
            (theirs, _) = await Crm.InsertAsync("appointment", new JsonObject
            {
                ["name"] = "Oil change", ["color"] = "red", ["locationId"] = Crm.AustinId, ["startDate"] = "2026-12-18T16:00:00.000Z", ["endDate"] = "2026-12-18T17:00:00.000Z",
            });
            await Eventually.TrueAsync(() => franchise.Database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory')"), "it to wait");
            (await IsKnownAsync()).ShouldBeFalse();
            await booking.CommitAsync(CancellationToken.None);
        }

        await Eventually.TrueAsync(IsKnownAsync, "it to be known");

        Task<bool> IsKnownAsync() => franchise.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM crm_appointments WHERE external_id = $1)", theirs["id"]!.ToString());
    }

    [Fact]
    public async Task What_the_CRM_tells_of_a_booking_waits_for_its_lead_and_keeps_the_shop_from_nobody_meanwhile()
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var lead = await shop.LeadAsync();
        var id = await BookAsync(shop, staff, lead, "2026-12-17T16:00:00Z");
        var externalId = (await InCrmAsync(id))["id"]!.ToString();
        await using (var moving = await franchise.Database.Lead.BeginAsync(franchise.TenantId, CancellationToken.None))
        {
            await AppointmentStore.LockLeadAsync(moving, lead, CancellationToken.None);
            await Crm.UpdateAsync("appointment", externalId, row => (row["startDate"], row["endDate"]) = ("2026-12-17T18:00:00.000Z", "2026-12-17T19:00:00.000Z"));
            await Eventually.TrueAsync(() => franchise.Database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"), "it to wait");

            (await moving.FirstOrDefaultAsync<bool>("SELECT pg_try_advisory_xact_lock(hashtextextended(@lock, 0))", new { @lock = $"{franchise.TenantId}/bays/{franchise.Austin}" }, CancellationToken.None))
                .ShouldBeTrue("who waits for the lead holds no shop");
            await moving.CommitAsync(CancellationToken.None);
        }

        await Eventually.TrueAsync(() => franchise.Database.ScalarAsync<bool>("SELECT starts_at = '2026-12-17T18:00:00Z' FROM appointments WHERE id = $1", Guid.Parse(id)), "it to move");
    }

    [Fact]
    public async Task Who_books_while_they_want_no_texts_and_takes_that_back_is_reminded()
    {
        const string phone = "+15125551982";
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "please stop texting me");
        var id = await BookAsync(shop, staff, lead, "2026-12-01T20:00:00Z");
        await Eventually.TrueAsync(() => franchise.Database.ScalarAsync<bool>("SELECT planned_revision = revision FROM appointments WHERE id = $1", Guid.Parse(id)), "it to be followed");
        (await PlannedAsync(id)).ShouldBeEmpty();

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "START");

        await Eventually.TrueAsync(async () => (await PlannedAsync(id)).Count == 2, "the reminders to be planned");
    }

    [Theory]
    [InlineData(true, "+15125551983", "2026-12-04T16:00:00Z", "rescheduling", "your appointment has another time")]
    [InlineData(false, "+15125551984", "2026-12-04T18:00:00Z", "cancellation", "your appointment is cancelled")]
    public async Task Who_takes_a_stop_back_is_told_what_has_become_meanwhile_of_the_booking_they_know(bool moves, string phone, string startsAt, string change, string said)
    {
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        var id = await BookAsync(shop, staff, lead, startsAt);
        await Eventually.TrueAsync(() => franchise.Sandbox.Twilio.SentTo(phone).Count == 2, "the confirmation to arrive");
        await Eventually.TrueAsync(() => franchise.Database.ScalarAsync<bool>("SELECT bool_or(status = 'delivered') FROM touch_points WHERE appointment_id = $1", Guid.Parse(id)), "its end to be known");
        // The clock of the test stands still.
        await franchise.Database.ExecuteAsync("UPDATE touch_points SET created_at = created_at - interval '1 minute' WHERE appointment_id = $1", Guid.Parse(id));
        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "please stop texting me");
        (await staff.PostAsJsonAsync($"/api/appointments/{id}/{change}", moves ? new { startsAt = "2026-12-04T20:00:00Z" } : null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.TrueAsync(() => franchise.Database.ScalarAsync<bool>("SELECT planned_revision = revision FROM appointments WHERE id = $1", Guid.Parse(id)), "it to be followed");
        franchise.Sandbox.Twilio.SentTo(phone).ShouldNotContain(text => text.Body.Contains(said, StringComparison.Ordinal), "they want no texts");

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "START");

        await Eventually.TrueAsync(() => franchise.Sandbox.Twilio.SentTo(phone).Count(text => text.Body.Contains(said, StringComparison.Ordinal)) == 1, "the news to be told");
        (await PlannedAsync(id)).Count(touch => touch.Contains("scheduled", StringComparison.Ordinal)).ShouldBe(moves ? 2 : 0);
    }

    [Fact]
    public async Task Who_takes_a_stop_back_is_reminded_of_what_still_stands()
    {
        const string phone = "+15125551981";
        using var staff = franchise.As("advisor");
        var shop = await AppointmentShop.AustinAsync(franchise);
        var (lead, _) = await shop.GreetedAsync(phone);
        var id = await BookAsync(shop, staff, lead, "2026-12-01T18:00:00Z");
        await Eventually.TrueAsync(() => franchise.Sandbox.Twilio.SentTo(phone).Count == 2, "the confirmation to arrive");
        var planned = await PlannedAsync(id);
        planned.Count.ShouldBe(2);

        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "please stop texting me");
        (await PlannedAsync(id)).ShouldAllBe(touch => touch.Contains("cancelled", StringComparison.Ordinal));
        await franchise.Sandbox.Twilio.ReceiveAsync(phone, "START");

        (await PlannedAsync(id)).ShouldBe(planned);
        await staff.PostAsync($"/api/appointments/{id}/cancellation", null);
        await Eventually.TrueAsync(async () => (await PlannedAsync(id)).All(touch => touch.Contains("cancelled", StringComparison.Ordinal)), "the reminders to end");
    }
}
