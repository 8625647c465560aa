using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>A Twilio that answers when it is told to, and knows how many texts it has at once.</summary>
public sealed class GatedTwilio : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _texts = new();
    private volatile TaskCompletionSource _gate = Open();
    private int _inFlight;
    private int _most;

    private GatedTwilio(WebApplication app) => _app = app;

    /// <summary>For TWILIO_BASE_URL.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Whom it was asked to text, in the order of the requests.</summary>
    public IReadOnlyList<string> Texts => [.. _texts];

    /// <summary>Texts that wait for an answer.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The most of them at once.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>Only these numbers wait at the gate; null = all.</summary>
    public string? Slow { get; set; }

    /// <summary>Only this account's texts wait at the gate; null = all.</summary>
    public string? SlowAccount { get; set; }

    /// <summary>This account is refused with 401; null = none.</summary>
    public string? DeniedAccount { get; set; }

    /// <summary>The SID that a number's text gets.</summary>
    public Func<string, string> Sid { get; set; } = to => $"SM{to.TrimStart('+')}";

    public static async Task<GatedTwilio> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var twilio = new GatedTwilio(app);
        app.MapPost("/2010-04-01/Accounts/{account}/Messages.json", (Func<HttpContext, Task<IResult>>)twilio.TakeAsync);
        app.MapGet("/2010-04-01/Accounts/{account}/Messages.json", () => Results.Json(new { messages = Array.Empty<object>() }));
        await app.StartAsync();
        return twilio;
    }

    /// <summary>From now on texts wait for an answer.</summary>
    public void Shut() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers all that wait, and all that come.</summary>
    public void Release() => _gate.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
    }

    private async Task<IResult> TakeAsync(HttpContext context)
    {
        var account = context.Request.RouteValues["account"] as string;
        if (DeniedAccount is not null && DeniedAccount == account)
        {
            return Results.Json(new { code = 20003 }, statusCode: StatusCodes.Status401Unauthorized);
        }

        var to = (await context.Request.ReadFormAsync())["To"].ToString();
        _texts.Enqueue(to);
        var now = Interlocked.Increment(ref _inFlight);
        for (var most = Most; now > most && Interlocked.CompareExchange(ref _most, now, most) != most; most = Most)
        {
        }

        if ((Slow is null || Slow == to) && (SlowAccount is null || SlowAccount == account))
        {
            await _gate.Task;
        }

        Interlocked.Decrement(ref _inFlight);
        return Results.Json(new { sid = Sid(to), status = "queued" }, statusCode: StatusCodes.Status201Created);
    }

    private static TaskCompletionSource Open()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
