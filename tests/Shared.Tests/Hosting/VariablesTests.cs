using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class VariablesTests
{
    [Fact]
    public void Everything_that_is_wrong_is_in_one_message_and_no_value_is()
    {
        var wrong = Given(
            ("DATABASE_URL", "mysql://user:hunter2@host/db"), ("PUBLIC_URL", "hunter2"), ("LOG_LEVEL", "hunter2"), ("TENANT_ID", "Hunter2!"),
            ("JWT_SIGNING_KEY", "aHVudGVyMg=="), ("TEST_CLOCK_URL", "ftp://hunter2/"), ("POLL_INTERVAL_MS", "hunter2"), ("DEMO_MODE", "hunter2"),
            ("TWILIO_AUTH_TOKEN", "hunter2"));

        PlatformSettings.Read(wrong);
        wrong.Milliseconds("POLL_INTERVAL_MS", 30_000, 100, 3_600_000);
        wrong.Flag("DEMO_MODE");
        wrong.AllOrNone("Twilio", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER");
        var refusal = Should.Throw<SettingsException>(wrong.ThrowIfAnyProblem);

        refusal.Problems.Select(problem => problem.Split(' ')[0]).ShouldBe(
            ["DATABASE_URL", "PUBLIC_URL", "LOG_LEVEL", "TENANT_ID", "JWT_SIGNING_KEY", "TEST_CLOCK_URL", "POLL_INTERVAL_MS", "DEMO_MODE", "TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER"],
            ignoreOrder: true);
        refusal.Problems.ShouldAllBe(problem => refusal.Message.Contains(problem, StringComparison.Ordinal));
        refusal.Message.ShouldNotContain("hunter2", Case.Insensitive);
        refusal.Message.ShouldNotContain("aHVudGVyMg");
    }

    [Fact]
    public void The_database_alone_is_needed_and_the_rest_has_the_contracts_defaults()
    {
        var variables = Given(("DATABASE_URL", "postgresql://u:p@h/d"));

        var settings = PlatformSettings.Read(variables);

        variables.ThrowIfAnyProblem();
        settings.PublicUrl.ShouldBe(new Uri("http://localhost:3000"));
        settings.IsHttps.ShouldBeFalse();
        settings.LogLevel.ShouldBe("info");
        settings.TenantSlug.ShouldBe("default");
        settings.JwtSigningKey.ShouldBeNull();
        settings.TestClockUrl.ShouldBeNull();
    }

    [Fact]
    public void A_missing_database_is_named_with_an_example()
    {
        var variables = Given(("DATABASE_URL", "   "));

        PlatformSettings.Read(variables);

        Should.Throw<SettingsException>(variables.ThrowIfAnyProblem).Message.ShouldContain("DATABASE_URL is not set: the PostgreSQL database, such as postgresql://");
    }

    [Theory]
    [InlineData("postgresql://us%40er:p%40w@db.example:5433/lead?sslmode=require")]
    [InlineData("Host=db.example;Port=5433;Username=us@er;Password=p@w;Database=lead;SSL Mode=Require")]
    public void Both_forms_of_the_databases_address_are_the_same(string url)
    {
        var read = new Npgsql.NpgsqlConnectionStringBuilder(Given(("DATABASE_URL", url)).Database("DATABASE_URL"));

        (read.Host, read.Port, read.Username, read.Password, read.Database, read.SslMode).ShouldBe(("db.example", 5433, "us@er", "p@w", "lead", Npgsql.SslMode.Require));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("65535", true)]
    [InlineData(" 3000 ", true)]
    [InlineData("65536", false)]
    [InlineData("-1", false)]
    [InlineData("3000.5", false)]
    [InlineData("3e3", false)]
    [InlineData("３０００", false)]
    public void A_port_is_a_whole_number_in_its_range(string text, bool isFine)
    {
        var variables = Given(("PORT", text));

        variables.Integer("PORT", 3001, 0, 65535);

        Judge(variables).ShouldBe(isFine);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("", false)]
    public void A_flag_is_a_word(string text, bool expected)
    {
        var variables = Given(("DEMO_MODE", text));

        variables.Flag("DEMO_MODE").ShouldBe(expected);
        Judge(variables).ShouldBeTrue();
    }

    [Theory]
    [InlineData("https://shop.example", "https://shop.example/")]
    [InlineData("https://shop.example/", "https://shop.example/")]
    [InlineData("https://shop.example/base/", "https://shop.example/base")]
    public void An_address_loses_its_trailing_slash(string text, string expected) =>
        Given(("PUBLIC_URL", text)).Url("PUBLIC_URL", "http://localhost:3000").AbsoluteUri.ShouldBe(expected);

    [Theory]
    [InlineData("shop.example")]
    [InlineData("//shop.example")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    public void What_is_no_web_address_is_refused(string text)
    {
        var variables = Given(("PUBLIC_URL", text));

        variables.Url("PUBLIC_URL", "http://localhost:3000");

        Judge(variables).ShouldBeFalse();
    }

    [Theory]
    [InlineData("TWILIO_ACCOUNT_SID", "TWILIO_BASE_URL", "https://api.twilio.com")]
    [InlineData("TWILIO_ACCOUNT_SID", "TWILIO_BASE_URL", "https://API.twilio.com.:443")]
    [InlineData("SENDGRID_API_KEY", "SENDGRID_BASE_URL", "https://api.sendgrid.com")]
    [InlineData("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", null)]
    public void A_moved_clock_and_a_failpoint_beside_any_real_vendor_are_refused(string key, string urlVariable, string? url)
    {
        var variables = Given(
            ("DATABASE_URL", "postgresql://u:p@h/d"), ("TEST_CLOCK_URL", "http://localhost:3002/clock"), ("FAILPOINT", "touch.claimed:kill"), (key, "x"), (urlVariable, url));

        PlatformSettings.Read(variables);

        Should.Throw<SettingsException>(variables.ThrowIfAnyProblem).Problems.ShouldBe(
            [$"TEST_CLOCK_URL is refused while {urlVariable} is the real vendor's host", $"FAILPOINT is refused while {urlVariable} is the real vendor's host"]);
    }

    [Fact]
    public void A_moved_clock_beside_vendors_that_are_off_or_elsewhere_is_fine()
    {
        var variables = Given(
            ("DATABASE_URL", "postgresql://u:p@h/d"), ("TEST_CLOCK_URL", "http://localhost:3002/clock"), ("FAILPOINT", "touch.claimed:kill:3"),
            ("TWILIO_ACCOUNT_SID", "x"), ("TWILIO_BASE_URL", "http://localhost:3002"));

        PlatformSettings.Read(variables).Failpoint.ShouldBe(("touch.claimed", false, 3));
        Judge(variables).ShouldBeTrue();
    }

    [Fact]
    public void A_vendor_is_wholly_on_or_wholly_off()
    {
        Given().AllOrNone("Twilio", "A", "B").ShouldBeFalse();
        Given(("A", "1"), ("B", "2")).AllOrNone("Twilio", "A", "B").ShouldBeTrue();
        var half = Given(("A", "1"));
        half.AllOrNone("Twilio", "A", "B").ShouldBeFalse();
        Should.Throw<SettingsException>(half.ThrowIfAnyProblem).Problems.ShouldHaveSingleItem().ShouldStartWith("B is not set");
    }

    private static bool Judge(Variables variables)
    {
        try
        {
            variables.ThrowIfAnyProblem();
            return true;
        }
        catch (SettingsException)
        {
            return false;
        }
    }

    private static Variables Given(params (string Name, string? Value)[] variables) => new(
        new ConfigurationBuilder().AddInMemoryCollection(variables.ToDictionary(variable => variable.Name, variable => variable.Value)).Build());
}
