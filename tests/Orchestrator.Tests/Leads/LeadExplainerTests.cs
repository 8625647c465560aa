using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Whoever asks about a lead reads what was sent to it, what was not, what comes next, and why, in sentences.</summary>
public sealed class LeadExplainerTests(LeadExplainerTests.NothingLeaves shop) : IClassFixture<LeadExplainerTests.NothingLeaves>, IAsyncLifetime
{
    private const string Night = "2026-11-24T05:00:00Z";
    private HttpClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        await shop.SetClockAsync(Shop.Monday10);
        _admin = await shop.SignedInAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Nothing is sent by itself: what is planned stays as a test has written it.</summary>
    public sealed class NothingLeaves : Shop
    {
        public WebApplication App { get; private set; } = null!;

        protected override bool StartsOne => false;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            App = await StartAsync(("TOUCH_POINT_INTERVAL_MS", "3600000"));
        }
    }

    [Theory]
    [InlineData("sent", null, "sent", "sent", "with the carrier")]
    [InlineData("delivered", null, "sent", "delivered", "has arrived")]
    [InlineData("suppressed", "opted_out", "not_sent", "opted_out", "said stop")]
    [InlineData("cancelled", "replied", "not_sent", "replied", "answered")]
    [InlineData("expired", "too_late", "not_sent", "too_late", "in time")]
    [InlineData("failed", "twilio_30007", "not_sent", "twilio_30007", "spam")]
    [InlineData("unknown", "twilio_timeout", "unclear", "twilio_timeout", "did not answer in time")]
    [InlineData("needs_review", "not_found_at_twilio", "unclear", "not_found_at_twilio", "Nobody knows")]
    public async Task What_has_ended_says_how_and_why(string status, string? reason, string what, string word, string says)
    {
        var lead = await LeadAsync();
        await StepAsync(lead, "next_day", status, reason, "2026-11-23T15:00:00Z");

        var item = await ItemAsync(lead, "next_day");

        (item.GetProperty("what").GetString(), item.GetProperty("reason").GetString()).ShouldBe((what, word));
        item.GetProperty("sentence").GetString()!.ShouldContain(says);
    }

    [Theory]
    [InlineData(Shop.Monday10, "2026-11-24T16:30:00Z", null, "not_due_yet")]
    [InlineData(Shop.Monday10, "2026-11-23T15:59:00Z", null, "due_now")]
    [InlineData(Shop.Monday10, "2026-11-23T15:30:00Z", null, "overdue")]
    [InlineData(Night, "2026-11-24T04:00:00Z", null, "outside_legal_hours")]
    [InlineData(Shop.Monday10, "2026-11-23T18:00:00Z", "sender_is_paced", "sender_is_paced")]
    [InlineData(Shop.Monday10, "2026-11-24T17:00:00Z", "frequency_cap", "frequency_cap")]
    public async Task What_comes_next_says_what_it_waits_for(string now, string due, string? reason, string word)
    {
        var lead = await LeadAsync();
        await StepAsync(lead, "next_day", "scheduled", reason, due);
        await shop.SetClockAsync(now);
        _admin = await shop.SignedInAsync();

        var item = await ItemAsync(lead, "next_day");

        (item.GetProperty("what").GetString(), item.GetProperty("reason").GetString()).ShouldBe(("next", word));
        item.GetProperty("at").GetDateTimeOffset().ShouldBe(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture));
        item.GetProperty("sentence").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("2026-11-23T14:59:58Z", true)]
    [InlineData("2026-11-23T15:00:01Z", false)] // it had arrived
    public async Task A_text_that_left_before_the_stop_and_arrived_after_it_says_so(string stoppedAt, bool isSaid)
    {
        var lead = await LeadAsync();
        await StepAsync(lead, "next_day", "delivered", null, "2026-11-23T15:00:00Z");
        await shop.Database.ExecuteAsync("""
            INSERT INTO message_attempts (tenant_id, id, touch_point_id, number, channel, address, body, status, started_at)
            SELECT t.tenant_id, gen_random_uuid(), t.id, 1, 'sms', l.phone, 'x', 'accepted', '2026-11-23T14:59:55Z' FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.id = $1 AND t.step = 'next_day'
            """, lead);
        await shop.Database.ExecuteAsync("UPDATE contacts SET opted_out_at = $2::timestamptz WHERE id = $1", lead, stoppedAt);

        (await ItemAsync(lead, "next_day")).GetProperty("sentence").GetString()!.Contains("had left when the person said stop", StringComparison.Ordinal).ShouldBe(isSaid);
    }

    [Fact]
    public async Task Everything_is_in_the_order_of_its_time()
    {
        var lead = await LeadAsync();
        await StepAsync(lead, "day_7", "scheduled", null, "2026-11-30T16:30:00Z");
        await StepAsync(lead, "next_day", "sent", null, "2026-11-23T15:00:00Z");
        await StepAsync(lead, "day_3", "scheduled", null, "2026-11-26T16:30:00Z");

        var explained = await ExplainAsync(lead);

        explained.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("at").GetDateTimeOffset()).ShouldBeInOrder();
        explained.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("step").GetString()).ShouldContain("greeting");
    }

    [Fact]
    public async Task The_hour_in_which_texting_is_allowed_is_told_by_day_and_by_night()
    {
        var lead = await LeadAsync();
        var byDay = (await ExplainAsync(lead)).GetProperty("nextLegalWindow");
        await shop.SetClockAsync(Night);
        _admin = await shop.SignedInAsync();

        var byNight = (await ExplainAsync(lead)).GetProperty("nextLegalWindow");

        (byDay.GetProperty("isOpen").GetBoolean(), byNight.GetProperty("isOpen").GetBoolean()).ShouldBe((true, false));
        // Nine in Austin.
        byNight.GetProperty("opensAt").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 11, 24, 15, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task Whether_somebody_may_be_written_to_is_told_for_each_channel()
    {
        var lead = await LeadAsync();
        (await ConsentAsync(lead)).ShouldBe("sms allowed, email no_email");

        await shop.Database.ExecuteAsync("UPDATE leads SET phone_type = 'landline', email = 'ann@example.com' WHERE id = $1", lead);
        (await ConsentAsync(lead)).ShouldBe("sms landline_phone, email allowed");

        (await _admin.PostAsJsonAsync($"/api/leads/{lead}/opt-out", new { wording = "No more of this" })).EnsureSuccessStatusCode();
        (await ConsentAsync(lead)).ShouldBe("sms opted_out, email opted_out");
    }

    [Fact]
    public async Task What_the_gates_would_stop_is_not_called_allowed()
    {
        var lead = await LeadAsync();
        await shop.Database.ExecuteAsync("UPDATE leads SET email = 'bounced-' || id || '@example.com' WHERE id = $1", lead);
        await shop.Database.ExecuteAsync("""
            INSERT INTO email_addresses (tenant_id, id, email, suppression, suppressed_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), email, 'address_bounced', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
            """, lead);
        (await ConsentAsync(lead)).ShouldBe("sms allowed, email address_bounced");

        await shop.Database.ExecuteAsync("UPDATE contacts SET crm_opt_out_at = '2026-11-23Z', crm_opt_out_by = '{ann}' WHERE id = $1", lead);
        (await ConsentAsync(lead)).ShouldBe("sms crm_opt_out, email crm_opt_out");
        (await ExplainAsync(lead)).GetProperty("consent")[0].GetProperty("sentence").GetString().ShouldBe("The CRM has a no to messages.");
    }

    [Fact]
    public async Task In_demo_mode_and_without_a_vendor_nobody_is_allowed_to_be_written_to()
    {
        var lead = await LeadAsync();
        await shop.Database.ExecuteAsync("UPDATE leads SET email = 'demo@example.com' WHERE id = $1", lead);
        var first = shop.Http;
        var demo = await shop.StartAsync(
            ("TOUCH_POINT_INTERVAL_MS", "3600000"), ("DEMO_MODE", "true"), ("TWILIO_ACCOUNT_SID", null), ("TWILIO_AUTH_TOKEN", null), ("TWILIO_PHONE_NUMBER", null), ("SENDGRID_API_KEY", null), ("SENDGRID_FROM_EMAIL", null));
        try
        {
            _admin = await shop.SignedInAsync();
            (await ConsentAsync(lead)).ShouldBe("sms demo_mode, email demo_mode");
            await shop.Database.ExecuteAsync("UPDATE leads SET is_test = true WHERE id = $1", lead);
            (await ConsentAsync(lead)).ShouldBe("sms texting_is_switched_off, email email_switched_off");
        }
        finally
        {
            await shop.StopAsync(demo);
            shop.ReturnTo(first);
        }
    }

    [Theory]
    [InlineData("UPDATE leads SET phone_type = 'landline' WHERE id = $1", "landline_phone", "not_due_yet")]
    [InlineData("UPDATE contacts SET crm_opt_out_at = '2026-11-23Z', crm_opt_out_by = '{ann}' WHERE id = $1", "crm_opt_out", "crm_opt_out")]
    [InlineData("UPDATE contacts SET opted_out_at = '2026-11-23Z' WHERE id = $1", "opted_out", "opted_out")]
    [InlineData("UPDATE leads SET email = NULL WHERE id = $1", "not_due_yet", "no_email")]
    [InlineData("""
        INSERT INTO email_addresses (tenant_id, id, email, unsubscribed_at, created_at, updated_at)
        SELECT tenant_id, gen_random_uuid(), email, '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
        """, "not_due_yet", "unsubscribed")]
    public async Task What_no_gate_would_let_out_is_not_said_to_wait_for_its_time(string change, string text, string email)
    {
        var lead = await LeadAsync();
        await shop.Database.ExecuteAsync("UPDATE leads SET email = 'step-' || id || '@example.com' WHERE id = $1", lead);
        await StepAsync(lead, "next_day", "scheduled", null, "2026-11-24T16:30:00Z");
        await StepAsync(lead, "day_3", "scheduled", null, "2026-11-26T16:30:00Z");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET channel = 'email' WHERE lead_id = $1 AND step = 'day_3'", lead);

        await shop.Database.ExecuteAsync(change, lead);

        (await ItemAsync(lead, "next_day")).GetProperty("reason").GetString().ShouldBe(text);
        var item = await ItemAsync(lead, "day_3");
        item.GetProperty("reason").GetString().ShouldBe(email);
        item.GetProperty("sentence").GetString()!.StartsWith("As things are, it will not go out. ", StringComparison.Ordinal).ShouldBe(email != "not_due_yet");
        (await NextAsync(lead)).ShouldBe($"next {text}");
    }

    [Fact]
    public async Task A_step_that_was_marked_as_held_goes_on_when_no_hold_is_there()
    {
        var lead = await LeadAsync();
        await StepAsync(lead, "next_day", "scheduled", "held", "2026-11-24T16:30:00Z");

        (await ItemAsync(lead, "next_day")).GetProperty("reason").GetString().ShouldBe("not_due_yet");
    }

    [Fact]
    public async Task What_is_being_sent_says_so_whatever_it_waited_for_before()
    {
        var lead = await LeadAsync();
        await StepAsync(lead, "next_day", "scheduled", "sendgrid_429", "2026-11-23T15:30:00Z");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'sending', lease_until = now() + interval '1 minute' WHERE lead_id = $1 AND step = 'next_day'", lead);

        (await ItemAsync(lead, "next_day")).GetProperty("reason").GetString().ShouldBe("being_sent");
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'cancelled', reason = 'replied', lease_until = NULL WHERE lead_id = $1 AND step = 'next_day'", lead);
    }

    [Theory]
    [InlineData("status = 'engaged'", null, "nothing replied")]
    [InlineData("status = 'engaged', status_reason = 'appointment_cancelled'", null, "nothing appointment_cancelled")]
    [InlineData("status = 'booked', status_reason = 'appointment_confirmed'", null, "nothing appointment_booked")]
    [InlineData("status = 'booked', status_reason = 'appointment_in_crm'", null, "nothing appointment_in_crm")]
    [InlineData("status = 'lost', status_reason = 'in_a_lost_column'", null, "nothing in_a_lost_column")]
    [InlineData("status = 'won', status_reason = 'closed_by_staff'", null, "nothing lead_won")]
    [InlineData("status = 'opted_out', consent = 'opted_out'", null, "nothing opted_out")]
    [InlineData("sequence_ended_as = 'human_takeover', status = 'engaged'", null, "nothing human_takeover")]
    [InlineData("deleted_at = '2026-11-23Z'", null, "nothing order_deleted")]
    [InlineData("status = 'contacted'", "delivered", "nothing last_step_sent")]
    [InlineData("status = 'contacted'", "failed twilio_30003", "nothing last_step_over")]
    [InlineData("status = 'booked', status_reason = 'appointment_confirmed'", "needs_review no_legal_hour", "unclear no_legal_hour")]
    [InlineData("status = 'opted_out', consent = 'opted_out'", "needs_review no_legal_hour", "nothing opted_out")]
    [InlineData("status = 'contacted'", "cancelled cancelled_by_staff", "nothing step_cancelled")]
    [InlineData("status = 'contacted'", "suppressed demo_mode", "nothing demo_mode")]
    [InlineData("status = 'contacted'", "needs_review no_legal_hour", "unclear no_legal_hour")]
    [InlineData("status = 'contacted'", "scheduled", "next not_due_yet")]
    public async Task Whether_something_comes_next_is_always_said(string lead, string? step, string next)
    {
        var id = await LeadAsync();
        if (step is not null)
        {
            await StepAsync(id, "day_7", step.Split(' ')[0], step.Split(' ').ElementAtOrDefault(1), "2026-11-24T16:30:00Z");
        }

        await shop.Database.ExecuteAsync($"UPDATE leads SET {lead} WHERE id = $1", id);

        (await NextAsync(id)).ShouldBe(next);
        (await ExplainAsync(id)).GetProperty("next").GetProperty("sentence").GetString()!.ShouldEndWith(".");
    }

    [Fact]
    public async Task A_lead_that_nothing_reaches_says_so_and_not_that_its_last_step_is_over()
    {
        var lead = await LeadAsync();
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'suppressed', reason = 'landline_phone', sent_at = NULL, delivered_at = NULL WHERE lead_id = $1", lead);

        (await NextAsync(lead)).ShouldBe("nothing landline_phone");
    }

    [Theory]
    [InlineData("operator", "A vendor is away", "by hand", "It was held because: A vendor is away.")]
    [InlineData("operator", "no reason given", "by hand", "until the hold is released.")]
    [InlineData("unknown_text", "A text with a link of nobody's", "held by itself, and a platform administrator releases it", "who said stop, too.")]
    public async Task A_hold_that_was_taken_without_a_person_is_not_said_to_be_by_hand(string cause, string reason, string says, string ends)
    {
        var lead = await LeadAsync();
        await StepAsync(lead, "next_day", "scheduled", null, "2026-11-24T16:30:00Z");
        await shop.Database.ExecuteAsync("""
            INSERT INTO holds (tenant_id, id, scope, cause, reason, taken_by, taken_at)
            SELECT tenant_id, id, 'tenant', $2, $3, CASE WHEN $2 = 'operator' THEN id END, now() FROM leads WHERE id = $1
            """, lead, cause, reason);

        var sentence = (await ItemAsync(lead, "next_day")).GetProperty("sentence").GetString()!;

        await shop.Database.ExecuteAsync("DELETE FROM holds WHERE id = $1", lead);
        sentence.ShouldContain(says);
        sentence.ShouldEndWith(ends);
    }

    [Fact]
    public async Task Between_a_step_and_the_planning_of_the_next_one_that_is_said()
    {
        var lead = await LeadAsync();
        await shop.Database.ExecuteAsync("UPDATE touch_points SET followed = false WHERE lead_id = $1", lead);

        // The round may have come already.
        (await NextAsync(lead)).ShouldBeOneOf("next planned_within_seconds", "next not_due_yet");
    }

    [Fact]
    public async Task A_lead_of_another_franchise_is_none()
    {
        using var stranger = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());

        (await stranger.GetAsync($"/api/leads/{await LeadAsync()}/explain")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static int _numbers = 5_557_000;

    // Not over the API, which would wake who sends.
    private async Task<Guid> LeadAsync()
    {
        var (id, phone) = (Guid.CreateVersion7(), $"+1512{Interlocked.Increment(ref _numbers)}");
        await shop.Database.ExecuteAsync("""
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, '2026-11-23Z', '2026-11-23Z')
            """, await shop.TenantAsync(), id, phone);
        await shop.Database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, first_name, phone, phone_type, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $3, $2, 'api', $4, 'contacted', 'Ann', $4, 'mobile', 'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z')
            """, await shop.TenantAsync(), id, await shop.LocationAsync(), phone);
        await StepAsync(id, "greeting", "delivered", null, "2026-11-23T14:00:00Z");
        return id;
    }

    private Task<int> StepAsync(Guid lead, string step, string status, string? reason, string due) => shop.Database.ExecuteAsync("""
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, followed, sent_at, delivered_at, created_at, updated_at)
        SELECT tenant_id, gen_random_uuid(), id, $2, 'sms', $3, $4, $5::timestamptz, '2026-12-24Z', true, CASE WHEN $3 IN ('sent', 'delivered') THEN $5::timestamptz END,
            CASE WHEN $3 = 'delivered' THEN $5::timestamptz END, '2026-11-23Z', '2026-11-23T15:30:00Z' FROM leads WHERE id = $1
        """, lead, step, status, (object?)reason ?? DBNull.Value, due);

    private Task<JsonElement> ExplainAsync(Guid lead) => _admin.GetFromJsonAsync<JsonElement>($"/api/leads/{lead}/explain");

    private async Task<JsonElement> ItemAsync(Guid lead, string step) =>
        (await ExplainAsync(lead)).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("step").GetString() == step);

    private async Task<string> NextAsync(Guid lead) =>
        (await ExplainAsync(lead)).GetProperty("next") is var next ? $"{next.GetProperty("what").GetString()} {next.GetProperty("reason").GetString()}" : "";

    private async Task<string> ConsentAsync(Guid lead) => string.Join(", ", (await ExplainAsync(lead)).GetProperty("consent").EnumerateArray()
        .Select(channel => $"{channel.GetProperty("channel").GetString()} {channel.GetProperty("state").GetString()}"));
}
