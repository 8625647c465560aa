using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>What both services read from the environment.</summary>
public sealed partial record PlatformSettings
{
    private static readonly (string Url, string Key, string RealHost)[] RealVendors =
    [
        ("SHOPMONKEY_BASE_URL", "SHOPMONKEY_API_KEY", "shopmonkey.cloud"), ("TWILIO_BASE_URL", "TWILIO_ACCOUNT_SID", "twilio.com"),
        ("SENDGRID_BASE_URL", "SENDGRID_API_KEY", "sendgrid.com"), ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "anthropic.com"),
        ("OPENAI_BASE_URL", "OPENAI_API_KEY", "openai.com"),
    ];

    /// <summary>Npgsql's connection string, from <c>DATABASE_URL</c>.</summary>
    public required string Database { get; init; }

    /// <summary>Base of chat links, callbacks and signature checks; no trailing slash.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>pino's word for the least level that is logged: trace, debug, info, warn, error, fatal, silent.</summary>
    public required string LogLevel { get; init; }

    /// <summary>Slug of the tenant this process acts for by default. Default <c>default</c>.</summary>
    public required string TenantSlug { get; init; }

    /// <summary>The default tenant's company at Shopmonkey.</summary>
    public string? ShopmonkeyCompanyId { get; init; }

    /// <summary>Signs staff tokens and chat cookies; null = the one that migrate put into the database.</summary>
    public byte[]? JwtSigningKey { get; init; }

    /// <summary>Keys of 32 bytes that seal what must be unreadable in the database: the current one, and at most one that is only read with. None = nothing can be sealed.</summary>
    public IReadOnlyList<byte[]> DataKeys { get; init; } = [];

    /// <summary>Where business time comes from in tests and demos; null = this machine's clock.</summary>
    public Uri? TestClockUrl { get; init; }

    /// <summary>Where a test lets this process die or stand still; see <see cref="Hosting.Failpoint"/>. Null = nowhere.</summary>
    public (string Name, bool Stops, int Nth)? Failpoint { get; init; }

    /// <summary>Where errors are reported; null = nowhere.</summary>
    public string? SentryDsn { get; init; }

    /// <summary>Are cookies and links on https?</summary>
    public bool IsHttps => PublicUrl.Scheme == Uri.UriSchemeHttps;

    /// <inheritdoc />
    public override string ToString() => nameof(PlatformSettings);

    /// <summary>Reads the variables that both services share.</summary>
    public static PlatformSettings Read(Variables variables)
    {
        var slug = variables.Optional("TENANT_ID") ?? "default";
        if (!Slug().IsMatch(slug))
        {
            variables.Problem("TENANT_ID", "must be a slug of a–z, 0–9 and -, such as acme-tint");
        }

        var company = variables.Optional("SHOPMONKEY_TENANT_ID");
        if (company is not null && !Company().IsMatch(company))
        {
            variables.Problem("SHOPMONKEY_TENANT_ID", "must be the companyId as Shopmonkey shows it: 1 to 64 letters, digits, - or _");
        }

        CheckForLater(variables);
        RefuseTestSwitchesBesideRealVendors(variables);
        return new PlatformSettings
        {
            Database = variables.Database("DATABASE_URL"),
            PublicUrl = variables.Url("PUBLIC_URL", "http://localhost:3000"),
            LogLevel = variables.OneOf("LOG_LEVEL", "info", "trace", "debug", "info", "warn", "error", "fatal", "silent"),
            TenantSlug = slug,
            ShopmonkeyCompanyId = company,
            JwtSigningKey = variables.Base64("JWT_SIGNING_KEY", 32),
            DataKeys = ReadDataKeys(variables),
            TestClockUrl = variables.Optional("TEST_CLOCK_URL") is null ? null : variables.Url("TEST_CLOCK_URL", "http://localhost:3002/clock"),
            Failpoint = Hosting.Failpoint.Read(variables),
            SentryDsn = ReadDsn(variables),
        };
    }

    private static string? ReadDsn(Variables variables)
    {
        var dsn = variables.Optional("SENTRY_DSN");
        if (dsn is null || ErrorReports.IsDsn(dsn))
        {
            return dsn;
        }

        variables.Problem("SENTRY_DSN", "must be a data source name such as https://key@sentry.example.com/1 (Sentry: Settings, Client Keys)");
        return null;
    }

    // Variables of the contract that nothing uses yet, or a library reads by itself: a typing error shall not wait for that day.
    private static void CheckForLater(Variables variables)
    {
        if (variables.Optional("DATABASE_REPLICA_URL") is not null)
        {
            variables.Database("DATABASE_REPLICA_URL");
        }

        if (variables.Optional("REDIS_URL") is { } redis && !(Uri.TryCreate(redis, UriKind.Absolute, out var url) && url is { Scheme: "redis" or "rediss", Host.Length: > 0 }))
        {
            variables.Problem("REDIS_URL", "must be an address such as redis://localhost:6379");
        }

        foreach (var endpoint in Telemetry.Endpoints.Where(endpoint => variables.Optional(endpoint) is not null))
        {
            variables.Url(endpoint, "http://localhost:4317");
        }
    }

    private static byte[][] ReadDataKeys(Variables variables)
    {
        const int KeyBytes = 32;
        const int Most = 2;
        if (variables.Optional("DATA_ENCRYPTION_KEY") is not { } text)
        {
            return [];
        }

        var keys = new List<byte[]>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var key = new byte[KeyBytes];
            if (Convert.TryFromBase64String(part, key, out var length) && length == KeyBytes)
            {
                keys.Add(key);
                continue;
            }

            keys.Clear();
            break;
        }

        if (keys.Count is 0 or > Most)
        {
            variables.Problem("DATA_ENCRYPTION_KEY", $"must be base64 of {KeyBytes} bytes, or two of them: current,previous (try: openssl rand -base64 {KeyBytes})");
        }

        return [.. keys];
    }

    // A moved clock next to a real vendor would text real people at night, and a failpoint would leave their texts unknown: both are refused, in every
    // service, whichever of them talks to that vendor. A vendor without a key is switched off.
    private static void RefuseTestSwitchesBesideRealVendors(Variables variables)
    {
        foreach (var (urlVariable, keyVariable, realHost) in RealVendors)
        {
            if (variables.Optional(keyVariable) is null || !IsReal(variables.Optional(urlVariable), realHost))
            {
                continue;
            }

            foreach (var testSwitch in (ReadOnlySpan<string>)["TEST_CLOCK_URL", "FAILPOINT"])
            {
                if (variables.Optional(testSwitch) is not null)
                {
                    variables.Problem(testSwitch, $"is refused while {urlVariable} is the real vendor's host");
                }
            }
        }
    }

    /// <summary>Is this address at the host, or below it? A dot at the end is the same host.</summary>
    public static bool IsAt(Uri address, string host)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Host.TrimEnd('.').EndsWith(host, StringComparison.OrdinalIgnoreCase);
    }

    // Unset is the real one. What is no address is said elsewhere.
    private static bool IsReal(string? url, string realHost) => url is null || (Uri.TryCreate(url, UriKind.Absolute, out var address) && IsAt(address, realHost));

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex Slug();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex Company();
}
