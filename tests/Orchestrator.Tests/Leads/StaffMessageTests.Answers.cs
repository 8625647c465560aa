using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <content>Words of staff that answer a text.</content>
public sealed partial class StaffMessageTests
{
    [Fact]
    public async Task A_person_answers_a_text_at_once_by_night_and_as_often_as_it_takes_and_what_is_late_waits()
    {
        const string phone = "+15125551441";
        var lead = await GreetedAsync(phone);
        await shop.SetClockAsync("2026-11-24T05:00:00Z"); // 23:00 at the shop
        _staff = await shop.SignedInAsync("advisor");
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "Are you still there?");

        foreach (var words in new[] { "Yes.", "We open at eight.", "Shall I call you then?", "Or text?" })
        {
            await OkAsync(await WriteAsync(lead, words));
        }

        await shop.SentAsync(lead, "staff-4");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(5);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM message_attempts a JOIN touch_points t ON t.id = a.touch_point_id WHERE t.lead_id = $1 AND a.is_reply", lead)).ShouldBe(4);

        await shop.SetClockAsync("2026-11-24T05:20:00Z");
        _staff = await shop.SignedInAsync("advisor");
        await OkAsync(await WriteAsync(lead, "Good night."));
        await Eventually.TrueAsync(
            async () => await shop.Database.ScalarAsync<string>("SELECT status || ' ' || reason FROM touch_points WHERE lead_id = $1 AND step = 'staff-5'", lead) is "scheduled outside_legal_hours" or "scheduled frequency_cap",
            "the late one to wait for the morning");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_thumb_by_night_is_no_text_that_staff_may_answer_at_once()
    {
        const string phone = "+15125551442";
        var lead = await GreetedAsync(phone);
        var greeting = shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem().Body;
        await shop.SetClockAsync("2026-11-24T05:00:00Z"); // 23:00 at the shop
        _staff = await shop.SignedInAsync("advisor");
        await shop.Sandbox.Twilio.ReceiveAsync(phone, $"Liked “{greeting}”");
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "HELP");

        await OkAsync(await WriteAsync(lead, "Great!"));

        await Eventually.TrueAsync(
            async () => await shop.Database.ScalarAsync<string>("SELECT status || ' ' || reason FROM touch_points WHERE lead_id = $1 AND step = 'staff-1'", lead) == "scheduled outside_legal_hours",
            "the words to wait for the morning");
        shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("suppressed_at = now(), suppression = 'address_bounced'", "address_bounced")]
    [InlineData("crm_opt_out_at = now(), crm_opt_out_by = '{ann}'", "crm_unsubscribed")]
    public async Task Whom_no_email_may_reach_is_told_to_staff_at_once_and_still_waits(string change, string reason)
    {
        var lead = await shop.LeadByApiAsync(shop.Admin, await shop.LocationAsync(), null, $"{reason}@example.com");
        await shop.SentAsync(lead);
        await shop.Database.ExecuteAsync($"UPDATE email_addresses SET {change} WHERE email = $1", $"{reason}@example.com");
        await shop.Database.ExecuteAsync("INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), id, 'ai', now(), now() FROM leads WHERE id = $1 ON CONFLICT DO NOTHING", lead);
        await shop.Database.ExecuteAsync("""
            INSERT INTO handovers (tenant_id, id, session_id, lead_id, wish, wanted_at, next_alert_at)
            SELECT tenant_id, gen_random_uuid(), id, lead_id, 'Is anybody there?', '2026-11-23T16:00:00Z', '2026-11-29Z' FROM chat_sessions WHERE lead_id = $1
            """, lead);

        using var refused = await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "email", content = "Here I am" });

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe(reason);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM handovers WHERE lead_id = $1 AND taken_at IS NULL", lead)).ShouldBe(1);
        (await shop.Database.ScalarAsync<bool>("SELECT sequence_ended_as IS NULL FROM leads WHERE id = $1", lead)).ShouldBeTrue();
    }
}
