using System.Text.Json;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>The last 50 of a million messages: those of a session, any of many, each read with its own session's cookie. The peer asks for no credential.</summary>
internal sealed class HistoryBench(TestBed bed, BenchOptions options)
{
    private const int Connections = 32;
    private const double FixedPerSecond = 40;
    private const int Sessions = 20_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    private static readonly Metric Read = Metric.PerSecond("read per second, 32 at once");
    private static readonly Metric P50 = Metric.Milliseconds("p50, 32 at once");
    private static readonly Metric P95 = Metric.Milliseconds("p95, 32 at once");
    private static readonly Metric P99 = Metric.Milliseconds("p99, 32 at once");
    private static readonly Metric AppCpu = Metric.Micros("app CPU per request");
    private static readonly Metric PostgresCpu = Metric.Micros("PostgreSQL CPU per request");
    private static readonly Metric Memory = Metric.MiB("memory under load");
    private static readonly Metric FixedP50 = Metric.Milliseconds("p50 at 40/s");
    private static readonly Metric FixedP99 = Metric.Milliseconds("p99 at 40/s");

    private readonly Samples _samples = new("history");
    private readonly TimeSpan _window = TimeSpan.FromSeconds(options.Seconds);

    /// <summary>Measures, and gives one line for each metric.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        Benchmarks.Say($"history: writing {Sessions} sessions with {ChatSeed.PerSession} messages each, twice");
        await ChatSeed.WriteAsync(bed, Sessions, cancel);
        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        var ids = Enumerable.Range(1, Sessions).Select(ChatSeed.SessionId).ToList();
        await using var limit = new HistoryLimit(bed, ids);
        List<Target> targets =
        [
            new(Targets.Peer, bed.Peer, [.. ids.Select(id => HttpRequestBytes.Get(PathOf(id)))]),
            new(Targets.Product, bed.ChatApi, [.. ids.Select(id => HttpRequestBytes.Get(PathOf(id), ChatCookie.HeaderFor(bed, id)))]),
        ];
        Benchmarks.Say("history: warming up");
        foreach (var target in targets)
        {
            await RequireFullPageAsync(target);
            (await ClosedLoop.RunAsync(target.Server.Url, target.Next, Connections, WarmUp)).OrThrow(target.Name);
        }

        await limit.RunAsync(Connections, WarmUp, cancel);
        await Rounds.InterleaveAsync<Target?>(options.Rounds, [.. targets, null], "history, 32 at once", async target =>
        {
            if (target is null)
            {
                _samples.Add(Read, Targets.Limit, await limit.RunAsync(Connections, _window, cancel));
            }
            else
            {
                await SaturateAsync(target, postmaster);
            }
        });
        await Rounds.InterleaveAsync(options.Rounds, targets, "history, 40/s", HoldAsync);
        return [.. _samples.Lines(Targets.Peer)];
    }

    private async Task SaturateAsync(Target target, int postmaster)
    {
        var meter = new UsageMeter(target.Server.ProcessId, postmaster);
        var result = (await ClosedLoop.RunAsync(target.Server.Url, target.Next, Connections, _window)).OrThrow(target.Name);
        var usage = meter.Read();
        _samples.Add(Read, target.Name, result.PerSecond);
        _samples.Add(P50, target.Name, result.Latency.Milliseconds(0.5));
        _samples.Add(P95, target.Name, result.Latency.Milliseconds(0.95));
        _samples.Add(P99, target.Name, result.Latency.Milliseconds(0.99));
        _samples.Add(AppCpu, target.Name, usage.App * 1e6 / result.Latency.Count);
        _samples.Add(PostgresCpu, target.Name, usage.Postgres * 1e6 / result.Latency.Count);
        _samples.Add(Memory, target.Name, ProcessTimes.MemoryMiB(target.Server.ProcessId));
    }

    private async Task HoldAsync(Target target)
    {
        var result = (await FixedRate.RunAsync(target.Server.Url, target.Next, FixedPerSecond, _window * 1.5)).OrThrow(target.Name);
        _samples.Add(FixedP50, target.Name, result.Latency.Milliseconds(0.5));
        _samples.Add(FixedP99, target.Name, result.Latency.Milliseconds(0.99));
    }

    // Both must really answer 50 messages: an empty page would be fast.
    private static async Task RequireFullPageAsync(Target target)
    {
        using var connection = await Connection.OpenAsync(target.Server.Url);
        await connection.SendAsync(target.Next());
        var status = await connection.ReadAsync(keep: true);
        var count = 0;
        if (status == 200)
        {
            using var answer = JsonDocument.Parse(connection.Body);
            count = answer.RootElement.GetProperty(target.Name == Targets.Product ? "items" : "messages").GetArrayLength();
        }

        if (count != ChatSeed.PerSession)
        {
            throw new BenchException($"{target.Name} answered {status} with {count} messages instead of {ChatSeed.PerSession}, so nothing is reported.");
        }
    }

    private static string PathOf(Guid session) => $"/api/chat/sessions/{session}/messages";

    private sealed record Target(string Name, Server Server, IReadOnlyList<byte[]> Requests)
    {
        public byte[] Next() => Requests[Random.Shared.Next(Requests.Count)];
    }
}
