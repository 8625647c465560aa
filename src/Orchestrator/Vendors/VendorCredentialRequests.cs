using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using LeadOrchestrator.Orchestrator.Leads;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>A franchise's own account at the CRM.</summary>
/// <param name="ApiKey">As Shopmonkey shows it once (Settings, Integration, API Keys).</param>
/// <param name="CompanyId">Its company; left out, the CRM is asked whose the key is.</param>
/// <param name="WebhookSecrets">What signs its webhooks: one, or two (new, old) during a change, each 16–200 characters. Left out, those stay that were there, or one is made.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ShopmonkeyCredentials(
    [Required, RegularExpression(VendorCredentialRules.Printable, ErrorMessage = VendorCredentialRules.PrintableWords)] string ApiKey,
    [RegularExpression(VendorCredentialRules.ExternalId, ErrorMessage = "The company is 1 to 64 letters, digits, - or _.")] string? CompanyId,
    [Length(1, 2, ErrorMessage = "Give one secret, or two during a change.")] IReadOnlyList<string>? WebhookSecrets)
{
    /// <inheritdoc />
    public override string ToString() => nameof(ShopmonkeyCredentials);
}

/// <summary>A franchise's own account for texts.</summary>
/// <param name="AccountSid">AC and 32 letters or digits.</param>
/// <param name="AuthToken">The primary token: Twilio signs its callbacks with it.</param>
/// <param name="PhoneNumber">Sender in E.164, such as +15125550100.</param>
/// <param name="MessagingServiceSid">MG and 32 letters or digits; its pool sends then instead of the one number.</param>
/// <param name="SegmentsPerSecond">How fast the number may go, as its registration allows; null = by its kind (long code 1, toll-free 3, short code 100), 0 = Twilio queues.</param>
/// <param name="DailySegments">What the carriers take from the brand in a day, all shops together (T-Mobile: by the brand's score); null = no limit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TwilioCredentials(
    [Required, RegularExpression("^AC[0-9A-Za-z]{32}$", ErrorMessage = "The account is AC and 32 letters or digits.")] string AccountSid,
    [Required, RegularExpression(VendorCredentialRules.Printable, ErrorMessage = VendorCredentialRules.PrintableWords)] string AuthToken,
    [Required, RegularExpression(@"^\+[1-9][0-9]{6,14}$", ErrorMessage = "The number is in E.164, such as +15125550100.")] string PhoneNumber,
    [RegularExpression("^MG[0-9A-Za-z]{32}$", ErrorMessage = "The messaging service is MG and 32 letters or digits.")] string? MessagingServiceSid,
    [Range(0, TwilioAccount.FastestSender)] int? SegmentsPerSecond = null,
    [Range(1, int.MaxValue)] int? DailySegments = null)
{
    /// <inheritdoc />
    public override string ToString() => nameof(TwilioCredentials);
}

/// <summary>A franchise's own account for emails.</summary>
/// <param name="FromEmail">A sender that SendGrid has verified.</param>
/// <param name="FromName">What mail programs show beside it; at most 100 characters.</param>
/// <param name="WebhookPublicKey">The verification key of its signed event webhook, base64 as SendGrid shows it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SendGridCredentials(
    [Required, RegularExpression(VendorCredentialRules.Printable, ErrorMessage = VendorCredentialRules.PrintableWords)] string ApiKey,
    [Required, StringLength(320), RegularExpression(@"^[^\s@<>,;\p{C}]+@[A-Za-z0-9.\-]+\.[A-Za-z0-9\-]+$", ErrorMessage = "The sender is an email address.")] string FromEmail,
    [StringLength(100), PlainText] string? FromName,
    [StringLength(2000)] string? WebhookPublicKey)
{
    /// <inheritdoc />
    public override string ToString() => nameof(SendGridCredentials);
}

/// <summary>Which account of a vendor a franchise uses; never a part of it.</summary>
/// <param name="Source">tenant (its own), environment (the installation's, for the default tenant alone), or none: that vendor is switched off.</param>
/// <param name="State">ok (nothing that failed is known here), off, unreadable (sealed with a key that this process has not), or the vendor's answer: denied, outage, throttled, unreachable, timeout.</param>
public sealed record VendorCredentialState(string Vendor, string Source, string State, DateTimeOffset? UpdatedAt);

/// <summary>An account was kept.</summary>
/// <param name="Verified">What the vendor said to it: true, false (it is kept all the same), or null when it could not be asked.</param>
/// <param name="CompanyId">The franchise's company at Shopmonkey from now on; null = unchanged, or another vendor.</param>
public sealed record SavedVendorCredential(string Vendor, bool? Verified, string? CompanyId);

/// <summary>What a key may look like. It goes into a header, where a blank or a line break would be another header.</summary>
internal static class VendorCredentialRules
{
    public const string Printable = @"^[\x21-\x7E]{1,4096}$";
    public const string PrintableWords = "It is 1 to 4096 printable ASCII characters without blanks.";
    public const string ExternalId = @"^[A-Za-z0-9_\-]{1,64}$";
    public const string WebhookSecret = @"^[\x21-\x7E]{16,200}$";
}
