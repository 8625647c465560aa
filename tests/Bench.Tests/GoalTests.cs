using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Reporting;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>When a goal counts as reached.</summary>
public sealed class GoalTests
{
    [Theory]
    [InlineData(4.1, 1.2, "Reached")]
    [InlineData(4, 1.01, "Reached")]
    [InlineData(4.1, 1, "NotInEveryRound")]
    [InlineData(3.9, 3, "NotReached")]
    [InlineData(0.9, 0.5, "BehindThePeer")]
    public void The_median_must_reach_it_and_the_worst_round_must_beat_the_peer(double ratio, double worst, string verdict) =>
        Goal.Times("webhook", "accepted", 4).Judge(Line(ratio: ratio, worst: worst)).ToString().ShouldBe(verdict);

    [Theory]
    [InlineData(0.84, "Reached")]
    [InlineData(0.82, "NotReached")]
    public void What_may_be_a_fifth_worse_is_judged_by_its_median(double ratio, string verdict) =>
        Goal.AtMost("memory", "idle", 1.2).Judge(Line(ratio: ratio, worst: 0.1)).ToString().ShouldBe(verdict);

    [Theory]
    [InlineData(450, "Reached")]
    [InlineData(449, "NotReached")]
    public void A_share_of_the_limit_needs_no_peer(double product, string verdict) =>
        Goal.Share("touches", "drained", 0.9).Judge(Line(product, limit: 500)).ToString().ShouldBe(verdict);

    [Theory]
    [InlineData(20, "Reached")]
    [InlineData(20.1, "NotReached")]
    public void A_time_stays_under_its_limit(double product, string verdict) =>
        Goal.Under("load", "p99", "< 20 ms").Judge(Line(product, limit: 20)).ToString().ShouldBe(verdict);

    [Theory]
    [InlineData(0, "Reached")]
    [InlineData(1, "NotReached")]
    public void One_text_sent_twice_is_one_too_many(double product, string verdict) =>
        new Goal("touches", "sent twice", GoalKind.None, 0, "0").Judge(Line(product)).ToString().ShouldBe(verdict);

    [Fact]
    public void What_has_no_result_is_not_measured()
    {
        Goal.Times("webhook", "accepted", 4).Judge(null).ShouldBe(Verdict.NotMeasured);
        Goal.Times("webhook", "accepted", 4).Judge(Line(1)).ShouldBe(Verdict.NotMeasured);
    }

    [Fact]
    public void A_goal_for_ten_million_is_not_reached_by_a_run_with_fewer()
    {
        var goal = Goals.All.SelectMany(work => work.Goals).First(goal => goal.NeedsFull);
        var line = new ReportLine(goal.Bench, goal.Metric, "1/s", 1, 1, null, 9, 9, 9, 5);

        Of("./run bench claim --rounds 5").ShouldBe(Verdict.NotMeasured);
        Of("./run bench claim --rounds 5 --full").ShouldBe(Verdict.Reached);

        Verdict Of(string command) =>
            GoalTable.Judge([new BenchRun(goal.Bench, "2026-11-23", command, "Machine", [line])]).Single(judged => judged.Goal == goal).Verdict;
    }

    [Fact]
    public void Every_goal_names_a_benchmark_that_there_is() =>
        Goals.All.SelectMany(work => work.Goals).Select(goal => goal.Bench).Distinct().ShouldBeSubsetOf(Benchmarks.Names);

    [Fact]
    public void Every_goal_of_a_kept_run_finds_its_result()
    {
        var runs = BenchRun.ReadAll(BenchRun.Folder);

        GoalTable.Judge(runs)
            .Where(judged => judged.Line is null && runs.Any(run => run.Bench == judged.Goal.Bench && (run.IsFull || !judged.Goal.NeedsFull)))
            .Where(judged => !judged.Goal.Metric.Contains("10 M", StringComparison.Ordinal)) // only with --full
            .Select(judged => $"{judged.Goal.Bench}: {judged.Goal.Metric}").ShouldBeEmpty();
    }

    private static ReportLine Line(double product = 1, double? limit = null, double? ratio = null, double? worst = null) =>
        new("bench", "metric", "ms", product, null, limit, ratio, worst, ratio + 1, 5);
}
