using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Registrations;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator;

/// <summary>How the default tenant reaches Shopmonkey. <see cref="ApiKey"/> null = switched off.</summary>
/// <param name="BaseUrl">Includes <c>/v3</c>.</param>
/// <param name="WebhookSecrets">One secret, or two (current,previous) during a rotation; none = every webhook is refused.</param>
/// <param name="WebhookTriggers">What each franchise's webhook is registered with.</param>
public sealed record ShopmonkeySettings(Uri BaseUrl, string? ApiKey, IReadOnlyList<string> WebhookSecrets, IReadOnlyList<string> WebhookTriggers)
{
    /// <inheritdoc />
    public override string ToString() => nameof(ShopmonkeySettings);
}

/// <summary>How the default tenant texts. <see cref="AccountSid"/> null = switched off: texts park as needs_review.</summary>
/// <param name="BaseUrl">Bare host.</param>
/// <param name="PhoneNumber">Sender in E.164.</param>
/// <param name="SegmentsPerSecond">How fast the sender may go; null = by the kind of its number, 0 = Twilio queues.</param>
/// <param name="DailySegments">What the carriers take from the brand in a day; null = no limit.</param>
public sealed record TwilioSettings(
    Uri BaseUrl, string? AccountSid, string AuthToken, string PhoneNumber, string? MessagingServiceSid, int? SegmentsPerSecond = null, int? DailySegments = null)
{
    /// <summary>The host that means real phones.</summary>
    public const string RealHost = "twilio.com";

    /// <inheritdoc />
    public override string ToString() => nameof(TwilioSettings);
}

/// <summary>How the default tenant writes emails. <see cref="ApiKey"/> null = switched off.</summary>
/// <param name="BaseUrl">Bare host.</param>
/// <param name="WebhookPublicKey">Base64 of the key that SendGrid signs its events with; null = they are refused.</param>
public sealed record SendGridSettings(Uri BaseUrl, string? ApiKey, string FromEmail, string? WebhookPublicKey)
{
    /// <inheritdoc />
    public override string ToString() => nameof(SendGridSettings);
}

/// <summary>The first platform administrator, made when there is none.</summary>
public sealed record AdminSettings(string? Email, string? Password)
{
    /// <inheritdoc />
    public override string ToString() => nameof(AdminSettings);
}

/// <summary>Everything the Orchestrator reads from the environment.</summary>
public sealed partial record OrchestratorSettings
{
    /// <summary>What both services read.</summary>
    public required PlatformSettings Platform { get; init; }

    /// <summary>The CRM.</summary>
    public required ShopmonkeySettings Shopmonkey { get; init; }

    /// <summary>Texts.</summary>
    public required TwilioSettings Twilio { get; init; }

    /// <summary>Emails.</summary>
    public required SendGridSettings SendGrid { get; init; }

    /// <summary>The first administrator.</summary>
    public required AdminSettings Admin { get; init; }

    /// <summary>Where the Chat API listens; <c>/api/chat</c> is forwarded there.</summary>
    public required Uri ChatApiUrl { get; init; }

    /// <summary>How often due touch points are looked for without being woken. Default 10 s.</summary>
    public required TimeSpan TouchPointInterval { get; init; }

    /// <summary>How often each tenant's CRM is polled, give or take a tenth, and each second at most. Default 30 s; zero = never, and then what a webhook loses stays lost.</summary>
    public required TimeSpan PollInterval { get; init; }

    /// <summary>Only leads marked as test leads are written to.</summary>
    public required bool IsDemoMode { get; init; }

    /// <summary>Port of this service; 0 = any free one.</summary>
    public required int Port { get; init; }

    /// <summary>How long a chat link is in a text, from its first letter to the last of its code.</summary>
    public int LinkLength => $"{Platform.PublicUrl.AbsoluteUri.TrimEnd('/')}/c/".Length + ChatCode.Length;

    /// <summary>Reads all of it.</summary>
    /// <exception cref="SettingsException">Names every variable that is wrong.</exception>
    public static OrchestratorSettings Read(Variables variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var platform = PlatformSettings.Read(variables);
        var hasShopmonkey = variables.AllOrNone("Shopmonkey", "SHOPMONKEY_API_KEY", "SHOPMONKEY_TENANT_ID");
        var hasTwilio = variables.AllOrNone("Twilio", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER");
        var hasSendGrid = variables.AllOrNone("SendGrid", "SENDGRID_API_KEY", "SENDGRID_FROM_EMAIL");
        variables.AllOrNone("the first administrator", "ADMIN_EMAIL", "ADMIN_PASSWORD");
        if (variables.Optional("SENDGRID_WEBHOOK_PUBLIC_KEY") is { } key && !SendGridSignature.IsKey(key))
        {
            variables.Problem("SENDGRID_WEBHOOK_PUBLIC_KEY", "must be a public key in base64, as SendGrid shows it beside its signed event webhook");
        }

        if (variables.Optional("SENDGRID_FROM_EMAIL") is { } from && EmailAddress.Read(from) is null)
        {
            variables.Problem("SENDGRID_FROM_EMAIL", "must be an email address such as hello@example.com");
        }

        if (variables.Optional("ADMIN_EMAIL") is { } email && !AnyAddress().IsMatch(email))
        {
            variables.Problem("ADMIN_EMAIL", "must be an email address such as admin@example.com");
        }

        if (variables.Optional("ADMIN_PASSWORD") is { Length: < UserStore.ShortestPassword })
        {
            variables.Problem("ADMIN_PASSWORD", $"must have at least {UserStore.ShortestPassword} characters");
        }

        var settings = new OrchestratorSettings
        {
            Platform = platform,
            Shopmonkey = new ShopmonkeySettings(
                variables.Url("SHOPMONKEY_BASE_URL", "https://api.shopmonkey.cloud/v3"),
                hasShopmonkey ? variables.Optional("SHOPMONKEY_API_KEY") : null,
                Listed(variables.Optional("SHOPMONKEY_WEBHOOK_SECRET")), ReadTriggers(variables)),
            Twilio = ReadTwilio(variables, hasTwilio),
            SendGrid = new SendGridSettings(
                variables.Url("SENDGRID_BASE_URL", "https://api.sendgrid.com"), hasSendGrid ? variables.Optional("SENDGRID_API_KEY") : null,
                variables.Optional("SENDGRID_FROM_EMAIL") ?? "", variables.Optional("SENDGRID_WEBHOOK_PUBLIC_KEY")),
            Admin = new AdminSettings(variables.Optional("ADMIN_EMAIL"), variables.Optional("ADMIN_PASSWORD")),
            ChatApiUrl = variables.Url("CHAT_API_URL", "http://localhost:3001"),
            TouchPointInterval = variables.Milliseconds("TOUCH_POINT_INTERVAL_MS", 10_000, 50, 3_600_000),
            PollInterval = variables.Optional("POLL_INTERVAL_MS") == "0" ? TimeSpan.Zero : variables.Milliseconds("POLL_INTERVAL_MS", 30_000, 50, 3_600_000),
            IsDemoMode = variables.Flag("DEMO_MODE"),
            Port = variables.Integer("WEBHOOK_PORT", 3000, 0, 65_535),
        };
        variables.ThrowIfAnyProblem();
        return settings;
    }

    private static string[] Listed(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IReadOnlyList<string> ReadTriggers(Variables variables)
    {
        if (variables.Optional("SHOPMONKEY_WEBHOOK_TRIGGERS") is not { } text)
        {
            return WebhookRegistrations.Triggers;
        }

        var triggers = Listed(text);
        if (triggers.Length == 0 || triggers.Any(trigger => !Trigger().IsMatch(trigger)))
        {
            variables.Problem("SHOPMONKEY_WEBHOOK_TRIGGERS", "must be names as Shopmonkey knows them, with commas between, such as OrderInsert,OrderUpdate,AppointmentInsert");
        }

        return triggers;
    }

    private static TwilioSettings ReadTwilio(Variables variables, bool isOn)
    {
        var sid = variables.Optional("TWILIO_ACCOUNT_SID");
        if (isOn && !Account().IsMatch(sid!))
        {
            variables.Problem("TWILIO_ACCOUNT_SID", "must be AC and 32 letters or digits");
        }

        var phone = variables.Optional("TWILIO_PHONE_NUMBER") ?? "";
        if (isOn && (phone is not ['+', ..] || phone.Length is < 8 or > 16 || phone.AsSpan(1).ContainsAnyExceptInRange('0', '9')))
        {
            variables.Problem("TWILIO_PHONE_NUMBER", "must be a number in E.164, such as +15125550100");
        }

        if (variables.Optional("TWILIO_MESSAGING_SERVICE_SID") is { } service && !MessagingService().IsMatch(service))
        {
            variables.Problem("TWILIO_MESSAGING_SERVICE_SID", "must be MG and 32 letters or digits");
        }

        return new TwilioSettings(
            variables.Url("TWILIO_BASE_URL", "https://api.twilio.com"), isOn ? sid : null,
            variables.Optional("TWILIO_AUTH_TOKEN") ?? "", phone, variables.Optional("TWILIO_MESSAGING_SERVICE_SID"),
            variables.Optional("TWILIO_SEGMENTS_PER_SECOND") is null ? null : variables.Integer("TWILIO_SEGMENTS_PER_SECOND", 0, 0, TwilioAccount.FastestSender),
            variables.Optional("TWILIO_DAILY_SEGMENTS") is null ? null : variables.Integer("TWILIO_DAILY_SEGMENTS", 1, 1, int.MaxValue));
    }

    // It is signed in with and never written to, so that a host without a dot will do.
    [GeneratedRegex(@"^[^\s@\p{C}]+@[^\s@\p{C}]+$")]
    private static partial Regex AnyAddress();

    [GeneratedRegex("^[A-Za-z_.]{1,64}$")]
    private static partial Regex Trigger();

    [GeneratedRegex("^AC[0-9A-Za-z]{32}$")]
    private static partial Regex Account();

    [GeneratedRegex("^MG[0-9A-Za-z]{32}$")]
    private static partial Regex MessagingService();
}
