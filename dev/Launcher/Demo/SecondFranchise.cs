using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>Connects Bright Detail with its own accounts at the vendors, as its owner would: over the API, which keeps the keys encrypted.</summary>
/// <param name="orchestrator">The public door.</param>
internal sealed class SecondFranchise(HttpClient http, Uri orchestrator)
{
    /// <summary>Signs in as the owner, hands over the keys, and registers the webhook at the CRM.</summary>
    /// <returns>Null when it is connected, else why it is not.</returns>
    public async Task<string?> ConnectAsync(CancellationToken cancel)
    {
        try
        {
            using var session = await SendAsync(HttpMethod.Post, "/api/auth/sessions", new { email = DemoSeed.OwnerEmail, password = DemoSeed.OwnerPassword }, null, cancel);
            var token = session.RootElement.GetProperty("accessToken").GetString();
            using var crm = await SendAsync(HttpMethod.Put, "/api/vendor-credentials/shopmonkey", new
            {
                apiKey = DemoEnvironment.BrightShopmonkeyKey,
                companyId = DemoEnvironment.BrightCompany,
                webhookSecrets = new[] { DemoEnvironment.BrightWebhookSecret },
            }, token, cancel);
            using var twilio = await SendAsync(HttpMethod.Put, "/api/vendor-credentials/twilio", new
            {
                accountSid = DemoEnvironment.BrightTwilioSid,
                authToken = DemoEnvironment.BrightTwilioToken,
                phoneNumber = DemoEnvironment.BrightTwilioNumber,
            }, token, cancel);
            using var webhook = await SendAsync(HttpMethod.Post, "/api/webhook-registrations", new { }, token, cancel);
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TaskCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return exception.Message;
        }
    }

    private async Task<JsonDocument> SendAsync(HttpMethod method, string path, object body, string? token, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(orchestrator, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text.Length > 0 ? text : "{}")
            : throw new HttpRequestException($"{method} {path} was answered {(int)answer.StatusCode}.");
    }
}
