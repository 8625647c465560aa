using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Tests.TouchPoints;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A number changes in the CRM while its text is on the way: what was handed over stays, and everything after it goes to the new number.</summary>
public sealed class PhoneChangeTests : IAsyncLifetime
{
    private readonly Night _shop = new();
    private GatedTwilio _twilio = null!;
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _twilio = await GatedTwilio.StartAsync();
        await _shop.InitializeAsync();
        _app = await _shop.StartAsync(("TWILIO_BASE_URL", _twilio.Url), ("TOUCH_POINT_INTERVAL_MS", "3600000"));
    }

    public async ValueTask DisposeAsync()
    {
        await _twilio.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_text_that_was_claimed_for_the_old_number_goes_to_the_new_one()
    {
        var quote = (await QuotesAsync(1))[0];
        var claims = await ClaimAsync(1);

        await ChangeAsync(quote, "+15125559900");
        await _shop.LeadAsync(quote.OrderId);
        await Eventually.TrueAsync(async () => (string?)(await _shop.LeadAsync(quote.OrderId))["phone"] == "+15125559900", "the lead to have its new number");
        await DeliverAsync(claims);

        await _shop.TouchAsync(quote.OrderId, "sent");
        _twilio.Texts.ShouldBe(["+15125559900"]);
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM chat_codes WHERE revoked_at IS NULL")).ShouldBe(1);
    }

    [Fact]
    public async Task A_text_that_was_handed_over_to_the_old_number_is_not_sent_again()
    {
        var quote = (await QuotesAsync(1))[0];
        _twilio.Shut();
        await _app.Services.GetRequiredService<TextDelivery>().StartAsync(await ClaimAsync(1), () => { });
        await Eventually.TrueAsync(() => _twilio.InFlight == 1, "the text to be with Twilio");

        await ChangeAsync(quote, "+15125559901");
        await Eventually.TrueAsync(async () => (string?)(await _shop.LeadAsync(quote.OrderId))["phone"] == "+15125559901", "the lead to have its new number");
        _twilio.Release();

        await _shop.TouchAsync(quote.OrderId, "sent");
        _twilio.Texts.ShouldBe(["+15125552000"]);
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM chat_codes WHERE revoked_at IS NULL")).ShouldBe(1, "whether it opens anything is the Chat API's to say: it went to a number that the lead has no more");
    }

    [Fact]
    public async Task Claims_and_changes_at_once_text_each_lead_once()
    {
        var quotes = await QuotesAsync(20);
        var claims = await ClaimAsync(20);

        var delivering = DeliverAsync(claims);
        await Task.WhenAll(quotes.Select((quote, number) => ChangeAsync(quote, $"+1512555{9000 + number}")));
        await delivering;

        await Eventually.TrueAsync(async () => await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE status = 'sent'") == 20, "every lead to have its text");
        await Eventually.TrueAsync(async () => await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE phone LIKE '+15125559%'") == 20, "every lead to have its new number");
        _twilio.Texts.Count.ShouldBe(20);
        _twilio.Texts.Select(phone => phone[^2..]).Distinct().Count().ShouldBe(20, "the old and the new number of a lead end alike");
    }

    [Fact]
    public async Task What_answers_the_old_number_waits_for_its_hour_at_the_new_one()
    {
        await _shop.SetClockAsync(Shop.Monday10);
        var quote = await _shop.QuoteAsync("+15125552000");
        await _shop.TouchAsync(quote.OrderId, "sent");
        await _shop.SetClockAsync("2026-11-24T05:00:00Z"); // 23:00 at the shop
        await _shop.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, content, replies_to_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'staff-1', 'sms', 'scheduled', '2026-11-24T05:00:00Z', '2026-11-27Z', 'Yes, we are.', '2026-11-24T04:59:00Z', '2026-11-24T05:00:00Z', '2026-11-24T05:00:00Z' FROM leads
            """);

        await ChangeAsync(quote, "+15125559903");
        await Eventually.TrueAsync(async () => (string?)(await _shop.LeadAsync(quote.OrderId))["phone"] == "+15125559903", "the lead to have its new number");
        await _app.Services.GetRequiredService<TouchPointWorker>().RunOnceAsync(CancellationToken.None);

        await Eventually.TrueAsync(
            async () => await _shop.Database.ScalarAsync<string>("SELECT concat_ws(' ', status, reason) FROM touch_points WHERE step = 'staff-1'") == "scheduled outside_legal_hours",
            "the answer to wait for the morning");
        _twilio.Texts.ShouldBe(["+15125552000"]);
    }

    [Fact]
    public async Task A_number_that_comes_later_is_greeted_at_once()
    {
        await _shop.SetClockAsync(Shop.Monday10);
        var quote = await _shop.QuoteAsync("");
        (await _shop.TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe("no_phone");

        await ChangeAsync(quote, "+15125559902");

        await _shop.TouchAsync(quote.OrderId, "sent");
        _twilio.Texts.ShouldBe(["+15125559902"]);
    }

    // Greetings that were planned for the morning, and it is morning now: nobody has claimed them yet.
    private async Task<List<Quote>> QuotesAsync(int count)
    {
        await _shop.SetClockAsync("2026-11-24T04:00:00Z");
        List<Quote> quotes = [];
        for (var number = 0; number < count; number++)
        {
            quotes.Add(await _shop.QuoteAsync($"+1512555{2000 + number}"));
        }

        foreach (var quote in quotes)
        {
            await _shop.WaitingTouchAsync(quote.OrderId);
        }

        await _shop.SetClockAsync("2026-11-24T16:30:00Z");
        return quotes;
    }

    private async Task<IReadOnlyList<TouchPointClaim>> ClaimAsync(int count)
    {
        var claims = await _app.Services.GetRequiredService<TouchPointStore>().ClaimAsync(50, [], CancellationToken.None);
        claims.Count.ShouldBe(count);
        return claims;
    }

    private Task DeliverAsync(IReadOnlyList<TouchPointClaim> claims) => _app.Services.GetRequiredService<TextDelivery>().StartAsync(claims, () => { });

    private async Task ChangeAsync(Quote quote, string phone)
    {
        var crm = _shop.Sandbox.Crm;
        var row = crm.Row("customer", quote.CustomerId)!;
        row["phoneNumbers"] = new JsonArray(new JsonObject { ["number"] = phone, ["primary"] = true, ["type"] = "Mobile" });
        row["updatedDate"] = "2026-11-24T16:29:00.000Z";
        crm.Put("customer", row);
        await crm.DeliverAsync(new CrmEvent("UPDATE", "customer", row, ["phoneNumbers"]));
    }

    private sealed class Night : Shop
    {
        protected override bool StartsOne => false;
    }
}
