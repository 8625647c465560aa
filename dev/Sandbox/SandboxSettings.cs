using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Sandbox.Twilio;

namespace LeadOrchestrator.Sandbox;

/// <summary>How one Sandbox runs: where it listens, which credentials it accepts, where its webhooks go.</summary>
/// <remarks>The defaults are the demo's, the same that the launcher gives to the services.</remarks>
public sealed record SandboxSettings
{
    /// <summary>TCP port on the loopback; 0 picks a free one (then on 127.0.0.1 only).</summary>
    public int Port { get; init; }

    /// <summary>Folder of the ledger, the CRM, the phones and the clock; null keeps everything in memory.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Base address of the product as vendors know it: target and signed address of webhooks.</summary>
    public Uri PublicUrl { get; init; } = new("http://localhost:3000");

    /// <summary>Where webhooks are really posted when <see cref="PublicUrl"/> is only a name (a proxy, a tunnel); null: the same.</summary>
    public Uri? DeliverTo { get; init; }

    public string ShopmonkeyApiKey { get; init; } = "sandbox-shopmonkey-key";

    /// <summary>Secret of the CRM's webhook registration; <c>whsec_</c> and base64.</summary>
    public string ShopmonkeyWebhookSecret { get; init; } = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>The CRM's companyId.</summary>
    public string ShopmonkeyCompanyId { get; init; } = "6287a4154d1a72cc5ce091bb";

    /// <summary>The CRM's other companies, each with its own key, rows and shop; the demo's second franchise is one.</summary>
    public IReadOnlyList<CrmAccount> OtherCompanies { get; init; } = [CrmAccount.BrightDetail];

    /// <summary>Requests each API key may make in a rolling minute before 429.</summary>
    public int ShopmonkeyRequestsPerMinute { get; init; } = 300;

    public string TwilioAccountSid { get; init; } = "AC00000000000000000000000000000000";

    public string TwilioAuthToken { get; init; } = "sandbox-twilio-token";

    /// <summary>The shop's number, E.164: the only <c>From</c> that Twilio accepts of this account.</summary>
    public string TwilioPhoneNumber { get; init; } = "+15005550006";

    /// <summary>Twilio's other accounts, each with a token and a number of its own.</summary>
    public IReadOnlyList<TwilioAccount> OtherTwilioAccounts { get; init; } = [TwilioAccount.BrightDetail];

    public string SendGridApiKey { get; init; } = "SG.sandbox";

    /// <summary>Whether each accepted mail is followed by its events; by hand and by fault they come anyway.</summary>
    public bool MailEvents { get; init; }

    public string AnthropicApiKey { get; init; } = "sk-ant-sandbox";

    public string OpenAiApiKey { get; init; } = "sk-sandbox";

    /// <summary>With which the page asks the product what is planned for a customer; the demo's administrator.</summary>
    public string StaffEmail { get; init; } = "";

    /// <inheritdoc cref="StaffEmail"/>
    public string StaffPassword { get; init; } = "";

    /// <summary>Pause before each token of the scripted model.</summary>
    public TimeSpan TokenDelay { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Pause before each status callback of a text.</summary>
    public TimeSpan CallbackDelay { get; init; } = TimeSpan.FromMilliseconds(350);

    /// <summary>Where the clock starts; null: the next weekday at 10:00 in Chicago (or where the data folder left it).</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Whether warnings are printed on the console.</summary>
    public bool Log { get; init; }

    internal IEnumerable<CrmAccount> Companies => [new(ShopmonkeyCompanyId, ShopmonkeyApiKey, ShopmonkeyWebhookSecret), .. OtherCompanies];

    internal IEnumerable<TwilioAccount> TwilioAccounts => [new(TwilioAccountSid, TwilioAuthToken, TwilioPhoneNumber), .. OtherTwilioAccounts];

    /// <summary>Memory only, a free port, no pauses.</summary>
    public static SandboxSettings ForTests { get; } = new()
    {
        TokenDelay = TimeSpan.Zero,
        CallbackDelay = TimeSpan.Zero,
    };

    /// <summary>Reads the process's environment; what is not set keeps the demo's value.</summary>
    /// <exception cref="FormatException">A variable is malformed; the message names it.</exception>
    public static SandboxSettings FromEnvironment(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var demo = new SandboxSettings();
        return demo with
        {
            Port = PortOf(Text("SANDBOX_PORT", "3002")),
            DataFolder = variable("SANDBOX_DATA") is { Length: > 0 } folder ? folder : null,
            PublicUrl = UrlOf("PUBLIC_URL", Text("PUBLIC_URL", demo.PublicUrl.ToString())),
            DeliverTo = variable("SANDBOX_DELIVER_TO") is { Length: > 0 } target ? UrlOf("SANDBOX_DELIVER_TO", target) : null,
            ShopmonkeyRequestsPerMinute = int.TryParse(
                Text("SANDBOX_RATE_LIMIT", ""), System.Globalization.CultureInfo.InvariantCulture, out var limit) ? limit : demo.ShopmonkeyRequestsPerMinute,
            ShopmonkeyApiKey = Text("SHOPMONKEY_API_KEY", demo.ShopmonkeyApiKey),
            ShopmonkeyWebhookSecret = Text("SHOPMONKEY_WEBHOOK_SECRET", demo.ShopmonkeyWebhookSecret),
            ShopmonkeyCompanyId = Text("SHOPMONKEY_TENANT_ID", demo.ShopmonkeyCompanyId),
            TwilioAccountSid = Text("TWILIO_ACCOUNT_SID", demo.TwilioAccountSid),
            TwilioAuthToken = Text("TWILIO_AUTH_TOKEN", demo.TwilioAuthToken),
            TwilioPhoneNumber = Text("TWILIO_PHONE_NUMBER", demo.TwilioPhoneNumber),
            SendGridApiKey = Text("SENDGRID_API_KEY", demo.SendGridApiKey),
            MailEvents = variable("SANDBOX_MAIL_EVENTS") is "true",
            AnthropicApiKey = Text("ANTHROPIC_API_KEY", demo.AnthropicApiKey),
            OpenAiApiKey = Text("OPENAI_API_KEY", demo.OpenAiApiKey),
            StaffEmail = Text("ADMIN_EMAIL", ""),
            StaffPassword = Text("ADMIN_PASSWORD", ""),
            Log = true,
        };

        string Text(string name, string otherwise) => variable(name) is { Length: > 0 } value ? value : otherwise;
    }

    private static int PortOf(string text) =>
        int.TryParse(text, out var port) && port is >= 0 and <= 65535
            ? port
            : throw new FormatException($"SANDBOX_PORT must be a port number, not '{text}'.");

    private static Uri UrlOf(string name, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new FormatException($"{name} must be an http or https address, not '{text}'.");
}
