using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Staff write to leads under the same rules as everybody, and everything that was sent or not has a sentence.</summary>
public sealed partial class StaffMessageTests(StaffMessageTests.OneShop shop) : IClassFixture<StaffMessageTests.OneShop>, IAsyncLifetime
{
    private HttpClient _staff = null!;

    public async ValueTask InitializeAsync()
    {
        await shop.SetClockAsync(Shop.Monday10);
        _staff = await shop.SignedInAsync("advisor");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public sealed class OneShop : Shop
    {
        public WebApplication App { get; private set; } = null!;

        public HttpClient Admin { get; private set; } = null!;

        protected override bool StartsOne => false;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            App = await StartAsync();
            Admin = await SignedInAsync();
        }
    }

    [Fact]
    public async Task A_text_of_staff_arrives_stands_in_the_conversation_and_ends_what_was_planned()
    {
        const string phone = "+15125551401";
        var lead = await GreetedAsync(phone);
        await PlanAsync(lead);

        var message = await OkAsync(await WriteAsync(lead, "We can do Tuesday at ten.", "key-1"));
        var again = await OkAsync(await WriteAsync(lead, "We can do Tuesday at ten.", "key-1"));

        again.GetRawText().ShouldBe(message.GetRawText());
        (message.GetProperty("role").GetString(), message.GetProperty("channel").GetString()).ShouldBe(("staff", "sms"));
        await shop.StepAsync(lead, "staff-1", "delivered");
        shop.Sandbox.Twilio.SentTo(phone).Select(text => text.Body).Last().ShouldBe("We can do Tuesday at ten.");
        (await shop.StepAsync(lead, "day-2", "cancelled")).ShouldBe("staff_took_over");
        (await shop.Database.ColumnAsync<string>("SELECT m.content FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.lead_id = $1 AND m.role = 'staff'", lead))
            .ShouldBe(["We can do Tuesday at ten."]);
        (await WriteAsync(lead, "Other words", "key-1")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task The_first_text_that_a_number_gets_says_who_writes_and_how_to_stop_it_whoever_wrote_it()
    {
        const string phone = "+15125551421";
        await shop.SetClockAsync("2026-11-24T04:05:00Z"); // 22:05 at the shop: the greeting waits for the morning
        using var admin = await shop.SignedInAsync();
        _staff = await shop.SignedInAsync("advisor");
        var lead = await shop.LeadByApiAsync(admin, await shop.LocationAsync(), phone);
        await OkAsync(await WriteAsync(lead, "We can do Tuesday at ten."));
        (await shop.StepAsync(lead, "greeting", "cancelled")).ShouldBe("staff_took_over");

        await shop.SetClockAsync("2026-11-24T15:00:01Z");
        await shop.SentAsync(lead, "staff-1");
        _staff = await shop.SignedInAsync("advisor");
        await OkAsync(await WriteAsync(lead, "Or Wednesday."));
        await shop.SentAsync(lead, "staff-2");

        shop.Sandbox.Twilio.SentTo(phone).Select(text => text.Body).ShouldBe(["We can do Tuesday at ten.\n- this is Acme Tint North. Reply STOP to opt out.", "Or Wednesday."]);
    }

    [Fact]
    public async Task A_first_text_without_room_for_that_is_given_back_to_a_person()
    {
        await shop.SetClockAsync("2026-11-24T04:05:00Z");
        using var admin = await shop.SignedInAsync();
        _staff = await shop.SignedInAsync("advisor");
        var lead = await shop.LeadByApiAsync(admin, await shop.LocationAsync(), "+15125551422");
        await OkAsync(await WriteAsync(lead, new string('a', 1_590)));

        await shop.SetClockAsync("2026-11-24T15:00:01Z");

        (await shop.StepAsync(lead, "staff-1", "needs_review")).ShouldBe("first_text_too_long");
    }

    [Fact]
    public async Task A_lead_that_has_booked_is_written_to_by_staff_and_by_nobody_else()
    {
        var lead = await GreetedAsync("+15125551402");
        await shop.Database.ExecuteAsync("UPDATE leads SET status = 'booked' WHERE id = $1", lead);
        await PlanAsync(lead, "2026-11-23T16:00:00Z");
        (await shop.StepAsync(lead, "day-2", "suppressed")).ShouldBe("lead_booked");

        await OkAsync(await WriteAsync(lead, "See you tomorrow."));

        await shop.SentAsync(lead, "staff-1");
    }

    [Fact]
    public async Task Who_said_stop_gets_no_text_and_no_email_of_staff_either()
    {
        var lead = await GreetedAsync("+15125551403", "stop@example.com");
        await shop.Sandbox.Twilio.ReceiveAsync("+15125551403", "STOP");

        foreach (var channel in new[] { "sms", "email" })
        {
            var refused = await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel, content = "But wait" });
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe("opted_out");
        }

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1 AND step LIKE 'staff-%'", lead)).ShouldBe(0);
    }

    [Fact]
    public async Task Who_said_no_at_the_desk_gets_nothing_of_what_is_planned_nothing_of_staff_and_no_new_greeting()
    {
        const string phone = "+15125551420";
        var lead = await GreetedAsync(phone, "desk@example.com");
        await shop.Database.ExecuteAsync("UPDATE contacts SET crm_opt_out_at = '2026-11-23Z', crm_opt_out_by = '{ann}' WHERE phone = $1", phone);

        await PlanAsync(lead, "2026-11-23T16:00:00Z");
        await PlanAsync(lead, "2026-11-23T16:00:00Z", "email", "day-3");

        (await shop.StepAsync(lead, "day-2", "suppressed")).ShouldBe("crm_opt_out");
        (await shop.StepAsync(lead, "day-3", "suppressed")).ShouldBe("crm_opt_out");
        foreach (var channel in new[] { "sms", "email" })
        {
            var refused = await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel, content = "But wait" });
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe("crm_opt_out");
        }

        var second = await shop.LeadByApiAsync(shop.Admin, await shop.LocationAsync(), phone);
        (await shop.StepAsync(second, "greeting", "suppressed")).ShouldBe("crm_opt_out");
        shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_stop_between_the_writing_and_the_sending_counts()
    {
        var lead = await GreetedAsync("+15125551404");
        await shop.SetClockAsync("2026-11-24T05:00:00Z"); // 23:00 at the shop
        _staff = await shop.SignedInAsync("advisor");
        await OkAsync(await WriteAsync(lead, "Good night"));
        await shop.StepAsync(lead, "staff-1", "scheduled");
        shop.Sandbox.Twilio.SentTo("+15125551404").Count.ShouldBe(1, "the greeting alone: at night nobody is texted");

        await shop.Sandbox.Twilio.ReceiveAsync("+15125551404", "STOP");

        (await shop.StepAsync(lead, "staff-1", "cancelled", "suppressed")).ShouldBe("opted_out");
    }

    [Fact]
    public async Task An_email_of_staff_has_its_subject_its_words_the_address_and_a_way_out()
    {
        var lead = await shop.LeadByApiAsync(shop.Admin, await shop.LocationAsync(), null, "mail@example.com");
        await shop.SentAsync(lead);

        await OkAsync(await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "email", subject = "Your tint", content = "Hello <b>Ann</b>,\nTuesday?" }));

        await shop.SentAsync(lead, "staff-1");
        var mail = shop.Sandbox.SendGrid.Sent.Last();
        mail.Text.ShouldContain("Hello <b>Ann</b>,\nTuesday?");
        mail.Text.ShouldContain("100 Congress Ave, Austin, TX 78701");
        mail.Text.ShouldContain("/unsubscribe/");
        mail.Request.ToJsonString().ShouldContain("Your tint");
        mail.Request["content"]![1]!["value"]!.ToString().ShouldContain("Hello &lt;b&gt;Ann&lt;/b&gt;");
    }

    [Fact]
    public async Task A_text_without_a_link_of_which_nobody_knows_is_found_by_its_words()
    {
        const string phone = "+15125551405";
        var lead = await GreetedAsync(phone);
        await OkAsync(await WriteAsync(lead, "The same words"));
        await shop.SentAsync(lead, "staff-1");
        shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);

        await OkAsync(await WriteAsync(lead, "The same words"));

        await shop.StepAsync(lead, "staff-2", "unknown", "sent", "delivered");
        await shop.App.Services.GetRequiredService<Reconciler>().RunOnceAsync(CancellationToken.None);
        await shop.SentAsync(lead, "staff-2");
        var sids = shop.Sandbox.Twilio.SentTo(phone).Select(text => text.Sid).ToList();
        sids.Count.ShouldBe(3, "the greeting and each text once");
        (await shop.Database.ColumnAsync<string>("SELECT provider_id FROM touch_points WHERE lead_id = $1 AND provider_id IS NOT NULL", lead)).ShouldBe(sids, ignoreOrder: true);
        shop.Sandbox.Faults.Clear();
    }

    [Fact]
    public async Task Everything_that_was_sent_or_not_has_a_word_and_a_sentence()
    {
        var lead = await GreetedAsync("+15125551406");
        // "Delivered" may come before the end of the call is stored, and what follows is planned with that end.
        await shop.StepAsync(lead, "next_day", "scheduled");
        await PlanAsync(lead);
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'failed', reason = 'twilio_30006' WHERE lead_id = $1 AND step = 'greeting'", lead);

        var explained = await OkAsync(await _staff.GetAsync($"/api/leads/{lead}/explain"));

        var items = explained.GetProperty("items").EnumerateArray().Select(item =>
            (What: item.GetProperty("what").GetString(), Step: item.GetProperty("step").GetString(), Reason: item.GetProperty("reason").GetString(), Sentence: item.GetProperty("sentence").GetString())).ToList();
        items.Select(item => (item.What, item.Step, item.Reason)).ShouldBe(
            [("not_sent", "greeting", "twilio_30006"), ("next", "next_day", "not_due_yet"), ("next", "day-2", "not_due_yet")], ignoreOrder: true);
        items[0].Sentence.ShouldBe("The number is a landline, or its carrier takes no texts.");
        explained.GetProperty("nextLegalWindow").GetProperty("isOpen").GetBoolean().ShouldBeTrue();
        explained.GetProperty("consent").EnumerateArray().Select(consent => consent.GetProperty("state").GetString()).ShouldBe(["allowed", "no_email"]);
        (await _staff.GetAsync($"/api/leads/{Guid.CreateVersion7()}/explain")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_lead_is_closed_once_and_hears_no_more()
    {
        var lead = await GreetedAsync("+15125551407");
        await PlanAsync(lead);

        (await OkAsync(await CloseAsync(lead, "won"))).GetProperty("status").GetString().ShouldBe("won");
        await OkAsync(await CloseAsync(lead, "won"));

        (await shop.StepAsync(lead, "day-2", "cancelled")).ShouldBe("lead_won");
        (await CloseAsync(lead, "maybe")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CloseAsync(Guid.CreateVersion7(), "lost")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("won", "cancelled")]
    [InlineData("lost", "scheduled")]
    public async Task Who_bought_is_not_chased_as_another_request_and_one_that_is_lost_says_nothing_of_others(string outcome, string other)
    {
        var phone = outcome == "won" ? "+15125551431" : "+15125551432";
        var (lead, second) = (await GreetedAsync(phone), await GreetedAsync(phone));
        await PlanAsync(lead);
        await PlanAsync(second);

        await OkAsync(await CloseAsync(lead, outcome));

        (await shop.StepAsync(lead, "day-2", "cancelled")).ShouldBe($"lead_{outcome}");
        (await shop.StepAsync(second, "day-2", other)).ShouldBe(outcome == "won" ? "other_request_won" : null);
    }

    [Fact]
    public async Task What_is_planned_is_called_back_and_what_is_out_is_not()
    {
        var lead = await GreetedAsync("+15125551408");
        await PlanAsync(lead);
        var planned = await shop.Database.ScalarAsync<Guid>("SELECT id FROM touch_points WHERE lead_id = $1 AND step = 'day-2'", lead);
        var sent = await shop.Database.ScalarAsync<Guid>("SELECT id FROM touch_points WHERE lead_id = $1 AND step = 'greeting'", lead);

        await shop.Database.ExecuteAsync("UPDATE touch_points SET deferred_from = '2026-11-25T04:00:00Z', variant = 'B' WHERE id = $1", planned);
        for (var times = 0; times < 2; times++)
        {
            var cancelled = await OkAsync(await _staff.PostAsync($"/api/touch-points/{planned}/cancellation", null));
            (cancelled.GetProperty("reason").GetString(), cancelled.GetProperty("deferredFrom").GetString(), cancelled.GetProperty("variant").GetString())
                .ShouldBe(("cancelled_by_staff", "2026-11-25T04:00:00.000Z", "B"));
        }

        (await _staff.PostAsync($"/api/touch-points/{sent}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await _staff.PostAsync($"/api/touch-points/{Guid.CreateVersion7()}/cancellation", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_failed_is_grouped_by_its_cause_and_goes_out_again_when_that_is_mended()
    {
        var lead = await GreetedAsync("+15125551409");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'failed', reason = 'twilio_30034' WHERE lead_id = $1 AND step = 'greeting'", lead);

        var group = (await OkAsync(await _staff.GetAsync("/api/touch-points/failures"))).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("reason").GetString() == "twilio_30034");
        (group.GetProperty("count").GetInt32(), group.GetProperty("canReplay").GetBoolean()).ShouldBe((1, true));
        group.GetProperty("sentence").GetString()!.ShouldContain("A2P 10DLC");
        (await _staff.PostAsJsonAsync("/api/touch-points/replays", new { status = "failed" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var replay = new { status = "failed", reason = "twilio_30034" };
        (await OkAsync(await shop.Admin.PostAsJsonAsync("/api/touch-points/replays", replay))).GetProperty("replayed").GetInt32().ShouldBe(1);

        await shop.SentAsync(lead);
        (await OkAsync(await shop.Admin.PostAsJsonAsync("/api/touch-points/replays", replay))).GetProperty("replayed").GetInt32().ShouldBe(0);
        shop.Sandbox.Twilio.SentTo("+15125551409").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("sms", "", null, "content")]
    [InlineData("sms", " \u0001\u0002", null, "content")]
    [InlineData("fax", "Hello", null, "channel")]
    [InlineData("sms", "Hello", "A subject", "subject")]
    public async Task A_message_that_cannot_be_one_is_told_why(string channel, string content, string? subject, string field)
    {
        var refused = await _staff.PostAsJsonAsync($"/api/leads/{Guid.CreateVersion7()}/messages", new { channel, content, subject });

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(field, Case.Insensitive);
    }

    private async Task<Guid> GreetedAsync(string phone, string? email = null)
    {
        var lead = await shop.LeadByApiAsync(shop.Admin, await shop.LocationAsync(), phone, email);
        await shop.StepAsync(lead, "greeting", "delivered");
        return lead;
    }

    private Task<int> PlanAsync(Guid lead, string dueAt = "2026-11-25T16:00:00Z", string channel = "sms", string step = "day-2") => shop.Database.ExecuteAsync("""
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
        SELECT tenant_id, gen_random_uuid(), id, $4, $3, 'scheduled', $2::timestamptz, '2026-11-29Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
        """, lead, dueAt, channel, step);

    private async Task<HttpResponseMessage> WriteAsync(Guid lead, string content, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/leads/{lead}/messages") { Content = JsonContent.Create(new { channel = "sms", content }) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _staff.SendAsync(request);
    }

    private Task<HttpResponseMessage> CloseAsync(Guid lead, string outcome) => _staff.PostAsJsonAsync($"/api/leads/{lead}/closure", new { outcome, note = "By phone" });

    private static Task<JsonElement> OkAsync(HttpResponseMessage answer) => TwoFranchises.OkAsync(answer);
}
