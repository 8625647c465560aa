using System.Globalization;
using System.Text;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Reporting;

/// <summary>A goal with its result; null = not measured.</summary>
internal sealed record Judged(string Work, Goal Goal, ReportLine? Line)
{
    /// <summary>How they stand to each other.</summary>
    public Verdict Verdict => Goal.Judge(Line);
}

/// <summary>The tables of the performance page, in Markdown.</summary>
internal static class GoalTable
{
    /// <summary>Each goal with the result that belongs to it.</summary>
    public static IReadOnlyList<Judged> Judge(IReadOnlyList<BenchRun> runs) =>
    [
        .. Goals.All.SelectMany(work => work.Goals.Select(goal => new Judged(
            work.Work, goal, runs.FirstOrDefault(run => run.Bench == goal.Bench && (run.IsFull || !goal.NeedsFull))?.Lines.FirstOrDefault(line => line.Metric == goal.Metric)))),
    ];

    /// <summary>Goal, result and verdict, a row each.</summary>
    public static string Of(IReadOnlyList<Judged> judged)
    {
        var text = new StringBuilder();
        var reached = judged.Count(entry => entry.Verdict == Verdict.Reached);
        text.AppendLine(CultureInfo.InvariantCulture, $"{reached} of {judged.Count} goals are reached, {judged.Count(entry => entry.Verdict == Verdict.NotMeasured)} are not measured.");
        text.AppendLine().AppendLine("| Work | Metric | Goal | Median (worst..best round) | |").AppendLine("|---|---|---:|---:|---|");
        var work = "";
        foreach (var entry in judged)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {(entry.Work == work ? "" : entry.Work)} | {entry.Goal.Metric} | {entry.Goal.Words} | {entry.Goal.Measured(entry.Line)} | {entry.Verdict.InWords()} |");
            work = entry.Work;
        }

        return text.ToString();
    }

    /// <summary>All results, by benchmark, each with the day and the command.</summary>
    public static string OfResults(IReadOnlyList<BenchRun> runs)
    {
        var text = new StringBuilder();
        foreach (var machine in runs.GroupBy(run => run.Machine))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Measured with {string.Join(", ", machine.Select(run => $"`{run.Bench}`"))} on {machine.Key.Replace("Machine: ", "", StringComparison.Ordinal).ReplaceLineEndings(" · ")}.").AppendLine();
        }

        foreach (var run in runs)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"### {run.Bench}").AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"{run.MeasuredOn}, `{run.Command}`:").AppendLine();
            text.AppendLine(Table.Of(run.Lines, withBench: false));
        }

        return text.ToString();
    }
}
