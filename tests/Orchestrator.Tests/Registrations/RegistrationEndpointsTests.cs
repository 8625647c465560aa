using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Operations;
using LeadOrchestrator.Orchestrator.Registrations;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Registrations;

/// <summary>Our webhook at each franchise's CRM: made, read back, mended when it was ours, and left alone when it was not.</summary>
public sealed class RegistrationEndpointsTests : TwoFranchises
{
    private const string Route = "/api/webhook-registrations";

    // The usual ones in another order: a setting of its own, and as whole.
    private const string Triggers = "CannedService,Appointment,Vehicle,Customer,Order";

    protected override (string Name, string? Value)[] Changes => [("SHOPMONKEY_WEBHOOK_TRIGGERS", Triggers)];

    [Fact]
    public async Task The_same_twice_changes_nothing_and_the_CRM_then_tells_of_all_that_the_setting_names()
    {
        var first = await OkAsync(await Owner.PostAsync(Route, null));
        var second = await OkAsync(await Owner.PostAsync(Route, null));

        first.GetProperty("state").GetString().ShouldBe("ok");
        first.GetProperty("isRegisteredByUs").GetBoolean().ShouldBeTrue();
        JsonElement.DeepEquals(first, second).ShouldBeTrue();
        var ours = first.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("isRegisteredByUs").GetBoolean());
        ours.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        ours.GetProperty("triggers").EnumerateArray().Select(trigger => trigger.GetString()).ShouldBe(Triggers.Split(','));
        (await Database.ScalarAsync<long>("SELECT count(*) FROM audit_events WHERE tenant_id = $1 AND action = 'webhook_registered'", SecondId)).ShouldBe(2);
        (await SecondQuoteAsync("+12125550201")).Deliveries[^1].Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_answer_holds_no_secret() => (await (await Owner.PostAsync(Route, null)).Content.ReadAsStringAsync()).ShouldNotContain("whsec");

    [Fact]
    public async Task Each_franchise_sees_its_own_CRM()
    {
        await Second.Crm.AddQuoteAsync(new Sandbox.Shopmonkey.NewQuote { Phone = "+12125550202" });
        await SetEnabledAsync(Second, false);

        (await OkAsync(await Owner.GetAsync(Route))).GetProperty("state").GetString().ShouldBe("disabled");
        (await OkAsync(await Admin.GetAsync(Route))).GetProperty("state").GetString().ShouldBe("ok");
    }

    [Fact]
    public async Task One_that_others_made_and_switched_off_is_said_so_and_left_alone()
    {
        await SetEnabledAsync(Second, false);

        await TendAsync();

        (await StateAsync(Owner)).ShouldBe("disabled");
        (await HealthAsync("shopmonkey_webhook_tenants"))!["state"]!.GetValue<string>().ShouldBe("disabled");
        (await HealthAsync("shopmonkey_webhook"))!["state"]!.GetValue<string>().ShouldBe("ok");
    }

    [Fact]
    public async Task Ours_that_was_switched_off_is_switched_on_again_without_a_person_but_not_twice_in_ten_minutes()
    {
        await OkAsync(await Owner.PostAsync(Route, null));
        await SetEnabledAsync(Second, false);

        await TendAsync();
        (await StateAsync(Owner)).ShouldBe("ok");

        await SetEnabledAsync(Second, false);
        await TendAsync();
        (await StateAsync(Owner)).ShouldBe("disabled");

        await Database.ExecuteAsync("UPDATE webhook_registrations SET mended_at = clock_timestamp() - interval '11 minutes'");
        await TendAsync();
        (await StateAsync(Owner)).ShouldBe("ok");
        (await HealthAsync("shopmonkey_webhook_tenants")).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"triggers":["Appointment"]}""")]
    [InlineData("""{"locationId":"6287a43a4d1a7226ffe0c999"}""")]
    public async Task Ours_that_tells_of_a_part_only_tells_of_everything_again(string change)
    {
        await OkAsync(await Owner.PostAsync(Route, null));
        using var http = Crm(Second);
        using var content = new StringContent(change, System.Text.Encoding.UTF8, "application/json");
        (await http.PutAsync($"{Second.ShopmonkeyUrl}/webhook/{await OwnIdAsync()}", content)).EnsureSuccessStatusCode();
        (await StateAsync(Owner)).ShouldBe("incomplete");

        await Database.ExecuteAsync("UPDATE webhook_registrations SET mended_at = NULL");
        await TendAsync();

        (await StateAsync(Owner)).ShouldBe("ok");
    }

    [Fact]
    public async Task A_person_mends_at_any_time_whoever_made_it()
    {
        await SetEnabledAsync(Second, false);

        using var answer = await Owner.PostAsync(Route, null);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StateAsync(Owner)).ShouldBe("ok");
    }

    [Fact]
    public async Task One_that_leads_to_an_old_tunnel_leads_here_after_the_request()
    {
        await OthersHaveTheirsAsync();
        using var http = Crm(Second);
        var old = new { name = "lead-orchestrator-bright-detail", url = "https://old-tunnel.example/webhooks/shopmonkey/bright-detail", enabled = true };
        (await http.PostAsJsonAsync($"{Second.ShopmonkeyUrl}/webhook", old)).EnsureSuccessStatusCode();
        (await StateAsync(Owner)).ShouldBe("other_url");

        using var answer = await Owner.PostAsync(Route, null);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var report = await answer.Content.ReadFromJsonAsync<JsonElement>();
        report.GetProperty("state").GetString().ShouldBe("ok");
        report.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("isRegisteredByUs").GetBoolean()).GetProperty("url").GetString()
            .ShouldBe($"{TestVariables.PublicUrl}/webhooks/shopmonkey/bright-detail");
    }

    [Fact]
    public async Task Where_there_is_none_it_is_made_with_our_secret_and_one_that_was_deleted_comes_back()
    {
        await OthersHaveTheirsAsync();

        using var made = await Owner.PostAsync(Route, null);

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        Second.PublicUrl = new Uri(TestVariables.PublicUrl);
        (await SecondQuoteAsync("+12125550203")).Deliveries.ShouldContain(delivery => delivery.Status == 200 && delivery.Url.EndsWith("/bright-detail", StringComparison.Ordinal));
        Second.PublicUrl = new Uri("https://nobody.example");
        var id = (await OwnIdAsync())!;
        using var http = Crm(Second);
        (await http.DeleteAsync($"{Second.ShopmonkeyUrl}/webhook/{id}")).EnsureSuccessStatusCode();

        await TendAsync();

        (await OwnIdAsync()).ShouldNotBe(id);
        (await StateAsync(Owner)).ShouldBe("ok");
    }

    [Fact]
    public async Task What_another_system_of_the_same_name_has_is_never_taken_over_without_a_person()
    {
        await OthersHaveTheirsAsync();
        await OkAsync(await Owner.PostAsync(Route, null));
        using var http = Crm(Second);
        (await http.DeleteAsync($"{Second.ShopmonkeyUrl}/webhook/{await OwnIdAsync()}")).EnsureSuccessStatusCode();
        var staging = new { name = "lead-orchestrator", url = "https://staging.example/webhooks/shopmonkey", enabled = true };
        (await http.PostAsJsonAsync($"{Second.ShopmonkeyUrl}/webhook", staging)).EnsureSuccessStatusCode();

        await TendAsync();

        (await StateAsync(Owner)).ShouldBe("ok");
        Second.Crm.Rows("webhook").Select(row => (string?)row["url"]).ShouldContain("https://staging.example/webhooks/shopmonkey");
    }

    [Fact]
    public async Task Without_a_CRM_it_is_409_and_a_CRM_that_refuses_or_is_away_is_502_in_its_own_words()
    {
        var third = (await OkAsync(await Admin.PostAsJsonAsync("/api/tenants", new { slug = "no-crm", name = "No CRM", timezone = "UTC", owner = new { email = "o@no-crm.example", password = "long-enough-1" } })));
        third.GetProperty("slug").GetString().ShouldBe("no-crm");
        using var owner = await SignInAsync("o@no-crm.example", "long-enough-1");
        (await owner.PostAsync(Route, null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await owner.GetAsync(Route)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        Second.Faults.Add(Vendor.Shopmonkey, FaultKind.Denied);
        using var refused = await Owner.PostAsync(Route, null);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("shopmonkey_40");
    }

    [Fact]
    public async Task A_CRM_that_is_away_says_nothing_about_the_webhook()
    {
        Second.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Denied, Count = 10 });

        await TendAsync();

        (await HealthAsync("shopmonkey_webhook_tenants")).ShouldBeNull();
    }

    // The CRM's only webhook leads to somebody else, under another name.
    private async Task OthersHaveTheirsAsync()
    {
        Second.PublicUrl = new Uri("https://nobody.example");
        using var http = Crm(Second);
        var list = (await http.GetFromJsonAsync<JsonObject>($"{Second.ShopmonkeyUrl}/webhook"))!;
        (await http.PutAsJsonAsync($"{Second.ShopmonkeyUrl}/webhook/{list["data"]![0]!["id"]}", new { name = "another-system" })).EnsureSuccessStatusCode();
    }

    private Task<string?> OwnIdAsync() => Database.ScalarAsync<string>("SELECT external_id FROM webhook_registrations WHERE tenant_id = $1", SecondId);

    private Task TendAsync() => App.Services.GetRequiredService<WebhookRegistration>().RunOnceAsync(CancellationToken.None);

    private static async Task<string> StateAsync(HttpClient staff) => (await OkAsync(await staff.GetAsync(Route))).GetProperty("state").GetString()!;

    private async Task<JsonNode?> HealthAsync(string check) =>
        (await Http.GetFromJsonAsync<JsonObject>("/health"))!["checks"]!.AsArray().SingleOrDefault(row => (string?)row!["name"] == check);

    private static HttpClient Crm(SandboxServer sandbox)
    {
        var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {sandbox.Settings.ShopmonkeyApiKey}");
        return http;
    }

    private static async Task SetEnabledAsync(SandboxServer sandbox, bool enabled)
    {
        using var http = Crm(sandbox);
        var list = (await http.GetFromJsonAsync<JsonObject>($"{sandbox.ShopmonkeyUrl}/webhook"))!;
        (await http.PutAsJsonAsync($"{sandbox.ShopmonkeyUrl}/webhook/{list["data"]![0]!["id"]}", new { enabled })).EnsureSuccessStatusCode();
    }
}
