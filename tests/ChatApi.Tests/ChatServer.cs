using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.ChatApi.Tests;

/// <summary>A running Chat API, spoken to over HTTP.</summary>
public sealed class ChatServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private bool _isDisposed;

    private ChatServer(WebApplication app)
    {
        _app = app;
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Url = new UriBuilder(address) { Host = "127.0.0.1" }.Uri;
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<ChatServer> StartAsync(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.StartAsync();
        return new ChatServer(app);
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>As after SIGTERM.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>The owner of its answers.</summary>
    public Guid InstanceId => Get<ServiceInstance>().Id;

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Http.Dispose();
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}
