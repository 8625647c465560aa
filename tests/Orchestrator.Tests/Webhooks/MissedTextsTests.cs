using System.Net.Http.Json;
using LeadOrchestrator.Orchestrator.Holds;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Texts of customers of which Twilio could not tell us: it does not tell twice, and they stand in its list.</summary>
public sealed class MissedTextsTests : Shop
{
    private WebApplication _app = null!;
    private HttpClient _admin = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync();
        _admin = await SignedInAsync();
        // Its first reading takes even what is young.
        await Eventually.TrueAsync(async () => _app.Services.GetRequiredService<UnreadLists>().IsRead(await TenantAsync()), "the lists to be read");
    }

    [Fact]
    public async Task A_no_that_came_while_nobody_could_store_it_is_heeded_once()
    {
        const string phone = "+15125551251";
        var lead = await GreetedAsync(phone);
        await MissAsync(phone, "please stop texting me");

        await CompareAsync();
        (await OptedOutAsync(phone)).ShouldBeFalse("so young it may still be under way");

        await SetClockAsync("2026-11-23T16:02:00Z");
        await CompareAsync();
        await CompareAsync();

        (await OptedOutAsync(phone)).ShouldBeTrue();
        (await Database.ColumnAsync<string>("""
            SELECT m.content FROM chat_messages m JOIN chat_sessions s ON s.id = m.session_id WHERE s.lead_id = $1 ORDER BY m.seq
            """, lead)).ShouldBe(["please stop texting me"]);
        (await Database.ScalarAsync<long>("SELECT count(*) FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1 AND e.kind = 'opted_out'", phone)).ShouldBe(1);
    }

    [Fact]
    public async Task A_question_that_was_missed_is_asked_as_of_the_time_when_it_was_written()
    {
        const string phone = "+15125551252";
        var lead = await GreetedAsync(phone);
        await MissAsync(phone, "Do you tint the windshield too?");
        await SetClockAsync("2026-11-23T16:05:00Z");

        await CompareAsync();

        (await Database.ScalarAsync<bool>("""
            SELECT s.asked_seq > s.answered_seq AND m.created_at < timestamptz '2026-11-23 16:04:00Z' FROM chat_sessions s JOIN chat_messages m ON m.session_id = s.id WHERE s.lead_id = $1
            """, lead)).ShouldBeTrue();
        (await Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", lead)).ShouldBe("engaged");
    }

    [Fact]
    public async Task A_start_that_was_missed_does_not_undo_the_stop_that_came_after_it()
    {
        const string phone = "+15125551253";
        await GreetedAsync(phone);
        await MissAsync(phone, "START");
        await SetClockAsync("2026-11-23T16:01:00Z");
        (await Sandbox.Twilio.ReceiveAsync(phone, "please stop texting me")).Delivery.Status.ShouldBe(200);
        await SetClockAsync("2026-11-23T16:05:00Z");

        await CompareAsync();

        (await OptedOutAsync(phone)).ShouldBeTrue();
        (await Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE topic = 'inbound_message' AND payload::text LIKE '%' || $1 || '%'", phone[1..])).ShouldBe(2);
    }

    [Fact]
    public async Task Nor_does_it_undo_a_no_that_was_said_later_by_another_way()
    {
        const string phone = "+15125551254";
        var lead = await GreetedAsync(phone);
        await MissAsync(phone, "START");
        await SetClockAsync("2026-11-23T16:01:00Z");
        using var said = await _admin.PostAsJsonAsync($"/api/leads/{lead}/opt-out", new { wording = "on the phone: no more texts, please" });
        said.EnsureSuccessStatusCode();
        await SetClockAsync("2026-11-23T16:05:00Z");

        await CompareAsync();

        (await OptedOutAsync(phone)).ShouldBeTrue();
        (await Database.ScalarAsync<string>("SELECT consent FROM leads WHERE id = $1", lead)).ShouldBe("opted_out");
    }

    [Fact]
    public async Task A_no_that_came_while_nobody_was_there_is_heeded_before_what_was_due_meanwhile_goes_out()
    {
        const string phone = "+15125551254";
        var lead = await GreetedAsync(phone);
        await StepAsync(lead, "next_day", "scheduled");
        await StopAsync(_app);
        await SetClockAsync("2026-11-24T16:20:00Z");
        await MissAsync(phone, "please stop texting me");
        await SetClockAsync("2026-11-24T16:40:00Z");
        // The list is slower than a claim.
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Seconds = 4, Accepted = true, Operation = "messages.list", Count = 1 });

        _app = await StartAsync();

        await StepAsync(lead, "next_day", "cancelled", "suppressed");
        Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
        (await OptedOutAsync(phone)).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_asks_after_a_start_is_greeted_although_the_list_is_slow_and_what_was_due_before_follows_it()
    {
        const string phone = "+15125551255";
        var lead = await GreetedAsync(phone);
        await StepAsync(lead, "next_day", "scheduled");
        await StopAsync(_app);
        await SetClockAsync("2026-11-24T16:40:00Z");
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Seconds = 6, Accepted = true, Operation = "messages.list", Count = 2 });
        _app = await StartAsync();
        _admin = await SignedInAsync();

        await this.SentAsync(await this.LeadByApiAsync(_admin, await LocationAsync(), "+15125551256"));
        (await Database.ScalarAsync<string>("SELECT status FROM touch_points WHERE lead_id = $1 AND step = 'next_day'", lead)).ShouldBeOneOf("scheduled", "sending");

        await this.SentAsync(lead, "next_day");
    }

    [Fact]
    public async Task After_days_of_absence_the_list_is_read_back_to_where_it_was_read_last()
    {
        const string phone = "+15125551257";
        await GreetedAsync(phone);
        await CompareAsync();
        await StopAsync(_app);
        await SetClockAsync("2026-11-24T16:20:00Z");
        await MissAsync(phone, "please stop texting me");
        await SetClockAsync("2026-11-27T16:00:00Z");

        _app = await StartAsync();

        await Eventually.TrueAsync(() => OptedOutAsync(phone), "the no to be heeded");
    }

    private Task<string?> StepAsync(Guid lead, string step, params string[] statuses) => LeadsByApi.StepAsync(this, lead, step, statuses);

    private async Task<Guid> GreetedAsync(string phone)
    {
        var lead = await this.LeadByApiAsync(_admin, await LocationAsync(), phone);
        await this.SentAsync(lead);
        return lead;
    }

    private async Task MissAsync(string phone, string words)
    {
        var there = Sandbox.DeliverTo;
        Sandbox.DeliverTo = new Uri("http://127.0.0.1:9");
        (await Sandbox.Twilio.ReceiveAsync(phone, words)).Delivery.Status.ShouldBeNull();
        Sandbox.DeliverTo = there;
    }

    private Task CompareAsync() => _app.Services.GetRequiredService<TextLists>().CompareAsync(onlyUnread: false, CancellationToken.None);

    private Task<bool> OptedOutAsync(string phone) => Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone);
}
