using System.Collections.Concurrent;
using LeadOrchestrator.Answers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Bench.Answers;

/// <summary>
/// Stands between the product and a real vendor, on the loopback: passes every byte on as it comes, and looks what of others the product tells. It is also what lets the conversations
/// happen on their own days: the product takes a test clock beside no real vendor.
/// </summary>
internal sealed class ModelRelay : IAsyncDisposable
{
    private static readonly HashSet<string> OfTheHop = new(StringComparer.OrdinalIgnoreCase) { "Host", "Connection", "Transfer-Encoding", "Content-Length", "Keep-Alive" };
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(3) };
    private readonly ConcurrentBag<string> _read = [];
    private readonly string _upstream;

    private ModelRelay(WebApplication app, Uri upstream) => (_app, _upstream) = (app, upstream.ToString().TrimEnd('/'));

    /// <summary>Where it listens: the vendor's base address for the product.</summary>
    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>What of others stood in a request.</summary>
    public IReadOnlyList<string> Read => [.. _read];

    /// <summary>Starts it on a free port.</summary>
    public static async Task<ModelRelay> StartAsync(Uri upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var relay = new ModelRelay(builder.Build(), upstream);
        relay._app.Run(relay.PassAsync);
        await relay._app.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        foreach (var foreign in AnswerShop.Foreign.Where(foreign => body.Contains(foreign, StringComparison.Ordinal)))
        {
            _read.Add(foreign);
        }

        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), _upstream + http.Request.Path + http.Request.QueryString);
        request.Content = body.Length > 0 ? new StringContent(body) : null;
        request.Content?.Headers.Clear();
        foreach (var (name, values) in http.Request.Headers.Where(header => !OfTheHop.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !OfTheHop.Contains(header.Key)))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        await using var stream = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
        var buffer = new byte[8192];
        for (int read; (read = await stream.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }
}
