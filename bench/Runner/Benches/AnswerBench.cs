using System.Net.Sockets;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>One answer after the other, of a model that takes no time: what everything around it adds until the first token. The limit is the model read directly.</summary>
internal sealed class AnswerBench(TestBed bed, BenchOptions options)
{
    // One conversation gets no more than 250 answers a day.
    private const int Sessions = 1000;
    private static readonly ModelPace Pace = new(50, 0);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    private static readonly Metric P50 = Metric.Milliseconds("time added until the first token, p50");
    private static readonly Metric P99 = Metric.Milliseconds("time added until the first token, p99");
    private static readonly Metric First = Metric.Milliseconds("first token, p50");
    private static readonly Metric Answers = Metric.PerSecond("whole answers per second, one after the other");
    private static readonly Metric AppCpu = Metric.Micros("app CPU per answer of 50 tokens");
    private static readonly Metric PostgresCpu = Metric.Micros("PostgreSQL CPU per answer of 50 tokens");
    private static readonly Metric DoorP50 = Metric.Milliseconds("time added through the public door, p50");

    private readonly Samples _samples = new("answer");
    private readonly TimeSpan _window = TimeSpan.FromSeconds(options.Seconds);
    private int _next;

    /// <summary>Measures, and gives one line for each metric.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await ChatSeed.WriteAsync(bed, Sessions, cancel);
        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        List<(AnswerTarget Target, bool IsDoor)> targets =
        [
            (AnswerTarget.Peer(bed.Peer, Sessions), false),
            (AnswerTarget.Product(bed.ChatApi, bed.ChatApi.Url, bed.JwtSigningKey, bed.TenantId, Sessions), false),
            (AnswerTarget.Product(bed.ChatApi, bed.Orchestrator.Url, bed.JwtSigningKey, bed.TenantId, Sessions), true),
            (AnswerTarget.Model(bed.Vendors), false),
        ];
        await Pace.SetAsync(bed.Vendors);
        try
        {
            Benchmarks.Say("answer: warming up");
            foreach (var (target, _) in targets)
            {
                await AskAsync(target, WarmUp / 2);
            }

            await bed.Databases.AnalyzeAsync(cancel);
            foreach (var (target, _) in targets)
            {
                await AskAsync(target, WarmUp / 2);
            }

            await Rounds.InterleaveAsync(options.Rounds, targets, "answer", one => MeasureAsync(one.Target, one.IsDoor, postmaster));
        }
        finally
        {
            await ModelPace.OfAModel.SetAsync(bed.Vendors);
        }

        return [.. _samples.Lines(Targets.Peer)];
    }

    private async Task MeasureAsync(AnswerTarget target, bool isDoor, int postmaster)
    {
        var meter = target.Server is { } server && !isDoor ? new UsageMeter(server.ProcessId, postmaster) : null;
        var (tally, seconds) = await AskAsync(target, _window);
        if (isDoor)
        {
            _samples.Add(DoorP50, target.Name, tally.Added.Milliseconds(0.5));
            return;
        }

        _samples.Add(P50, target.Name, tally.Added.Milliseconds(0.5));
        _samples.Add(P99, target.Name, tally.Added.Milliseconds(0.99));
        _samples.Add(First, target.Name, tally.FirstToken.Milliseconds(0.5));
        _samples.Add(Answers, target.Name, tally.Answers / seconds);
        if (meter?.Read() is { } usage)
        {
            _samples.Add(AppCpu, target.Name, usage.App * 1e6 / tally.Answers);
            _samples.Add(PostgresCpu, target.Name, usage.Postgres * 1e6 / tally.Answers);
        }
    }

    private async Task<(AnswerTally Tally, double Seconds)> AskAsync(AnswerTarget target, TimeSpan duration)
    {
        var tally = new AnswerTally();
        using var connection = new AnswerConnection(target.Url, target.EndMark, keeps: false);
        await connection.OpenAsync();
        var start = MonotonicClock.Now;
        try
        {
            while (MonotonicClock.Now - start < duration.TotalMicroseconds)
            {
                _next = (_next + 1) % Sessions; // each time another conversation, so that none grows long
                await connection.AskAsync(target.Ask(_next), Pace.Tokens, tally);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            tally.Failed(exception.Message);
        }

        tally.ThrowIfFailed(target.Name);
        return (tally, (MonotonicClock.Now - start) / 1e6);
    }
}
