using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Operations;

/// <summary>A webhook that was switched off at the CRM, and a key that Twilio refuses, are on the health page.</summary>
public sealed class WebhookRegistrationTests : Shop
{
    protected override bool StartsOne => false;

    [Fact]
    public async Task A_webhook_that_is_switched_off_is_noticed_and_one_that_is_on_again_too()
    {
        var app = await StartAsync();
        var check = app.Services.GetRequiredService<WebhookRegistration>();
        await check.RunOnceAsync(CancellationToken.None);
        State(await HealthAsync()).ShouldBe("ok");

        await SetEnabledAsync(false);
        await check.RunOnceAsync(CancellationToken.None);
        State(await HealthAsync()).ShouldBe("disabled");

        await SetEnabledAsync(true);
        await check.RunOnceAsync(CancellationToken.None);
        State(await HealthAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task A_webhook_to_another_address_is_noticed()
    {
        var app = await StartAsync(("PUBLIC_URL", "http://moved.example"));

        await app.Services.GetRequiredService<WebhookRegistration>().RunOnceAsync(CancellationToken.None);

        State(await HealthAsync()).ShouldBe("other_url");
    }

    [Fact]
    public async Task A_key_that_Twilio_refuses_is_on_the_health_page_after_the_first_text()
    {
        await StartAsync(("TWILIO_AUTH_TOKEN", "revoked"));

        var quote = await QuoteAsync("+15125550177");
        await TouchAsync(quote.OrderId, "needs_review");

        State(await HealthAsync(), "twilio").ShouldBe("denied");
    }

    [Fact]
    public async Task Deliveries_that_are_all_refused_are_on_the_health_page_until_one_is_taken()
    {
        await StartAsync();
        for (var i = 0; i < 20; i++)
        {
            using var forged = new StringContent("{}");
            (await Http.PostAsync(new Uri("/webhooks/shopmonkey", UriKind.Relative), forged)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        }

        State(await HealthAsync(), "shopmonkey_deliveries").ShouldBe("refused");

        await QuoteAsync("+15125550178");
        State(await HealthAsync(), "shopmonkey_deliveries").ShouldBe("ok");
    }

    private static string? State(JsonObject health, string name = WebhookRegistration.Check) =>
        health["checks"]!.AsArray().SingleOrDefault(check => (string?)check!["name"] == name)?["state"]?.GetValue<string>();

    private async Task<JsonObject> HealthAsync() => (await Http.GetFromJsonAsync<JsonObject>("/health"))!;

    private async Task SetEnabledAsync(bool enabled)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Sandbox.Settings.ShopmonkeyApiKey}");
        var list = (await http.GetFromJsonAsync<JsonObject>($"{Sandbox.ShopmonkeyUrl}/webhook"))!;
        using var answer = await http.PutAsJsonAsync($"{Sandbox.ShopmonkeyUrl}/webhook/{list["data"]![0]!["id"]}", new { enabled });
        answer.EnsureSuccessStatusCode();
    }
}
