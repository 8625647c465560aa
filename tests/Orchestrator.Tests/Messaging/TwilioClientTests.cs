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

    private static string Value(JsonObject form, string name) => form[name]!.ToString();
}
