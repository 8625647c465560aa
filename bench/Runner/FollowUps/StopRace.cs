using System.Collections.Concurrent;
using System.Globalization;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>
/// Texts that fall due one after the other, and to each of them a STOP of its recipient, through the public door, within 50 ms of the moment at which such a text leaves.
/// Whatever comes first: after the STOP was acknowledged no text may begin.
/// </summary>
internal sealed class StopRace(FollowUpBed follow, bool isFull)
{
    private const int Pairs = 10_000;
    private const int PairsOfFull = 100_000;
    private const int WarmUpTexts = 500;
    private const int BetweenMicros = 5_000;
    private const int SpreadMicros = 50_000;
    private const int SeededPerSecond = 8_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(20_261_123);

    /// <summary>Runs it.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var orchestrator = await follow.StartAsync(LookEvery, cancel);
        var tenant = await follow.DefaultTenantAsync(cancel);
        await follow.BeginLedgerAsync(0);
        var start = await SeedAsync(tenant, WarmUpTexts, cancel);
        await follow.AnsweredAsync(WarmUpTexts, Patience, cancel);
        var leavesAfter = (long)Samples.Quantile([.. (await follow.TextsAsync()).Select(text => (double)(text.ArrivedMicros - DueOf(start, NumberOf(text))))], 0.5);

        var pairs = isFull ? PairsOfFull : Pairs;
        Benchmarks.Say(string.Create(CultureInfo.InvariantCulture, $"  {pairs} pairs: a text leaves {leavesAfter / 1000.0:0} ms after it is due"));
        await Databases.ExecuteAsync(follow.Database, FollowUpSeed.Nothing, cancel);
        await follow.BeginLedgerAsync(0);
        start = await SeedAsync(tenant, pairs, cancel);
        var stops = Enumerable.Range(0, pairs).Select(number => (Number: number, At: DueOf(start, number) + leavesAfter + _random.Next(-SpreadMicros, SpreadMicros))).OrderBy(stop => stop.At).ToList();
        var acknowledged = new ConcurrentDictionary<int, long>();
        var latencies = new ConcurrentBag<double>();
        await Timetable.RunAsync(orchestrator.Url, pairs, place => stops[place].At, place => StopOf(orchestrator, stops[place].Number), answer =>
        {
            latencies.Add((answer.Read - answer.IntendedStart) / 1000.0);
            if (answer.Status == 200)
            {
                acknowledged[stops[answer.Number].Number] = answer.Read;
            }
        });
        await follow.SettledAsync(Patience, cancel);
        return await JudgeAsync(pairs, acknowledged, latencies, cancel);
    }

    private async Task<IReadOnlyList<ReportLine>> JudgeAsync(int pairs, ConcurrentDictionary<int, long> acknowledged, IReadOnlyCollection<double> latencies, CancellationToken cancel)
    {
        var texts = await follow.TextsAsync();
        var late = texts.Select(text => (text.ArrivedMicros - acknowledged.GetValueOrDefault(NumberOf(text), long.MaxValue)) / 1000.0).Where(after => after > 0).ToList();
        var wall = TimeProvider.System.GetUtcNow() - TimeSpan.FromMicroseconds(MonotonicClock.Now);
        var begun = await BegunAsync(wall, cancel);
        var optedOut = await Databases.ValueAsync<long>(follow.Database, "SELECT count(*) FROM contacts WHERE opted_out_at IS NOT NULL", cancel);
        return
        [
            FollowUpsBench.Line("stop: pairs of a text and a STOP within 50 ms", "count", pairs, null),
            FollowUpsBench.Line("stop: texts that came first", "count", texts.Count, null),
            FollowUpsBench.Line("stop: STOPs without their 200, or with no opt-out after it", "count", (2 * pairs) - acknowledged.Count - optedOut, 0),
            FollowUpsBench.Line("stop: texts begun after the STOP was acknowledged, by message_attempts", "count", begun.Count(text => text.StartedMicros > acknowledged.GetValueOrDefault(text.Number, long.MaxValue)), 0),
            FollowUpsBench.Line("stop: texts handed over after the STOP was acknowledged, by the database's clock", "count", begun.Count(text => text.HandedOverMicros > acknowledged.GetValueOrDefault(text.Number, long.MaxValue)), 0),
            FollowUpsBench.Line("stop: texts at Twilio after the STOP was acknowledged", "count", late.Count, 0),
            FollowUpsBench.Line("stop: the latest of them after", "ms", late.DefaultIfEmpty().Max(), null),
            FollowUpsBench.Line("stop: texts that are neither sent nor suppressed", "count", pairs - texts.Count - await SuppressedAsync(cancel), 0),
            FollowUpsBench.Line("stop: acknowledged after, p50", "ms", Samples.Quantile(latencies, 0.5), null),
            FollowUpsBench.Line("stop: acknowledged after, p99", "ms", Samples.Quantile(latencies, 0.99), null),
        ];
    }

    // The texts that went out, when they were begun by business time, and when they were handed over by the database's own clock: both as the moments of this machine.
    private async Task<IReadOnlyList<(int Number, long StartedMicros, long HandedOverMicros)>> BegunAsync(DateTimeOffset wallAtZero, CancellationToken cancel)
    {
        var rows = await Databases.RowsAsync(follow.Database, """
            SELECT a.address, a.started_at, t.handed_over_at FROM message_attempts a JOIN touch_points t ON t.tenant_id = a.tenant_id AND t.id = a.touch_point_id
            """, row => (Number: NumberOf(row.GetString(0)), Started: row.GetFieldValue<DateTimeOffset>(1), HandedOver: row.GetFieldValue<DateTimeOffset>(2)), cancel);
        return [.. rows.Select(row => (row.Number, follow.Clock.MicrosOf(row.Started), (long)(row.HandedOver - wallAtZero).TotalMicroseconds))];
    }

    private Task<long> SuppressedAsync(CancellationToken cancel) => Databases.ValueAsync<long>(
        follow.Database, "SELECT count(*) FROM touch_points WHERE (status, reason) IN (('suppressed', 'opted_out'), ('cancelled', 'opted_out'))", cancel);

    // The first is due when all of them are written.
    private async Task<DateTimeOffset> SeedAsync(Guid tenant, int count, CancellationToken cancel)
    {
        var start = follow.Clock.GetUtcNow().AddSeconds(3 + ((double)count / SeededPerSecond));
        await Databases.ExecuteAsync(follow.Database, FollowUpSeed.Write($"""
            SELECT '{tenant}'::uuid AS tenant_id, n, '+1512' || ({FollowUpSeed.FirstNumber} + n) AS phone, '' AS vehicle,
                {FollowUpSeed.Time(start)} + n * interval '{BetweenMicros} microseconds' AS due_at
            FROM generate_series(0, {count - 1}) n
            """, "greeting"), cancel);
        return start;
    }

    private long DueOf(DateTimeOffset start, int number) => follow.Clock.MicrosOf(start) + ((long)number * BetweenMicros);

    private static byte[] StopOf(Server orchestrator, int number) => HttpRequestBytes.PostFromTwilio(
        new Uri($"http://localhost:{orchestrator.Url.Port}/webhooks/twilio/inbound"), TestBed.TwilioToken, new Dictionary<string, string>
        {
            ["AccountSid"] = TestBed.TwilioAccountSid, ["Body"] = "STOP", ["From"] = string.Create(CultureInfo.InvariantCulture, $"+1512{FollowUpSeed.FirstNumber + number}"),
            ["MessageSid"] = string.Create(CultureInfo.InvariantCulture, $"SM{Guid.CreateVersion7():N}"), ["NumMedia"] = "0", ["To"] = TestBed.TwilioNumber,
        });

    private static int NumberOf(TextAtTwilio text) => NumberOf(text["To"]);

    private static int NumberOf(string phone) => int.Parse(phone["+1512".Length..], CultureInfo.InvariantCulture) - FollowUpSeed.FirstNumber;
}
