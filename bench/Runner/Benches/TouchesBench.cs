using System.Globalization;
using System.Text.Json;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// Due touch points, sent until none is left: by one process and by two, at a Twilio that answers at once, after 200 ms, or after anything up to a second.
/// The product runs as in a shop, with its attempts, fences, gates and links; the peer marks what it sends and no more.
/// </summary>
internal sealed class TouchesBench(TestBed bed, BenchOptions options)
{
    /// <summary>Texts that one process may have with Twilio at once, for both.</summary>
    public const int SlotsPerInstance = 100;

    private const int WarmUpTouches = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private static readonly Metric SentTwice = new("sent twice", "texts", false);

    private static readonly IReadOnlyList<TwilioPace> Paces =
    [
        new("latency 0", 0, 0, TouchesPerSecond: 3000, GrowsWithInstances: false),
        new("200 ms", 200, 200, TouchesPerSecond: 500, GrowsWithInstances: true),
        // Twice as long, or the last second of stragglers would be a large part of it.
        new("0–1 s", 0, 1000, TouchesPerSecond: 400, GrowsWithInstances: true),
    ];

    private readonly Samples _samples = new("touches");

    /// <summary>Measures, and gives the lines of every pace and number of processes.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var paces = Paces.Where(pace => options.Case is null || pace.Name.Contains(options.Case, StringComparison.OrdinalIgnoreCase)).ToList();
        if (paces.Count == 0)
        {
            throw new BenchException($"touches has no case '{options.Case}', only {string.Join(", ", Paces.Select(pace => pace.Name))}.");
        }

        await using var processes = await TouchProcesses.StartAsync(bed, cancel);
        var tenant = await processes.TenantAsync(cancel);
        await TouchSeed.PrepareAsync(processes, tenant, Math.Max(WarmUpTouches, paces.Max(pace => pace.Count(2, options.Seconds))), cancel);
        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        foreach (var instances in new[] { 1, 2 })
        {
            if (instances == 2)
            {
                await processes.StartOneMoreAsync(cancel);
            }

            List<Target> targets =
            [
                new(Targets.Peer, processes.PeerDatabase, processes.Peer, TouchSeed.Peer),
                new(Targets.Product, processes.ProductDatabase, processes.Product, count => TouchSeed.Product(tenant, count)),
            ];
            Benchmarks.Say($"touches: warming up {instances} of each");
            foreach (var target in targets)
            {
                await DrainAsync(target, Paces[0], WarmUpTouches, postmaster, cancel);
            }

            foreach (var pace in paces)
            {
                await Rounds.InterleaveAsync(options.Rounds, targets, $"touches, {pace.Name}, {InWords(instances)}", async target =>
                    Note(target, pace, instances, await DrainAsync(target, pace, pace.Count(instances, options.Seconds), postmaster, cancel)));
            }
        }

        return [.. _samples.Lines(Targets.Peer)];
    }

    // From the moment at which all of them can be seen, until the last one is marked.
    private async Task<Drained> DrainAsync(Target target, TwilioPace pace, int count, int postmaster, CancellationToken cancel)
    {
        await bed.AskVendorsAsync(HttpRequestBytes.Post($"{FakeTwilio.ControlPath}?least={pace.LeastMs}&most={pace.MostMs}", "", []));
        List<UsageMeter> meters = [];
        await TouchSeed.WriteAsync(
            target.Database, target.Seed(count), () => meters = [.. target.Processes.Select(process => new UsageMeter(process.ProcessId, postmaster))], cancel);
        var start = MonotonicClock.Now;
        TwilioLedger ledger;
        while ((ledger = await ReadLedgerAsync()).Answered < count)
        {
            await WaitAsync(target, count, start, ledger, cancel);
        }

        while (!await Databases.ValueAsync<bool>(target.Database, TouchSeed.IsDrained, cancel))
        {
            await WaitAsync(target, count, start, ledger, cancel);
        }

        var end = MonotonicClock.Now;
        var usage = meters.ConvertAll(meter => meter.Read());
        await VerifyAsync(target, count, cancel);
        Benchmarks.Say(string.Create(CultureInfo.InvariantCulture,
            $"  {target.Name}: {count} in {(end - ledger.FirstMicros) / 1e6:0.0} s, {ledger.InFlightPeak} in flight at most"));
        return new Drained(
            count / ((end - ledger.FirstMicros) / 1e6), count / ((ledger.LastMicros - ledger.FirstMicros) / 1e6),
            usage.Sum(process => process.App) * 1e6 / count, usage[0].Postgres * 1e6 / count);
    }

    private void Note(Target target, TwilioPace pace, int instances, Drained drained)
    {
        var suffix = $", {pace.Name}, {InWords(instances)}";
        var (toLastMark, toLastSend) = (Metric.PerSecond("drained per second" + suffix), Metric.PerSecond("sent per second, first to last" + suffix));
        _samples.Add(toLastMark, target.Name, drained.ToLastMarkPerSecond);
        _samples.Add(toLastSend, target.Name, drained.ToLastSendPerSecond);
        _samples.Add(Metric.Micros("app CPU per send" + suffix), target.Name, drained.AppMicros);
        _samples.Add(Metric.Micros("PostgreSQL CPU per send" + suffix), target.Name, drained.PostgresMicros);
        _samples.Add(SentTwice, target.Name, 0); // Anything else has ended the run.
        if (pace.MeanMs > 0 && target.Name == Targets.Product)
        {
            var most = SlotsPerInstance * instances / (pace.MeanMs / 1000);
            _samples.Add(toLastMark, Targets.Limit, most);
            _samples.Add(toLastSend, Targets.Limit, most);
        }
    }

    // Judged by what Twilio saw, and by what is written down about it.
    private async Task VerifyAsync(Target target, int count, CancellationToken cancel)
    {
        var ledger = await ReadLedgerAsync();
        if (ledger.Twice > 0 || ledger.Received != count)
        {
            throw new BenchException($"{target.Name} was to send {count} texts and sent {ledger.Received}, {ledger.Twice} of them for the second time, so nothing is reported.");
        }

        if (target.Name == Targets.Product
            && await Databases.ValueAsync<long>(target.Database, "SELECT count(*) FROM message_attempts WHERE status = 'accepted'", cancel) is var attempts && attempts != count)
        {
            throw new BenchException($"{target.Name} sent {count} texts and wrote down {attempts} attempts, so nothing is reported.");
        }
    }

    private static async Task WaitAsync(Target target, int count, long start, TwilioLedger ledger, CancellationToken cancel)
    {
        if ((MonotonicClock.Now - start) / 1e6 > Patience.TotalSeconds)
        {
            var states = await Databases.ValueAsync<string>(target.Database, """
                SELECT string_agg(count || ' ' || word, ', ') FROM (SELECT status || coalesce(' (' || reason || ')', '') AS word, count(*) FROM touch_points GROUP BY 1) states
                """.Replace("reason", target.Name == Targets.Product ? "reason" : "error", StringComparison.Ordinal), cancel);
            throw new BenchException($"{target.Name} did not send {count} texts within {Patience.TotalSeconds} s (Twilio got {ledger.Received}, its touch points are: {states}), so nothing is reported.");
        }

        await Task.Delay(LookEvery, cancel);
    }

    private async Task<TwilioLedger> ReadLedgerAsync() =>
        JsonSerializer.Deserialize<TwilioLedger>(await bed.AskVendorsAsync(HttpRequestBytes.Get(FakeTwilio.LedgerPath)))!;

    private static string InWords(int instances) => instances == 1 ? "one instance" : "two instances";

    private sealed record Drained(double ToLastMarkPerSecond, double ToLastSendPerSecond, double AppMicros, double PostgresMicros);

    private sealed record Target(string Name, string Database, IReadOnlyList<Server> Processes, Func<int, string> Seed);
}

/// <summary>How fast Twilio answers, and how much there is to send.</summary>
/// <param name="LeastMs">Of the latency, which is uniform.</param>
/// <param name="MostMs">Of the latency.</param>
/// <param name="TouchesPerSecond">For each second of a measurement.</param>
/// <param name="GrowsWithInstances">Two processes get twice as many.</param>
internal sealed record TwilioPace(string Name, int LeastMs, int MostMs, int TouchesPerSecond, bool GrowsWithInstances)
{
    /// <summary>Of the latency.</summary>
    public double MeanMs => (LeastMs + MostMs) / 2.0;

    /// <summary>How many touch points one measurement has.</summary>
    public int Count(int instances, double seconds) => (int)(TouchesPerSecond * seconds * (GrowsWithInstances ? instances : 1));
}
