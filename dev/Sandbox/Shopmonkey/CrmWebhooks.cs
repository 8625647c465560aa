using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>Sends the CRM's webhooks: signed at each attempt anew, retried as the vendor's own HTTP package does.</summary>
internal sealed class CrmWebhooks(
    SandboxSettings settings, SandboxClock clock, Faults faults, Outbound outbound, CrmTables tables)
{
    private static readonly int[] Retryable = [408, 429, 502, 503, 504];
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(CrmEvent crmEvent, DeliveryOptions? options)
    {
        var what = $"{crmEvent.Table} {crmEvent.Operation}";
        var fault = faults.Take(Vendor.Shopmonkey, "webhook", FaultKind.OfWebhooks);
        if (fault?.Kind == FaultKind.WebhooksOff)
        {
            return [];
        }

        var body = Encoding.UTF8.GetBytes(crmEvent.ToBody().ToJsonString(Json.Options));
        var deliveries = new List<Delivery>();
        for (var copy = 0; copy < (fault?.Kind == FaultKind.WebhooksTwice ? 2 : 1); copy++)
        {
            deliveries.AddRange(await DeliverRawAsync(what, body, options ?? new DeliveryOptions()));
        }

        if (options is null)
        {
            foreach (var registration in Registrations(crmEvent))
            {
                deliveries.AddRange(await DeliverToAsync(registration, what, body));
            }
        }

        return deliveries;
    }

    public Task<IReadOnlyList<Delivery>> DeliverRawAsync(string what, byte[] body, DeliveryOptions options) =>
        TryAsync(outbound.UrlOf(options.Path), what, body, options);

    public IReadOnlyDictionary<string, string> Headers(byte[] body, DeliveryOptions options, int attempt)
    {
        var id = options.WebhookId ?? "whd_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        var timestamp = (options.Timestamp ?? clock.Now).ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>
        {
            ["User-Agent"] = "Shopmonkey (+https://shopmonkey.io)",
            ["X-Attempt"] = attempt.ToString(CultureInfo.InvariantCulture),
            ["X-Request-Id"] = RandomNumberGenerator.GetHexString(16, lowercase: true),
            ["webhook-id"] = id,
            ["webhook-timestamp"] = timestamp.ToString(CultureInfo.InvariantCulture),
            ["webhook-version"] = "3",
            ["webhook-signature"] = options.Signature ?? StandardWebhookSignature.Sign(
                options.Secret ?? settings.ShopmonkeyWebhookSecret, id, timestamp, body, options.KeyForm),
        };
        if (options.Signature is "")
        {
            headers.Remove("webhook-signature");
        }

        return headers;
    }

    private async Task<IReadOnlyList<Delivery>> TryAsync(string url, string what, byte[] body, DeliveryOptions options)
    {
        var tries = new List<Delivery>();
        for (var attempt = 1; ; attempt++)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var (delivery, _, retryAfter) = await outbound.PostAsync(
                Vendor.Shopmonkey, what, url, attempt, content, Headers(body, options, attempt));
            tries.Add(delivery);
            if (attempt >= options.MaxAttempts || (delivery.Status is { } status && !Retryable.Contains(status)))
            {
                return tries;
            }

            var pause = retryAfter ?? FirstBackoff * Math.Pow(2, attempt - 1);
            await Task.Delay(pause < LongestBackoff ? pause : LongestBackoff, outbound.Stopping);
        }
    }

    // The company's own registration (the configured secret, the configured address) is implied; these came over the API.
    private IEnumerable<JsonObject> Registrations(CrmEvent crmEvent)
    {
        var standard = outbound.UrlOf(new DeliveryOptions().Path);
        var location = crmEvent.Data["locationId"].Text();
        return tables.All("webhook").Where(row =>
            row["url"].Text() is { } url && url != standard && row["enabled"] is JsonValue enabled && enabled.GetValue<bool>()
            && (row["locationId"].Text() is not { } only || only == location)
            && Triggers(row, crmEvent));
    }

    private static bool Triggers(JsonObject registration, CrmEvent crmEvent)
    {
        var table = string.Concat(crmEvent.Table.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        var operation = char.ToUpperInvariant(crmEvent.Operation[0]) + crmEvent.Operation[1..].ToLowerInvariant();
        return registration["triggers"] is not JsonArray { Count: > 0 } triggers
            || triggers.Any(trigger => trigger.Text() is { } name && (name == table || name == table + operation));
    }

    private async Task<IReadOnlyList<Delivery>> DeliverToAsync(JsonObject registration, string what, byte[] body)
    {
        var tries = await TryAsync(
            registration["url"].Text()!, what, body, new DeliveryOptions { Secret = registration["secret"].Text() });
        if (!tries[^1].Succeeded)
        {
            registration["error"] = true;
            registration["errorMessage"] = tries[^1].Error ?? $"HTTP {tries[^1].Status}";
            registration["errorDate"] = Json.Time(clock.Now);
            tables.Put("webhook", registration);
        }

        return tries;
    }
}
