using System.Text.Json.Serialization;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>The vendors of which a tenant may have an account of its own.</summary>
public static class VendorNames
{
    /// <summary>The CRM.</summary>
    public const string Shopmonkey = "shopmonkey";

    /// <summary>Texts.</summary>
    public const string Twilio = "twilio";

    /// <summary>Emails.</summary>
    public const string SendGrid = "sendgrid";

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<string> All = [Shopmonkey, Twilio, SendGrid];
}

/// <summary>What is sealed of a Shopmonkey account.</summary>
internal sealed record ShopmonkeySecret(string ApiKey, IReadOnlyList<string> WebhookSecrets)
{
    public override string ToString() => nameof(ShopmonkeySecret);
}

/// <summary>What is sealed of a Twilio account.</summary>
internal sealed record TwilioSecret(string AccountSid, string AuthToken, string PhoneNumber, string? MessagingServiceSid, int? SegmentsPerSecond = null, int? DailySegments = null)
{
    public override string ToString() => nameof(TwilioSecret);
}

/// <summary>What is sealed of a SendGrid account.</summary>
internal sealed record SendGridSecret(string ApiKey, string FromEmail, string? FromName, string? WebhookPublicKey)
{
    public override string ToString() => nameof(SendGridSecret);
}

[JsonSerializable(typeof(ShopmonkeySecret))]
[JsonSerializable(typeof(TwilioSecret))]
[JsonSerializable(typeof(SendGridSecret))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SecretJson : JsonSerializerContext;
