using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// A signed webhook about a new order. The product answers when it is durable and makes the lead from its inbox; the peer does all of it in the request.
/// So both are measured: what the sender waits for, and what a lead costs until its first touch is planned.
/// </summary>
internal sealed class WebhookBench(TestBed bed, BenchOptions options)
{
    private const int Connections = 32;
    private const double FixedPerSecond = 50;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(120);

    private static readonly Metric Accepted = Metric.PerSecond("accepted per second, 32 at once");
    private static readonly Metric Leads = Metric.PerSecond("leads planned per second, to the last");
    private static readonly Metric P50 = Metric.Milliseconds("p50, 32 at once");
    private static readonly Metric P95 = Metric.Milliseconds("p95, 32 at once");
    private static readonly Metric P99 = Metric.Milliseconds("p99, 32 at once");
    private static readonly Metric AppCpu = Metric.Micros("app CPU per request, while accepting");
    private static readonly Metric AppCpuLead = Metric.Micros("app CPU per lead, to the last");
    private static readonly Metric PostgresCpu = Metric.Micros("PostgreSQL CPU per request, while accepting");
    private static readonly Metric PostgresCpuLead = Metric.Micros("PostgreSQL CPU per lead, to the last");
    private static readonly Metric Memory = Metric.MiB("memory under load");
    private static readonly Metric FixedP50 = Metric.Milliseconds("p50 at 50/s");
    private static readonly Metric FixedP99 = Metric.Milliseconds("p99 at 50/s");
    private static readonly Metric FixedCpu = Metric.Micros("app CPU per lead at 50/s");

    private readonly Samples _samples = new("webhook");
    private readonly Dictionary<string, long> _accepted = [];
    private readonly TimeSpan _window = TimeSpan.FromSeconds(options.Seconds);

    /// <summary>Measures, and gives one line for each metric.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        var before = await TouchesAsync(cancel);
        await using var limit = await InboxLimit.OpenAsync(bed.Databases.Limit, cancel);
        List<Target> targets =
        [
            new(Targets.Peer, bed.Peer, IsProduct: false),
            new(Targets.Product, bed.Orchestrator, IsProduct: true),
            new(Targets.OneStatementPeer, bed.OneStatementPeer, IsProduct: false),
        ];
        Benchmarks.Say("webhook: warming up");
        await WarmUpAsync(targets, WarmUp / 8, cancel);
        await limit.RunAsync(Connections, WarmUp, cancel);
        await bed.Databases.AnalyzeAsync(cancel);
        await WarmUpAsync(targets, WarmUp, cancel);
        await Rounds.InterleaveAsync<Target?>(options.Rounds, [.. targets, null], "webhook, 32 at once", async target =>
        {
            if (target is null)
            {
                _samples.Add(Accepted, Targets.Limit, await limit.RunAsync(Connections, _window, cancel));
            }
            else
            {
                await SaturateAsync(target, postmaster, cancel);
            }
        });
        await Rounds.InterleaveAsync(options.Rounds, targets, "webhook, 50/s", target => HoldAsync(target, postmaster, cancel));
        await VerifyAsync(before, cancel);
        return [.. _samples.Lines(Targets.Peer), .. _samples.Lines(Targets.OneStatementPeer, " (against the one-statement peer)", [Accepted, AppCpuLead, P99, FixedP99])];
    }

    private async Task WarmUpAsync(IReadOnlyList<Target> targets, TimeSpan duration, CancellationToken cancel)
    {
        foreach (var target in targets)
        {
            await AcceptAsync(target, () => ClosedLoop.RunAsync(target.Server.Url, bed.Deliveries.Next, Connections, duration));
            await DrainAsync(target, cancel);
        }
    }

    private async Task SaturateAsync(Target target, int postmaster, CancellationToken cancel)
    {
        var meter = new UsageMeter(target.Server.ProcessId, postmaster);
        var result = await AcceptAsync(target, () => ClosedLoop.RunAsync(target.Server.Url, bed.Deliveries.Next, Connections, _window));
        var accepting = meter.Read();
        await DrainAsync(target, cancel);
        var whole = meter.Read();

        var count = result.Latency.Count;
        _samples.Add(Accepted, target.Name, result.PerSecond);
        _samples.Add(Leads, target.Name, count / (target.IsProduct ? whole.Wall : result.Seconds));
        _samples.Add(P50, target.Name, result.Latency.Milliseconds(0.5));
        _samples.Add(P95, target.Name, result.Latency.Milliseconds(0.95));
        _samples.Add(P99, target.Name, result.Latency.Milliseconds(0.99));
        _samples.Add(AppCpu, target.Name, accepting.App * 1e6 / count);
        _samples.Add(AppCpuLead, target.Name, whole.App * 1e6 / count);
        _samples.Add(PostgresCpu, target.Name, accepting.Postgres * 1e6 / count);
        _samples.Add(PostgresCpuLead, target.Name, whole.Postgres * 1e6 / count);
        _samples.Add(Memory, target.Name, ProcessTimes.MemoryMiB(target.Server.ProcessId));
    }

    private async Task HoldAsync(Target target, int postmaster, CancellationToken cancel)
    {
        var meter = new UsageMeter(target.Server.ProcessId, postmaster);
        var result = await AcceptAsync(target, () => FixedRate.RunAsync(target.Server.Url, bed.Deliveries.Next, FixedPerSecond, _window * 1.5));
        await DrainAsync(target, cancel);
        _samples.Add(FixedP50, target.Name, result.Latency.Milliseconds(0.5));
        _samples.Add(FixedP99, target.Name, result.Latency.Milliseconds(0.99));
        _samples.Add(FixedCpu, target.Name, meter.Read().App * 1e6 / result.Latency.Count);
    }

    private async Task<LoopResult> AcceptAsync(Target target, Func<Task<LoopResult>> drive)
    {
        var result = (await drive()).OrThrow(target.Name);
        _accepted[target.Name] = _accepted.GetValueOrDefault(target.Name) + result.Latency.Count;
        return result;
    }

    // Until every event is a lead with a planned touch, and none of the touches is due: nothing is left over for the next target's time.
    private async Task DrainAsync(Target target, CancellationToken cancel)
    {
        if (!target.IsProduct)
        {
            return;
        }

        var start = MonotonicClock.Now;
        // By the indexes of the claims, and seldom: the question must not cost what it measures.
        while (!await Databases.ValueAsync<bool>(bed.Databases.Product, $"""
            SELECT NOT EXISTS (SELECT FROM webhook_events WHERE tenant_id = '{bed.TenantId}' AND status = 'received' AND next_attempt_at IS NOT NULL)
                AND NOT EXISTS (SELECT FROM webhook_events WHERE tenant_id = '{bed.TenantId}' AND status = 'processing')
                AND NOT EXISTS (SELECT FROM touch_points WHERE tenant_id = '{bed.TenantId}' AND status = 'scheduled' AND due_at <= clock_timestamp())
                AND NOT EXISTS (SELECT FROM touch_points WHERE tenant_id = '{bed.TenantId}' AND status = 'sending')
            """, cancel))
        {
            if ((MonotonicClock.Now - start) / 1e6 > DrainPatience.TotalSeconds)
            {
                throw new BenchException($"The product's inbox was not empty {DrainPatience.TotalSeconds} s after the load, so nothing is reported.");
            }

            await Task.Delay(200, cancel);
        }
    }

    // What was answered with 2xx must be there, as a lead with a touch: else the figures are those of another program.
    private async Task VerifyAsync((long Product, long Peer) before, CancellationToken cancel)
    {
        var (product, peer) = await TouchesAsync(cancel);
        Compare(Targets.Product, product - before.Product, _accepted[Targets.Product]);
        Compare("the two peers", peer - before.Peer, _accepted[Targets.Peer] + _accepted[Targets.OneStatementPeer]);

        static void Compare(string who, long planned, long accepted)
        {
            if (planned != accepted)
            {
                throw new BenchException($"{who}: {accepted} webhooks were answered with 2xx, and {planned} touches are planned, so nothing is reported.");
            }
        }
    }

    private async Task<(long Product, long Peer)> TouchesAsync(CancellationToken cancel) => (
        await Databases.ValueAsync<long>(bed.Databases.Product, Databases.PlannedByProduct, cancel),
        await Databases.ValueAsync<long>(bed.Databases.Peer, Databases.PlannedByPeer, cancel));

    private sealed record Target(string Name, Server Server, bool IsProduct);
}
