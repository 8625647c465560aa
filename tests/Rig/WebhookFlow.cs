using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Rig;

/// <summary>One quote request whose webhook was sent, once.</summary>
/// <param name="At">When it was sent, since the flow began.</param>
/// <param name="Took">Until its answer.</param>
/// <param name="Status">What was answered; null: nothing.</param>
/// <param name="Error">Why nothing was answered.</param>
public sealed record SentWebhook(string OrderId, string Phone, TimeSpan At, TimeSpan Took, int? Status, string? Error)
{
    /// <summary>Was it taken?</summary>
    public bool IsAccepted => Status is >= 200 and < 300;
}

/// <summary>New quote requests at a fixed rate, whatever becomes of them: each a new customer in the CRM, each webhook sent once to the next address.</summary>
public sealed class WebhookFlow : IAsyncDisposable
{
    // Shopmonkey's patience is not documented; this is the least that Standard Webhooks advises.
    private static readonly TimeSpan SendersPatience = TimeSpan.FromSeconds(15);

    private readonly TestRig _rig;
    private readonly IReadOnlyList<Uri> _to;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SentWebhook> _sent = [];
    private readonly Task _sending;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = SendersPatience };

    private WebhookFlow(TestRig rig, double perSecond, IReadOnlyList<Uri> to)
    {
        (_rig, _to) = (rig, to);
        _sending = SendAsync(TimeSpan.FromSeconds(1 / perSecond));
    }

    /// <summary>The answers so far, in their order.</summary>
    public IReadOnlyCollection<SentWebhook> Sent => _sent;

    /// <summary>Time since it began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Begins.</summary>
    /// <param name="perSecond">How many, without regard to how fast they are answered.</param>
    /// <param name="to">Base addresses, in turns; none = the public door.</param>
    public static WebhookFlow Start(TestRig rig, double perSecond, params Uri[] to)
    {
        ArgumentNullException.ThrowIfNull(rig);
        return new WebhookFlow(rig, perSecond, to is [] ? [rig.Door.Url] : to);
    }

    /// <summary>Sends no more, and waits for the answers that are still to come.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _sending;
    }

    /// <summary>Does what Shopmonkey would have done: sends again what was not accepted, until it is.</summary>
    public async Task RepeatRefusedAsync()
    {
        foreach (var refused in _sent.Where(webhook => !webhook.IsAccepted))
        {
            var row = _rig.Sandbox.Crm.Row("order", refused.OrderId)!;
            await _rig.Sandbox.Crm.DeliverAsync(new CrmEvent("INSERT", "order", row));
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task SendAsync(TimeSpan every)
    {
        var pending = new List<Task>();
        using var timer = new PeriodicTimer(every);
        try
        {
            for (var number = 0; ; number++)
            {
                pending.Add(SendOneAsync(_to[number % _to.Count]));
                await timer.WaitForNextTickAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(pending);
        }
    }

    private async Task SendOneAsync(Uri to)
    {
        var phone = _rig.NewPhone();
        var quote = await _rig.Sandbox.Crm.AddQuoteAsync(new NewQuote { Phone = phone, Deliver = false });
        var body = Encoding.UTF8.GetBytes(new CrmEvent("INSERT", "order", _rig.Sandbox.Crm.Row("order", quote.OrderId)!).ToBody().ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to, "/webhooks/shopmonkey")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in _rig.Sandbox.Crm.HeadersOf(body))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var at = _clock.Elapsed;
        int? status = null;
        string? error = null;
        try
        {
            using var answer = await _http.SendAsync(request);
            status = (int)answer.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            error = $"{exception.GetType().Name}: {exception.InnerException?.Message ?? exception.Message}";
        }

        _sent.Enqueue(new SentWebhook(quote.OrderId, phone, at, _clock.Elapsed - at, status, error));
    }
}
