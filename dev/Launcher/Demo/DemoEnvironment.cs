namespace LeadOrchestrator.Launcher.Demo;

/// <summary>
/// The environment of the demo's processes: every vendor is the Sandbox. Nothing of a person's own settings gets through, so
/// that a demo started beside a real <c>.env</c> never reaches a real vendor.
/// </summary>
internal static class DemoEnvironment
{
    /// <summary>The demo's platform administrator.</summary>
    public const string AdminEmail = "admin@example.com";

    /// <summary>Known to everybody on purpose: the demo listens for this machine's browser and holds invented people.</summary>
    public const string AdminPassword = "demo-password-1";

    /// <summary>The second franchise's company at the Sandbox's CRM, its key and what signs its webhooks.</summary>
    public const string BrightCompany = "6287a4154d1a72cc5ce091cc";

    /// <inheritdoc cref="BrightCompany"/>
    public const string BrightShopmonkeyKey = "sandbox-shopmonkey-key-2";

    /// <inheritdoc cref="BrightCompany"/>
    public const string BrightWebhookSecret = "whsec_YnJpZ2h0LWRldGFpbCB3ZWJob29rIHNlY3JldCAzMmI=";

    /// <summary>The second franchise's account at the Sandbox's Twilio.</summary>
    public const string BrightTwilioSid = "AC00000000000000000000000000000002";

    /// <inheritdoc cref="BrightTwilioSid"/>
    public const string BrightTwilioToken = "sandbox-twilio-token-2";

    /// <inheritdoc cref="BrightTwilioSid"/>
    public const string BrightTwilioNumber = "+17185550141";

    /// <summary>What the Sandbox's SendGrid signs its events with, the public half.</summary>
    public const string SendGridPublicKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQpL3GYW3b8yx5nB3rrGUhn7vnQRW0IFBGMVQhRNIPePpiNN+phjex2RZXcHpJY32cRP+sfBICQjWyvpNMhHcEg==";

    // As open as the password: what it encrypts is written above.
    private const string EncryptionKey = "dGhlIGRlbW8gaXMgb3BlbiB0byBldmVyeWJvZHkgISE=";

    private static readonly string[] Unwanted =
    [
        "TWILIO_MESSAGING_SERVICE_SID", "SHOPMONKEY_WEBHOOK_TRIGGERS", "CLAUDE_MODEL", "OPENAI_MODEL", "DATABASE_REPLICA_URL", "REDIS_URL",
        "JWT_SIGNING_KEY", "SENTRY_DSN", "POLL_INTERVAL_MS", "TOUCH_POINT_INTERVAL_MS",
        "AI_MODELS_FILE", "TWILIO_DAILY_SEGMENTS", "TWILIO_SEGMENTS_PER_SECOND", "FAILPOINT",
        "SANDBOX_DELIVER_TO", "SANDBOX_RATE_LIMIT", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "URLS", "HTTP_PORTS", "DOTNET_URLS", "ASPNETCORE_ENVIRONMENT",
    ];

    /// <summary>For the services and the Sandbox alike; null removes a variable.</summary>
    /// <param name="sandboxData">Where the Sandbox keeps its ledger and its CRM.</param>
    /// <param name="environment">Production (logs as JSON) or Development (readable).</param>
    public static Dictionary<string, string?> For(Ports ports, string databaseUrl, string sandboxData, string environment)
    {
        var sandbox = $"http://localhost:{ports.Sandbox}";
        // Of OpenTelemetry's own names there are many: invented traffic goes to nobody's collector.
        var standard = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal));
        var variables = Unwanted.Concat(standard).ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = environment,
            ["DATABASE_URL"] = databaseUrl,
            ["DATA_ENCRYPTION_KEY"] = EncryptionKey,
            ["WEBHOOK_PORT"] = $"{ports.Orchestrator}",
            ["PORT"] = $"{ports.ChatApi}",
            ["SANDBOX_PORT"] = $"{ports.Sandbox}",
            ["SANDBOX_DATA"] = sandboxData,
            ["PUBLIC_URL"] = $"http://localhost:{ports.Orchestrator}",
            ["CHAT_API_URL"] = $"http://localhost:{ports.ChatApi}",
            ["TEST_CLOCK_URL"] = $"{sandbox}/_sandbox/clock",
            ["SHOPMONKEY_BASE_URL"] = $"{sandbox}/v3",
            ["TWILIO_BASE_URL"] = sandbox,
            ["SENDGRID_BASE_URL"] = sandbox,
            ["ANTHROPIC_BASE_URL"] = sandbox,
            ["OPENAI_BASE_URL"] = $"{sandbox}/v1",
            ["TENANT_ID"] = DemoSeed.DefaultTenant,
            ["SHOPMONKEY_TENANT_ID"] = "6287a4154d1a72cc5ce091bb",
            ["SHOPMONKEY_API_KEY"] = "sandbox-shopmonkey-key",
            ["SHOPMONKEY_WEBHOOK_SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            ["TWILIO_ACCOUNT_SID"] = "AC00000000000000000000000000000000",
            ["TWILIO_AUTH_TOKEN"] = "sandbox-twilio-token",
            ["TWILIO_PHONE_NUMBER"] = "+15005550006",
            ["SENDGRID_API_KEY"] = "SG.sandbox",
            ["SENDGRID_FROM_EMAIL"] = "hello@acme-tint.example",
            ["SENDGRID_WEBHOOK_PUBLIC_KEY"] = SendGridPublicKey,
            ["SANDBOX_MAIL_EVENTS"] = "true",
            ["ANTHROPIC_API_KEY"] = "sk-ant-sandbox",
            ["OPENAI_API_KEY"] = "sk-sandbox",
            ["AI_PROVIDER"] = "claude",
            ["DEMO_MODE"] = "false",
            ["ADMIN_EMAIL"] = AdminEmail,
            ["ADMIN_PASSWORD"] = AdminPassword,
            ["LOG_LEVEL"] = "info",
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        })
        {
            variables[name] = value;
        }

        return variables;
    }
}
