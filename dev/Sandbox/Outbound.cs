using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>One try to hand a webhook or callback to the product.</summary>
/// <param name="What">Such as <c>order INSERT</c>, <c>status delivered</c>, <c>inbound</c>.</param>
/// <param name="Url">The address as the vendor knows it.</param>
/// <param name="Attempt">1, 2, 3 …</param>
/// <param name="Status">The HTTP status of the answer; null: there was none.</param>
/// <param name="Error">Why there was none.</param>
public sealed record Delivery(
    DateTimeOffset At, string Vendor, string What, string Url, int Attempt, int? Status, string? Error)
{
    /// <summary>Whether the product took it.</summary>
    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>The vendors' way to the product: posts, and remembers what came of it.</summary>
internal sealed class Outbound : IDisposable
{
    private const int DeliveriesKept = 5000;
    private readonly Lock _lock = new();
    private readonly Queue<Delivery> _deliveries = new();
    private readonly HashSet<Task> _background = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly SandboxClock _clock;
    private readonly LiveEvents _live;

    // No proxy: the product is on this machine. Redirects are an error, as the vendors treat them.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    public Outbound(SandboxSettings settings, SandboxClock clock, LiveEvents live)
    {
        PublicUrl = settings.PublicUrl;
        DeliverTo = settings.DeliverTo;
        _clock = clock;
        _live = live;
    }

    public Uri PublicUrl { get; set; }

    public Uri? DeliverTo { get; set; }

    public CancellationToken Stopping => _stopping.Token;

    public IReadOnlyList<Delivery> Deliveries
    {
        get
        {
            lock (_lock)
            {
                return [.. _deliveries];
            }
        }
    }

    /// <summary>An address of the product, such as <c>/webhooks/shopmonkey</c>.</summary>
    public string UrlOf(string path) => PublicUrl.ToString().TrimEnd('/') + path;

    /// <summary>Posts once. The delivery says what came of it; nothing is thrown but on the way down.</summary>
    public async Task<(Delivery Delivery, string? Body, TimeSpan? RetryAfter)> PostAsync(
        string vendor, string what, string url, int attempt, HttpContent content, IReadOnlyDictionary<string, string> headers)
    {
        Delivery delivery;
        string? body = null;
        TimeSpan? retryAfter = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Target(url)) { Content = content };
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await _http.SendAsync(request, _stopping.Token);
            body = await response.Content.ReadAsStringAsync(_stopping.Token);
            retryAfter = response.Headers.RetryAfter?.Delta;
            delivery = new Delivery(_clock.Now, vendor, what, url, attempt, (int)response.StatusCode, null);
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException or InvalidOperationException
            || (failure is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            delivery = new Delivery(_clock.Now, vendor, what, url, attempt, null, failure.Message);
        }

        lock (_lock)
        {
            _deliveries.Enqueue(delivery);
            if (_deliveries.Count > DeliveriesKept)
            {
                _deliveries.Dequeue();
            }
        }

        _live.Publish("delivery", Json.Of(delivery));
        return (delivery, body, retryAfter);
    }

    /// <summary>Lets work go on beside the answer; <see cref="SettledAsync"/> waits for it.</summary>
    public void Run(Func<Task> work)
    {
        var task = Guarded();
        lock (_lock)
        {
            _background.Add(task);
        }

        _ = task.ContinueWith(
            done =>
            {
                lock (_lock)
                {
                    _background.Remove(done);
                }
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        async Task Guarded()
        {
            await Task.Yield();
            try
            {
                await work();
            }
            catch (OperationCanceledException)
            {
                // The Sandbox stops.
            }
        }
    }

    /// <summary>Ends when no delivery is under way.</summary>
    public async Task SettledAsync()
    {
        while (true)
        {
            Task[] tasks;
            lock (_lock)
            {
                tasks = [.. _background];
            }

            if (tasks.Length == 0)
            {
                return;
            }

            await Task.WhenAll(tasks);
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await SettledAsync();
    }

    public void Dispose()
    {
        _http.Dispose();
        _stopping.Dispose();
    }

    private Uri Target(string url)
    {
        var signed = new Uri(url);
        if (DeliverTo is not { } target || !url.StartsWith(PublicUrl.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
        {
            return signed;
        }

        return new Uri(target, signed.PathAndQuery);
    }
}
