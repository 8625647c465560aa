using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace LeadOrchestrator.Sandbox;

/// <summary>What the page is told as it happens. A listener that does not keep up loses the oldest events.</summary>
internal sealed class LiveEvents
{
    private readonly Lock _lock = new();
    private readonly List<Channel<(string Type, string Data)>> _listeners = [];

    /// <summary>Whether somebody looks at all.</summary>
    public bool HasListeners
    {
        get
        {
            lock (_lock)
            {
                return _listeners.Count > 0;
            }
        }
    }

    public void Publish(string type, JsonNode data)
    {
        if (!HasListeners)
        {
            return;
        }

        var text = data.ToJsonString(Json.Options);
        lock (_lock)
        {
            foreach (var listener in _listeners)
            {
                listener.Writer.TryWrite((type, text));
            }
        }
    }

    /// <summary>Streams events to one browser until it leaves or the host stops.</summary>
    public async Task ServeAsync(HttpContext http, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var channel = Channel.CreateBounded<(string Type, string Data)>(
            new BoundedChannelOptions(500) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            _listeners.Add(channel);
        }

        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            await http.Response.WriteAsync("retry: 500\n: hello\n\n", either.Token);
            await http.Response.Body.FlushAsync(either.Token);
            await foreach (var (type, data) in channel.Reader.ReadAllAsync(either.Token))
            {
                await http.Response.WriteAsync($"event: {type}\ndata: {data}\n\n", either.Token);
                await http.Response.Body.FlushAsync(either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The browser left, or the Sandbox stops: both end the stream.
        }
        finally
        {
            lock (_lock)
            {
                _listeners.Remove(channel);
            }
        }
    }
}
