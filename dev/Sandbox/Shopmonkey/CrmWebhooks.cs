using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>Sends a company's webhooks: signed at each attempt anew, retried as the vendor's own HTTP package does.</summary>
internal sealed class CrmWebhooks(
    CrmAccount account, SandboxClock clock, Faults faults, Outbound outbound, CrmRegistrations registrations)
{
    private static readonly int[] Retryable = [408, 429, 502, 503, 504];
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(CrmEvent crmEvent, DeliveryOptions? options)
    {
        var fault = faults.Take(Vendor.Shopmonkey, "webhook", FaultKind.OfWebhooks);
        switch (fault?.Kind)
        {
            case FaultKind.WebhooksOff:
                return [];
            case FaultKind.WebhooksReversed:
                var next = _next.Task;
                outbound.Run(async () =>
                {
                    await Task.WhenAny(next, Task.Delay(fault.Time, outbound.Stopping));
                    await SendAsync(crmEvent, options, times: 1);
                });
                return [];
            default:
                var tries = await SendAsync(crmEvent, options, fault?.Times ?? 1);
                Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                return tries;
        }
    }

    private async Task<IReadOnlyList<Delivery>> SendAsync(CrmEvent crmEvent, DeliveryOptions? options, int times)
    {
        var what = $"{crmEvent.Table} {crmEvent.Operation}";
        var body = Encoding.UTF8.GetBytes(crmEvent.ToBody().ToJsonString(Json.Options));
        var deliveries = new List<Delivery>();
        for (var copy = 0; copy < times && (options is not null || registrations.IsOwnEnabled); copy++)
        {
            var tries = await DeliverRawAsync(what, body, options ?? new DeliveryOptions { Secret = registrations.OwnSecret });
            deliveries.AddRange(tries);
            if (options is null)
            {
                registrations.NoteOwn(tries);
            }
        }

        if (options is null)
        {
            foreach (var registration in registrations.OthersFor(crmEvent))
            {
                var tries = await TryAsync(
                    registration["url"].Text()!, what, body, new DeliveryOptions { Secret = registration["secret"].Text() });
                registrations.NoteOther(registration, tries);
                deliveries.AddRange(tries);
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
                options.Secret ?? account.WebhookSecret, id, timestamp, body, options.KeyForm),
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
}
