using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// Business time: what is due, which hour it is at the shop, how old a signature is. It is this machine's clock, or the one behind <c>TEST_CLOCK_URL</c>.
/// </summary>
/// <remarks>Only <see cref="GetUtcNow"/> moves. Timers, timeouts and timestamps are inherited and stay real; leases use the database's clock.</remarks>
public sealed class BusinessClock : TimeProvider
{
    private long _ticks;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() =>
        Interlocked.Read(ref _ticks) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : System.GetUtcNow();

    /// <summary>From now on it is this time, until the next call.</summary>
    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref _ticks, now.UtcTicks);
}

/// <summary>Asks the test clock for the time in the background, often enough that business time is at most 100 ms old.</summary>
internal sealed partial class TestClockReader(BusinessClock clock, Uri url, ILogger<TestClockReader> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>How long the first reading is waited for: as long as a database is.</summary>
    public TimeSpan Patience { get; init; } = StartUp.Patience;

    /// <summary>The first reading is awaited: nothing may start in the wrong year.</summary>
    /// <exception cref="SettingsException">There is no clock at that address.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(BetweenTries, cancellationToken))
        {
            try
            {
                await RunOnceAsync(cancellationToken);
                break;
            }
            catch (Exception exception) when (IsNoReading(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (waited.Elapsed >= Patience)
                {
                    throw new SettingsException([$"TEST_CLOCK_URL is no clock: it did not answer a GET with {{\"now\":\"2026-11-22T21:13:58Z\"}} for {Patience.TotalSeconds:0} seconds ({Cause(exception)})"]);
                }

                WaitsForClock(logger, exception.GetType().Name);
            }
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (IsNoReading(exception) && !stoppingToken.IsCancellationRequested)
            {
                ClockIsAway(logger, exception.GetType().Name);
            }
        }
    }

    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var json = await _http.GetStringAsync(url, cancel);
        clock.Set(JsonSerializer.Deserialize(json, ReadingJson.Default.Reading) is { Now.UtcTicks: > 0 and var ticks } ? new DateTimeOffset(ticks, TimeSpan.Zero) : throw new JsonException("There is no now."));
    }

    // What has a charset that nobody knows is an InvalidOperationException.
    private static bool IsNoReading(Exception exception) => exception is HttpRequestException or TaskCanceledException or JsonException or InvalidOperationException;

    private static string Cause(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => $"it answers {(int)status}",
        HttpRequestException or TaskCanceledException => "nobody answers there",
        _ => "what it answers is something else",
    };

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    [LoggerMessage(1002, LogLevel.Warning, "The test clock does not answer yet ({Kind}); trying again")]
    private static partial void WaitsForClock(ILogger logger, string kind);

    [LoggerMessage(1001, LogLevel.Debug, "The test clock did not answer ({Kind}); business time stands still")]
    private static partial void ClockIsAway(ILogger logger, string kind);
}

/// <summary>The test clock's answer: <c>{"now":"2026-11-22T21:13:58Z"}</c>.</summary>
internal sealed record Reading([property: JsonPropertyName("now")] DateTimeOffset Now);

[JsonSerializable(typeof(Reading))]
internal sealed partial class ReadingJson : JsonSerializerContext;
