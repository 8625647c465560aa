using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A no is the person's and not the number's; what a vendor says of a number is that number's and not the person's.</summary>
public sealed class SaidNoTests(SaidNoTests.OneShop shop) : IClassFixture<SaidNoTests.OneShop>, IAsyncLifetime
{
    private HttpClient _staff = null!;

    public async ValueTask InitializeAsync()
    {
        await shop.SetClockAsync(Shop.Monday10);
        _staff = await shop.SignedInAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public sealed class OneShop : Shop
    {
        public WebApplication App { get; private set; } = null!;

        protected override bool StartsOne => false;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            App = await StartAsync();
        }
    }

    [Theory]
    [InlineData("booked", "+15125551901", "+15125551902")]
    [InlineData("lost", "+15125551903", "+15125551904")]
    public async Task Who_said_stop_when_it_was_decided_already_is_not_texted_at_another_number(string status, string phone, string other)
    {
        var (quote, lead) = await GreetedAsync(phone);
        await shop.Database.ExecuteAsync("UPDATE leads SET status = $2 WHERE id = $1", lead, status);
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "STOP");

        await ChangePhoneAsync(quote, other);

        using var refused = await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "But wait" });
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe("opted_out");
        await shop.Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, content, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'moved', 'sms', 'scheduled', '2026-11-23T16:00:00Z', '2026-11-29Z', 'Your appointment is at ten.', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
            """, lead);
        (await shop.StepAsync(lead, "moved", "suppressed")).ShouldBe("opted_out");
        shop.Sandbox.Twilio.SentTo(other).ShouldBeEmpty();
        var explained = await _staff.GetFromJsonAsync<JsonElement>($"/api/leads/{lead}/explain");
        explained.GetProperty("consent")[0].GetProperty("state").GetString().ShouldBe("opted_out");
    }

    [Fact]
    public async Task A_verdict_on_the_old_number_leaves_the_new_one_alone()
    {
        var (old, young) = ("+15125551905", "+15125551906");
        var (quote, lead) = await GreetedAsync(old);
        await ChangePhoneAsync(quote, young);

        await HeedAsync(lead, old, 30005);
        await HeedAsync(lead, old, 21610);

        var row = await shop.LeadAsync(quote.OrderId);
        (row["status"], row["phone_type"]).ShouldBe(("contacted", "mobile"));
        (await shop.Database.ColumnAsync<string>("SELECT phone FROM contacts WHERE phone IN ($1, $2) AND opted_out_at IS NOT NULL", old, young)).ShouldBe([old]);

        await HeedAsync(lead, young, 30005);
        (await shop.LeadAsync(quote.OrderId))["status"].ShouldBe("unreachable");
    }

    [Fact]
    public async Task A_doubt_that_is_taken_back_after_the_number_has_changed_frees_the_person_and_is_no_consent()
    {
        var (old, young) = ("+15125551907", "+15125551908");
        var (quote, lead) = await GreetedAsync(old);
        await shop.Sandbox.Twilio.ReceiveAsync(old, "not interested");
        await ChangePhoneAsync(quote, young);

        await DecideAsync(await DoubtAsync($"leadId={lead}"), "undo_opt_out");

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE phone IN ($1, $2) AND opted_out_at IS NOT NULL", old, young)).ShouldBe(0);
        var row = await shop.LeadAsync(quote.OrderId);
        (row["status"], row["consent"]).ShouldBe(("engaged", "inquiry"));
        (await shop.Database.ColumnAsync<string>("SELECT c.phone FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE e.kind = 'opted_in' AND c.phone IN ($1, $2)", old, young)).ShouldBe([old]);
    }

    [Fact]
    public async Task A_doubtful_no_of_a_number_that_nobody_knows_is_a_persons_too()
    {
        const string phone = "+15125551909";
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "who gave you my number");
        var item = await DoubtAsync("kind=doubtful_opt_out", phone);
        item.GetProperty("leadId").ValueKind.ShouldBe(JsonValueKind.Null);

        await DecideAsync(item, "undo_opt_out");

        await GreetedAsync(phone);
    }

    [Fact]
    public async Task Staff_end_every_number_of_the_person()
    {
        var (first, second, email) = ("+15125551910", "+15125551911", "two.numbers@example.com");
        var location = await shop.LocationAsync();
        var one = await shop.LeadByApiAsync(_staff, location, first, email);
        var two = await shop.LeadByApiAsync(_staff, location, second, email);
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'scheduled', reason = NULL, due_at = '2026-11-25Z', expires_at = '2026-11-26Z' WHERE lead_id = $1", two);

        await TwoFranchises.OkAsync(await _staff.PostAsync($"/api/leads/{one}/opt-out", null));

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM contacts WHERE phone IN ($1, $2) AND opted_out_at IS NOT NULL", first, second)).ShouldBe(2);
        (await shop.StepAsync(two, "greeting", "cancelled")).ShouldBe("opted_out");
        (await shop.Database.ScalarAsync<string>("SELECT DISTINCT wording FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1 AND e.kind = 'opted_out'", second)).ShouldBe("Said to the shop");
    }

    private async Task<(Quote Quote, Guid Lead)> GreetedAsync(string phone)
    {
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        return (quote, (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!);
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

    private async Task HeedAsync(Guid lead, string phone, int code)
    {
        await using var transaction = await shop.App.Services.GetRequiredService<LeadDatabase>().BeginAsync(await shop.TenantAsync(), CancellationToken.None);
        await shop.App.Services.GetRequiredService<VendorVerdicts>().HeedAsync(transaction, lead, phone, code, "attempt of the test", CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task<JsonElement> DoubtAsync(string filter, string? phone = null)
    {
        var items = (await _staff.GetFromJsonAsync<JsonElement>($"/api/review-items?{filter}")).GetProperty("items").EnumerateArray();
        var said = phone is null ? Guid.Empty : await shop.Database.ScalarAsync<Guid>(
            "SELECT e.id FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1 AND e.reason IS NOT NULL", phone);
        return items.Single(item => phone is null || item.GetProperty("evidence").GetProperty("consentEventId").GetGuid() == said);
    }

    private async Task DecideAsync(JsonElement item, string action) =>
        (await _staff.PostAsJsonAsync($"/api/review-items/{item.GetProperty("id").GetGuid()}/resolution", new { action })).EnsureSuccessStatusCode();
}
