using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Tests.Webhooks;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

/// <summary>What is a lead, shop by shop: found by itself and said, changed by staff, tried on an order, and in force for orders that came before.</summary>
public sealed class LeadRuleEndpointsTests(ReplayShop shop) : IClassFixture<ReplayShop>
{
    private const string InProgress = "6287a4364d1a727554e091c0";
    private const string PhoenixLeads = "6287a4364d1a727554e092bf";

    [Fact]
    public async Task The_shops_own_column_is_found_and_the_rules_say_why()
    {
        using var staff = await shop.SignedInAsync();

        var rules = await staff.GetFromJsonAsync<JsonElement>($"{await RulesAsync(Crm.PhoenixId, "+16025550101")}");

        var chosen = rules.GetProperty("chosen").EnumerateArray().ShouldHaveSingleItem();
        (chosen.GetProperty("id").GetString(), chosen.GetProperty("name").GetString()).ShouldBe((PhoenixLeads, "New Quotes"));
        rules.GetProperty("explanation").GetString().ShouldStartWith("Found by name: “New Quotes”");
        (rules.GetProperty("namePrefix").GetString(), rules.GetProperty("testMarker").GetString()).ShouldBe(("New Quote", "[test]"));
        rules.GetProperty("workflowStatusIds").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task An_order_that_was_no_lead_is_one_under_new_rules_and_nobody_needs_to_send_it_again()
    {
        var url = await RulesAsync(Crm.AustinId, "+15125550801");
        var quote = await shop.QuoteAsync("+15125550802", change: quote => quote with { Customize = row => { row["workflowStatusId"] = InProgress; row["name"] = "Tint for a boat"; } });
        (await shop.EventAsync(quote.OrderId, "ignored"))["reason"].ShouldBe("not_in_a_lead_column");
        using var staff = await shop.SignedInAsync();

        var answer = await staff.PutAsJsonAsync(url, new { workflowStatusIds = new[] { InProgress }, exclusions = new[] { "warranty" } });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("chosen").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("In Progress");
        (await shop.EventAsync(quote.OrderId, "received"))["reason"].ShouldBe("lead_rules_changed");
        (await shop.Database.ScalarAsync<bool>("SELECT next_attempt_at > clock_timestamp() + interval '5 s' FROM webhook_events WHERE external_id = $1", quote.OrderId))
            .ShouldBeTrue("not before every process goes by the new rules");
        await Eventually.ValueAsync(async () => await shop.Database.ScalarAsync<string>("SELECT status FROM leads WHERE external_id = $1", quote.OrderId), status => status is not null, "the lead", TimeSpan.FromSeconds(45));

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE action = 'lead_rules_changed'")).ShouldBeGreaterThan(0);
        await staff.PutAsJsonAsync(url, new { });
    }

    [Fact]
    public async Task An_order_that_comes_right_after_a_change_of_the_rules_is_judged_by_the_new_ones()
    {
        var url = await RulesAsync(Crm.AustinId, "+15125550811");
        using var staff = await shop.SignedInAsync();
        var before = await shop.QuoteAsync("+15125550812", change: quote => quote with { Customize = row => { row["workflowStatusId"] = InProgress; row["name"] = "Tint for a train"; } });
        await shop.EventAsync(before.OrderId, "ignored"); // the old rules are known by heart

        (await staff.PutAsJsonAsync(url, new { workflowStatusIds = new[] { InProgress } })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var after = await shop.QuoteAsync("+15125550813", change: quote => quote with { Customize = row => { row["workflowStatusId"] = InProgress; row["name"] = "Tint for a tram"; } });

        (await shop.LeadAsync(after.OrderId))["status"].ShouldNotBeNull();
        await staff.PutAsJsonAsync(url, new { });
    }

    [Fact]
    public async Task A_column_that_the_shop_does_not_have_is_answered_with_those_it_has()
    {
        var url = await RulesAsync(Crm.AustinId, "+15125550803");
        using var staff = await shop.SignedInAsync();

        var answer = await staff.PutAsJsonAsync(url, new { workflowStatusIds = new[] { PhoenixLeads } });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var body = await answer.Content.ReadAsStringAsync();
        body.ShouldContain("workflowStatusIds");
        body.ShouldContain($"{InProgress} = In Progress");
        body.ShouldNotContain($"{PhoenixLeads} =");
    }

    [Theory]
    [InlineData("{\"statuses\":[]}", "statuses")]
    [InlineData("{\"statuses\":[\"Draft\"]}", "statuses")]
    [InlineData("{\"namePrefix\":\"a\\u0000\"}", "namePrefix")]
    [InlineData("{\"testMarker\":\" \"}", "testMarker")]
    [InlineData("{\"exclusions\":[\"\"]}", "exclusions")]
    [InlineData("{\"exclusions\":[null]}", "exclusions")]
    [InlineData("{\"workflowNames\":[\"a\\u0001\"]}", "workflowNames")]
    [InlineData("{\"workflowNames\":[\"a\"],\"workflowStatusIds\":[\"b\"]}", "workflowNames")]
    [InlineData("{\"workflowStatusIds\":[\"0000000000111111111122222222223333333333444444444455555555556666666666\"]}", "workflowStatusIds")]
    public async Task Rules_that_cannot_be_meant_are_400_and_name_the_field(string body, string field)
    {
        var url = await RulesAsync(Crm.AustinId, "+15125550804");
        using var staff = await shop.SignedInAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var answer = await staff.PutAsync(url, content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain($"\"{field}\"");
    }

    [Fact]
    public async Task An_order_can_be_tried_and_the_answer_says_why()
    {
        var url = await RulesAsync(Crm.AustinId, "+15125550805");
        var lead = await shop.QuoteAsync("+15125550806", change: quote => quote with { Deliver = false, Test = true });
        var work = await shop.QuoteAsync("+15125550807", change: quote => quote with { Deliver = false, Customize = row => row["workflowStatusId"] = InProgress });
        var phoenix = await shop.QuoteAsync("+15125550808", change: quote => quote with { Deliver = false, LocationId = Crm.PhoenixId });
        using var staff = await shop.SignedInAsync();

        var yes = await TryAsync(staff, url, lead.OrderId);
        (yes.GetProperty("isLead").GetBoolean(), yes.GetProperty("isTest").GetBoolean()).ShouldBe((true, true));
        yes.GetProperty("explanation").GetString().ShouldStartWith("It is a lead.");
        var no = await TryAsync(staff, url, work.OrderId);
        (no.GetProperty("isLead").GetBoolean(), no.GetProperty("reason").GetString()).ShouldBe((false, "not_in_a_lead_column"));
        no.GetProperty("column").GetProperty("name").GetString().ShouldBe("In Progress");
        (await TryAsync(staff, url, phoenix.OrderId)).GetProperty("reason").GetString().ShouldBe("order_of_another_location");
        (await staff.PostAsJsonAsync($"{url}/previews", new { orderId = "nobody" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await staff.PostAsJsonAsync($"{url}/previews", new { orderId = "a\0" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE external_id = $1", lead.OrderId)).ShouldBe(0, "trying takes nothing in");
    }

    [Fact]
    public async Task A_CRM_that_is_away_is_said_and_nothing_is_changed()
    {
        var url = await RulesAsync(Crm.AustinId, "+15125550809");
        using var staff = await shop.SignedInAsync();
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = "order.get", Status = 503, Count = 1 });

        (await staff.PostAsJsonAsync($"{url}/previews", new { orderId = "x" })).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task An_advisor_reads_and_changes_nothing_and_another_tenants_shop_is_not_there()
    {
        var url = await RulesAsync(Crm.AustinId, "+15125550810");
        using var advisor = await shop.AsAsync(Roles.Advisor, "acme-tint");
        (await advisor.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await advisor.PutAsJsonAsync(url, new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        await shop.TenantAsync("elsewhere", "company-elsewhere");
        using var owner = await shop.AsAsync(Roles.Owner, "elsewhere");
        (await owner.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await owner.PutAsJsonAsync(url, new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await owner.PostAsJsonAsync($"{url}/previews", new { orderId = "x" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> TryAsync(HttpClient staff, string url, string orderId) =>
        await (await staff.PostAsJsonAsync($"{url}/previews", new { orderId })).Content.ReadFromJsonAsync<JsonElement>();

    // The shop is known with its first lead.
    private async Task<string> RulesAsync(string locationId, string phone)
    {
        var known = await FindAsync(locationId);
        if (known is null)
        {
            var quote = await shop.QuoteAsync(phone, change: quote => quote with { LocationId = locationId });
            await shop.LeadAsync(quote.OrderId);
            known = await FindAsync(locationId);
        }

        return $"/api/locations/{known}/lead-rules";
    }

    private async Task<string?> FindAsync(string locationId) => await shop.Database.ScalarAsync<string>("SELECT id::text FROM locations WHERE external_id = $1", locationId);
}
