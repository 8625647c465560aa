using LeadOrchestrator.Answers;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Answers;

/// <summary>The corpus's figures: what the product promises whatever model speaks, and what the model has made of it, kind by kind. Pure.</summary>
internal static class AnswerScore
{
    /// <summary>One line for each figure. Only the promises can fail a run.</summary>
    /// <param name="model">What the output says of the model.</param>
    public static IReadOnlyList<ReportLine> Of(string model, IReadOnlyList<(Course Course, IReadOnlyList<Finding> Findings)> judged) =>
    [
        Plain("corpus: conversations", "count", judged.Count) with { Note = model },
        .. Finding.Promises.Select(promise => ReportLine.Promise(AnswersBench.Name, $"corpus: {promise}", "count", judged.Sum(one => one.Findings.Count(finding => finding.What == promise)), 0)),
        .. Finding.Wishes.Select(wish => Plain($"corpus: {wish}", "count", judged.Sum(one => one.Findings.Count(finding => finding.What == wish)))),
        .. Figures("all", judged),
        .. judged.GroupBy(one => one.Course.Exchange.Kind).SelectMany(kind => Figures(kind.Key, [.. kind])),
    ];

    private static IEnumerable<ReportLine> Figures(string kind, IReadOnlyList<(Course Course, IReadOnlyList<Finding> Findings)> judged)
    {
        var answers = judged.SelectMany(one => one.Course.Turns).Where(turn => turn.Answer is not null).ToList();
        yield return Plain($"{kind}: as wished in everything", "%", Share(judged, one => one.Findings.Count == 0));
        yield return Plain($"{kind}: tools as wished", "%", Share(judged, one => !one.Findings.Any(finding => finding.What is Finding.ToolNotCalled or Finding.ForbiddenTool)));
        if (judged.Where(one => one.Course.Exchange is { Holds: not null } or { Books: not null }).ToList() is { Count: > 0 } bookings)
        {
            yield return Plain($"{kind}: bookings as wished", "%", Share(bookings, one => !one.Findings.Any(finding => finding.What is Finding.WrongHold or Finding.WrongBooking)));
        }

        yield return Plain($"{kind}: answers stopped by the guard", "count", answers.Sum(turn => turn.Stopped));
        yield return Plain($"{kind}: answers held back for the shop", "count", judged.Sum(one => one.Course.HeldBack));
        yield return Plain($"{kind}: words of an answer, median", "words", Median([.. answers.Select(turn => (double)SeenText.Of(turn.Answer!).Words)]));
        yield return Plain($"{kind}: cost of an answer, mean", "µ$", answers.Count == 0 ? 0 : Math.Round(answers.Average(turn => turn.CostMicros)));
    }

    private static double Share<T>(IReadOnlyCollection<T> all, Func<T, bool> isRight) => all.Count == 0 ? 100 : Math.Round(100.0 * all.Count(isRight) / all.Count, 1);

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count == 0 ? 0 : values[values.Count / 2];
    }

    private static ReportLine Plain(string what, string unit, double value) => ReportLine.Promise(AnswersBench.Name, what, unit, value, null);
}
