using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>What is wrong with an environment is said once, in one list, without a value.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Every_wrong_variable_is_named_at_once_and_no_value_is_shown()
    {
        var problems = Problems(
            ("DATABASE_URL", "not-a-database-hunter2"), ("PUBLIC_URL", "leads.example.com"), ("LOG_LEVEL", "loud"), ("POLL_INTERVAL_MS", "soon"),
            ("WEBHOOK_PORT", "99999"), ("TOUCH_POINT_INTERVAL_MS", "0"), ("DEMO_MODE", "perhaps"), ("SHOPMONKEY_API_KEY", "key-hunter2"),
            ("TWILIO_ACCOUNT_SID", "ACnothex"), ("TWILIO_AUTH_TOKEN", "token-hunter2"), ("TWILIO_PHONE_NUMBER", "5125550100"),
            ("SENDGRID_API_KEY", "SG.hunter2"), ("SENDGRID_WEBHOOK_PUBLIC_KEY", "no-key-hunter2"), ("JWT_SIGNING_KEY", "short"), ("TENANT_ID", "Acme Tint"), ("ADMIN_EMAIL", "a@b.co"));

        foreach (var name in new[]
        {
            "DATABASE_URL", "PUBLIC_URL", "LOG_LEVEL", "POLL_INTERVAL_MS", "WEBHOOK_PORT", "TOUCH_POINT_INTERVAL_MS", "DEMO_MODE", "SHOPMONKEY_TENANT_ID",
            "TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER", "SENDGRID_FROM_EMAIL", "SENDGRID_WEBHOOK_PUBLIC_KEY", "JWT_SIGNING_KEY", "TENANT_ID", "ADMIN_PASSWORD",
        })
        {
            problems.ShouldContain(problem => problem.StartsWith(name, StringComparison.Ordinal), name);
        }

        string.Join('\n', problems).ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_database_is_all_that_is_needed() => Problems(("DATABASE_URL", "postgresql://localhost/lead")).ShouldBeEmpty();

    [Theory]
    [InlineData("0", true)]
    [InlineData("50", true)]
    [InlineData("1000", true)]
    [InlineData("3600000", true)]
    [InlineData("49", false)]
    [InlineData("-1", false)]
    [InlineData("00", false)]
    public void The_CRM_is_polled_twenty_times_a_second_at_most_or_not_at_all(string interval, bool isFine) =>
        Problems(("DATABASE_URL", "postgresql://localhost/lead"), ("POLL_INTERVAL_MS", interval)).Count.ShouldBe(isFine ? 0 : 1);

    [Theory]
    [InlineData("TOUCH_POINT_INTERVAL_MS", "50", true)]
    [InlineData("TOUCH_POINT_INTERVAL_MS", "49", false)]
    [InlineData("TWILIO_ACCOUNT_SID", "ACsandbox00000000000000000000000Z", false)]
    [InlineData("TWILIO_ACCOUNT_SID", "ACsandbox000000000000000000000000Z", true)]
    [InlineData("TWILIO_MESSAGING_SERVICE_SID", "MGtest0000000000000000000000000000", true)]
    [InlineData("TWILIO_MESSAGING_SERVICE_SID", "MGtest000000000000000000000000000", false)]
    [InlineData("SHOPMONKEY_WEBHOOK_TRIGGERS", "OrderInsert, OrderUpdate", true)]
    [InlineData("SHOPMONKEY_WEBHOOK_TRIGGERS", ",", false)]
    [InlineData("SHOPMONKEY_WEBHOOK_TRIGGERS", "Order Insert", false)]
    [InlineData("ADMIN_PASSWORD", "8-letter", true)]
    [InlineData("ADMIN_PASSWORD", "7-lette", false)]
    public void What_an_operator_may_choose_is_taken(string variable, string value, bool isFine) =>
        Problems(
            ("DATABASE_URL", "postgresql://localhost/lead"), ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"), ("TWILIO_AUTH_TOKEN", "t"),
            ("TWILIO_PHONE_NUMBER", "+15005550006"), ("ADMIN_EMAIL", "a@b.co"), ("ADMIN_PASSWORD", "long-enough"), (variable, value))
            .Count(problem => problem.StartsWith(variable, StringComparison.Ordinal)).ShouldBe(isFine ? 0 : 1);

    [Theory]
    [InlineData("TWILIO_BASE_URL", "https://api.twilio.com")]
    [InlineData("SHOPMONKEY_BASE_URL", "https://api.shopmonkey.cloud/v3")]
    public void A_test_clock_beside_a_real_vendor_is_refused(string variable, string url) =>
        Problems(
            ("DATABASE_URL", "postgresql://localhost/lead"), ("TEST_CLOCK_URL", "http://localhost:3002/clock"), ("SHOPMONKEY_API_KEY", "k"), ("SHOPMONKEY_TENANT_ID", "c"),
            ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"), ("TWILIO_AUTH_TOKEN", "t"), ("TWILIO_PHONE_NUMBER", "+15005550006"),
            ("TWILIO_BASE_URL", "http://localhost:3002"), ("SHOPMONKEY_BASE_URL", "http://localhost:3002/v3"), (variable, url))
            .ShouldHaveSingleItem().ShouldContain(variable);

    [Fact]
    public void A_test_clock_beside_vendors_that_are_switched_off_is_fine() =>
        Problems(("DATABASE_URL", "postgresql://localhost/lead"), ("TEST_CLOCK_URL", "http://localhost:3002/clock")).ShouldBeEmpty();

    private static IReadOnlyList<string> Problems(params (string Name, string Value)[] variables)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            variables.GroupBy(variable => variable.Name).Select(group => KeyValuePair.Create(group.Key, (string?)group.Last().Value))).Build();
        try
        {
            OrchestratorSettings.Read(new Variables(configuration));
            return [];
        }
        catch (SettingsException exception)
        {
            return exception.Problems;
        }
    }
}
