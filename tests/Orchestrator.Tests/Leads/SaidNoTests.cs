using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Consent;
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

    [Theory]
    [InlineData("STOP", "+15125551912", "+15125551913")]
    [InlineData("please stop texting me!", "+15125551914", "+15125551915")]
    public async Task A_no_by_text_ends_every_number_of_the_person_and_a_yes_by_it_undoes_that(string no, string first, string second)
    {
        var (location, email) = (await shop.LocationAsync(), $"two.{first[1..]}@example.com");
        await shop.LeadByApiAsync(_staff, location, first, email);
        var two = await shop.LeadByApiAsync(_staff, location, second, email);
        await shop.Database.ExecuteAsync("UPDATE touch_points SET status = 'scheduled', reason = NULL, due_at = '2026-11-25Z', expires_at = '2026-11-26Z' WHERE lead_id = $1", two);

        await shop.Sandbox.Twilio.ReceiveAsync(first, no);

        (await OutAsync(first, second)).ShouldBe([first, second]);
        (await shop.StepAsync(two, "greeting", "cancelled")).ShouldBe("opted_out");
        await shop.Sandbox.Twilio.ReceiveAsync(first, "START");
        (await OutAsync(first, second)).ShouldBeEmpty();
        (await shop.Database.ScalarAsync<string>("SELECT status || ' ' || consent FROM leads WHERE id = $1", two)).ShouldBe("engaged inquiry");
    }

    [Fact]
    public async Task What_another_number_has_said_itself_is_not_undone_by_the_first()
    {
        var (first, second, email) = ("+15125551916", "+15125551917", "own.no@example.com");
        var location = await shop.LocationAsync();
        await shop.LeadByApiAsync(_staff, location, first, email);
        await shop.LeadByApiAsync(_staff, location, second, email);
        await shop.Sandbox.Twilio.ReceiveAsync(second, "not interested");
        await shop.Sandbox.Twilio.ReceiveAsync(first, "STOP");

        await shop.Sandbox.Twilio.ReceiveAsync(first, "START");

        (await OutAsync(first, second)).ShouldBe([second]);
    }

    [Fact]
    public async Task Who_has_a_wrong_number_speaks_for_the_number_and_the_customer_is_greeted_at_the_corrected_one()
    {
        var (wrong, right) = ("+15125551918", "+15125551919");
        var (quote, lead) = await GreetedAsync(wrong);
        var email = await ConsentAsync(lead, 1);

        (await shop.Sandbox.Twilio.ReceiveAsync(wrong, "Sorry, wrong number")).Reply!.Body.ShouldContain("unsubscribed");
        await shop.Sandbox.Twilio.ReceiveAsync(wrong, "Who is this?");
        await shop.Sandbox.Twilio.ReceiveAsync(wrong, "STOP");
        await ChangePhoneAsync(quote, wrong); // the CRM tells the old row once more

        (await StateAsync(lead)).ShouldBe("unreachable wrong_number inquiry");
        (await ConsentAsync(lead, 0)).ShouldBe("wrong_number");
        (await ConsentAsync(lead, 1)).ShouldBe(email, "the person at the address has said nothing");
        using var refused = await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "But wait" });
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString().ShouldBe("wrong_number");

        await ChangePhoneAsync(quote, right, minute: 30);

        await Eventually.TrueAsync(() => shop.Sandbox.Twilio.SentTo(right).Count == 1, "the customer to be greeted");
        (await StateAsync(lead)).ShouldBe("contacted phone_changed inquiry");
        (await shop.TouchAsync(quote.OrderId, "sent", "delivered"))["attempts"].ShouldBe(1);
        (await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "Hi Ann" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await Eventually.TrueAsync(() => shop.Sandbox.Twilio.SentTo(right).Count == 2, "the words of staff to arrive");
        shop.Sandbox.Twilio.SentTo(wrong).Count.ShouldBe(1, "the greeting, and nothing since");
        (await OutAsync(wrong, right)).ShouldBe([wrong]);
    }

    [Fact]
    public async Task Who_is_written_to_by_staff_is_not_greeted_at_the_corrected_number()
    {
        var (wrong, right) = ("+15125551926", "+15125551927");
        var quote = await shop.QuoteAsync(wrong, change: quote => quote with { Email = "staff.writes@example.com" });
        await shop.TouchAsync(quote.OrderId, "delivered");
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
        await shop.Sandbox.Twilio.ReceiveAsync(wrong, "Sorry, wrong number");
        (await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "email", content = "Which number is yours?" })).StatusCode.ShouldBe(HttpStatusCode.Created);

        await ChangePhoneAsync(quote, right, minute: 30);

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE lead_id = $1 AND step LIKE 'greeting%'", lead)).ShouldBe(1);
        (await StateAsync(lead)).ShouldBe("contacted phone_changed inquiry");
    }

    [Fact]
    public async Task A_request_with_a_number_that_is_known_as_wrong_waits_for_another_number()
    {
        var (wrong, right) = ("+15125551920", "+15125551921");
        await shop.Sandbox.Twilio.ReceiveAsync(wrong, "wrong number");

        var quote = await shop.QuoteAsync(wrong);

        (await shop.TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe("wrong_number");
        (await StateAsync((Guid)(await shop.LeadAsync(quote.OrderId))["id"]!)).ShouldBe("unreachable wrong_number inquiry");
        await ChangePhoneAsync(quote, right);
        await shop.TouchAsync(quote.OrderId, "sent", "delivered");
        shop.Sandbox.Twilio.SentTo(wrong).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_customer_who_moves_to_a_number_that_is_known_as_wrong_is_not_texted_there()
    {
        var (first, wrong) = ("+15125551922", "+15125551923");
        await shop.Sandbox.Twilio.ReceiveAsync(wrong, "you have the wrong person");
        var (quote, lead) = await GreetedAsync(first);

        await ChangePhoneAsync(quote, wrong);

        (await StateAsync(lead)).ShouldBe("unreachable wrong_number inquiry");
        (await ConsentAsync(lead, 0)).ShouldBe("wrong_number");
    }

    [Fact]
    public async Task A_wrong_number_that_staff_read_as_none_frees_the_lead()
    {
        const string phone = "+15125551924";
        var (_, lead) = await GreetedAsync(phone);
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "Wrong number for texts, but see you tomorrow at 5");
        (await StateAsync(lead)).ShouldBe("unreachable wrong_number inquiry");

        await DecideAsync(await DoubtAsync($"leadId={lead}"), "undo_opt_out");

        (await StateAsync(lead)).ShouldStartWith("engaged");
        (await OutAsync(phone, phone)).ShouldBeEmpty();
        (await _staff.PostAsJsonAsync($"/api/leads/{lead}/messages", new { channel = "sms", content = "See you then" })).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task What_a_model_took_for_a_no_is_undone_by_staff()
    {
        var (phone, email) = ("+15125551925", "model.heard@example.com");
        var lead = await shop.LeadByApiAsync(_staff, await shop.LocationAsync(), phone, email);
        await using (var transaction = await shop.App.Services.GetRequiredService<LeadDatabase>().BeginAsync(await shop.TenantAsync(), CancellationToken.None))
        {
            await shop.App.Services.GetRequiredService<ContactStore>().OptOutLeadAsync(
                transaction, lead, new ConsentEvidence("chat", "message of the test", "What does it cost?").AsDoubtful(), CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        await DecideAsync(await DoubtAsync($"leadId={lead}"), "undo_opt_out");

        (await OutAsync(phone, phone)).ShouldBeEmpty();
        (await shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NULL FROM email_addresses WHERE email = $1", email)).ShouldBeTrue();
        (await StateAsync(lead)).ShouldEndWith("inquiry");
    }

    private Task<IReadOnlyList<string>> OutAsync(string first, string second) => shop.Database.ColumnAsync<string>(
        "SELECT phone FROM contacts WHERE phone IN ($1, $2) AND opted_out_at IS NOT NULL ORDER BY phone", first, second)!;

    private async Task<string> StateAsync(Guid lead) => (await shop.Database.ScalarAsync<string>("SELECT concat_ws(' ', status, status_reason, consent) FROM leads WHERE id = $1", lead))!;

    // 0 = of texts, 1 = of emails
    private async Task<string?> ConsentAsync(Guid lead, int channel) =>
        (await _staff.GetFromJsonAsync<JsonElement>($"/api/leads/{lead}/explain")).GetProperty("consent")[channel].GetProperty("state").GetString();

    private async Task<(Quote Quote, Guid Lead)> GreetedAsync(string phone)
    {
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        return (quote, (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!);
    }

    private async Task ChangePhoneAsync(Quote quote, string phone, int minute = 29)
    {
        var crm = shop.Sandbox.Crm;
        var row = crm.Row("customer", quote.CustomerId)!;
        row["phoneNumbers"] = new JsonArray(new JsonObject { ["number"] = phone, ["primary"] = true, ["type"] = "Mobile" });
        row["updatedDate"] = $"2026-11-23T16:{minute}:00.000Z";
        crm.Put("customer", row);
        await crm.DeliverAsync(new CrmEvent("UPDATE", "customer", row, ["phoneNumbers"]));
        await Eventually.TrueAsync(
            async () => (await shop.LeadAsync(quote.OrderId)) is var lead && (string?)lead["phone"] == phone && (long)lead["external_customer_version"]! >= VersionOf(minute), "the lead to have its new number");
    }

    private static long VersionOf(int minute) => new DateTimeOffset(2026, 11, 23, 16, minute, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private async Task HeedAsync(Guid lead, string phone, int code)
    {
        await using var transaction = await shop.App.Services.GetRequiredService<LeadDatabase>().BeginAsync(await shop.TenantAsync(), CancellationToken.None);
        await shop.App.Services.GetRequiredService<VendorVerdicts>().HeedAsync(transaction, lead, phone, TwilioErrors.Of(code), "attempt of the test", CancellationToken.None);
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
