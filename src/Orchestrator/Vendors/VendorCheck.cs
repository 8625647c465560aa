using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>Asks a vendor one harmless question with a key that is about to be kept. What comes of it is told, and refuses nothing: the vendor may be away.</summary>
public sealed class VendorCheck(IHttpClientFactory http, OrchestratorSettings settings)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Does the CRM take the key, and whose is it?</summary>
    /// <returns>True or false as it says, null when it cannot be asked; and the company of the key, when it shows one.</returns>
    public async Task<(bool? IsVerified, string? CompanyId)> ShopmonkeyAsync(Guid tenantId, string apiKey, CancellationToken cancel)
    {
        var authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        var address = settings.Shopmonkey.BaseUrl.AbsoluteUri.TrimEnd('/');
        var (verdict, status) = await AskAsync(nameof(ShopmonkeyClient), tenantId, $"{address}/auth/api_key/status", authorization, cancel);
        if (verdict != true)
        {
            return (verdict, null);
        }

        if (status?.TryGetProperty("valid", out var valid) is true && valid.ValueKind == JsonValueKind.False)
        {
            return (false, null);
        }

        var (_, shops) = await AskAsync(nameof(ShopmonkeyClient), tenantId, $"{address}/location?limit=1", authorization, cancel);
        return (true, CompanyOf(shops));
    }

    /// <summary>Does Twilio know the account and its token?</summary>
    public async Task<bool?> TwilioAsync(Guid tenantId, string accountSid, string authToken, CancellationToken cancel) => (await AskAsync(
        nameof(TwilioClient), tenantId, $"{settings.Twilio.BaseUrl.AbsoluteUri.TrimEnd('/')}/2010-04-01/Accounts/{accountSid}.json",
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{accountSid}:{authToken}"))), cancel)).Verdict;

    /// <summary>Does SendGrid take the key?</summary>
    public async Task<bool?> SendGridAsync(Guid tenantId, string apiKey, CancellationToken cancel) => (await AskAsync(
        "SendGridMailer", tenantId, $"{settings.SendGrid.BaseUrl.AbsoluteUri.TrimEnd('/')}/v3/scopes", new AuthenticationHeaderValue("Bearer", apiKey), cancel)).Verdict;

    private async Task<(bool? Verdict, JsonElement? Body)> AskAsync(string client, Guid tenantId, string url, AuthenticationHeaderValue authorization, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Authorization = authorization } };
        // The clients' own names, so that the answer teaches how this tenant's account is.
        request.ActFor(tenantId);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        try
        {
            using var vendor = http.CreateClient(client);
            using var response = await vendor.SendAsync(request, deadline.Token);
            var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
            if (!response.IsSuccessStatusCode)
            {
                // An edge's page is weather, and says nothing of the key.
                return ((int)response.StatusCode is 401 or 403 && isJson ? false : null, null);
            }

            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            using var document = await JsonDocument.ParseAsync(stream, default, deadline.Token);
            return (true, document.RootElement.Clone());
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException || (exception is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return (null, null);
        }
    }

    private static string? CompanyOf(JsonElement? shops) =>
        shops is { ValueKind: JsonValueKind.Object } answer && answer.TryGetProperty("data", out var rows) && rows.ValueKind == JsonValueKind.Array
            ? rows.EnumerateArray().Select(row => row.ValueKind == JsonValueKind.Object && row.TryGetProperty("companyId", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null)
                .FirstOrDefault(id => id is not null)
            : null;
}
