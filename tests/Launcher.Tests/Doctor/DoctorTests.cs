using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Launcher.Doctor;
using LeadOrchestrator.Orchestrator;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;

namespace LeadOrchestrator.Launcher.Tests.Doctor;

/// <summary><c>./run doctor</c> beside a real database, the vendors' doubles and a running Orchestrator.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private SandboxServer _sandbox = null!;
    private WebApplication _orchestrator = null!;
    private Dictionary<string, string?> _variables = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests);
        _orchestrator = OrchestratorApp.Create([], TestVariables.ForOrchestrator(
            _database, _sandbox.Url, null, ("DATA_ENCRYPTION_KEY", Convert.ToBase64String(new byte[32]))));
        await _orchestrator.StartAsync();
        var url = $"http://127.0.0.1:{new Uri(_orchestrator.Urls.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port}";
        _sandbox.PublicUrl = new Uri(url);
        _variables = TestVariables.ForOrchestrator(_database, _sandbox.Url);
        foreach (var (name, value) in TestVariables.ForChatApi(_database, _sandbox.Url))
        {
            _variables[name] = value;
        }

        _variables["PUBLIC_URL"] = url;
    }

    public async ValueTask DisposeAsync()
    {
        await _orchestrator.StopAsync();
        await _orchestrator.DisposeAsync();
        await _sandbox.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Keys_that_are_accepted_a_webhook_that_leads_here_and_a_current_schema_are_ok()
    {
        var report = await LookAsync();

        report.ShouldContain("ok   Shopmonkey accepts the key");
        report.ShouldContain("ok   Shopmonkey's webhook leads to ");
        report.ShouldContain("ok   Twilio accepts the key");
        report.ShouldContain("ok   Anthropic serves claude-sonnet-5-5");
        report.ShouldContain("ok   OpenAI serves gpt-6-luna");
        report.ShouldContain($"ok   schema {Database.Migrator.CurrentVersion}");
        report.ShouldContain("ok   the database's disk takes new rows");
        report.ShouldContain("ok   PUBLIC_URL leads to an Orchestrator");
        report.ShouldNotContain("bounces and complaints");
    }

    [Fact]
    public async Task Without_the_key_of_SendGrids_events_it_says_what_is_not_heard_of()
    {
        _variables.Remove("SENDGRID_WEBHOOK_PUBLIC_KEY");
        (await LookAsync()).ShouldContain("warn bounces and complaints of emails are not heard of: ");
    }

    [Theory]
    [InlineData("SHOPMONKEY_API_KEY", "fail Shopmonkey refuses the key (HTTP 401): ")]
    [InlineData("TWILIO_AUTH_TOKEN", "fail Twilio refuses the key (HTTP 401): ")]
    [InlineData("ANTHROPIC_API_KEY", "fail Anthropic refuses the key (HTTP 401): ")]
    [InlineData("OPENAI_API_KEY", "fail OpenAI refuses the key (HTTP 401): ")]
    public async Task A_key_that_is_refused_fails_and_no_key_is_printed(string name, string line)
    {
        _variables[name] = "sk-ant-canary-of-the-doctor";

        var report = await LookAsync();

        report.ShouldContain(line);
        foreach (var secret in _variables.Where(variable => variable.Key.Contains("KEY", StringComparison.Ordinal) || variable.Key.Contains("TOKEN", StringComparison.Ordinal) || variable.Key.Contains("SECRET", StringComparison.Ordinal)))
        {
            report.ShouldNotContain(secret.Value!);
        }
    }

    [Fact]
    public async Task A_webhook_that_is_switched_off_fails_with_what_to_do()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {_sandbox.Settings.ShopmonkeyApiKey}");
        var list = (await http.GetFromJsonAsync<JsonObject>($"{_sandbox.ShopmonkeyUrl}/webhook"))!;
        (await http.PutAsJsonAsync($"{_sandbox.ShopmonkeyUrl}/webhook/{list["data"]![0]!["id"]}", new { enabled = false })).EnsureSuccessStatusCode();

        (await LookAsync()).ShouldContain("fail Shopmonkey's webhook is switched off: ");
    }

    [Fact]
    public async Task A_webhook_that_leads_elsewhere_fails()
    {
        _sandbox.PublicUrl = new Uri("http://old.example");

        (await LookAsync()).ShouldContain("fail Shopmonkey's webhook leads elsewhere: ");
    }

    [Fact]
    public async Task A_clock_that_differs_from_the_CRMs_fails_but_beside_a_tests_clock_it_is_meant_to_differ()
    {
        _sandbox.Clock.Set(TimeProvider.System.GetUtcNow().AddDays(-2));
        _variables.Remove("TEST_CLOCK_URL");
        (await LookAsync()).ShouldContain("fail this machine's clock and Shopmonkey's differ by ");

        _variables["TEST_CLOCK_URL"] = $"{_sandbox.Url}_sandbox/clock";
        (await LookAsync()).ShouldNotContain("this machine's clock and Shopmonkey's differ");
    }

    [Fact]
    public async Task A_model_that_its_vendor_does_not_serve_any_more_fails()
    {
        _sandbox.Model.Retire("claude-sonnet-5-5");

        (await LookAsync()).ShouldContain("fail Anthropic does not serve claude-sonnet-5-5: ");
    }

    [Fact]
    public async Task A_model_near_its_end_is_named_with_its_day()
    {
        _variables["OPENAI_MODEL"] = "gpt-4o";

        // Its day is fixed and the machine's clock is not: whichever side of it we are on, or the vendor's list says that it is gone, the model is named.
        (await LookAsync()).ShouldContain("gpt-4o");
    }

    [Fact]
    public async Task A_franchise_with_keys_of_its_own_is_looked_at_through_the_Orchestrator_and_a_dead_key_fails()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_variables["PUBLIC_URL"]!) };
        var session = await (await http.PostAsJsonAsync("/api/auth/sessions", new { email = TestVariables.AdminEmail, password = TestVariables.AdminPassword })).Content.ReadFromJsonAsync<JsonObject>();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {session!["accessToken"]}");
        (await http.PostAsJsonAsync("/api/tenants", new { slug = "bright-detail", name = "Bright Detail", timezone = "UTC" })).EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Add("X-Tenant-Id", "bright-detail");
        (await http.PutAsJsonAsync("/api/vendor-credentials/shopmonkey", new { apiKey = "dead-canary-key", companyId = "another-company" })).EnsureSuccessStatusCode();

        var report = await LookAsync();

        report.ShouldContain("fail bright-detail: Shopmonkey takes the key, and its webhook leads here: ");
        report.ShouldNotContain("dead-canary-key");
    }

    [Fact]
    public async Task A_failpoint_and_a_public_address_without_an_Orchestrator_fail()
    {
        _variables["FAILPOINT"] = "touch.claimed:kill";
        _variables["PUBLIC_URL"] = "http://127.0.0.1:9";

        var report = await LookAsync();

        report.ShouldContain("fail FAILPOINT is set");
        report.ShouldContain("fail PUBLIC_URL does not lead to an Orchestrator");
    }

    [Fact]
    public async Task Without_any_variable_it_says_what_is_off_and_fails_for_the_database_and_the_model()
    {
        _variables.Clear();

        var report = await LookAsync();

        report.ShouldContain("fail DATABASE_URL: ");
        report.ShouldContain("off  Twilio: ");
        report.ShouldContain("fail the assistant has no model: ");
    }

    private async Task<string> LookAsync()
    {
        await using var output = new StringWriter();
        await DoctorCommand.LookAsync(new Patient(Patient.Of(_variables), false), new Findings(output), CancellationToken.None);
        return output.ToString();
    }
}
