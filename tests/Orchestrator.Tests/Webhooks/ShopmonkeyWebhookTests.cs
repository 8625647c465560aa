using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>The door for Shopmonkey: what it takes, what it refuses, and that nothing well-formed is lost.</summary>
public sealed class ShopmonkeyWebhookTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task The_same_event_ten_times_with_ten_ids_makes_one_lead_and_one_text()
    {
        var quote = await shop.QuoteAsync("+15125550101", change: quote => quote with { Deliver = false });
        var insert = new CrmEvent("INSERT", "order", shop.Sandbox.Crm.Row("order", quote.OrderId)!);

        var deliveries = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.Sandbox.Crm.DeliverAsync(insert)));

        deliveries.ShouldAllBe(tries => tries[0].Status == 200);
        await shop.TouchAsync(quote.OrderId, "delivered");
        await shop.Sandbox.SettledAsync();
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE external_id = $1", quote.OrderId)).ShouldBe(1);
        shop.Sandbox.Twilio.SentTo("+15125550101").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_new_quote_becomes_a_lead_with_its_customer_and_car_and_is_greeted()
    {
        var quote = await shop.QuoteAsync("(512) 555-0102", "Bea");

        await shop.TouchAsync(quote.OrderId, "delivered");
        var lead = await shop.LeadAsync(quote.OrderId, "contacted");
        lead["phone"].ShouldBe("+15125550102");
        lead["first_name"].ShouldBe("Bea");
        lead["vehicle"].ShouldBe("2021 Honda Civic");
        lead["timezone"].ShouldBe("America/Chicago");
        var text = shop.Sandbox.Twilio.SentTo("+15125550102").ShouldHaveSingleItem();
        text.Body.ShouldContain("Acme Tint Austin");
        text.Body.ShouldContain($"{TestVariables.PublicUrl}/c/");
        text.Body.ShouldContain("Reply STOP to opt out");
        text.ValidityPeriod.ShouldBe(3600);
    }

    [Fact]
    public async Task Neither_the_code_nor_the_link_is_stored()
    {
        var quote = await shop.QuoteAsync("+15125550103");
        await shop.TouchAsync(quote.OrderId, "delivered");
        var code = shop.Sandbox.Twilio.SentTo("+15125550103")[0].Body.Split("/c/")[1].Split(' ')[0];

        code.Length.ShouldBeGreaterThanOrEqualTo(22);
        (await shop.Database.ScalarAsync<string>("SELECT body FROM message_attempts WHERE address = '+15125550103'"))!.ShouldContain("{link}");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM message_attempts WHERE body LIKE '%' || $1 || '%'", code)).ShouldBe(0);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM chat_codes WHERE code_hash = sha256(convert_to($1, 'UTF8'))", code)).ShouldBe(1);
    }

    [Theory]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task A_forged_or_unsigned_delivery_is_401(string signature)
    {
        var delivery = await PostAsync("{\"apiVersion\":\"3\"}", new DeliveryOptions { Signature = signature, MaxAttempts = 1 });
        delivery.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_stale_one_is_401_with_the_same_body_as_a_forged_one()
    {
        var stale = await PostAsync("{}", new DeliveryOptions { Timestamp = shop.Sandbox.Clock.Now.AddMinutes(-6) });
        var forged = await PostAsync("{}", new DeliveryOptions { Signature = "v1,forged" });

        stale.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await stale.Content.ReadAsByteArrayAsync()).ShouldBe(await forged.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_event_that_names_no_company_is_the_default_tenants()
    {
        var body = JsonNode.Parse(OrderJson("no-company"))!;
        body["data"]!.AsObject().Remove("companyId");
        (await PostAsync(body.ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await shop.EventAsync("no-company", "ignored"))["reason"].ShouldBe("not_an_estimate");
    }

    [Fact]
    public async Task A_secret_used_as_raw_text_is_taken_too()
    {
        var answer = await PostAsync(OrderJson("raw-key"), new DeliveryOptions { KeyForm = WebhookKeyForm.Raw });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task More_than_a_mebibyte_is_413() =>
        (await PostAsync($"{{\"a\":\"{new string('x', 1 << 20)}\"}}")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task More_than_a_mebibyte_in_chunks_is_413_as_well()
    {
        var body = Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', 1 << 20)}\"}}");
        using var request = Request(body);
        request.Headers.TransferEncodingChunked = true;
        (await shop.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("{\"apiVersion\":\"3\",\"operation\":\"INS")]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("<xml/>")]
    public async Task What_is_not_json_is_400(string body) => (await PostAsync(body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Nesting_over_64_and_invalid_utf8_are_400()
    {
        (await PostAsync(new string('[', 65) + new string(']', 65))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await shop.Http.SendAsync(Request([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8]))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("[]", "not_an_object")]
    [InlineData("{\"a\":1}", "not_an_event")]
    [InlineData("{\"operation\":\"INSERT\",\"table\":\"spaceship\",\"data\":{\"id\":\"1\"}}", "unknown_table")]
    [InlineData("{\"operation\":\"MERGE\",\"table\":\"order\",\"data\":{\"id\":\"1\"}}", "unknown_operation")]
    [InlineData("{\"operation\":\"INSERT\",\"table\":\"order\",\"data\":{}}", "no_row_id")]
    [InlineData("{\"operation\":\"INSERT\",\"operation\":\"DELETE\",\"table\":\"order\",\"data\":{\"id\":\"2\"}}", "duplicate_keys")]
    [InlineData("{\"operation\":\"INSERT\",\"table\":\"\\ud800\",\"data\":{\"id\":\"3\"}}", "invalid_text")]
    [InlineData("{\"operation\":\"INSERT\",\"table\":\"order\",\"data\":{\"id\":\"5\\u0000\"}}", "invalid_text")]
    [InlineData("{\"operation\":\"INSERT\",\"table\":\"order\",\"data\":{\"id\":\"6\",\"companyId\":\"a\\u0000\"}}", "invalid_text")]
    [InlineData("{\"operation\":\"INSERT\",\"table\":\"order\",\"data\":{\"id\":\"4\",\"companyId\":\"somebody-else\"}}", "unknown_company")]
    public async Task What_is_json_and_no_event_of_ours_is_kept_as_dead_and_answered_2xx(string body, string reason)
    {
        (await PostAsync(body)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await shop.Database.ScalarAsync<string>("SELECT reason FROM webhook_events WHERE payload = $1 AND status = 'dead'", body)).ShouldBe(reason);
        using var staff = await shop.SignedInAsync();
        (await staff.GetStringAsync("/api/webhook-events?status=dead&limit=200")).ShouldContain(reason);
    }

    [Fact]
    public async Task An_order_with_fields_of_a_wrong_kind_dies_in_the_inbox_and_not_at_the_door()
    {
        (await PostAsync("{\"operation\":\"INSERT\",\"table\":\"order\",\"data\":{\"id\":\"wrong-kind\",\"companyId\":\"6287a4154d1a72cc5ce091bb\",\"status\":{\"a\":1}}}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await shop.EventAsync("wrong-kind", "dead"))["reason"].ShouldBe("not_an_order");
    }

    [Fact]
    public async Task The_path_may_name_the_tenant_and_an_unknown_one_is_401()
    {
        (await PostAsync(OrderJson("by-path"), path: "/webhooks/shopmonkey/acme-tint")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(OrderJson("by-path"), path: "/webhooks/shopmonkey/nobody")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_rehearsal_before_ready_leaves_nothing_behind() =>
        (await shop.Database.ScalarAsync<long>("""
            SELECT (SELECT count(*) FROM webhook_events WHERE external_id = 'rehearsal') + (SELECT count(*) FROM external_tombstones WHERE external_id = 'rehearsal')
                + (SELECT count(*) FROM leads WHERE external_id = 'rehearsal')
            """)).ShouldBe(0);

    [Fact]
    public async Task A_replayed_delivery_changes_nothing()
    {
        var body = OrderJson("replayed");
        (await (await PostAsync(body)).Content.ReadAsStringAsync()).ShouldContain("accepted");
        (await (await PostAsync(body)).Content.ReadAsStringAsync()).ShouldContain("duplicate");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE external_id = 'replayed'")).ShouldBe(1);
    }

    private static string OrderJson(string id) =>
        new JsonObject
        {
            ["apiVersion"] = "3",
            ["operation"] = "INSERT",
            ["table"] = "order",
            ["data"] = new JsonObject
            {
                ["id"] = id, ["companyId"] = TestVariables.ShopmonkeyCompanyId, ["locationId"] = TestVariables.ShopmonkeyLocationId,
                ["status"] = "Invoice", ["meta"] = new JsonObject { ["version"] = 1 },
            },
        }.ToJsonString();

    private Task<HttpResponseMessage> PostAsync(string body, DeliveryOptions? options = null, string path = "/webhooks/shopmonkey") =>
        shop.Http.SendAsync(Request(Encoding.UTF8.GetBytes(body), options, path));

    private HttpRequestMessage Request(byte[] body, DeliveryOptions? options = null, string path = "/webhooks/shopmonkey")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in shop.Sandbox.Crm.HeadersOf(body, options ?? new DeliveryOptions()))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }
}
