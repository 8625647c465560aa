using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// The load that the original system was built for, all through the public door: 20 people at once who read, look and write,
/// while leads come in. That is far more than hundreds of leads and thousands of messages a day; every figure has its limit.
/// </summary>
internal sealed class LoadBench(TestBed bed)
{
    private const int People = 20;
    private const double WebhooksPerSecond = 2;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    /// <summary>Measures, and gives p50 and p99 for each kind of request.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await ChatSeed.WriteAsync(bed, People, cancel);
        Benchmarks.Say("load: warming up");
        await RunAsync(WarmUp, cancel);
        Benchmarks.Say($"load: {People} people for {Duration.TotalSeconds} s");
        var measured = await RunAsync(Duration, cancel);
        return
        [
            .. Lines("webhook", measured.Webhook, 100),
            .. Lines("history", measured.People.History, 100),
            .. Lines("health", measured.People.Health, 50),
            .. Lines("message stored", measured.People.Message, 20),
        ];
    }

    private async Task<(LoopResult Webhook, LoadOnPeople People)> RunAsync(TimeSpan duration, CancellationToken cancel)
    {
        var load = new LoadOnPeople();
        var end = MonotonicClock.Now + (long)duration.TotalMicroseconds;
        var webhook = FixedRate.RunAsync(bed.Orchestrator.Url, bed.Deliveries.Next, WebhooksPerSecond, duration);
        await Task.WhenAll(Enumerable.Range(1, People).Select(number =>
            Task.Run(() => new Customer(bed, ChatSeed.SessionId(number)).LiveAsync(load, end, cancel), cancel)));
        return (await webhook, load);
    }

    private static IEnumerable<ReportLine> Lines(string what, LoopResult result, double limit)
    {
        var p99 = result.Latency.Milliseconds(0.99);
        var verdict = p99 <= limit && result.Errors == 0 ? "ok" : "over";
        var errors = result.Errors == 0 ? "" : $", {result.Errors} errors, the first: {result.FirstError}";
        yield return Line($"{what} p50", result.Latency.Milliseconds(0.5), "");
        yield return Line($"{what} p99", p99, $"{verdict} ({result.Latency.Count} answers{errors})");

        ReportLine Line(string metric, double value, string note) =>
            new("load", metric, "ms", double.IsNaN(value) ? null : Samples.Rounded(value), null, limit, null, null, null, 1) { Note = note.Length > 0 ? note : null };
    }
}

/// <summary>What the people together saw.</summary>
internal sealed class LoadOnPeople
{
    /// <summary>Reading the last messages.</summary>
    public LoopResult History { get; } = new();

    /// <summary>The orchestrator's readiness, its database included.</summary>
    public LoopResult Health { get; } = new();

    /// <summary>From sending a message to the frame that says it is stored.</summary>
    public LoopResult Message { get; } = new();
}
