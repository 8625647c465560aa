using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>One trace goes from the webhook to the text, and its id is stored for the chat that the text leads to.</summary>
public sealed class TraceTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task The_webhooks_trace_goes_on_in_the_inbox_and_in_the_text()
    {
        var seen = new ConcurrentBag<(string Name, string TraceId)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "LeadOrchestrator" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => seen.Add((activity.OperationName, activity.TraceId.ToHexString())),
        };
        ActivitySource.AddActivityListener(listener);
        var quote = await shop.QuoteAsync("+15125550802", change: quote => quote with { Deliver = false });
        const string traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

        await PostAsync(new CrmEvent("INSERT", "order", shop.Sandbox.Crm.Row("order", quote.OrderId)!), $"00-{traceId}-00f067aa0ba902b7-01");

        ((string)(await shop.TouchAsync(quote.OrderId, "delivered"))["trace_parent"]!).ShouldContain(traceId);
        await Eventually.TrueAsync(() => seen.Contains(("inbox order", traceId)) && seen.Contains(("send text", traceId)), "both activities in the webhook's trace");
    }

    private async Task PostAsync(CrmEvent crmEvent, string traceParent)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"3\",\"operation\":\"{crmEvent.Operation}\",\"table\":\"{crmEvent.Table}\",\"data\":{crmEvent.Data.ToJsonString()}}}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/shopmonkey") { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in shop.Sandbox.Crm.HeadersOf(body, new DeliveryOptions()))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Add("traceparent", traceParent);
        (await shop.Http.SendAsync(request)).EnsureSuccessStatusCode();
    }
}
