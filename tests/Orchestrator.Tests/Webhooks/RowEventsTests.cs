using System.Text;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Events of the CRM's other tables, from the door to the lead: what they lack is asked for, what cannot be read is dead with a reason.</summary>
public sealed class RowEventsTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_customer_without_numbers_in_the_event_is_read_from_the_CRM()
    {
        var quote = await GreetedAsync("+15125550901");
        var row = Changed("customer", quote.CustomerId, row => row["phoneNumbers"] = Phones("+15125550911"));
        row.Remove("phoneNumbers");
        row.Remove("emails");

        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", row));

        await LeadHasAsync(quote, "phone", "+15125550911");
    }

    [Fact]
    public async Task An_event_without_a_version_is_a_hint_and_the_row_is_read()
    {
        var quote = await GreetedAsync("+15125550902");
        var told = shop.Sandbox.Crm.Row("customer", quote.CustomerId)!;
        Changed("customer", quote.CustomerId, row => row["firstName"] = "Now");
        told["firstName"] = "Told";
        told["updatedDate"] = null;

        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", told));

        await LeadHasAsync(quote, "first_name", "Now");
    }

    [Fact]
    public async Task An_order_without_the_CRMs_own_number_is_read_and_the_same_instant_counts_again()
    {
        var quote = await shop.QuoteAsync("+15125550908", change: quote => quote with { Deliver = false, Customize = row => row.Remove("meta") });
        var told = shop.Sandbox.Crm.Row("order", quote.OrderId)!;
        var now = shop.Sandbox.Crm.Row("order", quote.OrderId)!;
        now["name"] = "New Quote - First";
        shop.Sandbox.Crm.Put("order", now);
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("INSERT", "order", told));
        await LeadHasAsync(quote, "service_interest", "First");

        now["name"] = "New Quote - Second";
        shop.Sandbox.Crm.Put("order", now);
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "order", told));
        await LeadHasAsync(quote, "service_interest", "Second");
    }

    [Fact]
    public async Task Two_changes_of_one_instant_end_with_what_the_CRM_has()
    {
        var quote = await GreetedAsync("+15125550903");
        var first = Changed("customer", quote.CustomerId, row => row["firstName"] = "First");
        var second = Changed("customer", quote.CustomerId, row => row["firstName"] = "Second");
        second["updatedDate"] = first["updatedDate"]!.DeepClone();
        shop.Sandbox.Crm.Put("customer", second);

        await Task.WhenAll(shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", first)), shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", second)));

        await LeadHasAsync(quote, "first_name", "Second");
        await IdleAsync();
        (await shop.LeadAsync(quote.OrderId))["first_name"].ShouldBe("Second");
    }

    [Fact]
    public async Task A_car_changes_the_leads_words_and_its_deletion_changes_nothing()
    {
        var quote = await GreetedAsync("+15125550904");
        var row = Changed("vehicle", quote.VehicleId!, row => row["model"] = "Accord");

        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "vehicle", row));
        await LeadHasAsync(quote, "vehicle", "2021 Honda Accord");

        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("DELETE", "vehicle", row));
        (await shop.EventAsync(quote.VehicleId!, "ignored"))["operation"].ShouldBe("DELETE");
        (await shop.LeadAsync(quote.OrderId))["vehicle"].ShouldBe("2021 Honda Accord");
    }

    [Fact]
    public async Task An_appointment_books_its_lead_and_a_declined_one_lets_it_go()
    {
        var quote = await GreetedAsync("+15125550905");
        var row = Appointment("appt-1", quote.OrderId, 1);
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("INSERT", "appointment", row));
        await shop.LeadAsync(quote.OrderId, "booked");

        row["confirmationStatus"] = "Declined";
        row["meta"]!["version"] = 2;
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "appointment", row));

        (await shop.LeadAsync(quote.OrderId, "contacted"))["status_reason"].ShouldBe("appointment_gone_from_crm");
        using var staff = await shop.SignedInAsync();
        (await staff.GetStringAsync($"/api/leads/{(await shop.LeadAsync(quote.OrderId))["id"]}/timeline")).ShouldContain("appointment_gone_from_crm");
    }

    [Fact]
    public async Task A_service_changes_its_price_and_one_that_is_gone_is_not_offered()
    {
        await GreetedAsync("+15125550906"); // The shop is known with its first lead.
        var id = (await shop.Database.ScalarAsync<string>("SELECT external_id FROM service_catalog WHERE name = 'Sunroof Tint' ORDER BY external_id LIMIT 1"))!;
        var row = Changed("canned_service", id, row => { row["fixedPriceCents"] = 9900; row["totalCents"] = 9900; });

        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "canned_service", row));
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<long>("SELECT price_cents FROM service_catalog WHERE external_id = $1", id) == 9900, "the new price");

        row["updatedDate"] = "2026-11-23T17:00:00.000Z";
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("DELETE", "canned_service", row));
        await Eventually.TrueAsync(async () => !await shop.Database.ScalarAsync<bool>("SELECT active FROM service_catalog WHERE external_id = $1", id), "the service to be gone");

        row["updatedDate"] = "2026-11-23T18:00:00.000Z";
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "canned_service", row));
        (await Eventually.ValueAsync(async () => (await shop.EventAsync(id, "ignored"))["reason"], reason => (string?)reason == "overtaken_by_a_newer_event", "the late event")).ShouldNotBeNull();
        (await shop.Database.ScalarAsync<bool>("SELECT active FROM service_catalog WHERE external_id = $1", id)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("customer", "{\"id\":\"x1\",\"phoneNumbers\":7}", "not_a_customer")]
    [InlineData("vehicle", "{\"id\":\"x2\",\"make\":[]}", "not_a_vehicle")]
    [InlineData("appointment", "{\"id\":\"x3\",\"startDate\":\"soon\"}", "not_an_appointment")]
    [InlineData("canned_service", "{\"id\":\"x4\",\"fixedPriceCents\":99999999999999999999}", "not_a_service")]
    public async Task What_cannot_be_read_is_dead_with_a_reason(string table, string data, string reason)
    {
        var body = $$"""{"apiVersion":"3","operation":"UPDATE","table":"{{table}}","data":{{data}}}""";

        (await shop.Sandbox.Crm.DeliverRawAsync(Encoding.UTF8.GetBytes(body))).Status.ShouldBe(200);

        (await shop.EventAsync(JsonNode.Parse(data)!["id"]!.GetValue<string>(), "dead"))["reason"].ShouldBe(reason);
    }

    [Fact]
    public async Task A_row_that_the_CRM_does_not_show_is_waited_for_and_then_let_go()
    {
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "appointment", new JsonObject { ["id"] = "nowhere", ["companyId"] = TestVariables.ShopmonkeyCompanyId }));

        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<string>("SELECT reason FROM webhook_events WHERE external_id = 'nowhere'") == "row_not_found", "the first try");
        (await shop.EventAsync("nowhere", "ignored"))["attempts"].ShouldBe(3);
    }

    [Fact]
    public async Task Ids_and_names_with_control_characters_break_nothing()
    {
        var quote = await GreetedAsync("+15125550907");
        var row = Appointment("appt-nul", "a\0b", 1);
        row["customerId"] = new string('x', 5000);
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("INSERT", "appointment", row));
        (await shop.EventAsync("appt-nul", "ignored"))["reason"].ShouldBe("concerns_no_lead");

        var customer = Changed("customer", quote.CustomerId, row => row["firstName"] = "A\0n\u2028n");
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", customer));
        await LeadHasAsync(quote, "first_name", "A n n");
    }

    [Fact]
    public async Task An_order_whose_customer_is_gone_keeps_the_person_that_its_lead_has()
    {
        var quote = await GreetedAsync("+15125550920");
        await shop.Sandbox.Crm.DeleteAsync("customer", quote.CustomerId, leavesRow: false);
        await Eventually.TrueAsync(
            async () => await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE external_id = $1 AND operation = 'DELETE' AND status = 'done'", quote.CustomerId) == 1,
            "the deletion to be taken in");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.external_id = $1 AND t.status = 'scheduled'", quote.OrderId)).ShouldBe(0);

        await shop.Sandbox.Crm.UpdateOrderAsync(quote.OrderId, row => row["name"] = "New Quote - Ceramic");

        await LeadHasAsync(quote, "service_interest", "Ceramic");
        await LeadHasAsync(quote, "phone", "+15125550920");
    }

    [Fact]
    public async Task An_order_of_a_shop_that_nothing_could_be_called_is_dead_at_once()
    {
        const string Body = """{"apiVersion":"3","operation":"INSERT","table":"order","data":{"id":"odd-shop","locationId":"a\u0000b","status":"Estimate","meta":{"version":1}}}""";

        await shop.Sandbox.Crm.DeliverRawAsync(Encoding.UTF8.GetBytes(Body));

        (await shop.EventAsync("odd-shop", "dead"))["reason"].ShouldBe("no_location");
    }

    [Fact]
    public async Task What_the_database_refuses_is_the_events_own_fault_and_no_outage()
    {
        await shop.Database.ExecuteAsync("ALTER TABLE leads ADD CONSTRAINT leads_test CHECK (first_name <> 'Refused')");

        var quote = await shop.QuoteAsync("+15125550921", "Refused");

        await Eventually.TrueAsync(
            async () => await shop.Database.ScalarAsync<string>("SELECT reason FROM webhook_events WHERE external_id = $1", quote.OrderId) == "refused_by_database", "the first try");
        await shop.Database.ExecuteAsync("ALTER TABLE leads DROP CONSTRAINT leads_test");
        await LeadHasAsync(quote, "first_name", "Refused");
    }

    [Fact]
    public async Task A_number_that_comes_after_an_event_with_a_date_alone_is_taken_in()
    {
        var quote = await GreetedAsync("+15125550922");
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", Changed("customer", quote.CustomerId, row => row["firstName"] = "Dated")));
        await LeadHasAsync(quote, "first_name", "Dated");

        var numbered = Changed("customer", quote.CustomerId, row =>
        {
            row["meta"] = new JsonObject { ["version"] = 7 };
            row["phoneNumbers"] = Phones("+15125550923");
        });
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("UPDATE", "customer", numbered));

        await LeadHasAsync(quote, "phone", "+15125550923");
    }

    [Fact]
    public async Task A_thousand_deliveries_in_any_order_end_with_what_the_CRM_has()
    {
        var random = new Random(20261129);
        var quotes = new List<(Quote Quote, string Phone)>();
        List<CrmEvent> events = [];
        for (var number = 0; number < 12; number++)
        {
            var quote = await shop.QuoteAsync($"+1512556{1000 + number}", change: quote => quote with { Deliver = false });
            var crm = shop.Sandbox.Crm;
            events.Add(new CrmEvent("INSERT", "order", crm.Row("order", quote.OrderId)!));
            events.Add(new CrmEvent("INSERT", "customer", crm.Row("customer", quote.CustomerId)!));
            for (var change = 0; change < 3; change++)
            {
                var phone = $"+1512557{1000 + (number * 10) + change}";
                events.Add(new CrmEvent("UPDATE", "customer", Changed("customer", quote.CustomerId, row => row["phoneNumbers"] = Phones(phone), change)));
                await crm.UpdateOrderAsync(quote.OrderId, row => row["name"] = $"New Quote - Tint {change}", deliver: false);
                events.Add(new CrmEvent("UPDATE", "order", crm.Row("order", quote.OrderId)!));
            }

            quotes.Add((quote, $"+1512557{1002 + (number * 10)}"));
        }

        var deliveries = Enumerable.Repeat(events, 10).SelectMany(all => all).ToArray();
        random.Shuffle(deliveries);
        await Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (crmEvent, _) => await shop.Sandbox.Crm.DeliverAsync(crmEvent));
        await IdleAsync();

        foreach (var (quote, phone) in quotes)
        {
            var lead = await shop.LeadAsync(quote.OrderId);
            (lead["phone"], lead["service_interest"]).ShouldBe((phone, "Tint 2"));
            lead["external_version"].ShouldBe(shop.Sandbox.Crm.Row("order", quote.OrderId)!["meta"]!["version"]!.GetValue<long>());
        }

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.phone LIKE '+1512557%' AND t.step = 'greeting'")).ShouldBe(12);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM message_attempts WHERE address LIKE '+1512556%' OR address LIKE '+1512557%'")).ShouldBeLessThanOrEqualTo(12);
    }

    private async Task<Quote> GreetedAsync(string phone)
    {
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        await shop.LeadAsync(quote.OrderId, "contacted");
        return quote;
    }

    // As a clerk changes it, a second later for each step.
    private JsonObject Changed(string table, string id, Action<JsonObject> change, int step = 0)
    {
        var row = shop.Sandbox.Crm.Row(table, id)!;
        change(row);
        row["updatedDate"] = shop.Sandbox.Clock.Now.AddSeconds(step + 1).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null);
        shop.Sandbox.Crm.Put(table, row);
        return row;
    }

    private static JsonArray Phones(string number) => new(new JsonObject { ["number"] = number, ["primary"] = true, ["type"] = "Mobile" });

    private static JsonObject Appointment(string id, string orderId, int version) => new()
    {
        ["id"] = id, ["companyId"] = TestVariables.ShopmonkeyCompanyId, ["orderId"] = orderId, ["startDate"] = "2026-11-30T16:00:00.000Z",
        ["confirmationStatus"] = "NoResponse", ["meta"] = new JsonObject { ["version"] = version },
    };

    private Task LeadHasAsync(Quote quote, string field, string value) => Eventually.TrueAsync(
        async () => (string?)(await shop.LeadAsync(quote.OrderId))[field] == value, $"the lead's {field} to be {value}");

    private Task IdleAsync() => Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<long>(
        "SELECT count(*) FROM webhook_events WHERE status IN ('received', 'processing')") == 0, "the inbox to be empty", TimeSpan.FromSeconds(60));
}
