using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Sandbox.Tests.Shopmonkey;

/// <summary>What tests and people do in the CRM over HTTP: many requests at once, and any row of any table.</summary>
public sealed class CrmSurfaceTests : SandboxTest
{
    protected override SandboxSettings Settings => SandboxSettings.ForTests with { ShopmonkeyRequestsPerMinute = 10_000 };

    [Fact]
    public async Task Many_requests_at_once_are_as_many_people_and_nobody_is_told_of_silent_ones()
    {
        var made = await QuotesAsync(new { firstName = "Bo", lastName = "Test", phone = Customer, count = 350, silent = true });
        await Sandbox.SettledAsync();

        made.Count.ShouldBe(350);
        made.Select(quote => quote!["orderId"]!.GetValue<string>()).Distinct().Count().ShouldBe(350);
        var phones = made.Select(quote => Sandbox.Crm.Row("customer", quote!["customerId"]!.GetValue<string>())!["phoneNumbers"]![0]!["number"]!.GetValue<string>()).ToList();
        phones.Distinct().Count().ShouldBe(350);
        phones[1].ShouldBe("+15125550124");
        Product.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Requests_come_at_the_pace_that_is_asked_for_and_each_is_told()
    {
        var begun = TimeProvider.System.GetTimestamp();

        var made = await QuotesAsync(new { phone = Customer, count = 5, perSecond = 50 });
        await Sandbox.SettledAsync();

        TimeProvider.System.GetElapsedTime(begun).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(80));
        made.Count.ShouldBe(5);
        Product.Received.Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_request_at_a_shop_of_the_second_company_lands_there()
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/quotes", new { phone = Customer, locationId = Crm.BrooklynId });

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var order = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["orderId"]!.GetValue<string>();
        Sandbox.CrmOf(CrmAccount.BrightDetail.CompanyId).Row("order", order).ShouldNotBeNull();
        var board = (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/crm"))!;
        board["locations"]!.AsArray().Select(place => place!["name"]!.GetValue<string>()).ShouldBe(["Acme Tint Austin", "Acme Tint Phoenix", "Bright Detail Brooklyn"]);
        board["orders"]!.AsArray().Select(card => card!["id"]!.GetValue<string>()).ShouldContain(order);
    }

    [Theory]
    [InlineData("{\"count\":0}")]
    [InlineData("{\"count\":100001}")]
    [InlineData("{\"count\":5,\"perSecond\":0}")]
    [InlineData("{\"count\":\"many\"}")]
    [InlineData("{\"locationId\":\"nowhere\"}")]
    [InlineData("{\"companyId\":\"nobody\"}")]
    [InlineData("[]")]
    public async Task A_request_that_makes_no_sense_is_refused(string body)
    {
        using var answer = await Http.PostAsync("/_sandbox/quotes", new StringContent(body, null, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("order", true)]
    [InlineData("customer", false)]
    [InlineData("vehicle", false)]
    [InlineData("appointment", false)]
    [InlineData("canned_service", true)]
    public async Task A_row_of_any_table_is_made_changed_and_deleted_and_each_is_told(string table, bool staysAsDeleted)
    {
        using var added = await Http.PostAsJsonAsync($"/_sandbox/rows/{table}", new { name = "One", locationId = Crm.AustinId, deleted = staysAsDeleted ? false : (bool?)null, meta = new { version = 7 } });
        var row = (await added.Content.ReadFromJsonAsync<JsonObject>())!;
        var id = row["id"]!.GetValue<string>();
        if (!staysAsDeleted)
        {
            row.Remove("deleted");
            Sandbox.Crm.Put(table, row);
        }

        await Sandbox.SettledAsync();
        using var changed = await Http.PutAsJsonAsync($"/_sandbox/rows/{table}/{id}", new { name = "Two" });
        await Sandbox.SettledAsync();
        using var deleted = await Http.DeleteAsync($"/_sandbox/rows/{table}/{id}");
        await Sandbox.SettledAsync();

        (added.StatusCode, changed.StatusCode, deleted.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent));
        var told = Product.Received.Select(posted => JsonNode.Parse(posted.Body)!).ToList();
        told.Select(body => (body["operation"]!.GetValue<string>(), body["table"]!.GetValue<string>())).ShouldBe([("INSERT", table), ("UPDATE", table), ("DELETE", table)]);
        told[1]["diff"]!.AsArray().Select(field => field!.GetValue<string>()).ShouldBe(["name", "updatedDate", "meta"], ignoreOrder: true);
        told[1]["data"]!["meta"]!["version"]!.GetValue<long>().ShouldBeGreaterThan(7);
        told[2]["data"]!["name"]!.GetValue<string>().ShouldBe("Two");
        (Sandbox.Crm.Row(table, id) is not null).ShouldBe(staysAsDeleted);
    }

    [Fact]
    public async Task Silent_changes_are_told_to_nobody_and_a_physical_deletion_leaves_no_row()
    {
        using var changed = await Http.PutAsJsonAsync($"/_sandbox/rows/order/{Crm.SampleOrderId}?silent=true", new { complaint = "Bubbles" });
        using var moved = await Http.PutAsJsonAsync($"/_sandbox/orders/{Crm.SampleOrderId}/column?silent=true", new { workflowStatusId = Crm.InProgressId });
        var row = (await Http.GetFromJsonAsync<JsonNode>($"/_sandbox/rows/order/{Crm.SampleOrderId}"))!;
        using var deleted = await Http.DeleteAsync($"/_sandbox/rows/order/{Crm.SampleOrderId}?silent=true&physical=true");
        using var gone = await Http.GetAsync($"/_sandbox/rows/order/{Crm.SampleOrderId}");
        await Sandbox.SettledAsync();

        (row["complaint"]!.GetValue<string>(), row["workflowStatusId"]!.GetValue<string>()).ShouldBe(("Bubbles", Crm.InProgressId));
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CrmAsync(HttpMethod.Get, "order/" + Crm.SampleOrderId)).Status.ShouldBe(404);
        Product.Received.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no_such_table", "1")]
    [InlineData("order", "no-such-row")]
    public async Task A_row_that_is_not_there_is_not_found(string table, string id)
    {
        using var read = await Http.GetAsync($"/_sandbox/rows/{table}/{id}");
        using var changed = await Http.PutAsJsonAsync($"/_sandbox/rows/{table}/{id}", new { name = "x" });
        using var deleted = await Http.DeleteAsync($"/_sandbox/rows/{table}/{id}");

        new[] { read.StatusCode, changed.StatusCode, deleted.StatusCode }.ShouldAllBe(status => status == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task When_webhooks_are_off_no_change_of_any_company_is_told()
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = Fault.Always });

        await QuotesAsync(new { phone = Customer, count = 3 });
        using var changed = await Http.PutAsJsonAsync($"/_sandbox/rows/order/{Crm.SampleOrderId}", new { complaint = "Bubbles" });
        await CrmAsync(HttpMethod.Put, "order/" + Crm.SampleOrderId, new { complaint = "None" });
        await Sandbox.SettledAsync();

        Product.Received.ShouldBeEmpty();
    }

    private async Task<JsonArray> QuotesAsync(object load)
    {
        using var answer = await Http.PostAsJsonAsync("/_sandbox/quotes", load);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.AsArray();
    }
}
