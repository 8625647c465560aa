using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Somebody who has said no asks anew, with another number: it was they who said it, and not the number.</summary>
public sealed class NoAtAnotherNumberTests(SaidNoTests.OneShop shop) : IClassFixture<SaidNoTests.OneShop>, IAsyncLifetime
{
    private HttpClient _staff = null!;
    private Guid _location;

    public async ValueTask InitializeAsync()
    {
        await shop.SetClockAsync(Shop.Monday10);
        _staff = await shop.SignedInAsync();
        _location = await shop.LocationAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_CRMs_customer_who_said_stop_is_not_greeted_at_a_new_number_for_a_new_order()
    {
        var (old, young) = ("+15125552601", "+15125552602");
        var quote = await shop.QuoteAsync(old);
        await shop.TouchAsync(quote.OrderId, "delivered");
        await shop.Sandbox.Twilio.ReceiveAsync(old, "STOP");
        await ChangePhoneAsync(quote, young);

        var second = await OrderAgainAsync(quote, "b");

        (await shop.TouchAsync(second, "suppressed"))["reason"].ShouldBe("opted_out");
        var lead = await shop.LeadAsync(second);
        (lead["status"], lead["consent"], lead["phone"]).ShouldBe(("opted_out", "opted_out", young));

        await shop.Sandbox.Twilio.ReceiveAsync(young, "START");
        await shop.TouchAsync(await OrderAgainAsync(quote, "c"), "sent", "delivered");
        shop.Sandbox.Twilio.SentTo(young).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("STOP", "+15125552603", "+15125552604")]
    [InlineData("not interested", "+15125552605", "+15125552606")]
    public async Task Nor_is_who_is_known_by_their_email(string no, string old, string young)
    {
        var email = $"{old[1..]}@example.com";
        await shop.SentAsync(await shop.LeadByApiAsync(_staff, _location, old, email));
        await shop.Sandbox.Twilio.ReceiveAsync(old, no);

        var second = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), young, email);

        (await shop.StepAsync(second, "greeting", "suppressed")).ShouldBe("opted_out");
        using var refused = await _staff.PostAsJsonAsync($"/api/leads/{second}/messages", new { channel = "sms", content = "But wait" });
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe("opted_out");
        shop.Sandbox.Twilio.SentTo(young).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2026-11-23T16:20:00Z", true, "+15125552607", "+15125552608")]
    [InlineData("2026-11-23T15:00:00Z", false, "+15125552609", "+15125552610")]
    public async Task A_consent_that_was_given_after_the_no_for_the_new_number_counts(string obtainedAt, bool isGreeted, string old, string young)
    {
        var email = $"{old[1..]}@example.com";
        await shop.SentAsync(await shop.LeadByApiAsync(_staff, _location, old, email));
        await shop.Sandbox.Twilio.ReceiveAsync(old, "STOP");
        await shop.SetClockAsync("2026-11-23T16:25:00Z");

        var lead = await TwoFranchises.OkAsync(await _staff.PostAsJsonAsync("/api/leads", new
        {
            locationId = await shop.LocationAsync(), firstName = "Ann", phone = young, email, createdAt = shop.Sandbox.Clock.Now,
            consent = new { wording = "Yes, text me about my quote.", source = "https://acme.example/quote", obtainedAt },
        }));

        (lead.GetProperty("greeting").GetProperty("status").GetString(), lead.GetProperty("consent").GetString()).ShouldBe(isGreeted ? ("scheduled", "opted_in") : ("suppressed", "opted_out"));
    }

    [Theory]
    [InlineData("a person has read the doubt as none", "+15125552615", "+15125552616")]
    [InlineData("START", "+15125552617", "+15125552618")]
    public async Task What_is_taken_back_frees_the_request_by_the_other_number_too(string how, string old, string young)
    {
        var email = $"{old[1..]}@example.com";
        await shop.SentAsync(await shop.LeadByApiAsync(_staff, _location, old, email));
        await shop.Sandbox.Twilio.ReceiveAsync(old, "not interested");
        var second = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), young, email);
        (await shop.StepAsync(second, "greeting", "suppressed")).ShouldBe("opted_out");

        if (how == "START")
        {
            await shop.Sandbox.Twilio.ReceiveAsync(old, "START");
        }
        else
        {
            var item = await shop.Database.ScalarAsync<Guid>("""
                SELECT r.id FROM review_items r JOIN consent_events e ON e.id::text = r.evidence ->> 'consentEventId' JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1
                """, old);
            (await _staff.PostAsJsonAsync($"/api/review-items/{item}/resolution", new { action = "undo_opt_out" })).EnsureSuccessStatusCode();
        }

        (await shop.Database.ScalarAsync<string>("SELECT status || ' ' || consent FROM leads WHERE id = $1", second)).ShouldBe("engaged inquiry");
        await TwoFranchises.OkAsync(await _staff.PostAsJsonAsync($"/api/leads/{second}/messages", new { channel = "sms", content = "Hi Ann" }));
        await Eventually.TrueAsync(() => shop.Sandbox.Twilio.SentTo(young).Count == 1, "the words of staff to arrive");
    }

    [Fact]
    public async Task A_doubt_of_a_person_with_two_numbers_is_taken_back_for_both()
    {
        var (one, two) = ("+15125552619", "+15125552620");
        var email = $"{one[1..]}@example.com";
        var first = await shop.LeadByApiAsync(_staff, _location, one, email);
        await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), two, email);
        await shop.Sandbox.Twilio.ReceiveAsync(one, "not interested");
        (await OutAsync()).ShouldBe(2);

        var item = await shop.Database.ScalarAsync<Guid>("SELECT id FROM review_items WHERE lead_id = $1 AND kind = 'doubtful_opt_out'", first);
        (await _staff.PostAsJsonAsync($"/api/review-items/{item}/resolution", new { action = "undo_opt_out" })).EnsureSuccessStatusCode();

        (await OutAsync()).ShouldBe(0);
        Task<long> OutAsync() => shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE phone IN ($1, $2) AND opted_out_at IS NOT NULL", one, two);
    }

    [Fact]
    public async Task What_a_stranger_with_a_wrong_number_said_and_what_the_carrier_says_of_a_number_is_not_the_persons_no()
    {
        var (wrong, right, blocked, other) = ("+15125552611", "+15125552612", "+15125552613", "+15125552614");
        await shop.SentAsync(await shop.LeadByApiAsync(_staff, _location, wrong, "wrong.2611@example.com"));
        await shop.Sandbox.Twilio.ReceiveAsync(wrong, "wrong number");
        var first = await shop.LeadByApiAsync(_staff, _location, blocked, "blocked.2613@example.com");
        await shop.SentAsync(first);
        await using (var transaction = await shop.App.Services.GetRequiredService<LeadDatabase>().BeginAsync(await shop.TenantAsync(), CancellationToken.None))
        {
            await shop.App.Services.GetRequiredService<VendorVerdicts>().HeedAsync(transaction, first, blocked, TwilioErrors.Of(21610), "attempt of the test", CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        await shop.SentAsync(await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), right, "wrong.2611@example.com"));
        await shop.SentAsync(await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), other, "blocked.2613@example.com"));
    }

    // The same customer asks for another quote.
    private async Task<string> OrderAgainAsync(Quote quote, string mark)
    {
        var crm = shop.Sandbox.Crm;
        var row = crm.Row("order", quote.OrderId)!;
        var id = quote.OrderId[..^1] + mark + mark;
        row["id"] = id;
        crm.Put("order", row);
        await crm.DeliverAsync(new CrmEvent("INSERT", "order", row));
        return id;
    }

    private async Task ChangePhoneAsync(Quote quote, string phone)
    {
        var crm = shop.Sandbox.Crm;
        var row = crm.Row("customer", quote.CustomerId)!;
        row["phoneNumbers"] = new JsonArray(new JsonObject { ["number"] = phone, ["primary"] = true, ["type"] = "Mobile" });
        row["updatedDate"] = "2026-11-23T16:29:00.000Z";
        crm.Put("customer", row);
        await crm.DeliverAsync(new CrmEvent("UPDATE", "customer", row, ["phoneNumbers"]));
        await Eventually.TrueAsync(async () => (string?)(await shop.LeadAsync(quote.OrderId))["phone"] == phone, "the lead to have its new number");
    }
}
