using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Intake;

/// <summary>
/// Webhooks at three times the rate that saturates the peer, measured in the same run: every answer must be 2xx, the slowest hundredth faster than the peer's
/// median at its own saturation, and the inbox empty soon after.
/// </summary>
internal sealed class Flood(TestBed bed, FreshProcesses fresh, BenchOptions options)
{
    private const int Connections = 32;
    private const double TimesTheirs = 3;
    private const double LeastSaturationSeconds = 6;
    private const double DrainedWithin = 10;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Runs it: the peer alone, then the product alone.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var peer = await SaturatePeerAsync(cancel);
        var rate = peer.PerSecond * TimesTheirs;
        await using var door = await fresh.StartOrchestratorAsync(cancel);
        (await ClosedLoop.RunAsync(door.Url, bed.Deliveries.Next, Connections, WarmUp / 2)).OrThrow(door.Name);
        await DrainedAsync(cancel);
        await Databases.ExecuteAsync(fresh.ProductDatabase, "ANALYZE", cancel);
        (await ClosedLoop.RunAsync(door.Url, bed.Deliveries.Next, Connections, WarmUp)).OrThrow(door.Name);
        await DrainedAsync(cancel);
        var before = await LeadsAsync(cancel);

        Benchmarks.Say($"intake: flood of {rate:0} webhooks a second for {Duration.TotalSeconds} s");
        var flood = await FixedRate.RunAsync(door.Url, bed.Deliveries.Next, rate, Duration);
        var drained = await DrainedAsync(cancel);
        var lost = flood.Latency.Count - (await LeadsAsync(cancel) - before);
        if (flood.FirstError is { } error)
        {
            Benchmarks.Say($"intake: flood: the first that was refused: {error}");
        }

        return
        [
            Line("flood: the peer's webhooks per second at its saturation", "1/s", peer.PerSecond, null),
            Line("flood: webhooks per second for 30 s", "1/s", (flood.Latency.Count + flood.Errors) / flood.Seconds, null),
            Line("flood: answers other than 2xx", "count", flood.Errors, 0),
            Line("flood: p50", "ms", flood.Latency.Milliseconds(0.5), null),
            Line("flood: p99, the limit is the peer's p50 at its saturation", "ms", flood.Latency.Milliseconds(0.99), peer.Latency.Milliseconds(0.5)),
            Line("flood: inbox drained after", "s", drained.TotalSeconds, DrainedWithin),
            Line("flood: accepted and no lead", "count", lost, 0),
        ];
    }

    private async Task<LoopResult> SaturatePeerAsync(CancellationToken cancel)
    {
        await using var peer = await fresh.StartPeerAsync(cancel);
        (await ClosedLoop.RunAsync(peer.Url, bed.Deliveries.Next, Connections, WarmUp)).OrThrow(peer.Name);
        var window = TimeSpan.FromSeconds(Math.Max(LeastSaturationSeconds, options.Seconds));
        return (await ClosedLoop.RunAsync(peer.Url, bed.Deliveries.Next, Connections, window)).OrThrow(peer.Name);
    }

    private async Task<TimeSpan> DrainedAsync(CancellationToken cancel)
    {
        var start = MonotonicClock.Now;
        while (!await Databases.ValueAsync<bool>(fresh.ProductDatabase, $"""
            SELECT NOT EXISTS (SELECT FROM webhook_events WHERE tenant_id = '{fresh.TenantId}' AND status = 'received' AND next_attempt_at IS NOT NULL)
                AND NOT EXISTS (SELECT FROM webhook_events WHERE tenant_id = '{fresh.TenantId}' AND status = 'processing')
            """, cancel))
        {
            if (MonotonicClock.Now - start > Patience.TotalMicroseconds)
            {
                throw new BenchException($"The inbox was not empty {Patience.TotalSeconds} s after the flood.");
            }

            await Task.Delay(100, cancel);
        }

        return TimeSpan.FromMicroseconds(MonotonicClock.Now - start);
    }

    private Task<long> LeadsAsync(CancellationToken cancel) => Databases.ValueAsync<long>(fresh.ProductDatabase, "SELECT count(*) FROM leads", cancel);

    private static ReportLine Line(string what, string unit, double value, double? most) => ReportLine.Promise(IntakeBench.Name, what, unit, Samples.Rounded(value), most);
}
