using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Tests.SendGrid;

/// <summary>What SendGrid tells of a mail, and what comes in.</summary>
public sealed class MailFaultsTests : FaultTest
{
    private const string SignatureHeader = "x-twilio-email-event-webhook-signature";
    private const string TimestampHeader = "x-twilio-email-event-webhook-timestamp";

    [Theory]
    [InlineData("bounced", "processed,bounce")]
    [InlineData("dropped", "dropped")]
    [InlineData("deferred", "processed,deferred,delivered")]
    [InlineData("callbacks_reversed", "delivered,processed")]
    [InlineData("callbacks_twice", "processed,processed,delivered,delivered")]
    [InlineData("callbacks_off", "")]
    public async Task A_mails_events_come_as_asked(string kind, string expected)
    {
        await ArmAsync(new { vendor = "sendgrid", kind });

        (await MailAsync()).Status.ShouldBe(202);
        await Sandbox.SettledAsync();

        string.Join(',', Product.Received.SelectMany(Events).Select(item => item!["event"]!.GetValue<string>())).ShouldBe(expected);
    }

    [Fact]
    public async Task Without_a_fault_events_come_only_when_they_are_switched_on()
    {
        await MailAsync();
        await Sandbox.SettledAsync();
        Product.Received.ShouldBeEmpty();

        await Http.PutAsJsonAsync("/_sandbox/settings", new { mailEvents = true });
        await MailAsync();
        await Sandbox.SettledAsync();

        Product.Received.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_batch_is_signed_as_the_vendor_signs_and_a_copy_has_the_same_event_ids()
    {
        await MailAsync();
        var mail = Sandbox.SendGrid.Sent.ShouldHaveSingleItem();

        await Http.PostAsJsonAsync($"/_sandbox/mails/{mail.Id}/events", new { events = (string[])["processed", "delivered", "open"], times = 2 });

        Product.Received.Count.ShouldBe(2);
        var posted = Product.Received[0];
        posted.Path.ShouldBe("/webhooks/sendgrid/events");
        posted.Body.ShouldEndWith("]\r\n");
        var key = (await Http.GetFromJsonAsync<JsonNode>("/_sandbox/settings"))!["sendGridPublicKey"]!.GetValue<string>();
        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(Convert.FromBase64String(key), out _);
        verifier.VerifyData(
            Encoding.UTF8.GetBytes(posted.Headers[TimestampHeader] + posted.Body), Convert.FromBase64String(posted.Headers[SignatureHeader]),
            HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence).ShouldBeTrue();
        var events = Events(posted);
        events.Select(item => item!["sg_event_id"]!.GetValue<string>()).Distinct().Count().ShouldBe(3);
        Product.Received[1].Body.ShouldBe(posted.Body);
        events[1]!["sg_message_id"]!.GetValue<string>().ShouldStartWith(mail.Id + ".");
        (events[1]!["email"]!.GetValue<string>(), events[1]!["attempt"]!.GetValue<string>(), events[1]!["category"]!.GetValue<string>())
            .ShouldBe(("b@example.com", "a1", "first-contact"));
        (await Http.PostAsJsonAsync($"/_sandbox/mails/{mail.Id}/events", new { events = (string[])["eaten"] })).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_mail_to_the_shop_is_handed_on_as_by_inbound_parse()
    {
        await Http.PostAsJsonAsync("/_sandbox/mails/inbound", new { from = "Bo <bo@example.com>", subject = "Re: Your quote", text = "Grüße" });

        var posted = Product.Received.ShouldHaveSingleItem();
        posted.Path.ShouldBe("/webhooks/sendgrid/inbound");
        posted.Headers["content-type"].ShouldStartWith("multipart/form-data");
        foreach (var field in (string[])["headers", "to", "from", "subject", "text", "envelope", "charsets", "sender_ip", "SPF"])
        {
            posted.Body.ShouldContain("name=" + field);
        }

        posted.Body.ShouldContain("Grüße");
    }

    [Theory]
    [InlineData("bounce.ann@example.com", "processed,bounce")]
    [InlineData("blocked@example.com", "processed,bounce")]
    [InlineData("dropped+1@example.com", "dropped")]
    [InlineData("complaint@example.com", "processed,delivered,spamreport")]
    [InlineData("unsubscribes@example.com", "processed,delivered,unsubscribe")]
    [InlineData("bouncer@example.com", "processed,delivered")]
    public async Task Some_addresses_have_a_fate_of_their_own(string address, string expected)
    {
        Sandbox.SendGrid.TellsEvents = true;
        await MailToAsync(address);
        await Sandbox.SettledAsync();
        string.Join(',', Product.Received.SelectMany(Events).Select(item => item!["event"]!.GetValue<string>())).ShouldBe(expected);
    }

    [Fact]
    public async Task An_answer_goes_where_the_mail_asks_for_it_and_quotes_it_and_comes_again_with_the_same_id()
    {
        await MailToAsync("ann@example.com");
        Product.Answer = _ => (503, "");

        await Http.PostAsJsonAsync("/_sandbox/mails/inbound", new { from = "Ann <ann@example.com>", text = "Yes" });

        var posted = Product.Received[0].Body;
        posted.ShouldContain("reply+1@shop.example");
        posted.ShouldContain("wrote:");
        posted.ShouldContain("> Hello Ann");
        Product.Received.Count.ShouldBe(2);
        Product.Received[1].Body.ShouldBe(posted);
    }

    private async Task MailToAsync(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v3/mail/send")
        {
            Content = JsonContent.Create(new
            {
                personalizations = new[] { new { to = new[] { new { email = address } } } }, from = new { email = "hello@shop.example", name = "Shop" },
                reply_to = new { email = "reply+1@shop.example" }, subject = "x", content = new[] { new { type = "text/plain", value = "Hello Ann" } },
            }),
        };
        request.Headers.Add("Authorization", "Bearer SG.sandbox");
        (await Http.SendAsync(request)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted);
    }

    private static JsonArray Events(Posted posted) => JsonNode.Parse(posted.Body)!.AsArray();
}
