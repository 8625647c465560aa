using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>Takes whatever is posted to it, as Prometheus takes OTLP and Sentry its envelopes.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _posts = new();

    private Receiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public IReadOnlyList<(string Path, byte[] Body)> Posts => [.. _posts];

    /// <summary>All bodies as text; protobuf keeps its strings readable.</summary>
    public string Text => string.Join('\n', Posts.Select(post => Encoding.UTF8.GetString(post.Body)));

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.MapPost("/{**path}", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        var source = http.Request.Headers.ContentEncoding == "gzip"
            ? new System.IO.Compression.GZipStream(http.Request.Body, System.IO.Compression.CompressionMode.Decompress)
            : http.Request.Body;
        await source.CopyToAsync(body);
        _posts.Enqueue((http.Request.Path, body.ToArray()));
    }
}
