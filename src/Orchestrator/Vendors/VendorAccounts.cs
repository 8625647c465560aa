using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>How a tenant reaches its CRM.</summary>
/// <param name="BaseUrl">Includes <c>/v3</c>.</param>
/// <param name="CompanyId">Its company at Shopmonkey, when the environment names it; a tenant's own is in <c>tenants</c>.</param>
/// <param name="WebhookSecrets">One secret, or two during a rotation; none = every webhook is refused.</param>
public sealed record ShopmonkeyAccount(Uri BaseUrl, string ApiKey, string? CompanyId, IReadOnlyList<string> WebhookSecrets)
{
    /// <inheritdoc />
    public override string ToString() => nameof(ShopmonkeyAccount);
}

/// <summary>How a tenant texts.</summary>
/// <param name="BaseUrl">Bare host.</param>
/// <param name="PhoneNumber">Sender in E.164.</param>
/// <param name="SegmentsPerSecond">How fast the sender may go; null = by the kind of its number (<see cref="Pace"/>), 0 = Twilio queues.</param>
/// <param name="DailySegments">What the carriers take from the brand in a day; null = no limit.</param>
public sealed record TwilioAccount(
    Uri BaseUrl, string AccountSid, string AuthToken, string PhoneNumber, string? MessagingServiceSid, int? SegmentsPerSecond = null, int? DailySegments = null)
{
    /// <summary>No sender is faster than a short code with several hundred messages a second.</summary>
    public const int FastestSender = 1_000;

    /// <summary>What sends: the number, or the messaging service with its pool.</summary>
    public string Sender => MessagingServiceSid ?? PhoneNumber;

    /// <summary>
    /// Segments a second; null = no pace of ours. Unless it is said, a number at the real Twilio has its kind's: long code 1, toll-free 3, short code 100 (Twilio's usual rates; not verified with an account).
    /// A messaging service spreads over its pool and queues by itself.
    /// </summary>
    public int? Pace => SegmentsPerSecond switch
    {
        0 => null,
        { } chosen => chosen,
        null when !IsReal || MessagingServiceSid is not null => null,
        null when PhoneNumber.Length <= 7 => 100,
        null when PhoneNumber is ['+', '1', '8', var second, var third, ..] && second == third && second is '0' or '3' or '4' or '5' or '6' or '7' or '8' => 3,
        null => 1,
    };

    /// <summary>Is it this account, by its key? Its id is what anybody may enter.</summary>
    public bool Is(TwilioAccount other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return AccountSid == other.AccountSid && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(AuthToken), Encoding.UTF8.GetBytes(other.AuthToken));
    }

    /// <summary>Its list of messages, where new ones are posted too.</summary>
    public Uri Messages { get; } = new($"{BaseUrl.AbsoluteUri.TrimEnd('/')}/2010-04-01/Accounts/{AccountSid}/Messages.json");

    /// <summary>What each request carries.</summary>
    public AuthenticationHeaderValue Authorization { get; } = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:{AuthToken}")));

    /// <summary>Are texts sent to real phones?</summary>
    public bool IsReal => PlatformSettings.IsAt(BaseUrl, TwilioSettings.RealHost);

    /// <inheritdoc />
    public override string ToString() => nameof(TwilioAccount);
}

/// <summary>How a tenant writes emails.</summary>
/// <param name="BaseUrl">Bare host.</param>
/// <param name="WebhookPublicKey">Base64 of the key that SendGrid signs its events with; null = they are refused.</param>
public sealed record SendGridAccount(Uri BaseUrl, string ApiKey, string FromEmail, string? FromName, string? WebhookPublicKey)
{
    /// <summary>The host that means real mailboxes.</summary>
    public const string RealHost = "sendgrid.com";

    /// <summary>Is mail sent to real mailboxes?</summary>
    public bool IsReal => PlatformSettings.IsAt(BaseUrl, RealHost);

    /// <inheritdoc />
    public override string ToString() => nameof(SendGridAccount);
}

/// <summary>Which account of a vendor a tenant uses: its own, which is stored, before the environment's, which is the default tenant's.</summary>
/// <remarks>
/// Asked for each webhook and each text, so it is known by heart: read anew in the background after five seconds, and waited for after ten. A change in this process
/// counts at once. What is stored and cannot be opened switches that vendor off for that tenant; the environment does not stand in for it.
/// </remarks>
public sealed class VendorAccounts(
    DefaultTenant defaultTenant, OrchestratorSettings settings, VendorCredentialStore store, SecretBox box, TenantConditions conditions)
{
    /// <summary>The check that fails when what is stored for a tenant cannot be used.</summary>
    public const string Check = "vendor_credentials";

    private const string Unreadable = "unreadable";
    private const string RealVendor = "real_vendor";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Shelf<Accounts>> _shelves = new();
    private readonly StandardWebhookSignature _environmentsSecrets = new(settings.Shopmonkey.WebhookSecrets);
    private readonly Accounts _environments = new(OfEnvironment(settings.Shopmonkey, settings.Platform), OfEnvironment(settings.Twilio), OfEnvironment(settings.SendGrid), null, []);

    /// <summary>The tenant's CRM, or null when it is switched off.</summary>
    public async ValueTask<ShopmonkeyAccount?> ShopmonkeyAsync(Guid tenantId, CancellationToken cancel) => (await OfAsync(tenantId, cancel)).Shopmonkey;

    /// <summary>The tenant's account for texts, or null when it is switched off.</summary>
    public async ValueTask<TwilioAccount?> TwilioAsync(Guid tenantId, CancellationToken cancel) => (await OfAsync(tenantId, cancel)).Twilio;

    /// <summary>The tenant's account for emails, or null when it is switched off.</summary>
    public async ValueTask<SendGridAccount?> SendGridAsync(Guid tenantId, CancellationToken cancel) => (await OfAsync(tenantId, cancel)).SendGrid;

    /// <summary>What signs the tenant's webhooks of the CRM. Nobody's tenant costs as much time as a real one, and has no secret.</summary>
    public async ValueTask<StandardWebhookSignature> WebhookSecretsAsync(Guid tenantId, CancellationToken cancel) =>
        (await OfAsync(tenantId, cancel)).WebhookSecrets ?? (tenantId == defaultTenant.Id ? _environmentsSecrets : StandardWebhookSignature.None);

    /// <summary>Which vendors' stored accounts this process cannot use: it has not the key that sealed them, or they are a real vendor's beside a test's clock.</summary>
    public async ValueTask<IReadOnlyList<string>> UnusableAsync(Guid tenantId, CancellationToken cancel) => (await OfAsync(tenantId, cancel)).Unusable;

    /// <summary>What was known of this tenant counts no more.</summary>
    public void Forget(Guid tenantId)
    {
        if (_shelves.TryGetValue(tenantId, out var shelf))
        {
            shelf.Clear();
        }
    }

    private ValueTask<Accounts> OfAsync(Guid tenantId, CancellationToken cancel)
    {
        var shelf = _shelves.GetOrAdd(tenantId, _ => new Shelf<Accounts>());
        var (known, age) = shelf.Look();
        if (known is not null && age < Fresh)
        {
            return ValueTask.FromResult(known);
        }

        var reading = shelf.Read(() => ReadAsync(tenantId));
        return known is not null && age < Oldest ? ValueTask.FromResult(known) : new ValueTask<Accounts>(reading.WaitAsync(cancel));
    }

    // Not cancelled with whoever asked first: others wait for the same answer.
    private async Task<Accounts> ReadAsync(Guid tenantId)
    {
        var stored = await store.OfTenantAsync(tenantId, CancellationToken.None);
        var own = tenantId == defaultTenant.Id ? _environments : Accounts.None;
        var unusable = new List<string>();
        foreach (var credential in stored)
        {
            own = credential.Vendor switch
            {
                VendorNames.Shopmonkey => WithShopmonkey(own, Open(tenantId, credential, SecretJson.Default.ShopmonkeySecret, settings.Shopmonkey.BaseUrl, "shopmonkey.cloud", unusable)),
                VendorNames.Twilio => own with { Twilio = ToAccount(Open(tenantId, credential, SecretJson.Default.TwilioSecret, settings.Twilio.BaseUrl, TwilioSettings.RealHost, unusable)) },
                _ => own with { SendGrid = ToAccount(Open(tenantId, credential, SecretJson.Default.SendGridSecret, settings.SendGrid.BaseUrl, SendGridAccount.RealHost, unusable)) },
            };
        }

        if (unusable.Count == 0)
        {
            conditions.Succeeded(Check, tenantId);
        }

        return own with { Unusable = unusable };
    }

    private T? Open<T>(Guid tenantId, SealedCredential credential, JsonTypeInfo<T> type, Uri baseUrl, string realHost, List<string> unusable) where T : class
    {
        // The settings are judged before the start, and know nothing of what is stored: a moved clock beside a real vendor would write to people at night.
        if ((settings.Platform.TestClockUrl is not null || settings.Platform.Failpoint is not null) && PlatformSettings.IsAt(baseUrl, realHost))
        {
            unusable.Add(credential.Vendor);
            conditions.Failed(Check, tenantId, RealVendor, "Stored accounts of real vendors are not used while TEST_CLOCK_URL or FAILPOINT is set. Unset it, or point the vendor's base URL elsewhere.");
            return null;
        }

        if (box.Open(tenantId, VendorCredentials.PlaceOf(credential.Vendor), credential.Secret) is { } text && JsonSerializer.Deserialize(text, type) is { } secret)
        {
            return secret;
        }

        unusable.Add(credential.Vendor);
        conditions.Failed(Check, tenantId, Unreadable, $"The stored account at {credential.Vendor} cannot be opened, and that vendor is switched off. Is the key that sealed it in DATA_ENCRYPTION_KEY (current,previous)? Else store it again: PUT /api/vendor-credentials/{credential.Vendor}.");
        return null;
    }

    private Accounts WithShopmonkey(Accounts accounts, ShopmonkeySecret? secret) => accounts with
    {
        Shopmonkey = secret is null ? null : new ShopmonkeyAccount(settings.Shopmonkey.BaseUrl, secret.ApiKey, null, secret.WebhookSecrets),
        WebhookSecrets = secret is null ? StandardWebhookSignature.None : new StandardWebhookSignature(secret.WebhookSecrets),
    };

    private TwilioAccount? ToAccount(TwilioSecret? secret) => secret is null
        ? null : new TwilioAccount(settings.Twilio.BaseUrl, secret.AccountSid, secret.AuthToken, secret.PhoneNumber, secret.MessagingServiceSid, secret.SegmentsPerSecond, secret.DailySegments);

    private SendGridAccount? ToAccount(SendGridSecret? secret) => secret is null
        ? null : new SendGridAccount(settings.SendGrid.BaseUrl, secret.ApiKey, secret.FromEmail, secret.FromName, secret.WebhookPublicKey);

    private static ShopmonkeyAccount? OfEnvironment(ShopmonkeySettings shopmonkey, PlatformSettings platform) =>
        shopmonkey.ApiKey is { } key ? new ShopmonkeyAccount(shopmonkey.BaseUrl, key, platform.ShopmonkeyCompanyId, shopmonkey.WebhookSecrets) : null;

    private static TwilioAccount? OfEnvironment(TwilioSettings twilio) =>
        twilio.AccountSid is { } sid ? new TwilioAccount(twilio.BaseUrl, sid, twilio.AuthToken, twilio.PhoneNumber, twilio.MessagingServiceSid, twilio.SegmentsPerSecond, twilio.DailySegments) : null;

    private static SendGridAccount? OfEnvironment(SendGridSettings sendGrid) =>
        sendGrid.ApiKey is { } key ? new SendGridAccount(sendGrid.BaseUrl, key, sendGrid.FromEmail, null, sendGrid.WebhookPublicKey) : null;

    /// <param name="WebhookSecrets">Null = the environment's, where there are any.</param>
    private sealed record Accounts(
        ShopmonkeyAccount? Shopmonkey, TwilioAccount? Twilio, SendGridAccount? SendGrid, StandardWebhookSignature? WebhookSecrets, IReadOnlyList<string> Unusable)
    {
        public static readonly Accounts None = new(null, null, null, null, []);
    }
}
