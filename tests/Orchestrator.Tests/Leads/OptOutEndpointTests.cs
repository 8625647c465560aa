using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Somebody told the shop, or another system, that they want no more messages.</summary>
public sealed class OptOutEndpointTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task What_was_said_to_staff_ends_everything_for_every_lead_of_the_number()
    {
        const string phone = "+15125551701";
        await shop.SetClockAsync("2026-11-24T03:00:00Z"); // at night: both wait
        var (first, second) = (await shop.QuoteAsync(phone), await shop.QuoteAsync(phone));
        await shop.WaitingTouchAsync(first.OrderId);
        await shop.WaitingTouchAsync(second.OrderId);
        using var staff = await shop.SignedInAsync("advisor");

        var lead = await PostAsync(staff, (Guid)(await shop.LeadAsync(first.OrderId))["id"]!, "On the phone: no more texts");

        (lead.GetProperty("status").GetString(), lead.GetProperty("consent").GetString()).ShouldBe(("opted_out", "opted_out"));
        (await shop.TouchAsync(first.OrderId, "cancelled"))["reason"].ShouldBe("opted_out");
        (await shop.TouchAsync(second.OrderId, "cancelled"))["reason"].ShouldBe("opted_out");
        var evidence = (await shop.Database.RowsAsync("""
            SELECT e.channel, e.source, e.wording FROM consent_events e JOIN contacts c ON c.id = e.contact_id WHERE c.phone = $1 AND e.kind = 'opted_out'
            """, phone)).ShouldHaveSingleItem();
        (evidence["channel"], evidence["wording"]).ShouldBe(("console", "On the phone: no more texts"));
        ((string)evidence["source"]!).ShouldStartWith("user ");
        await shop.SetClockAsync(Shop.Monday10);
    }

    [Fact]
    public async Task Said_twice_it_is_one_line_in_the_ledger_and_one_in_the_audit()
    {
        const string phone = "+15125551702";
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
        using var staff = await shop.SignedInAsync("manager");

        await PostAsync(staff, lead, "Wants no more texts");
        await PostAsync(staff, lead, "Said it again");

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM consent_events WHERE lead_id IS NULL AND kind = 'opted_out' AND contact_id = (SELECT id FROM contacts WHERE phone = $1)", phone)).ShouldBe(1);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'lead_opted_out' AND target = $1", $"lead {lead}")).ShouldBe(1);
    }

    [Fact]
    public async Task Another_system_says_it_with_its_key_and_only_the_person_undoes_it()
    {
        const string phone = "+15125551703";
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        using var key = await KeyAsync();

        await PostAsync(key, (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!, "Opted out in the partner's form");
        (await shop.Database.ScalarAsync<string>("SELECT channel FROM consent_events WHERE kind = 'opted_out' AND contact_id = (SELECT id FROM contacts WHERE phone = $1)", phone)).ShouldBe("api");
        await shop.Sandbox.Twilio.ReceiveAsync(phone, "START");

        await shop.LeadAsync(quote.OrderId, "engaged");
    }

    [Fact]
    public async Task An_email_is_never_mailed_again_either()
    {
        var quote = await shop.QuoteAsync("", change: quote => quote with { Phone = null, Email = "Ann.Out@example.com" });
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
        using var staff = await shop.SignedInAsync("owner");

        var after = await PostAsync(staff, lead, "By letter");

        after.GetProperty("consent").GetString().ShouldBe("opted_out");
        (await shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = 'ann.out@example.com'")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_no_without_words_is_one_and_empty_words_or_a_lead_of_another_franchise_are_refused()
    {
        var quote = await shop.QuoteAsync("+15125551704");
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
        using var staff = await shop.SignedInAsync("advisor");
        using var stranger = await shop.SignedInAsync("owner", await shop.OtherTenantAsync());

        (await StatusAsync(staff, lead, new { wording = "" })).ShouldBe(HttpStatusCode.BadRequest);
        (await StatusAsync(staff, Guid.CreateVersion7(), new { wording = "Stop" })).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(stranger, lead, new { wording = "Stop" })).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(shop.Http, lead, new { wording = "Stop" })).ShouldBe(HttpStatusCode.Unauthorized);
        (await shop.LeadAsync(quote.OrderId))["consent"].ShouldBe("inquiry");
        (await StatusAsync(staff, lead, new { })).ShouldBe(HttpStatusCode.OK);
        (await shop.LeadAsync(quote.OrderId))["consent"].ShouldBe("opted_out");
    }

    [Fact]
    public async Task No_no_is_refused_for_the_form_of_its_note()
    {
        var quote = await shop.QuoteAsync("+15125551706");
        var lead = (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!;
        using var staff = await shop.SignedInAsync("advisor");

        (await StatusAsync(staff, lead, new { wording = "Called at ten:\r\n\"no more texts\"\u0000 " + new string('x', 600) })).ShouldBe(HttpStatusCode.OK);

        var wording = await shop.Database.ScalarAsync<string>("SELECT wording FROM consent_events WHERE kind = 'opted_out' AND wording LIKE 'Called%'");
        wording!.ShouldStartWith("Called at ten: \"no more texts\" xxx");
        wording.Length.ShouldBe(500);
    }

    [Fact]
    public async Task A_lead_that_nobody_can_write_to_yet_remembers_it()
    {
        var quote = await shop.QuoteAsync("", change: quote => quote with { Phone = null });
        using var staff = await shop.SignedInAsync("advisor");

        (await StatusAsync(staff, (Guid)(await shop.LeadAsync(quote.OrderId))["id"]!, new { wording = "Stop" })).ShouldBe(HttpStatusCode.OK);

        var lead = await shop.LeadAsync(quote.OrderId);
        (lead["status"], lead["consent"]).ShouldBe(("opted_out", "opted_out"));
    }

    private async Task<HttpClient> KeyAsync()
    {
        using var owner = await shop.SignedInAsync("owner");
        using var answer = await owner.PostAsJsonAsync("/api/api-keys", new { name = "Partner", scopes = new[] { "leads:write" } });
        var client = new HttpClient { BaseAddress = shop.Http.BaseAddress };
        client.DefaultRequestHeaders.Add("X-Api-Key", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString());
        return client;
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, Guid lead, string wording)
    {
        using var answer = await client.PostAsJsonAsync($"/api/leads/{lead}/opt-out", new { wording });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, Guid lead, object body)
    {
        using var answer = await client.PostAsJsonAsync($"/api/leads/{lead}/opt-out", body);
        return answer.StatusCode;
    }
}
