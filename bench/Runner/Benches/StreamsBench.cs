using System.Globalization;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>1,000 and 2,000 answers at once, 60 tokens each, 50 ms apart. The limit is the model read directly, by the same load generator in the same round.</summary>
internal sealed class StreamsBench(TestBed bed, BenchOptions options)
{
    private const int Compared = 20;
    private static readonly int[] Sizes = [1000, 2000];
    private static readonly ModelPace Pace = new(60, 50);

    private readonly Samples _samples = new("streams");
    private readonly TimeSpan _hold = TimeSpan.FromSeconds(options.Seconds);

    /// <summary>Measures, and gives one line for each metric.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await ChatSeed.WriteAsync(bed, Sizes.Max(), cancel);
        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        List<AnswerTarget> targets =
        [
            AnswerTarget.Peer(bed.Peer, Sizes.Max()),
            AnswerTarget.Product(bed.ChatApi, bed.ChatApi.Url, bed.JwtSigningKey, bed.TenantId, Sizes.Max()),
            AnswerTarget.Model(bed.Vendors),
        ];
        await Pace.SetAsync(bed.Vendors);
        try
        {
            Benchmarks.Say("streams: warming up");
            foreach (var target in targets)
            {
                await StreamLoad.RunAsync(target, Sizes.Min() / 2, Pace.Tokens, _hold, 0, cancel);
            }

            await bed.Databases.AnalyzeAsync(cancel);
            foreach (var size in Sizes.Where(size => options.Case is null || $"{size}".Contains(options.Case, StringComparison.Ordinal)))
            {
                await Rounds.InterleaveAsync(options.Rounds, targets, $"streams, {size}", target => MeasureAsync(target, size, postmaster, cancel));
            }
        }
        finally
        {
            await ModelPace.OfAModel.SetAsync(bed.Vendors);
        }

        return [.. _samples.Lines(Targets.Peer)];
    }

    private async Task MeasureAsync(AnswerTarget target, int size, int postmaster, CancellationToken cancel)
    {
        var before = await CountAsync(target, cancel);
        var meter = target.Server is { } server ? new UsageMeter(server.ProcessId, postmaster) : null;
        var load = await StreamLoad.RunAsync(target, size, Pace.Tokens, _hold, Compared, cancel);
        var usage = meter?.Read();
        await VerifyAsync(target, load, before, cancel);
        Benchmarks.Say(string.Create(CultureInfo.InvariantCulture,
            $"  {target.Name}: {load.Tally.Answers} answers, {load.MostAtOnce} at once, {load.TokensPerSecond:0} tokens/s"));

        var suffix = string.Create(CultureInfo.InvariantCulture, $", {size:#,0} at once");
        _samples.Add(Metric.PerSecond("tokens per second" + suffix), target.Name, load.TokensPerSecond);
        _samples.Add(Metric.Milliseconds("first token p50" + suffix), target.Name, load.Tally.FirstToken.Milliseconds(0.5));
        _samples.Add(Metric.Milliseconds("first token p99" + suffix), target.Name, load.Tally.FirstToken.Milliseconds(0.99));
        _samples.Add(Metric.Milliseconds("token relay p50" + suffix), target.Name, load.Tally.Relay.Milliseconds(0.5));
        _samples.Add(Metric.Milliseconds("token relay p99" + suffix), target.Name, load.Tally.Relay.Milliseconds(0.99));
        _samples.Add(Metric.Milliseconds("gap between tokens p99" + suffix), target.Name, load.Tally.Gap.Milliseconds(0.99));
        if (usage is not null && target.Server is { } counted)
        {
            _samples.Add(Metric.Micros("app CPU per token" + suffix), target.Name, usage.App * 1e6 / load.Tally.Tokens);
            _samples.Add(Metric.Micros("PostgreSQL CPU per token" + suffix), target.Name, usage.Postgres * 1e6 / load.Tally.Tokens);
            _samples.Add(Metric.MiB("memory after" + suffix), target.Name, ProcessTimes.MemoryMiB(counted.ProcessId));
        }
    }

    // The end of an answer is shown after it is stored, so all of them are there now.
    private async Task VerifyAsync(AnswerTarget target, StreamLoad load, long before, CancellationToken cancel)
    {
        var stored = await CountAsync(target, cancel) - before;
        if (target.Server is not null && stored != load.Tally.Answers)
        {
            throw new BenchException($"{target.Name} showed {load.Tally.Answers} answers and stored {stored}, so nothing is reported.");
        }

        if (target.Name == Targets.Product)
        {
            foreach (var shown in load.Kept)
            {
                await StoredAnswers.RequireAsync(bed.Databases.Product, shown, cancel);
            }
        }
    }

    private Task<long> CountAsync(AnswerTarget target, CancellationToken cancel) => target.Name switch
    {
        Targets.Product => StoredAnswers.CountProductAsync(bed.Databases.Product, cancel),
        Targets.Peer => StoredAnswers.CountPeerAsync(bed.Databases.Peer, cancel),
        _ => Task.FromResult(0L),
    };
}
