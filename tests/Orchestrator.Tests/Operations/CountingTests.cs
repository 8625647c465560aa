using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Operations;

/// <summary>The counters count where it happens: from the webhook to the text and the "stop".</summary>
public sealed class CountingTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_quote_is_counted_from_the_door_to_the_text()
    {
        using var measured = new Measured();

        var quote = await shop.QuoteAsync("+15125550181");
        await shop.TouchAsync(quote.OrderId, "delivered");

        await HeardAsync(
            measured, "lead.webhooks.accepted vendor=shopmonkey outcome=new", "lead.inbox.processed outcome=done reason=", "lead.leads.created source=shopmonkey",
            "lead.texts outcome=sent reason= channel=sms", "lead.vendor.request.duration vendor=twilio outcome=ok", "lead.vendor.request.duration vendor=shopmonkey outcome=ok",
            "lead.webhooks.accepted vendor=twilio outcome=new");
    }

    [Fact]
    public async Task A_refused_delivery_a_refused_text_and_a_stop_are_counted_by_their_cause()
    {
        using var measured = new Measured();

        using var forged = new StringContent("{}");
        (await shop.Http.PostAsync(new Uri("/webhooks/shopmonkey", UriKind.Relative), forged)).Dispose();
        var landline = await shop.QuoteAsync("+15005550009", change: quote => quote with { State = "Texas" });
        await shop.TouchAsync(landline.OrderId, "failed", "suppressed");
        var quote = await shop.QuoteAsync("+15125550182");
        await shop.TouchAsync(quote.OrderId, "delivered");
        await shop.Sandbox.Twilio.ReceiveAsync("+15125550182", "STOP");

        await HeardAsync(measured, "lead.webhooks.refused cause=bad_signature", "lead.opt_outs channel=sms");
        measured.Sums.Keys.ShouldContain(key => key.StartsWith("lead.texts outcome=refused", StringComparison.Ordinal) || key.StartsWith("lead.texts outcome=suppressed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_of_which_nobody_knows_is_counted_and_so_is_what_became_of_it()
    {
        using var measured = new Measured();
        shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThenDrop);

        var quote = await shop.QuoteAsync("+15125550183");
        await shop.TouchAsync(quote.OrderId, "sent", "delivered");

        await Eventually.TrueAsync(() => measured.Sums.Keys.Any(key => key.StartsWith("lead.texts outcome=unknown", StringComparison.Ordinal)), "the unknown text to be counted");
    }

    private static Task HeardAsync(Measured measured, params string[] keys) =>
        Eventually.TrueAsync(() => keys.All(measured.Sums.ContainsKey), $"these to be counted: {string.Join("; ", keys)}");
}
