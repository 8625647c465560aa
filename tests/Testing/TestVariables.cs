namespace LeadOrchestrator.Testing;

/// <summary>Environments for services under test: every vendor is the Sandbox, every port is a free one.</summary>
public static class TestVariables
{
    /// <summary>Slug of the default tenant.</summary>
    public const string TenantSlug = "acme-tint";

    /// <summary>The default tenant's company at Shopmonkey.</summary>
    public const string ShopmonkeyCompanyId = "6287a4154d1a72cc5ce091bb";

    /// <summary>The shop of the Sandbox's CRM, in America/Chicago.</summary>
    public const string ShopmonkeyLocationId = "6287a4044d1a723b10eff1b0";

    /// <summary>Signs Shopmonkey's webhooks.</summary>
    public const string ShopmonkeyWebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>Signs Twilio's webhooks.</summary>
    public const string TwilioAuthToken = "sandbox-twilio-token";

    /// <summary>The shop's own number.</summary>
    public const string TwilioPhoneNumber = "+15005550006";

    /// <summary>Verifies SendGrid's events; its private half is the Sandbox's.</summary>
    public const string SendGridPublicKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQpL3GYW3b8yx5nB3rrGUhn7vnQRW0IFBGMVQhRNIPePpiNN+phjex2RZXcHpJY32cRP+sfBICQjWyvpNMhHcEg==";

    /// <summary>The platform administrator's sign-in.</summary>
    public const string AdminEmail = "admin@example.com";

    /// <inheritdoc cref="AdminEmail"/>
    public const string AdminPassword = "demo-password-1";

    /// <summary>Base of links and of what vendors sign. Nothing listens there unless a test asks for that port.</summary>
    public const string PublicUrl = "http://localhost:3000";

    /// <summary>The Orchestrator's environment.</summary>
    /// <param name="sandbox">The bare address of the Sandbox, with or without a trailing slash.</param>
    /// <param name="chatApi">Where <c>/api/chat</c> is forwarded to.</param>
    /// <param name="changes">Variables to set otherwise; null unsets one.</param>
    public static Dictionary<string, string?> ForOrchestrator(TestDatabase database, Uri sandbox, Uri? chatApi = null, params (string Name, string? Value)[] changes)
    {
        ArgumentNullException.ThrowIfNull(database);
        return ForOrchestrator(database.Url, sandbox, chatApi, changes);
    }

    /// <inheritdoc cref="ForOrchestrator(TestDatabase, Uri, Uri, ValueTuple{string, string}[])"/>
    public static Dictionary<string, string?> ForOrchestrator(string databaseUrl, Uri sandbox, Uri? chatApi = null, params (string Name, string? Value)[] changes)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        var vendors = sandbox.ToString().TrimEnd('/');
        var variables = Common(databaseUrl, vendors);
        variables["WEBHOOK_PORT"] = "0";
        variables["CHAT_API_URL"] = chatApi?.ToString().TrimEnd('/') ?? "http://127.0.0.1:9";
        variables["SHOPMONKEY_API_KEY"] = "sandbox-shopmonkey-key";
        variables["SHOPMONKEY_WEBHOOK_SECRET"] = ShopmonkeyWebhookSecret;
        variables["SHOPMONKEY_BASE_URL"] = $"{vendors}/v3";
        // Who tests the poll says so: elsewhere it would bring what a test did not ask for.
        variables["POLL_INTERVAL_MS"] = "0";
        variables["TWILIO_ACCOUNT_SID"] = "AC00000000000000000000000000000000";
        variables["TWILIO_AUTH_TOKEN"] = TwilioAuthToken;
        variables["TWILIO_PHONE_NUMBER"] = TwilioPhoneNumber;
        variables["TWILIO_BASE_URL"] = vendors;
        variables["SENDGRID_API_KEY"] = "SG.sandbox";
        variables["SENDGRID_FROM_EMAIL"] = "hello@acme-tint.example";
        variables["SENDGRID_WEBHOOK_PUBLIC_KEY"] = SendGridPublicKey;
        variables["SENDGRID_BASE_URL"] = vendors;
        return Changed(variables, changes);
    }

    /// <summary>The Chat API's environment.</summary>
    /// <inheritdoc cref="ForOrchestrator(TestDatabase, Uri, Uri, ValueTuple{string, string}[])"/>
    public static Dictionary<string, string?> ForChatApi(TestDatabase database, Uri sandbox, params (string Name, string? Value)[] changes)
    {
        ArgumentNullException.ThrowIfNull(database);
        return ForChatApi(database.Url, sandbox, changes);
    }

    /// <inheritdoc cref="ForChatApi(TestDatabase, Uri, ValueTuple{string, string}[])"/>
    public static Dictionary<string, string?> ForChatApi(string databaseUrl, Uri sandbox, params (string Name, string? Value)[] changes)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        var vendors = sandbox.ToString().TrimEnd('/');
        var variables = Common(databaseUrl, vendors);
        variables["PORT"] = "0";
        variables["AI_PROVIDER"] = "claude";
        variables["ANTHROPIC_API_KEY"] = "sk-ant-sandbox";
        variables["ANTHROPIC_BASE_URL"] = vendors;
        variables["OPENAI_API_KEY"] = "sk-sandbox";
        variables["OPENAI_BASE_URL"] = $"{vendors}/v1";
        return Changed(variables, changes);
    }

    private static Dictionary<string, string?> Common(string databaseUrl, string vendors) => new()
    {
        ["DATABASE_URL"] = databaseUrl,
        ["PUBLIC_URL"] = PublicUrl,
        ["LOG_LEVEL"] = "warn",
        ["TENANT_ID"] = TenantSlug,
        ["SHOPMONKEY_TENANT_ID"] = ShopmonkeyCompanyId,
        ["ADMIN_EMAIL"] = AdminEmail,
        ["ADMIN_PASSWORD"] = AdminPassword,
        ["TEST_CLOCK_URL"] = $"{vendors}/_sandbox/clock",
    };

    private static Dictionary<string, string?> Changed(Dictionary<string, string?> variables, (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            variables[name] = value;
        }

        return variables;
    }
}
