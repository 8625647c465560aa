using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using Npgsql;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>Is it ready? Both ask their database each time. The limit is that question alone, on as many connections.</summary>
internal sealed class HealthBench(TestBed bed, BenchOptions options)
{
    private const int Connections = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    private static readonly Metric Answered = Metric.PerSecond("answered per second, 32 at once");
    private static readonly Metric P50 = Metric.Milliseconds("p50, 32 at once");
    private static readonly Metric P99 = Metric.Milliseconds("p99, 32 at once");
    private static readonly Metric AppCpu = Metric.Micros("app CPU per request");
    private static readonly Metric PostgresCpu = Metric.Micros("PostgreSQL CPU per request");

    private readonly Samples _samples = new("health");
    private readonly TimeSpan _window = TimeSpan.FromSeconds(options.Seconds);

    /// <summary>Measures, and gives one line for each metric.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        await using var source = ProductConnections.To($"{bed.Databases.Limit};Maximum Pool Size={Databases.PoolSize}");
        List<Target> targets =
        [
            new(Targets.Peer, bed.Peer, HttpRequestBytes.Get("/health")),
            new(Targets.Product, bed.Orchestrator, HttpRequestBytes.Get("/health/ready")),
        ];
        Benchmarks.Say("health: warming up");
        foreach (var target in targets)
        {
            await AskAsync(target, WarmUp);
        }

        await AskDatabaseAsync(source, WarmUp / 2, cancel);
        await Rounds.InterleaveAsync<Target?>(options.Rounds, [.. targets, null], "health, 32 at once", async target =>
        {
            if (target is null)
            {
                _samples.Add(Answered, Targets.Limit, await AskDatabaseAsync(source, _window, cancel));
            }
            else
            {
                await MeasureAsync(target, postmaster);
            }
        });
        return [.. _samples.Lines(Targets.Peer)];
    }

    private async Task MeasureAsync(Target target, int postmaster)
    {
        var meter = new UsageMeter(target.Server.ProcessId, postmaster);
        var result = await AskAsync(target, _window);
        var usage = meter.Read();
        _samples.Add(Answered, target.Name, result.PerSecond);
        _samples.Add(P50, target.Name, result.Latency.Milliseconds(0.5));
        _samples.Add(P99, target.Name, result.Latency.Milliseconds(0.99));
        _samples.Add(AppCpu, target.Name, usage.App * 1e6 / result.Latency.Count);
        _samples.Add(PostgresCpu, target.Name, usage.Postgres * 1e6 / result.Latency.Count);
    }

    private static async Task<LoopResult> AskAsync(Target target, TimeSpan duration) =>
        (await ClosedLoop.RunAsync(target.Server.Url, () => target.Request, Connections, duration)).OrThrow(target.Name);

    private static async Task<double> AskDatabaseAsync(NpgsqlDataSource source, TimeSpan duration, CancellationToken cancel)
    {
        var start = MonotonicClock.Now;
        var end = start + (long)duration.TotalMicroseconds;
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            var count = 0L;
            for (; MonotonicClock.Now < end; count++)
            {
                await using var command = source.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancel);
            }

            return count;
        }, cancel)));
        return counts.Sum() / ((MonotonicClock.Now - start) / 1e6);
    }

    private sealed record Target(string Name, Server Server, byte[] Request);
}
