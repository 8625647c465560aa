using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>Callbacks and webhooks: first, twice, reversed, never.</summary>
public sealed class CallbackFaultsTests : FaultTest
{
    [Theory]
    [InlineData("callbacks_twice", null, "queued,queued,sent,sent,delivered,delivered")]
    [InlineData("callbacks_twice", 3, "queued,queued,queued,sent,sent,sent,delivered,delivered,delivered")]
    [InlineData("callbacks_reversed", null, "delivered,sent,queued")]
    [InlineData("callbacks_off", null, "")]
    [InlineData("callback_first", null, "queued,sent,delivered")]
    [InlineData("undelivered", null, "queued,sent,undelivered")]
    public async Task A_texts_callbacks_come_as_badly_as_asked(string kind, int? times, string expected)
    {
        await ArmAsync(new { vendor = "twilio", kind, times });

        await TextAsync();
        await Sandbox.SettledAsync();

        string.Join(',', Product.Received.Select(posted => posted.Form["MessageStatus"])).ShouldBe(expected);
    }

    [Fact]
    public async Task An_undelivered_text_has_the_carriers_error()
    {
        await ArmAsync(new { vendor = "twilio", kind = "undelivered", status = 30007 });

        await TextAsync();
        await Sandbox.SettledAsync();

        Product.Received[^1].Form["ErrorCode"].ShouldBe("30007");
        Sandbox.Twilio.Sent[0].ErrorCode.ShouldBe(30007);
    }

    [Fact]
    public async Task Callbacks_that_come_first_are_there_before_any_answer()
    {
        var answered = new List<int>();
        Product.Answer = _ =>
        {
            answered.Add(Sandbox.Calls.Count);
            return (200, "");
        };
        await ArmAsync(new { vendor = "twilio", kind = "callback_first" });
        await ArmAsync(new { vendor = "shopmonkey", kind = "callback_first" });
        await ArmAsync(new { vendor = "sendgrid", kind = "callback_first" });

        await WriteAsync(Vendor.Twilio);
        await WriteAsync(Vendor.Shopmonkey);
        await WriteAsync(Vendor.SendGrid);

        answered.ShouldBe([0, 0, 0, 1, 2, 2]);
    }

    [Fact]
    public async Task A_webhook_comes_several_times_each_with_an_id_of_its_own()
    {
        await ArmAsync(new { vendor = "shopmonkey", kind = "webhooks_twice", times = 3 });

        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.Count.ShouldBe(3);

        Product.Received.Select(posted => posted.Headers["webhook-id"]).Distinct().Count().ShouldBe(3);
        Product.Received.Select(posted => posted.Body).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_webhook_never_comes()
    {
        await ArmAsync(new { vendor = "shopmonkey", kind = "webhooks_off" });

        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.ShouldBeEmpty();
        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_webhook_comes_after_the_one_that_follows_it()
    {
        await ArmAsync(new { vendor = "shopmonkey", kind = "webhooks_reversed" });

        var quote = await Sandbox.Crm.AddQuoteAsync(new NewQuote());
        await Sandbox.Crm.UpdateOrderAsync(quote.OrderId, row => row["complaint"] = "None");
        await Sandbox.SettledAsync();

        Product.Received.Select(posted => JsonNode.Parse(posted.Body)!["operation"]!.GetValue<string>()).ShouldBe(["UPDATE", "INSERT"]);
    }

    [Fact]
    public async Task A_webhook_that_waits_for_another_comes_alone_in_the_end()
    {
        await ArmAsync(new { vendor = "shopmonkey", kind = "webhooks_reversed", seconds = 0.05 });

        await Sandbox.Crm.AddQuoteAsync(new NewQuote());
        await Sandbox.SettledAsync();

        Product.Received.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_disabled_webhook_is_listed_as_such_and_sends_nothing_until_it_is_enabled()
    {
        await ArmAsync(new { vendor = "shopmonkey", kind = "webhook_disabled" });

        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.ShouldBeEmpty();
        var row = await RegistrationAsync();
        (row["enabled"]!.GetValue<bool>(), row["error"]!.GetValue<bool>()).ShouldBe((false, true));
        var (status, _, _) = await CrmAsync(HttpMethod.Put, "webhook/" + row["id"], new { enabled = true });

        status.ShouldBe(200);
        (await RegistrationAsync())["enabled"]!.GetValue<bool>().ShouldBeTrue();
        (await ArmedAsync()).ShouldBeEmpty();
        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_webhook_is_disabled_after_failures_in_a_row()
    {
        Product.Answer = _ => (500, "");
        await ArmAsync(new { vendor = "shopmonkey", kind = "webhook_disabled", afterFailures = 2 });

        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.Count.ShouldBe(1);
        var failed = await RegistrationAsync();
        (failed["enabled"]!.GetValue<bool>(), failed["errorMessage"]!.GetValue<string>()).ShouldBe((true, "HTTP 500"));
        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.Count.ShouldBe(1);
        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.ShouldBeEmpty();

        (await RegistrationAsync())["enabled"]!.GetValue<bool>().ShouldBeFalse();
        await Http.DeleteAsync("/_sandbox/faults?vendor=shopmonkey&kind=webhook_disabled");
        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_webhook_is_disabled_by_hand_as_a_clerk_does()
    {
        var id = (await RegistrationAsync())["id"]!.GetValue<string>();
        await CrmAsync(HttpMethod.Put, "webhook/" + id, new { enabled = false });

        (await Sandbox.Crm.AddQuoteAsync(new NewQuote())).Deliveries.ShouldBeEmpty();
        (await CrmAsync(HttpMethod.Get, "webhook/" + id)).Body!["data"]!["enabled"]!.GetValue<bool>().ShouldBeFalse();
    }

    private async Task<JsonNode> RegistrationAsync() => (await CrmAsync(HttpMethod.Get, "webhook")).Body!["data"]!.AsArray().ShouldHaveSingleItem()!;
}
