using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Twilio;

namespace LeadOrchestrator.Sandbox.Tests.Twilio;

/// <summary>Two accounts at Twilio: each has its own number, token and list.</summary>
public sealed class AccountsTests : SandboxTest
{
    private static readonly TwilioAccount Bright = TwilioAccount.BrightDetail;

    private TwilioAccount Acme => new(Settings.TwilioAccountSid, Settings.TwilioAuthToken, Settings.TwilioPhoneNumber);

    [Fact]
    public async Task A_text_of_the_second_account_is_called_back_signed_with_its_own_token()
    {
        var (status, body) = await SendAsync(Bright, Bright, Bright.PhoneNumber);
        await Sandbox.SettledAsync();

        status.ShouldBe(201);
        body!["account_sid"]!.GetValue<string>().ShouldBe(Bright.Sid);
        Product.Received.Count.ShouldBe(3);
        foreach (var posted in Product.Received)
        {
            posted.Form["AccountSid"].ShouldBe(Bright.Sid);
            posted.Headers["x-twilio-signature"].ShouldBe(TwilioSignature.Sign(Bright.AuthToken, Sandbox.Twilio.Sent[0].StatusCallback!, posted.Form));
        }
    }

    [Fact]
    public async Task An_account_opens_to_its_own_token_and_sends_from_its_own_number()
    {
        (await SendAsync(Bright, Acme, Bright.PhoneNumber)).Status.ShouldBe(401);
        (await SendAsync(Acme, Bright, Acme.PhoneNumber)).Status.ShouldBe(401);

        var foreign = await SendAsync(Bright, Bright, Acme.PhoneNumber);

        (foreign.Status, foreign.Body!["code"]!.GetValue<int>()).ShouldBe((400, 21606));
    }

    [Fact]
    public async Task An_account_lists_and_finds_its_own_texts_alone()
    {
        var text = (await SendAsync(Bright, Bright, Bright.PhoneNumber)).Body!["sid"]!.GetValue<string>();

        (await ReadAsync(Bright, "Messages.json")).Body!["messages"]!.AsArray().Count.ShouldBe(1);
        (await ReadAsync(Acme, "Messages.json")).Body!["messages"]!.AsArray().ShouldBeEmpty();
        (await ReadAsync(Bright, $"Messages/{text}.json")).Status.ShouldBe(200);
        (await ReadAsync(Acme, $"Messages/{text}.json")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_customer_answers_who_wrote_last_and_that_account_signs()
    {
        await TextAsync();
        await SendAsync(Bright, Bright, Bright.PhoneNumber);
        await Sandbox.SettledAsync();

        var (text, delivery, _) = await Sandbox.Twilio.ReceiveAsync(Customer, "How much?");

        (text.To, delivery.Succeeded).ShouldBe((Bright.PhoneNumber, true));
        var posted = Product.Received[^1];
        (posted.Form["To"], posted.Form["AccountSid"]).ShouldBe((Bright.PhoneNumber, Bright.Sid));
        posted.Headers["x-twilio-signature"].ShouldBe(TwilioSignature.Sign(Bright.AuthToken, Product.Url + "/webhooks/twilio/inbound", posted.Form));
    }

    [Fact]
    public async Task A_text_to_a_number_is_that_accounts_whoever_wrote_last()
    {
        await SendAsync(Bright, Bright, Bright.PhoneNumber);

        var (text, _, _) = await Sandbox.Twilio.ReceiveAsync(Customer, "Hello", Acme.PhoneNumber);

        text.AccountSid.ShouldBe(Acme.Sid);
    }

    private async Task<(int Status, JsonNode? Body)> SendAsync(TwilioAccount path, TwilioAccount signedIn, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/2010-04-01/Accounts/{path.Sid}/Messages.json") { Headers = { Authorization = Key(signedIn) } };
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["To"] = Customer, ["From"] = from, ["Body"] = "Hello", ["StatusCallback"] = Product.Url + "/webhooks/twilio/status/1",
        });
        var (status, body, _) = await SendAsync(request);
        return (status, body);
    }

    private async Task<(int Status, JsonNode? Body)> ReadAsync(TwilioAccount account, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/2010-04-01/Accounts/{account.Sid}/{path}") { Headers = { Authorization = Key(account) } };
        var (status, body, _) = await SendAsync(request);
        return (status, body);
    }

    private static AuthenticationHeaderValue Key(TwilioAccount account) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.Sid}:{account.AuthToken}")));
}
