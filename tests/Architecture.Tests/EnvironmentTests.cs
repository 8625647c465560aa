using System.Text.RegularExpressions;
using LeadOrchestrator.ChatApi;
using LeadOrchestrator.Orchestrator;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>The environment of each service as the outside knows it: what is wrong is said at once, by name, without a value.</summary>
public sealed partial class EnvironmentTests
{
    private const string Secret = "hunter2";

    private static readonly string[] OfBoth = ["DATABASE_URL", "PUBLIC_URL", "LOG_LEVEL", "TENANT_ID", "JWT_SIGNING_KEY", "DATA_ENCRYPTION_KEY", "DATABASE_REPLICA_URL", "TEST_CLOCK_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "SHOPMONKEY_TENANT_ID", "REDIS_URL", "FAILPOINT", "SENTRY_DSN"];

    private static readonly string[] OfTheOrchestrator =
    [
        "WEBHOOK_PORT", "POLL_INTERVAL_MS", "TOUCH_POINT_INTERVAL_MS", "DEMO_MODE", "CHAT_API_URL", "SHOPMONKEY_BASE_URL", "TWILIO_BASE_URL", "SENDGRID_BASE_URL",
        "TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER", "TWILIO_MESSAGING_SERVICE_SID", "SENDGRID_FROM_EMAIL", "ADMIN_EMAIL", "ADMIN_PASSWORD",
        "SHOPMONKEY_WEBHOOK_TRIGGERS",
    ];

    private static readonly string[] OfTheChatApi = ["PORT", "AI_PROVIDER", "ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "AI_MODELS_FILE"];

    [Fact]
    public void Every_variable_that_is_read_is_in_the_README()
    {
        var readme = File.ReadAllText(Repository.Path("README.md"));
        var read = SourceFiles.Product.SelectMany(source => Name().Matches(source.Text)).Select(name => name.Groups[1].Value).Where(name => name != "REGEX_DEFAULT_MATCH_TIMEOUT").Distinct().ToList();

        read.Count.ShouldBeGreaterThan(40);
        read.Where(name => !readme.Contains($"`{name}`", StringComparison.Ordinal) && !readme.Contains($"`{name}=", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void The_Orchestrator_names_everything_that_is_wrong_at_once()
    {
        var wrong = Wrong([.. OfBoth, .. OfTheOrchestrator], "SHOPMONKEY_API_KEY", "TWILIO_AUTH_TOKEN", "SENDGRID_API_KEY");

        Named(Should.Throw<SettingsException>(() => OrchestratorApp.Create([], wrong))).ShouldBe([.. OfBoth, .. OfTheOrchestrator], ignoreOrder: true);
    }

    [Fact]
    public void The_Chat_API_names_everything_that_is_wrong_at_once()
    {
        var wrong = Wrong([.. OfBoth, .. OfTheChatApi], "ANTHROPIC_API_KEY", "OPENAI_API_KEY");

        Named(Should.Throw<SettingsException>(() => ChatApiApp.Create([], wrong))).ShouldBe([.. OfBoth, .. OfTheChatApi], ignoreOrder: true);
    }

    [Theory]
    [InlineData("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER")]
    [InlineData("SHOPMONKEY_API_KEY", "key", "SHOPMONKEY_TENANT_ID")]
    [InlineData("SENDGRID_API_KEY", "key", "SENDGRID_FROM_EMAIL")]
    public void Half_a_vendor_is_an_error_that_names_the_other_half(string name, string value, params string[] missing)
    {
        var half = new Dictionary<string, string?> { ["DATABASE_URL"] = "postgresql://u:p@h/d", [name] = value };

        Named(Should.Throw<SettingsException>(() => OrchestratorApp.Create([], half))).ShouldBe(missing, ignoreOrder: true);
    }

    [Fact]
    public async Task The_database_alone_is_enough_for_the_Orchestrator_and_an_AI_key_for_the_Chat_API()
    {
        var database = new Dictionary<string, string?> { ["DATABASE_URL"] = "postgresql://u:p@h/d" };

        await using var orchestrator = OrchestratorApp.Create([], database);
        Named(Should.Throw<SettingsException>(() => ChatApiApp.Create([], database))).ShouldHaveSingleItem();
        await using var withClaude = ChatApiApp.Create([], new Dictionary<string, string?>(database) { ["ANTHROPIC_API_KEY"] = "sk-ant-x" });
        await using var withOpenAi = ChatApiApp.Create([], new Dictionary<string, string?>(database) { ["OPENAI_API_KEY"] = "sk-x" });
    }

    [Theory]
    [InlineData("https://api.twilio.com")]
    [InlineData(null)]
    public void A_moved_clock_and_a_failpoint_beside_a_real_vendor_are_refused(string? twilio)
    {
        var variables = new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = "postgresql://u:p@h/d", ["TEST_CLOCK_URL"] = "http://localhost:3002/clock", ["SHOPMONKEY_BASE_URL"] = "http://localhost:3002/v3",
            ["FAILPOINT"] = "touch.claimed:kill", ["TWILIO_BASE_URL"] = twilio, ["TWILIO_ACCOUNT_SID"] = "AC00000000000000000000000000000000", ["TWILIO_AUTH_TOKEN"] = "x", ["TWILIO_PHONE_NUMBER"] = "+15125550100",
        };

        Named(Should.Throw<SettingsException>(() => OrchestratorApp.Create([], variables))).ShouldBe(["TEST_CLOCK_URL", "FAILPOINT"], ignoreOrder: true);
    }

    private static Dictionary<string, string?> Wrong(string[] names, params string[] set) =>
        names.Concat(set).ToDictionary(name => name, string? (name) => name is "TENANT_ID" or "SHOPMONKEY_TENANT_ID" ? "Hunter2!" : Secret);

    private static IEnumerable<string> Named(SettingsException refusal)
    {
        refusal.Message.ShouldNotContain(Secret, Case.Insensitive);
        return refusal.Problems.Select(problem => problem.Split(' ')[0]).Distinct();
    }

    [GeneratedRegex("\"([A-Z][A-Z0-9]*_[A-Z0-9_]+)\"")]
    private static partial Regex Name();
}
