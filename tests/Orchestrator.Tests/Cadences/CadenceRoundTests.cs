using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <summary>The safety round: whatever ends a step, and whoever died over it, the next one is planned once.</summary>
public sealed class CadenceRoundTests : Shop
{
    private WebApplication _app = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // Nothing is sent by itself here: the round is what is looked at.
        _app = await StartAsync(("TOUCH_POINT_INTERVAL_MS", "3600000"));
        Sandbox.Clock.Freeze();
    }

    [Fact]
    public async Task After_a_crash_between_the_send_and_the_planning_of_the_next_step_it_is_planned_once_by_whoever_looks_first()
    {
        var lead = await NightLeadAsync("+15125550621");
        // As the reconcile leaves it: found at Twilio after its process died.
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sent', reason = NULL, sent_at = '2026-11-24T16:00:00Z' WHERE lead_id = $1", lead);
        var second = await StartAsync(("TOUCH_POINT_INTERVAL_MS", "3600000"));

        await Task.WhenAll(
            Round(_app), Round(second), Round(_app), Round(second));
        await Round(_app);

        var steps = await Database.RowsAsync("SELECT step, status, due_at, followed FROM touch_points WHERE lead_id = $1 ORDER BY id", lead);
        steps.Select(row => $"{row["step"]} {row["status"]} {row["followed"]}").ShouldBe(["greeting sent True", "next_day scheduled False"]);
        ((DateTime)steps[1]["due_at"]!).ToUniversalTime().ShouldBe(new DateTime(2026, 11, 25, 16, 30, 0, DateTimeKind.Utc));
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points_to_follow('00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', 10)")).ShouldBe(0);
    }

    [Theory]
    [InlineData("failed", "twilio_21614", 2)]
    [InlineData("expired", "too_late", 2)]
    [InlineData("suppressed", "landline_phone", 2)]
    [InlineData("suppressed", "demo_mode", 1)]
    [InlineData("needs_review", "not_found_at_twilio", 1)]
    [InlineData("cancelled", "replied", 1)]
    public async Task What_ended_otherwise_is_followed_or_ends_the_sequence(string status, string reason, int steps)
    {
        var lead = await NightLeadAsync("+15125550622");
        await Database.ExecuteAsync("UPDATE touch_points SET status = $2, reason = $3 WHERE lead_id = $1", lead, status, reason);
        await Round(_app);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(steps);
    }

    [Theory]
    [InlineData("engaged")]
    [InlineData("booked")]
    [InlineData("won")]
    [InlineData("lost")]
    [InlineData("opted_out")]
    public async Task A_lead_that_has_answered_or_is_decided_gets_no_next_step(string status)
    {
        var lead = await NightLeadAsync("+15125550623");
        await Database.ExecuteAsync("UPDATE leads SET status = $2 WHERE id = $1", lead, status);
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'expired', reason = 'too_late' WHERE lead_id = $1", lead);
        await Round(_app);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(1);
    }

    [Fact]
    public async Task A_lead_that_left_its_column_while_its_text_was_with_the_vendor_gets_no_next_step()
    {
        var lead = await NightLeadAsync("+15125550625");
        await Database.ExecuteAsync("UPDATE leads SET status = 'contacted', status_reason = 'not_in_a_lead_column' WHERE id = $1", lead);
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sent', reason = NULL, sent_at = '2026-11-24T16:00:00Z' WHERE lead_id = $1", lead);
        await Round(_app);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(1);
    }

    [Theory]
    [InlineData("staff_message", "+15125550631")]
    [InlineData("takeover", "+15125550632")]
    [InlineData("customer_deleted", "+15125550633")]
    public async Task Who_was_taken_over_while_a_text_was_with_the_vendor_gets_no_next_step_even_when_given_back(string how, string phone)
    {
        var lead = await NightLeadAsync(phone);
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'unknown', reason = 'twilio_timeout', handed_over_at = now() WHERE lead_id = $1", lead);
        using var staff = await SignedInAsync();
        switch (how)
        {
            case "staff_message":
                await TwoFranchises.OkAsync(await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "Hi Ann, this is Bob." }));
                break;
            case "takeover":
                await TakeOverAsync(lead);
                break;
            default:
                await using (var transaction = await Database.Lead.BeginAsync(await TenantAsync(), CancellationToken.None))
                {
                    await _app.Services.GetRequiredService<LeadStore>().EndSequencesAsync(transaction, [lead], "customer_deleted", CancellationToken.None);
                    await transaction.CommitAsync(CancellationToken.None);
                }

                break;
        }

        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sent', reason = NULL, sent_at = '2026-11-24T16:00:00Z' WHERE lead_id = $1 AND step = 'greeting'", lead);
        await Round(_app);

        (await Database.ColumnAsync<string>("SELECT step FROM touch_points WHERE lead_id = $1 AND message_id IS NULL", lead)).ShouldBe(["greeting"]);
    }

    [Theory]
    [InlineData("staff_took_over", "+15125550634")]
    [InlineData("human_takeover", "+15125550635")]
    public async Task A_greeting_that_comes_back_unsent_after_a_person_took_over_is_not_tried_again(string reason, string phone)
    {
        var lead = await NightLeadAsync(phone);
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sending', attempts = 1, handed_over_at = now(), lease_until = now() + interval '1 minute' WHERE lead_id = $1", lead);
        if (reason == "human_takeover")
        {
            await TakeOverAsync(lead);
        }
        else
        {
            using var staff = await SignedInAsync();
            await TwoFranchises.OkAsync(await staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "Hi Ann, this is Bob." }));
        }

        var touch = (await Database.RowsAsync("SELECT tenant_id, id, fence, expires_at FROM touch_points WHERE lead_id = $1 AND step = 'greeting'", lead)).Single();
        _app.Services.GetRequiredService<OutcomeWriter>().Add(new EndedCall(
            new HandedOver(new TouchPointClaim((Guid)touch["tenant_id"]!, (Guid)touch["id"]!, (long)touch["fence"]!), new DueTouchPoint
            {
                LeadId = lead, Step = "greeting", Attempts = 0, MaxAttempts = 5, ExpiresAt = (DateTime)touch["expires_at"]!, Phone = phone, PhoneType = "mobile", LeadStatus = "new",
                IsTest = false, FirstName = "Ann", Vehicle = "", Timezone = "America/Chicago", LocationName = "Acme Tint Austin",
            }, Guid.CreateVersion7()), new SendOutcome.NotSent("twilio_429", null), Sandbox.Clock.Now));

        (await this.StepAsync(lead, "greeting", "cancelled", "scheduled")).ShouldBe(reason);
    }

    [Fact]
    public async Task A_step_whose_time_was_over_before_it_could_be_planned_holds_up_nobodys_planning()
    {
        var (late, other) = (await NightLeadAsync("+15125550627"), await NightLeadAsync("+15125550628"));
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sent', reason = NULL, sent_at = '2026-11-10T16:00:00Z' WHERE lead_id = $1", late);
        await Database.ExecuteAsync("UPDATE leads SET created_at = '2026-11-10T16:00:00Z' WHERE id = $1", late);
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sent', reason = NULL, sent_at = '2026-11-24T16:00:00Z' WHERE lead_id = $1", other);

        await Round(_app);

        (await Database.ScalarAsync<bool>("SELECT expires_at < created_at + interval '1 minute' FROM touch_points WHERE lead_id = $1 AND step = 'next_day'", late)).ShouldBeTrue("it is let go at once");
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", other)).ShouldBe(2);
    }

    [Fact]
    public async Task A_greeting_that_waits_over_a_closed_weekend_is_good_for_three_days_from_its_hour_on()
    {
        // Alabama: no text on the eve, at Christmas or on Sunday.
        var lead = await NightLeadAsync("+12055550626", "2027-12-24T02:05:00Z");
        var touch = (await Database.RowsAsync("SELECT due_at, expires_at FROM touch_points WHERE lead_id = $1", lead)).ShouldHaveSingleItem();
        ((DateTime)touch["due_at"]!).ToUniversalTime().ShouldBe(new DateTime(2027, 12, 27, 14, 0, 0, DateTimeKind.Utc));
        ((DateTime)touch["expires_at"]!).ToUniversalTime().ShouldBe(new DateTime(2027, 12, 30, 14, 0, 0, DateTimeKind.Utc));
    }

    [Fact]
    public async Task A_lead_without_a_phone_goes_through_its_texts_with_a_reason_for_each_silence_to_its_email()
    {
        using var staff = await SignedInAsync();
        using var answer = await staff.PostAsJsonAsync("/api/leads", new { locationId = await LocationAsync(), firstName = "Ann", email = "ann@example.com" });
        var lead = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        await Eventually.TrueAsync(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead) >= 2, "the greeting to be followed");
        await Round(_app);

        (await Database.ColumnAsync<string>("SELECT concat_ws(' ', step, channel, status, reason) FROM touch_points WHERE lead_id = $1 ORDER BY id", lead))
            .ShouldBe(["greeting email sent no_phone", "next_day sms suppressed no_phone", "day_3 email scheduled"]);
    }

    [Fact]
    public async Task Leads_from_before_there_were_cadences_are_not_followed_up()
    {
        var lead = await NightLeadAsync("+15125550624");
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sent', reason = NULL, followed = true WHERE lead_id = $1", lead);
        await Round(_app);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1", lead)).ShouldBe(1);
    }

    private static Task Round(WebApplication app) => app.Services.GetRequiredService<CadenceRound>().RunOnceAsync(CancellationToken.None);

    // As the Chat API does it; the conversation is the assistant's again when the next step would be due.
    private async Task TakeOverAsync(Guid lead)
    {
        await using var transaction = await Database.Lead.BeginAsync(await TenantAsync(), CancellationToken.None);
        var session = await _app.Services.GetRequiredService<SessionStore>().EnsureAsync(transaction, lead, CancellationToken.None);
        await _app.Services.GetRequiredService<MessageStore>().EndPlannedAsync(transaction, session, evenReplies: true, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    // Its greeting waits for the morning.
    private async Task<Guid> NightLeadAsync(string phone, string night = "2026-11-24T04:00:00Z")
    {
        await SetClockAsync(night);
        using var staff = await SignedInAsync();
        using var answer = await staff.PostAsJsonAsync("/api/leads", new { locationId = await LocationAsync(), firstName = "Ann", phone });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }
}
