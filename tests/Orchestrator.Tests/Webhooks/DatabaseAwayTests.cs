using System.Globalization;
using System.Text;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Postgres is away.</summary>
public sealed class DatabaseAwayTests : IClassFixture<DatabaseAwayTests.FragileShop>, IAsyncDisposable
{
    private readonly FragileShop _shop;
    private readonly TcpSwitch _wire;

    public DatabaseAwayTests(FragileShop shop)
    {
        _shop = shop;
        _wire = TcpSwitch.Before(shop.Database);
    }

    public sealed class FragileShop : Shop
    {
        protected override bool StartsOne => false;
    }

    public ValueTask DisposeAsync() => _wire.DisposeAsync();

    [Fact]
    public async Task Postgres_is_away_a_webhook_is_503_and_every_2xx_is_in_the_database()
    {
        var app = await _shop.StartAsync(("DATABASE_URL", _shop.Database.UrlOnPort(_wire.Port)));
        var before = await _shop.QuoteAsync("+15125550301");
        await _shop.TouchAsync(before.OrderId, "delivered");

        _wire.Refuse();
        _wire.Cut();
        var quote = await _shop.QuoteAsync("+15125550302", change: quote => quote with { Deliver = false });
        var insert = new CrmEvent("INSERT", "order", _shop.Sandbox.Crm.Row("order", quote.OrderId)!);
        var away = await _shop.Sandbox.Crm.DeliverAsync(insert, new DeliveryOptions { MaxAttempts = 1 });
        using var ready = await _shop.Http.GetAsync("/health/ready");
        using var live = await _shop.Http.GetAsync("/health/live");
        _wire.Restore();

        away[0].Status.ShouldBe(503);
        ((int)ready.StatusCode).ShouldBe(503);
        ((int)live.StatusCode).ShouldBe(200);
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE external_id = $1", quote.OrderId)).ShouldBe(0);
        await Eventually.TrueAsync(
            async () => (await _shop.Sandbox.Crm.DeliverAsync(insert, new DeliveryOptions { MaxAttempts = 1 }))[0].Status == 200, "the door to work again");
        await _shop.TouchAsync(quote.OrderId, "delivered");
        _shop.Sandbox.Twilio.SentTo("+15125550302").Count.ShouldBe(1);
        await _shop.StopAsync(app);
    }

    [Fact]
    public async Task Postgres_is_silent_and_the_sender_is_told_to_come_again_before_it_loses_patience()
    {
        var app = await _shop.StartAsync(("DATABASE_URL", _shop.Database.UrlOnPort(_wire.Port)));
        var quote = await _shop.QuoteAsync("+15125550303", change: quote => quote with { Deliver = false });
        var insert = new CrmEvent("INSERT", "order", _shop.Sandbox.Crm.Row("order", quote.OrderId)!);

        _wire.BlackHole();
        var silent = await _shop.Sandbox.Crm.DeliverAsync(insert, new DeliveryOptions { MaxAttempts = 1 }).WaitAsync(TimeSpan.FromSeconds(20));
        _wire.Restore();

        silent[0].Status.ShouldBe(503);
        await Eventually.TrueAsync(
            async () => (await _shop.Sandbox.Crm.DeliverAsync(insert, new DeliveryOptions { MaxAttempts = 1 }))[0].Status == 200, "the door to work again", TimeSpan.FromSeconds(40));
        await _shop.TouchAsync(quote.OrderId, "delivered");
        await _shop.StopAsync(app);
    }

    [Fact]
    public async Task Postgres_goes_while_many_deliveries_wait_for_one_commit_and_each_of_them_is_503()
    {
        var app = await _shop.StartAsync(("DATABASE_URL", _shop.Database.UrlOnPort(_wire.Port)));
        List<CrmEvent> inserts = [];
        for (var number = 0; number < 24; number++)
        {
            var quote = await _shop.QuoteAsync($"+15125553{number:000}", change: quote => quote with { Deliver = false });
            inserts.Add(new CrmEvent("INSERT", "order", _shop.Sandbox.Crm.Row("order", quote.OrderId)!));
        }

        _wire.BlackHole();
        var waiting = inserts.Select(insert => _shop.Sandbox.Crm.DeliverAsync(insert, new DeliveryOptions { MaxAttempts = 1 })).ToList();
        _wire.Cut();
        _wire.Refuse();
        var answers = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        _wire.Restore();

        answers.ShouldAllBe(tries => tries[0].Status == 503);
        await Eventually.TrueAsync(
            async () => (await Task.WhenAll(inserts.Select(insert => _shop.Sandbox.Crm.DeliverAsync(insert, new DeliveryOptions { MaxAttempts = 1 }))))
                .All(tries => tries[0].Status == 200), "all of them to be taken", TimeSpan.FromSeconds(30));
        (await _shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE external_id = ANY($1)",
            (object)inserts.Select(insert => (string)insert.Data["id"]!).ToArray())).ShouldBe(24);
        await _shop.StopAsync(app);
    }

    [Fact]
    public async Task Postgres_is_away_and_SendGrid_is_told_to_come_again_at_both_doors()
    {
        var app = await _shop.StartAsync(("DATABASE_URL", _shop.Database.UrlOnPort(_wire.Port)));
        const string batch = """[{"email":"away@example.com","event":"unsubscribe","sg_event_id":"away-1"}]""";

        _wire.Refuse();
        _wire.Cut();
        using var events = await PostAsync("/webhooks/sendgrid/events", batch);
        using var form = new MultipartFormDataContent { { new StringContent("away@example.com"), "from" }, { new StringContent("stop"), "text" } };
        using var inbound = await _shop.Http.PostAsync("/webhooks/sendgrid/inbound", form);
        _wire.Restore();

        foreach (var answer in new[] { events, inbound })
        {
            ((int)answer.StatusCode).ShouldBe(503);
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        await Eventually.TrueAsync(async () => (await PostAsync("/webhooks/sendgrid/events", batch)).IsSuccessStatusCode, "the door to work again");
        (await _shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = 'away@example.com'")).ShouldBeTrue();
        await _shop.StopAsync(app);
    }

    [Fact]
    public async Task Postgres_is_away_for_a_moment_and_what_Twilio_tells_once_of_a_text_is_kept()
    {
        var app = await _shop.StartAsync(("DATABASE_URL", _shop.Database.UrlOnPort(_wire.Port)));
        _shop.Sandbox.Faults.Add(Sandbox.Vendor.Twilio, Sandbox.FaultKind.CallbacksOff);
        var quote = await _shop.QuoteAsync("+15125550304");
        await _shop.TouchAsync(quote.OrderId, "sent");
        _shop.Sandbox.Faults.Clear();

        _wire.Refuse();
        _wire.Cut();
        var telling = _shop.Sandbox.Twilio.CallBackAsync(_shop.Sandbox.Twilio.SentTo("+15125550304").Single(), "delivered");
        for (var look = 0; look < 5; look++)
        {
            using var ready = await _shop.Http.GetAsync("/health/ready");
            ((int)ready.StatusCode).ShouldBe(503);
        }

        telling.IsCompleted.ShouldBeFalse("it is waited for");
        _wire.Restore();

        (await telling).Delivery.Status.ShouldBe(200);
        await _shop.TouchAsync(quote.OrderId, "delivered");
        await _shop.StopAsync(app);
    }

    [Fact]
    public async Task Postgres_is_away_for_a_moment_and_a_click_that_unsubscribes_is_kept()
    {
        var app = await _shop.StartAsync(("DATABASE_URL", _shop.Database.UrlOnPort(_wire.Port)));
        using var staff = await _shop.SignedInAsync();
        var lead = await _shop.LeadByApiAsync(staff, await _shop.LocationAsync(), null, "click@example.com");
        await _shop.SentAsync(lead);
        var link = (string)_shop.Sandbox.SendGrid.Sent.Single(mail => mail.To.Contains("click@example.com")).Request["personalizations"]![0]!["headers"]!["List-Unsubscribe"]!;

        _wire.Refuse();
        _wire.Cut();
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        var clicking = _shop.Http.PostAsync(new Uri(link.Trim('<', '>')).AbsolutePath, oneClick);
        for (var look = 0; look < 5; look++)
        {
            using var ready = await _shop.Http.GetAsync("/health/ready");
            ((int)ready.StatusCode).ShouldBe(503);
        }

        clicking.IsCompleted.ShouldBeFalse("it is waited for");
        _wire.Restore();

        using var answer = await clicking;
        ((int)answer.StatusCode).ShouldBe(200);
        (await _shop.Database.ScalarAsync<bool>("SELECT unsubscribed_at IS NOT NULL FROM email_addresses WHERE email = 'click@example.com'")).ShouldBeTrue();
        await _shop.StopAsync(app);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var timestamp = _shop.Sandbox.Clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Timestamp", timestamp);
        request.Headers.Add("X-Twilio-Email-Event-Webhook-Signature", _shop.Sandbox.SendGrid.Signature.Sign(timestamp, bytes));
        return await _shop.Http.SendAsync(request);
    }
}
