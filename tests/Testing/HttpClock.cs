using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Testing;

/// <summary>A clock behind HTTP that stands still until it is moved: for <c>TEST_CLOCK_URL</c>, when a test needs no whole Sandbox.</summary>
public sealed class HttpClock : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _ticks;
    private long _readings;

    private HttpClock(DateTimeOffset now)
    {
        Now = now;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(async context =>
        {
            await context.Response.WriteAsJsonAsync(new { now = Now });
            Interlocked.Increment(ref _readings);
        });
    }

    /// <summary>10:00 in Chicago on a Monday: nobody's quiet hours.</summary>
    public static DateTimeOffset MondayMorning { get; } = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    /// <summary>What the clock shows. Services know it at most 100 ms later.</summary>
    public DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _ticks, value.UtcTicks);
    }

    /// <summary>How often it was read.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    /// <summary>Its address, the value of <c>TEST_CLOCK_URL</c>.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts a clock that shows <paramref name="now"/>; default <see cref="MondayMorning"/>.</summary>
    public static async Task<HttpClock> StartAsync(DateTimeOffset? now = null)
    {
        var clock = new HttpClock(now ?? MondayMorning);
        await clock._app.StartAsync();
        return clock;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
