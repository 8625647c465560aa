using System.Text;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Sandbox.Tests.Shopmonkey;

public sealed class ShopmonkeyTests : SandboxTest
{
    protected override SandboxSettings Settings => SandboxSettings.ForTests with { ShopmonkeyRequestsPerMinute = 20 };

    [Fact]
    public async Task The_sample_order_and_its_customer_are_there_as_documented()
    {
        var sample = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "sample-order.json")))!;

        var order = await CrmAsync(HttpMethod.Get, "order/9b1d2c3e-0000-4000-8000-000000000001");
        var customer = await CrmAsync(HttpMethod.Get, "customer/6287a4384d1a7226ffe091e8");

        JsonNode.DeepEquals(order.Body!["data"], sample["order"]).ShouldBeTrue();
        JsonNode.DeepEquals(customer.Body!["data"], sample["customer"]).ShouldBeTrue();
        Product.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_key_gets_the_vendors_envelope()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/order") { Headers = { { "Authorization", "Bearer wrong" } } };

        var (status, body, _) = await SendAsync(request);

        status.ShouldBe(401);
        body!["success"]!.GetValue<bool>().ShouldBeFalse();
        body["message"]!.GetValue<string>().ShouldBe("Unauthorized");
    }

    [Fact]
    public async Task Lists_filter_by_what_they_know_and_ignore_the_rest_in_silence()
    {
        for (var index = 0; index < 120; index++)
        {
            await Sandbox.Crm.AddQuoteAsync(new NewQuote { Deliver = false, CreatedDate = DateTimeOffset.Parse("2026-11-20T00:00:00Z").AddMinutes(index) });
        }

        var page = await ListAsync("""{"createdDate":{"gte":"2026-11-20T00:10:00.000Z","lt":"2026-11-20T00:20:00.000Z"}}""");
        var exact = await ListAsync("""{"number":"1008"}""");
        var ignored = await ListAsync("""{"number":{"eq":"1008"}}""");

        page.Total.ShouldBe(10);
        page.Rows.Select(row => row!["createdDate"]!.GetValue<string>()).ShouldBeInOrder();
        exact.Total.ShouldBe(1);
        ignored.Total.ShouldBe(121);
        ignored.Rows.Count.ShouldBe(100); // limit=500 was asked
        (await CrmAsync(HttpMethod.Get, "order?orderby=createdDate")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_quote_goes_out_as_a_signed_webhook()
    {
        Sandbox.Clock.Freeze(DateTimeOffset.Parse("2026-11-23T16:00:00Z"));

        var quote = await Sandbox.Crm.AddQuoteAsync(new NewQuote { FirstName = "Bo", Test = true });

        quote.Deliveries.ShouldHaveSingleItem().Succeeded.ShouldBeTrue();
        var posted = Product.Received.ShouldHaveSingleItem();
        posted.Path.ShouldBe("/webhooks/shopmonkey");
        posted.Headers["webhook-timestamp"].ShouldBe("1795449600");
        posted.Headers["x-attempt"].ShouldBe("1");
        posted.Headers["webhook-signature"].ShouldBe(StandardWebhookSignature.Sign(
            Settings.ShopmonkeyWebhookSecret, posted.Headers["webhook-id"], 1795449600, Encoding.UTF8.GetBytes(posted.Body)));
        var data = JsonNode.Parse(posted.Body)!["data"]!;
        data["id"]!.GetValue<string>().ShouldBe(quote.OrderId);
        data["name"]!.GetValue<string>().ShouldEndWith("[test]");
        data.ToJsonString().ShouldNotContain(Customer); // the phone is only in the customer
        (await CrmAsync(HttpMethod.Get, "customer/" + quote.CustomerId)).Body!["data"]!["phoneNumbers"]![0]!["number"]!.GetValue<string>().ShouldBe(Customer);
    }

    [Fact]
    public async Task A_webhook_is_tried_four_times_on_503_with_a_new_id_each_and_once_on_500()
    {
        Product.Answer = _ => (503, "");
        await Sandbox.Crm.AddQuoteAsync(new NewQuote());
        Product.Received.Count.ShouldBe(4);
        Product.Received.Select(posted => posted.Headers["webhook-id"]).Distinct().Count().ShouldBe(4);
        Product.Received.Select(posted => posted.Headers["x-attempt"]).ShouldBe(["1", "2", "3", "4"]);

        Product.Answer = _ => (500, "");
        var lost = await Sandbox.Crm.AddQuoteAsync(new NewQuote());

        lost.Deliveries.ShouldHaveSingleItem().Status.ShouldBe(500);
    }

    [Fact]
    public async Task Webhooks_can_be_lost_doubled_and_forged()
    {
        Sandbox.Faults.Add(Vendor.Shopmonkey, FaultKind.WebhooksOff);
        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.ShouldBeEmpty();

        Sandbox.Faults.Add(Vendor.Shopmonkey, FaultKind.WebhooksTwice);
        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.Count.ShouldBe(2);

        await Sandbox.Crm.DeliverRawAsync("{"u8.ToArray(), new DeliveryOptions { Signature = "v1,forged" });
        Product.Received[^1].Headers["webhook-signature"].ShouldBe("v1,forged");
        Product.Received[^1].Body.ShouldBe("{");
    }

    [Fact]
    public async Task A_write_by_the_product_is_in_the_ledger_and_comes_back_as_a_webhook()
    {
        var (status, body, _) = await CrmAsync(
            HttpMethod.Put, "order/" + Crm.SampleOrderId, new { workflowStatusId = "6287a4364d1a727554e091c0" });
        await ToldAsync();

        status.ShouldBe(200);
        body!["data"]!["workflowStatusId"]!.GetValue<string>().ShouldBe("6287a4364d1a727554e091c0");
        Sandbox.Ledger.Of(Vendor.Shopmonkey, "order.update").ShouldHaveSingleItem().Accepted.ShouldBeTrue();
        var posted = JsonNode.Parse(Product.Received.ShouldHaveSingleItem().Body)!;
        posted["operation"]!.GetValue<string>().ShouldBe("UPDATE");
        posted["diff"]!.AsArray().Select(field => field!.GetValue<string>()).ShouldBe(["workflowStatusId", "updatedDate", "meta"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_number_that_a_customer_gets_over_the_API_is_told_as_the_customers_change()
    {
        var (status, _, _) = await CrmAsync(HttpMethod.Post, "customer/6287a4384d1a7226ffe091e8/phone_number", new { number = "+15125550177", primary = false });
        await ToldAsync();

        status.ShouldBe(200);
        var posted = JsonNode.Parse(Product.Received.ShouldHaveSingleItem().Body)!;
        (posted["operation"]!.GetValue<string>(), posted["table"]!.GetValue<string>()).ShouldBe(("UPDATE", "customer"));
        posted["data"]!["phoneNumbers"]!.AsArray().Count.ShouldBe(2);
        (await CrmAsync(HttpMethod.Post, "customer/nobody/phone_number", new { number = "+15125550177" })).Status.ShouldBe(404);
    }

    // The webhook goes out beside the answer: whoever has the answer may be there before it has begun.
    private Task ToldAsync() => Until.TrueAsync(() => Task.FromResult(Product.Received.Count), count => count > 0, "the webhook of the change");

    [Fact]
    public async Task Too_many_calls_get_429_with_a_wait_and_the_edge_answers_in_HTML()
    {
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Status = 403, Body = "html" });
        var edge = await CrmAsync(HttpMethod.Get, "location");
        edge.Status.ShouldBe(403);
        edge.Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");

        for (var call = 2; call <= 20; call++)
        {
            (await CrmAsync(HttpMethod.Get, "location")).Status.ShouldBe(200);
        }

        var (status, _, response) = await CrmAsync(HttpMethod.Get, "location");

        status.ShouldBe(429);
        response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        response.Headers.GetValues("X-RateLimit-Remaining-Minute").ShouldBe(["0"]);
    }

    private async Task<(int Total, JsonArray Rows)> ListAsync(string where)
    {
        var (_, body, _) = await CrmAsync(HttpMethod.Get, $"order?limit=500&orderby={Uri.EscapeDataString("""{"createdDate":"asc"}""")}&where={Uri.EscapeDataString(where)}");
        return (body!["meta"]!["total"]!.GetValue<int>(), body["data"]!.AsArray());
    }
}
