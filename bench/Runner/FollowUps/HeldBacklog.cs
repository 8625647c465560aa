using System.Globalization;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>
/// How fast the texts of 499 franchises go out beside one whose many due texts are held: none of them, all by a hold on the franchise, all by one on its shop, all by holds on single leads.
/// What is held must cost the others nothing.
/// </summary>
internal sealed class HeldBacklog(TestBed bed, FollowUpBed follow, bool isFull)
{
    private const int Held = 100_000;
    private const int HeldLeads = 2_000;
    private const int OthersOfEach = 20;
    private const int OthersOfEachInFull = 100;
    private const double Times = 1.5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly int _others = (FollowUpBed.FranchiseCount - 1) * (isFull ? OthersOfEachInFull : OthersOfEach);

    /// <summary>Runs it.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var orchestrator = await follow.StartAsync(TouchProcesses.LookEvery, cancel);
        await follow.GiveNumbersAsync(orchestrator, segmentsPerSecond: 0, cancel);
        var postmaster = await Postmaster.FindAsync(bed.Databases, cancel);
        await DrainAsync("", 0, orchestrator, postmaster, cancel);
        var without = await DrainAsync("", 0, orchestrator, postmaster, cancel);
        var franchise = await DrainAsync(HoldOn("'tenant', NULL, NULL", "FROM tenants WHERE slug = 'bench-000'"), Held, orchestrator, postmaster, cancel);
        var shop = await DrainAsync(HoldOn("'location', NULL, id", "FROM tenants WHERE slug = 'bench-000'"), Held, orchestrator, postmaster, cancel);
        var leads = await DrainAsync(
            HoldOn("'lead', l.id, NULL", "FROM leads l JOIN tenants t ON t.id = l.tenant_id WHERE t.slug = 'bench-000'"), HeldLeads, orchestrator, postmaster, cancel);
        return
        [
            FollowUpsBench.Line("holds: seconds for the others' texts, nothing held", "s", without.Seconds, null),
            FollowUpsBench.Line($"holds: the same beside {InWords(Held)} held by their franchise, at most half more", "s", franchise.Seconds, without.Seconds * Times),
            FollowUpsBench.Line($"holds: the same beside {InWords(Held)} held by their shop, at most half more", "s", shop.Seconds, without.Seconds * Times),
            FollowUpsBench.Line($"holds: the same beside {InWords(HeldLeads)} held one by one, at most half more", "s", leads.Seconds, without.Seconds * Times),
            FollowUpsBench.Line("holds: PostgreSQL's CPU for one text, nothing held", "µs", without.PostgresMicros, null),
            FollowUpsBench.Line("holds: PostgreSQL's CPU for one text, beside those held by their shop", "µs", shop.PostgresMicros, null),
            FollowUpsBench.Line($"holds: to end the hold of a shop with {InWords(Held)} held", "s", shop.ReleaseSeconds, null),
            FollowUpsBench.Line("holds: texts that went out although they were held", "count", franchise.HeldSent + shop.HeldSent + leads.HeldSent, 0),
        ];
    }

    private async Task<Drained> DrainAsync(string hold, int held, Server orchestrator, int postmaster, CancellationToken cancel)
    {
        Benchmarks.Say($"  {_others} texts of 499 franchises, beside {held} that are held");
        await follow.BeginLedgerAsync(0);
        UsageMeter? meter = null;
        var start = 0L;
        await TouchSeed.WriteAsync(follow.Database, FollowUpSeed.Nothing + ";" + FollowUpSeed.Write($"""
            SELECT t.id AS tenant_id, g AS n, CASE WHEN g <= {held} THEN '+1713' ELSE '+1512' END || ({FollowUpSeed.FirstNumber} + g) AS phone, '' AS vehicle,
                {FollowUpSeed.Time(follow.Clock.GetUtcNow().AddHours(-1))} AS due_at
            FROM generate_series(1, {held + _others}) g
            JOIN tenants t ON {FollowUpSeed.FranchiseNumber} = CASE WHEN g <= {held} THEN 0 ELSE 1 + g % {FollowUpBed.FranchiseCount - 1} END
            """, "next_day") + hold, () => (meter, start) = (new UsageMeter(orchestrator.ProcessId, postmaster), MonotonicClock.Now), cancel);
        await follow.AnsweredAsync(_others, Patience, cancel);
        var seconds = (MonotonicClock.Now - start) / 1e6;
        var usage = meter!.Read();
        var heldSent = (await follow.TextsAsync()).Count(text => text["To"].StartsWith("+1713", StringComparison.Ordinal));
        var beforeRelease = MonotonicClock.Now;
        await Databases.ExecuteAsync(follow.Database, "BEGIN; UPDATE holds SET released_at = now(); ROLLBACK", cancel);
        return new Drained(seconds, usage.Postgres * 1e6 / _others, heldSent, (MonotonicClock.Now - beforeRelease) / 1e6);
    }

    private static string HoldOn(string scope, string of) => $"""

        SET LOCAL session_replication_role = origin; -- So that the holds do what they do.
        INSERT INTO holds (tenant_id, id, scope, lead_id, location_id, reason, taken_by, taken_at)
        SELECT {(of.Contains("leads", StringComparison.Ordinal) ? "l.tenant_id" : "id")}, gen_random_uuid(), {scope}, 'measuring', gen_random_uuid(), now() {of};
        ANALYZE holds;
        """;

    private static string InWords(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private sealed record Drained(double Seconds, double PostgresMicros, int HeldSent, double ReleaseSeconds);
}
