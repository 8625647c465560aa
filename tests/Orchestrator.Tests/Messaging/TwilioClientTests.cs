using System.Globalization;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>What we send to Twilio satisfies its own OpenAPI description (twilio/twilio-oai, twilio_api_v2010, read 2026-11-22).</summary>
public sealed class TwilioClientTests(Shop shop) : IClassFixture<Shop>
{
    private static readonly HashSet<string> FieldsOfCreate =
    [
        "To", "StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod", "ForceDelivery", "ContentRetention", "AddressRetention",
        "SmartEncoded", "PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "ContentVariables", "RiskCheck", "From",
        "MessagingServiceSid", "Body", "MediaUrl", "ContentSid", "FallbackFrom",
    ];

    [Fact]
    public async Task A_text_is_a_form_that_Twilios_description_allows()
    {
        var quote = await shop.QuoteAsync("+15125550801");
        await shop.TouchAsync(quote.OrderId, "delivered");

        var form = shop.Sandbox.Ledger.Of(Vendor.Twilio, "messages.create").Select(entry => entry.Request!.AsObject()).Single(form => Value(form, "To") == "+15125550801");
        form.Select(field => field.Key).ShouldBeSubsetOf(FieldsOfCreate);
        Value(form, "To").ShouldBe("+15125550801");
        Value(form, "From").ShouldBe(TestVariables.TwilioPhoneNumber);
        Value(form, "Body").Length.ShouldBeInRange(1, 1600);
        int.Parse(Value(form, "ValidityPeriod"), CultureInfo.InvariantCulture).ShouldBeInRange(1, 36_000);
        Uri.TryCreate(Value(form, "StatusCallback"), UriKind.Absolute, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("60", 60)]
    [InlineData("Mon, 23 Nov 2026 16:01:30 GMT", 90)]
    [InlineData("soon", null)]
    public async Task How_long_an_account_is_to_wait_is_read_in_seconds_and_as_a_date(string retryAfter, int? seconds)
    {
        (await SendAsync(new Busy(retryAfter))).ShouldBe(new Orchestrator.Messaging.SendOutcome.NotSent("twilio_429", seconds is { } known ? TimeSpan.FromSeconds(known) : null));
    }

    [Theory]
    [InlineData(401, "{}", 401)]
    [InlineData(401, """{"code":20101,"status":401}""", 20101)]
    [InlineData(403, "<html>Forbidden</html>", 403)]
    [InlineData(404, """{"code":20404}""", 20404)]
    [InlineData(400, """{"code":21610}""", 21610)]
    [InlineData(400, "<html>Bad Request</html>", 400)]
    [InlineData(400, "", 400)]
    [InlineData(400, "null", 400)]
    [InlineData(408, """{"code":21610}""", 21610)]
    public async Task A_refusal_is_one_whatever_its_body(int status, string body, int code) =>
        (await SendAsync(new Refusing((System.Net.HttpStatusCode)status, body))).ShouldBe(new Orchestrator.Messaging.SendOutcome.Refused(code, status));

    [Theory]
    [InlineData(408, "<html>Request Timeout</html>", "twilio_408")]
    [InlineData(425, "", "twilio_425")]
    [InlineData(502, "", "twilio_502")]
    public async Task A_time_out_that_an_edge_tells_of_is_no_refusal(int status, string body, string reason) =>
        (await SendAsync(new Refusing((System.Net.HttpStatusCode)status, body))).ShouldBe(new Orchestrator.Messaging.SendOutcome.Unknown(reason));

    // Begins the text, as a socket would.
    private static async Task<Orchestrator.Messaging.SendOutcome> SendAsync(HttpMessageHandler wire)
    {
        using var http = new HttpClient(wire);
        var account = new Orchestrator.Vendors.TwilioAccount(new Uri("http://localhost"), "AC00000000000000000000000000000000", "token", "+15005550006", null);
        return await new Orchestrator.Messaging.TwilioClient(http).SendAsync(
            Guid.Empty, account, new("+15125550802", "Hi", new Uri("http://localhost/status"), TimeSpan.FromMinutes(1)), new(Orchestrator.Messaging.Clearance.Now));
    }

    private sealed class Refusing(System.Net.HttpStatusCode status, string body) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            return new HttpResponseMessage(status) { Content = new StringContent(body) };
        }
    }

    private sealed class Busy(string retryAfter) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(System.Net.HttpStatusCode.TooManyRequests) { Headers = { Date = DateTimeOffset.Parse(Shop.Monday10, CultureInfo.InvariantCulture) } };
            answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return Task.FromResult(answer);
        }
    }

    private static string Value(JsonObject form, string name) => form[name]!.ToString();
}
