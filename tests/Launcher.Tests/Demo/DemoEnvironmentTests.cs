using LeadOrchestrator.Launcher.Demo;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Sandbox.Twilio;

namespace LeadOrchestrator.Launcher.Tests.Demo;

public sealed class DemoEnvironmentTests
{
    private static readonly Dictionary<string, string?> Shifted = DemoEnvironment.For(Ports.From(4000), "postgresql://x", "/data", "Production");

    [Fact]
    public void Every_address_follows_the_shifted_ports()
    {
        var addresses = Shifted.Where(variable => variable.Key.EndsWith("_URL", StringComparison.Ordinal) && variable.Value?.StartsWith("http", StringComparison.Ordinal) == true);

        addresses.Count().ShouldBe(8);
        addresses.ShouldAllBe(variable => new Uri(variable.Value!).Port >= 4000 && new Uri(variable.Value!).Port <= 4002);
        (Shifted["WEBHOOK_PORT"], Shifted["PORT"], Shifted["SANDBOX_PORT"]).ShouldBe(("4000", "4001", "4002"));
    }

    [Fact]
    public void The_second_franchises_accounts_are_the_Sandboxs()
    {
        new CrmAccount(DemoEnvironment.BrightCompany, DemoEnvironment.BrightShopmonkeyKey, DemoEnvironment.BrightWebhookSecret).ShouldBe(CrmAccount.BrightDetail);
        new TwilioAccount(DemoEnvironment.BrightTwilioSid, DemoEnvironment.BrightTwilioToken, DemoEnvironment.BrightTwilioNumber).ShouldBe(TwilioAccount.BrightDetail);
    }

    [Fact]
    public async Task What_the_Sandboxs_SendGrid_signs_is_verified_with_the_key_that_the_product_is_given()
    {
        await using var sandbox = await LeadOrchestrator.Sandbox.SandboxServer.StartAsync(LeadOrchestrator.Sandbox.SandboxSettings.ForTests);
        Shifted["SENDGRID_WEBHOOK_PUBLIC_KEY"].ShouldBe(sandbox.SendGrid.Signature.PublicKey);
        LeadOrchestrator.Testing.TestVariables.SendGridPublicKey.ShouldBe(sandbox.SendGrid.Signature.PublicKey);
        Shifted["SANDBOX_MAIL_EVENTS"].ShouldBe("true");
    }

    [Fact]
    public void Keys_of_franchises_can_be_kept() => Convert.FromBase64String(Shifted["DATA_ENCRYPTION_KEY"]!).Length.ShouldBe(32);

    [Theory]
    [InlineData("TWILIO_MESSAGING_SERVICE_SID")]
    [InlineData("DATABASE_REPLICA_URL")]
    [InlineData("REDIS_URL")]
    [InlineData("SENTRY_DSN")]
    [InlineData("ASPNETCORE_URLS")]
    [InlineData("AI_MODELS_FILE")]
    [InlineData("TWILIO_DAILY_SEGMENTS")]
    [InlineData("TWILIO_SEGMENTS_PER_SECOND")]
    [InlineData("FAILPOINT")]
    [InlineData("SANDBOX_RATE_LIMIT")]
    public void A_persons_own_settings_do_not_get_into_the_demo(string variable)
    {
        Shifted.ShouldContainKey(variable);
        Shifted[variable].ShouldBeNull();
    }
}
