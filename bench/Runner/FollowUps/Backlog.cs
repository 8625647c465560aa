using System.Globalization;
using System.Text.Json.Nodes;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>
/// What an outage has left: follow-ups of 500 franchises, all due, each franchise with one number that takes one segment a second. One in twenty is for somebody in Hawaii, where it is
/// night; four in twenty are for one person, who may have three in a day; a quarter are two segments long. All that may go out must, in time; and nothing else.
/// </summary>
internal sealed class Backlog(FollowUpBed follow, bool isFull)
{
    private const int PaceOfANumber = 1;
    private const int Block = 20;
    private const int MayGoOfABlock = 18;
    private const int BlocksOfEach = 2;
    private const int BlocksOfEachInFull = 10;
    private const double FullWithin = 600;
    private const int LatencyMs = 100;
    private const int ShownProblems = 5;

    // Of a carrier's own queue for a number, in seconds of its pace.
    private const double LongestQueue = 3;

    private readonly int _blocks = FollowUpBed.FranchiseCount * (isFull ? BlocksOfEachInFull : BlocksOfEach);

    /// <summary>Runs it; ten minutes are for 100,000 texts, and for fewer as much less.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var texts = _blocks * Block;
        var within = FullWithin * texts / (FollowUpBed.FranchiseCount * BlocksOfEachInFull * Block);
        await using var orchestrator = await follow.StartAsync(TouchProcesses.LookEvery, cancel);
        await follow.GiveNumbersAsync(orchestrator, PaceOfANumber, cancel);
        await follow.BeginLedgerAsync(LatencyMs);
        var start = 0L;
        await TouchSeed.WriteAsync(follow.Database, FollowUpSeed.Nothing + ";" + FollowUpSeed.Write($"""
            SELECT t.id AS tenant_id, g AS n,
                CASE WHEN g % {Block} = 0 THEN '+1808' || ({FollowUpSeed.FirstNumber} + g)
                    WHEN g % {Block} <= 4 THEN '+1305' || ({FollowUpSeed.FirstNumber} + g - g % {Block})
                    ELSE '+1512' || ({FollowUpSeed.FirstNumber} + g) END AS phone,
                CASE WHEN g % 4 = 1 THEN '2019 Toyota Land Cruiser Prado' ELSE '' END AS vehicle,
                {FollowUpSeed.Time(follow.Clock.GetUtcNow().AddHours(-1))} + g * interval '1 millisecond' AS due_at
            FROM generate_series(0, {texts - 1}) g
            JOIN tenants t ON {FollowUpSeed.FranchiseNumber} = g / {Block} % {FollowUpBed.FranchiseCount}
            """, "next_day"), () => start = MonotonicClock.Now, cancel);
        Benchmarks.Say($"  {texts} due texts of {FollowUpBed.FranchiseCount} numbers");
        var may = _blocks * MayGoOfABlock;
        await follow.AnsweredAsync(may, TimeSpan.FromSeconds(Math.Max(120, within * 2)), cancel);
        var drained = (MonotonicClock.Now - start) / 1e6;

        // What comes now would be one too many.
        await Task.Delay(TouchProcesses.LookEvery * 4, cancel);
        return Judge(texts, may, drained, within, await follow.TextsAsync());
    }

    private List<ReportLine> Judge(int due, int may, double drained, double within, IReadOnlyList<TextAtTwilio> texts)
    {
        var ledger = texts.Select((text, place) => EntryOf(place, text)).ToList();
        // The greetings of last week, which said who writes.
        IEnumerable<LedgerEntry> greetings = texts.Select(text => text["To"]).Distinct().Select(phone => Entry(
            0, FollowUpSeed.GreetedAt, new JsonObject { ["To"] = phone, ["Body"] = "Hi Ann, this is Acme. Reply STOP to opt out.", ["ValidityPeriod"] = "3600" }));
        var law = new LawCheck();
        var problems = law.ProblemsOf([.. greetings, .. ledger]);
        var queues = LawCheck.CarrierQueues(ledger, PaceOfANumber);
        foreach (var problem in problems.Take(ShownProblems))
        {
            Benchmarks.Say($"  {problem}");
        }

        return
        [
            FollowUpsBench.Line("backlog: texts that an outage left, over 500 numbers", "count", due, null),
            FollowUpsBench.Line("backlog: all that may go out has, after", "s", drained, within),
            FollowUpsBench.Line("backlog: texts too many", "count", texts.Count - may, 0),
            FollowUpsBench.Line("backlog: texts against the law (hours, caps, contents)", "count", problems.Count, 0),
            FollowUpsBench.Line("backlog: longest queue of a number at its carrier, 1 segment/s", "s", queues.DefaultIfEmpty().Max(), LongestQueue),
        ];
    }

    private LedgerEntry EntryOf(int place, TextAtTwilio text) => Entry(place + 1, follow.Clock.TimeOf(text.ArrivedMicros), new JsonObject
    {
        ["To"] = text["To"], ["From"] = text["From"], ["Body"] = text["Body"], ["ValidityPeriod"] = text["ValidityPeriod"],
    });

    private static LedgerEntry Entry(int seq, DateTimeOffset at, JsonObject request) =>
        new(seq, at, Vendor.Twilio, "messages.create", request, "accepted", true, seq.ToString(CultureInfo.InvariantCulture));
}
