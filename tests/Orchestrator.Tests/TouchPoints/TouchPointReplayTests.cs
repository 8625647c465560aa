using System.Net;
using System.Net.Http.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>What failed goes out again when its cause is mended: what is still news, and to whom there is a way.</summary>
public sealed class TouchPointReplayTests(TouchPointReplayTests.OneShop shop) : IClassFixture<TouchPointReplayTests.OneShop>, IAsyncLifetime
{
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        await shop.SetClockAsync(Shop.Monday10);
        _admin = await shop.SignedInAsync();
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'cancelled', reason = 'cancelled_by_staff' WHERE status IN ('failed', 'expired', 'needs_review')");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public sealed class OneShop : Shop;

    [Fact]
    public async Task What_failed_longer_ago_than_a_week_stays_where_it_is()
    {
        var (old, fresh) = (await GreetedAsync("+15125553801"), await GreetedAsync("+15125553802"));
        await FailAsync(old, "greeting");
        await FailAsync(fresh, "greeting");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET updated_at = '2026-05-07T16:00:00Z' WHERE lead_id = $1", old);

        (await ReplayAsync()).ShouldBe(1);

        await shop.SentAsync(fresh);
        shop.Sandbox.Twilio.SentTo("+15125553801").Count.ShouldBe(1);
        var group = (await TwoFranchises.OkAsync(await _admin.GetAsync("/api/touch-points/failures?from=2026-01-01T00:00:00Z"))).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        group.GetProperty("canReplay").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Of_a_sequence_that_failed_the_newest_step_alone_goes_out()
    {
        const string phone = "+15125553803";
        var lead = await GreetedAsync(phone);
        await shop.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, followed, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'day_7', 'sms', 'failed', 'twilio_30034', '2026-11-23Z', '2026-11-26Z', true, '2026-11-24Z', '2026-11-23T16:00:00Z' FROM leads WHERE id = $1
            """, lead);
        await FailAsync(lead, "greeting");
        await FailAsync(lead, "next_day");

        (await ReplayAsync()).ShouldBe(1);

        await shop.SentAsync(lead, "day_7");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(2);
        (await ReplayAsync()).ShouldBe(0, "after a step that arrived the ones before it are no news");
    }

    [Fact]
    public async Task An_answer_that_failed_goes_out_unless_newer_words_have_taken_its_place()
    {
        var (lead, other) = (await GreetedAsync("+15125553804"), await GreetedAsync("+15125553805"));
        await AnswerAsync(lead, 1);
        await AnswerAsync(other, 1);
        await WriteAsync(other);
        await shop.SentAsync(other, "staff-1");

        (await ReplayAsync()).ShouldBe(1);

        await shop.SentAsync(lead, "reply-1");
        (await shop.StepAsync(other, "reply-1", "failed")).ShouldBe("twilio_30034");
    }

    [Fact]
    public async Task Words_of_staff_that_failed_go_out_together_and_not_after_newer_ones_that_arrived()
    {
        var (lead, other) = (await GreetedAsync("+15125553807"), await GreetedAsync("+15125553808"));
        foreach (var one in new[] { lead, other })
        {
            await WriteAsync(one);
            await shop.StepAsync(one, "staff-1", "delivered");
            await WriteAsync(one);
            await shop.StepAsync(one, "staff-2", "delivered");
            await FailAsync(one, "staff-1");
        }

        await FailAsync(lead, "staff-2");

        (await ReplayAsync()).ShouldBe(2);

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1 AND status = 'failed'", lead)).ShouldBe(0);
        (await shop.StepAsync(other, "staff-1", "failed")).ShouldBe("twilio_30034");
    }

    [Fact]
    public async Task A_greeting_that_failed_is_not_put_back_to_who_talks_with_the_shop_by_now()
    {
        var lead = await GreetedAsync("+15125553809");
        await FailAsync(lead, "greeting");
        await shop.Sandbox.Twilio.ReceiveAsync("+15125553809", "Are you there?");
        await Eventually.TrueAsync(() => shop.Database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT 1 FROM chat_sessions s JOIN chat_messages m ON m.session_id = s.id WHERE s.lead_id = $1 AND m.role = 'customer')", lead), "the words to be kept");

        (await ReplayAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_text_whose_lead_has_lost_its_number_is_not_put_back_and_not_sent_again()
    {
        var lead = await GreetedAsync("+15125553806");
        await shop.Database.ExecuteAsync("UPDATE leads SET contact_id = NULL, phone = NULL, phone_type = 'missing' WHERE id = $1", lead);
        await FailAsync(lead, "greeting");
        (await ReplayAsync()).ShouldBe(0);

        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'needs_review', reason = 'not_found_at_twilio' WHERE lead_id = $1 AND step = 'greeting'", lead);
        var item = (await TwoFranchises.OkAsync(await _admin.GetAsync($"/api/review-items?leadId={lead}"))).GetProperty("items")[0].GetProperty("id").GetGuid();

        (await _admin.PostAsJsonAsync($"/api/review-items/{item}/resolution", new { action = "send_again" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await shop.StepAsync(lead, "greeting", "needs_review")).ShouldBe("not_found_at_twilio");
    }

    private async Task<Guid> GreetedAsync(string phone)
    {
        var lead = await shop.LeadByApiAsync(_admin, await shop.LocationAsync(), phone);
        await shop.StepAsync(lead, "greeting", "delivered");
        return lead;
    }

    private Task<int> FailAsync(Guid lead, string step) => shop.Database.ExecuteAsync(
        "UPDATE touch_points SET status = 'failed', reason = 'twilio_30034', updated_at = '2026-11-23T16:00:00Z' WHERE lead_id = $1 AND step = $2", lead, step);

    private async Task WriteAsync(Guid lead) =>
        await TwoFranchises.OkAsync(await _admin.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "We are open until six." }));

    // Words as an answer to a text that came an hour ago, turned away by the carrier.
    private async Task AnswerAsync(Guid lead, int number)
    {
        await WriteAsync(lead);
        await shop.StepAsync(lead, "staff-1", "delivered");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET step = 'reply-' || $2, replies_to_at = '2026-11-23T15:00:00Z' WHERE lead_id = $1 AND step = 'staff-1'", lead, number.ToString());
        await FailAsync(lead, $"reply-{number}");
    }

    private async Task<int> ReplayAsync() =>
        (await TwoFranchises.OkAsync(await _admin.PostAsJsonAsync("/api/touch-points/replays", new { status = "failed", reason = "twilio_30034" }))).GetProperty("replayed").GetInt32();
}
