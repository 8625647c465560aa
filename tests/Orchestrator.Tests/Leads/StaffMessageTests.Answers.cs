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
}
