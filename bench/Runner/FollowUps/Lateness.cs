using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>10,000 texts of 500 franchises fall due at one moment, 9,000 of them those of one franchise: how late those of the others are.</summary>
internal sealed class Lateness(FollowUpBed follow)
{
    private const int Texts = 10_000;
    private const int TextsOfOne = 9_000;
    private const int LatencyMs = 200;
    private const double OthersWithin = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    /// <summary>Runs it.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var orchestrator = await follow.StartAsync(TouchProcesses.LookEvery, cancel);
        await follow.GiveNumbersAsync(orchestrator, segmentsPerSecond: 0, cancel);
        await follow.BeginLedgerAsync(LatencyMs);
        var due = 0L;
        await TouchSeed.WriteAsync(follow.Database, FollowUpSeed.Nothing + ";" + FollowUpSeed.Write($"""
            SELECT t.id AS tenant_id, g AS n, CASE WHEN g <= {TextsOfOne} THEN '+1713' ELSE '+1512' END || ({FollowUpSeed.FirstNumber} + g) AS phone, '' AS vehicle,
                {FollowUpSeed.Time(follow.Clock.GetUtcNow())} AS due_at
            FROM generate_series(1, {Texts}) g
            JOIN tenants t ON {FollowUpSeed.FranchiseNumber} = CASE WHEN g <= {TextsOfOne} THEN 0 ELSE 1 + g % {FollowUpBed.FranchiseCount - 1} END
            """, "next_day"), () => due = MonotonicClock.Now, cancel);
        await follow.AnsweredAsync(Texts, Patience, cancel);

        var late = (await follow.TextsAsync()).ToLookup(text => text["To"].StartsWith("+1713", StringComparison.Ordinal), text => (text.ArrivedMicros - due) / 1e6);
        return
        [
            FollowUpsBench.Line("lateness: of the 499 others, p50", "s", Samples.Quantile([.. late[false]], 0.5), null),
            FollowUpsBench.Line("lateness: of the 499 others, p95", "s", Samples.Quantile([.. late[false]], 0.95), OthersWithin),
            FollowUpsBench.Line("lateness: of the one with 9,000, p95", "s", Samples.Quantile([.. late[true]], 0.95), null),
        ];
    }
}
