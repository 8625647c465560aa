using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;

namespace LeadOrchestrator.Orchestrator.Operations;

/// <summary>
/// Asks the CRM whether it still sends us its events. Shopmonkey switches off or fails a webhook without telling anybody, and silence looks like a quiet day.
/// </summary>
/// <remarks>Of the default tenant, whose key is in the environment. Asked every minute, and every half minute while something is wrong.</remarks>
public sealed class WebhookRegistration(IHttpClientFactory http, ShopmonkeySettings settings, PlatformSettings platform, Conditions conditions) : BackgroundService
{
    /// <summary>The name of the check.</summary>
    public const string Check = "shopmonkey_webhook";

    private const string Path = "/webhooks/shopmonkey";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WhenWell = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WhenNot = TimeSpan.FromSeconds(30);

    private bool _isWell = true;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.ApiKey is null)
        {
            return;
        }

        for (var wait = FirstAfter; ; wait = _isWell ? WhenWell : WhenNot)
        {
            await Task.Delay(wait, stoppingToken);
            await RunOnceAsync(stoppingToken);
        }
    }

    /// <summary>One question. A CRM that does not answer says nothing about the webhook; its own check knows that.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        if (await ReadAsync(cancel) is { } rows)
        {
            Judge(rows);
        }
    }

    private void Judge(IReadOnlyList<WebhookRow> rows)
    {
        var ours = rows.Where(row => Uri.TryCreate(row.Url, UriKind.Absolute, out var url) && url.AbsolutePath.StartsWith(Path, StringComparison.Ordinal)).ToList();
        var here = ours.Where(row => row.Url.StartsWith($"{platform.PublicUrl.AbsoluteUri.TrimEnd('/')}{Path}", StringComparison.OrdinalIgnoreCase)).ToList();
        _isWell = false;
        if (ours.Count == 0)
        {
            conditions.Failed(Check, "missing", "The CRM has no webhook to /webhooks/shopmonkey: new quotes are not heard of. Add it (Shopmonkey: Settings, Integration, Webhooks).");
        }
        else if (here.Count == 0)
        {
            conditions.Failed(Check, "other_url", "The CRM's webhook leads to another address than PUBLIC_URL: new quotes are not heard of here. Correct its URL at Shopmonkey, or PUBLIC_URL.");
        }
        else if (here.TrueForAll(row => row.Enabled == false))
        {
            conditions.Failed(Check, "disabled", "The webhook is switched off at Shopmonkey: new quotes are not heard of. Switch it on again (Settings, Integration, Webhooks); the poll brings the quotes of the meantime.");
        }
        else if (here.TrueForAll(row => row.Enabled == false || row.Error == true))
        {
            conditions.Failed(Check, "failing", "Shopmonkey could not deliver its latest webhook. Is PUBLIC_URL reachable from outside (tunnel, DNS, certificate)?");
        }
        else
        {
            _isWell = true;
            conditions.Succeeded(Check);
        }
    }

    // Null = not known.
    private async Task<IReadOnlyList<WebhookRow>?> ReadAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{settings.BaseUrl.AbsoluteUri.TrimEnd('/')}/webhook?limit=100"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.ApiKey);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        try
        {
            // The same name as the client's, so that this question, too, teaches how the CRM is.
            using var client = http.CreateClient(nameof(Shopmonkey.ShopmonkeyClient));
            using var response = await client.SendAsync(request, deadline.Token);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            return (await JsonSerializer.DeserializeAsync(stream, WebhookJson.Default.WebhookList, deadline.Token))?.Data;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException || (exception is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}

/// <summary>A webhook as the CRM knows it.</summary>
/// <param name="Enabled">Null = the CRM does not say.</param>
/// <param name="Error">Did its latest delivery fail?</param>
internal sealed record WebhookRow(
    [property: JsonPropertyName("url")] string Url, [property: JsonPropertyName("enabled")] bool? Enabled, [property: JsonPropertyName("error")] bool? Error);

/// <summary>The CRM's answer.</summary>
internal sealed record WebhookList([property: JsonPropertyName("data")] IReadOnlyList<WebhookRow>? Data);

[JsonSerializable(typeof(WebhookList))]
internal sealed partial class WebhookJson : JsonSerializerContext;
