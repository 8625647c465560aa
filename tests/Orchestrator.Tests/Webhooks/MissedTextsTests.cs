using System.Net.Http.Json;
using LeadOrchestrator.Orchestrator.Holds;
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

    private Task CompareAsync() => _app.Services.GetRequiredService<RestoreWatch>().CompareAsync(CancellationToken.None);

    private Task<bool> OptedOutAsync(string phone) => Database.ScalarAsync<bool>("SELECT opted_out_at IS NOT NULL FROM contacts WHERE phone = $1", phone);
}
