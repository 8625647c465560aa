using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Twilio;

namespace LeadOrchestrator.Sandbox.Tests.Twilio;

public sealed class TwilioTests : SandboxTest
{
    [Fact]
    public async Task An_accepted_text_is_queued_sent_and_delivered_and_each_is_called_back_signed()
    {
        var (status, body, _) = await TextAsync(body: "Hi Ann");
        await Sandbox.SettledAsync();

        status.ShouldBe(201);
        body!["status"]!.GetValue<string>().ShouldBe("queued");
        var sent = Sandbox.Twilio.Sent.ShouldHaveSingleItem();
        (sent.To, sent.Body, sent.Status, sent.ValidityPeriod).ShouldBe((Customer, "Hi Ann", "delivered", 3600));
        Product.Received.Select(posted => posted.Form["MessageStatus"]).ShouldBe(["queued", "sent", "delivered"]);
        foreach (var posted in Product.Received)
        {
            posted.Form["MessageSid"].ShouldBe(sent.Sid);
            posted.Headers["i-twilio-idempotency-token"].ShouldNotBeEmpty();
            posted.Headers["x-twilio-signature"].ShouldBe(TwilioSignature.Sign(Settings.TwilioAuthToken, sent.StatusCallback!, posted.Form));
        }
    }

    [Fact]
    public async Task A_text_that_was_taken_before_the_line_dropped_is_found_by_the_list()
    {
        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThenDrop);

        await Should.ThrowAsync<HttpRequestException>(() => TextAsync(body: "see https://x.example/c/TOKEN"));

        Sandbox.Ledger.Of(Vendor.Twilio).ShouldHaveSingleItem().Outcome.ShouldBe("accepted 201, then the connection dropped");
        var list = await TwilioAsync(MessagesPath + "?To=%2B15125550123");
        list["messages"]!.AsArray().ShouldHaveSingleItem()!["body"]!.GetValue<string>().ShouldContain("TOKEN");
        (await TwilioAsync(MessagesPath + "?To=%2B15125550199"))["messages"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_pages_newest_first()
    {
        foreach (var body in (string[])["1", "2", "3", "4", "5"])
        {
            await TextAsync(body: body);
        }

        var bodies = new List<string>();
        for (var next = MessagesPath + "?PageSize=2"; next is not null;)
        {
            var page = await TwilioAsync(next);
            bodies.AddRange(page["messages"]!.AsArray().Select(message => message!["body"]!.GetValue<string>()));
            next = page["next_page_uri"]?.GetValue<string>();
        }

        bodies.ShouldBe(["5", "4", "3", "2", "1"]);
    }

    [Fact]
    public async Task The_ledger_and_the_callback_can_be_earlier_than_the_answer()
    {
        var seen = new List<int>();
        Product.Answer = _ =>
        {
            seen.Add(Sandbox.Ledger.Of(Vendor.Twilio).Count(entry => entry.Accepted));
            seen.Add(Sandbox.Calls.Count);
            return (200, "");
        };
        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbackFirst);

        await TextAsync();

        // At each callback the write was in the ledger and no call had been answered.
        seen.ShouldBe([1, 0, 1, 0, 1, 0]);
    }

    [Theory]
    [InlineData(FaultKind.CallbacksTwice, "queued,queued,sent,sent,delivered,delivered")]
    [InlineData(FaultKind.CallbacksReversed, "delivered,sent,queued")]
    [InlineData(FaultKind.CallbacksOff, "")]
    [InlineData(FaultKind.Undelivered, "queued,sent,undelivered")]
    public async Task Callbacks_come_as_badly_as_asked(string kind, string expected)
    {
        Sandbox.Faults.Add(Vendor.Twilio, kind);

        await TextAsync();
        await Sandbox.SettledAsync();

        string.Join(',', Product.Received.Select(posted => posted.Form["MessageStatus"])).ShouldBe(expected);
        Sandbox.Twilio.Sent[0].Status.ShouldBe(kind == FaultKind.Undelivered ? "undelivered" : "delivered");
        Sandbox.Faults.Waiting.ShouldBeEmpty();
    }

    [Fact]
    public async Task Faults_before_acceptance_leave_no_text_and_those_after_leave_one()
    {
        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.DropBeforeAccept);
        await Should.ThrowAsync<HttpRequestException>(() => TextAsync());
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Seconds = 0.05 });
        await Should.ThrowAsync<HttpRequestException>(() => TextAsync());
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Status, Status = 429, RetryAfter = 3 });
        var (status, body, response) = await TextAsync();
        (status, body!["code"]!.GetValue<int>(), response.Headers.RetryAfter!.Delta).ShouldBe((429, 20429, TimeSpan.FromSeconds(3)));
        Sandbox.Twilio.Sent.ShouldBeEmpty();

        Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
        (await TextAsync()).Status.ShouldBe(500);
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Accepted = true, Seconds = 0.05 });
        (await TextAsync()).Status.ShouldBe(201);

        Sandbox.Twilio.Sent.Count.ShouldBe(2);
        Sandbox.Ledger.Of(Vendor.Twilio).Select(entry => entry.Accepted).ShouldBe([false, false, false, true, true]);
    }

    [Theory]
    [InlineData("+1", null, 21211)]
    [InlineData("+15005550009", null, 21614)]
    [InlineData(Customer, "+15550001111", 21606)]
    public async Task A_refusal_has_Twilios_code(string to, string? from, int code)
    {
        var (status, body, _) = await TextAsync(to, from: from);

        status.ShouldBe(400);
        body!["code"]!.GetValue<int>().ShouldBe(code);
        body["more_info"]!.GetValue<string>().ShouldBe($"https://www.twilio.com/docs/errors/{code}");
        Sandbox.Twilio.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_blocks_the_number_until_start_and_reaches_the_product_signed()
    {
        var stop = await Sandbox.Twilio.ReceiveAsync(Customer, " stop ");

        stop.Delivery.Succeeded.ShouldBeTrue();
        var posted = Product.Received.ShouldHaveSingleItem();
        posted.Path.ShouldBe("/webhooks/twilio/inbound");
        posted.Form["Body"].ShouldBe(" stop ");
        posted.Form["ToCity"].ShouldBe("");
        posted.Headers["x-twilio-signature"].ShouldBe(
            TwilioSignature.Sign(Settings.TwilioAuthToken, Product.Url + "/webhooks/twilio/inbound", posted.Form));
        (await TextAsync()).Body!["code"]!.GetValue<int>().ShouldBe(21610);

        await Sandbox.Twilio.ReceiveAsync(Customer, "START");

        (await TextAsync()).Status.ShouldBe(201);
        Sandbox.Phones.MessagesOf(Customer).Count(text => text.Automatic).ShouldBe(2);
        Sandbox.Twilio.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_picture_can_be_fetched_and_a_TwiML_answer_reaches_the_phone()
    {
        Product.Answer = _ => (200, "<?xml version=\"1.0\"?><Response><Message>Nice car &amp; nice photo</Message></Response>");

        var result = await Sandbox.Twilio.ReceiveAsync(Customer, "My car", mediaUrls: ["sample"]);

        result.Reply!.Body.ShouldBe("Nice car & nice photo");
        var form = Product.Received.ShouldHaveSingleItem().Form;
        form["NumMedia"].ShouldBe("1");
        (await Http.GetByteArrayAsync(form["MediaUrl0"])).Take(4).ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
    }

    [Theory]
    [InlineData(160, 'a', 1)]
    [InlineData(161, 'a', 2)]
    [InlineData(80, '€', 1)]
    [InlineData(81, '€', 2)]
    [InlineData(70, '✓', 1)]
    [InlineData(71, '✓', 2)]
    public void Segments_are_counted_as_they_are_charged(int length, char character, int expected) =>
        Segments.Of(new string(character, length)).ShouldBe(expected);
}
