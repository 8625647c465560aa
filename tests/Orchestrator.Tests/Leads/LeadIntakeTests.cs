using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>Which orders become leads, and what happens to the ones that cannot be texted.</summary>
public sealed class LeadIntakeTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task An_order_older_than_a_day_is_taken_in_and_never_greeted()
    {
        var quote = await shop.QuoteAsync("+15125550401", change: quote => quote with { CreatedDate = shop.Sandbox.Clock.Now.AddHours(-25) });

        (await shop.TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe("order_too_old");
        (await shop.LeadAsync(quote.OrderId))["status"].ShouldBe("new");
        shop.Sandbox.Twilio.SentTo("+15125550401").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "Mobile", "no_phone")]
    [InlineData("+15125550402", "Landline", "landline_phone")]
    [InlineData("+442071838750", "Mobile", "foreign_phone")]
    [InlineData("+14165550123", "Mobile", "foreign_phone")]
    [InlineData("12345", "Mobile", "invalid_phone")]
    public async Task Who_cannot_be_texted_is_a_lead_with_a_reason(string phone, string type, string reason)
    {
        var quote = await shop.QuoteAsync(phone, change: quote => quote with { PhoneType = type });

        (await shop.TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe(reason);
        if (phone.Length > 0)
        {
            shop.Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("", "Mobile", "no_phone")]
    [InlineData("+15125550421", "Landline", "landline_phone")]
    [InlineData("+442071838751", "Mobile", "foreign_phone")]
    [InlineData("12345", "Mobile", "invalid_phone")]
    public async Task Who_cannot_be_texted_and_has_an_email_is_greeted_by_email_which_says_why(string phone, string type, string reason)
    {
        var email = $"{reason.Replace('_', '-')}@example.com";
        var quote = await shop.QuoteAsync(phone, change: quote => quote with { PhoneType = type, Email = email });

        var touch = await shop.TouchAsync(quote.OrderId, "sent");
        (touch["channel"], touch["reason"]).ShouldBe(("email", reason));
        var mail = shop.Sandbox.SendGrid.Sent.Where(mail => mail.To.Contains(email)).ShouldHaveSingleItem();
        mail.Subject.ShouldBe("Your quote request at Acme Tint Austin");
        mail.Text.ShouldContain("http://localhost:3000/c/");
        (await shop.LeadAsync(quote.OrderId, "contacted"))["first_contacted_at"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("status", "RepairOrder", "not_an_estimate")]
    [InlineData("archived", "true", "order_archived")]
    [InlineData("imported", "true", "order_imported")]
    [InlineData("authorized", "true", "order_already_sold")]
    public async Task What_is_no_quote_request_is_ignored_with_a_reason(string field, string value, string reason)
    {
        var quote = await shop.QuoteAsync("+15125550403", change: quote => quote with { Customize = row => row[field] = value == "true" ? true : value });

        (await shop.EventAsync(quote.OrderId, "ignored"))["reason"].ShouldBe(reason);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM leads WHERE external_id = $1", quote.OrderId)).ShouldBe(0);
    }

    [Fact]
    public async Task An_order_in_no_lead_column_and_without_the_name_is_ignored()
    {
        var quote = await shop.QuoteAsync("+15125550404", change: quote => quote with
        {
            Customize = row =>
            {
                row["name"] = "Oil change";
                row["workflowStatusId"] = "6287a4364d1a727554e091c0";
            },
        });

        (await shop.EventAsync(quote.OrderId, "ignored"))["reason"].ShouldBe("not_in_a_lead_column");
    }

    [Fact]
    public async Task A_lead_whose_order_is_sold_or_deleted_keeps_its_row_and_loses_what_was_planned()
    {
        await shop.SetClockAsync("2026-11-24T02:59:30Z"); // 20:59:30 at the shop: too late for a text today
        var quote = await shop.QuoteAsync("+15125550405");
        await shop.WaitingTouchAsync(quote.OrderId);

        await shop.Sandbox.Crm.DeleteOrderAsync(quote.OrderId);

        (await shop.TouchAsync(quote.OrderId, "cancelled"))["reason"].ShouldBe("order_deleted");
        (await shop.LeadAsync(quote.OrderId, "lost"))["deleted_at"].ShouldNotBeNull();
        await shop.SetClockAsync(Shop.Monday10);
    }

    [Theory]
    [InlineData("DELETE", "order_deleted")]
    [InlineData("UPDATE", "not_an_estimate")]
    public async Task An_insert_that_was_overtaken_by_its_end_greets_nobody(string operation, string reason)
    {
        var phone = operation == "DELETE" ? "+15125550411" : "+15125550412";
        var quote = await shop.QuoteAsync(phone, change: quote => quote with { Deliver = false });
        var insert = shop.Sandbox.Crm.Row("order", quote.OrderId)!;
        var end = shop.Sandbox.Crm.Row("order", quote.OrderId)!;
        end["status"] = "Invoice";
        end["meta"]!["version"] = insert["meta"]!["version"]!.GetValue<long>() + 10;

        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent(operation, "order", end));
        (await shop.EventAsync(quote.OrderId, "ignored"))["reason"].ShouldBe(reason);
        await shop.Sandbox.Crm.DeliverAsync(new CrmEvent("INSERT", "order", insert));

        await Eventually.TrueAsync(
            async () => await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE external_id = $1 AND reason = 'overtaken_by_a_newer_event'", quote.OrderId) == 1,
            "the late insert to be ignored");
        shop.Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
    }

    [Fact]
    public async Task Shopmonkey_is_away_for_a_while_and_the_lead_is_not_lost()
    {
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = "customer.get", Status = 503, Count = 1 });
        var quote = await shop.QuoteAsync("+15125550406");

        await shop.TouchAsync(quote.OrderId, "delivered");
        (await shop.EventAsync(quote.OrderId, "done"))["attempts"].ShouldBe(2);
    }

    [Fact]
    public async Task An_outage_of_the_crm_never_makes_an_event_dead()
    {
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = "customer.get", Status = 500, Count = 2 });
        var quote = await shop.QuoteAsync("+15125550413");
        // As after hours of an outage: long past the few tries that an event of its own fault gets.
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<long>(
            "SELECT count(*) FROM webhook_events WHERE external_id = $1 AND status = 'received' AND reason = 'shopmonkey_500'", quote.OrderId) == 1, "the event to be set back");
        await shop.Database.ExecuteAsync("UPDATE webhook_events SET attempts = 500, next_attempt_at = clock_timestamp() WHERE external_id = $1 AND status = 'received'", quote.OrderId);
        await Eventually.TrueAsync(async () => await shop.Database.ScalarAsync<long>(
            "SELECT count(*) FROM webhook_events WHERE external_id = $1 AND status = 'received' AND attempts > 500", quote.OrderId) == 1, "the event to be set back again");
        (await shop.Database.ScalarAsync<bool>("SELECT next_attempt_at < clock_timestamp() + interval '40 s' FROM webhook_events WHERE external_id = $1", quote.OrderId)).ShouldBeTrue();

        await shop.Database.ExecuteAsync("UPDATE webhook_events SET next_attempt_at = clock_timestamp() WHERE external_id = $1 AND status = 'received'", quote.OrderId);
        await shop.TouchAsync(quote.OrderId, "delivered");
    }

    [Theory]
    [InlineData("+15125550414", "vehicle.get", 403)]
    [InlineData("+15125550415", "vehicle.get", 500)]
    [InlineData("+15125550416", "customer.get", 401)]
    public async Task A_key_that_may_not_see_everything_or_was_rotated_costs_no_lead(string phone, string operation, int status)
    {
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = operation, Status = status, Count = 1 });
        var quote = await shop.QuoteAsync(phone);
        await shop.TouchAsync(quote.OrderId, "delivered");
        (await shop.LeadAsync(quote.OrderId))["vehicle"].ShouldBe("2021 Honda Civic");
    }

    [Theory]
    [InlineData("+15125550417", 403, 1)]
    [InlineData("+15125550418", 500, 5)]
    public async Task A_shop_that_cannot_be_read_gets_the_tenants_name_and_the_lead_its_text(string phone, int status, int times)
    {
        shop.Sandbox.Faults.Clear();
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = "location.get", Status = status, Count = times });
        var quote = await shop.QuoteAsync(phone, change: quote => quote with { Customize = row => row["locationId"] = $"6287a4044d1a723b10eff{status}" });
        await shop.TouchAsync(quote.OrderId, "delivered");
        shop.Sandbox.Twilio.SentTo(phone)[0].Body.ShouldContain("this is Acme Tint.");
        shop.Sandbox.Faults.Clear();
    }

    [Fact]
    public async Task A_page_of_the_edge_in_the_place_of_an_answer_is_weather_and_tried_again()
    {
        shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Operation = "customer.get", Status = 403, Body = "html", Count = 1 });
        var quote = await shop.QuoteAsync("+15125550407");

        await shop.TouchAsync(quote.OrderId, "delivered");
    }

    [Fact]
    public async Task The_shop_and_its_services_come_over_with_the_first_lead_and_the_run_is_noted()
    {
        var quote = await shop.QuoteAsync("+15125550408");
        await shop.TouchAsync(quote.OrderId, "delivered");

        (await shop.Database.ScalarAsync<string>("SELECT name FROM locations WHERE external_id = '6287a4044d1a723b10eff1b0'")).ShouldBe("Acme Tint Austin");
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM service_catalog WHERE source = 'crm' AND price_cents > 0")).ShouldBeGreaterThan(3);
        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM job_executions WHERE job = 'shopmonkey_location_sync' AND status = 'succeeded'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_shop_that_the_crm_does_not_show_costs_no_lead()
    {
        var quote = await shop.QuoteAsync("+15125550409", change: quote => quote with { Customize = row => row["locationId"] = "6287a4044d1a723b10eff999" });

        await shop.TouchAsync(quote.OrderId, "delivered");
        shop.Sandbox.Twilio.SentTo("+15125550409")[0].Body.ShouldContain("Acme Tint");
    }

    [Fact]
    public async Task Names_from_the_crm_are_data_and_bring_no_link_into_a_text()
    {
        var quote = await shop.QuoteAsync("+15125550410", "Eve www.evil.example/x <b>");

        await shop.TouchAsync(quote.OrderId, "delivered");
        var body = shop.Sandbox.Twilio.SentTo("+15125550410")[0].Body;
        body.ShouldNotContain("evil.example");
        body.ShouldNotContain("<b>");
    }
}
