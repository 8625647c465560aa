using System.Globalization;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Reporting;

/// <summary>How a goal is judged.</summary>
internal enum GoalKind
{
    /// <summary>The median of the ratios reaches it, and the worst round is better than the peer's.</summary>
    Ratio,

    /// <summary>The median of the ratios reaches it. For what may be a little worse than the other side and no more.</summary>
    MedianRatio,

    /// <summary>The product reaches this part of the limit.</summary>
    ShareOfLimit,

    /// <summary>The product's figure is at most the limit's.</summary>
    UnderLimit,

    /// <summary>There is none of it.</summary>
    None,
}

/// <summary>What is to be reached.</summary>
/// <param name="Bench">Name of the benchmark.</param>
/// <param name="Metric">Its metric, letter by letter.</param>
/// <param name="Least">Ratio or part; not used by <see cref="GoalKind.UnderLimit"/> and <see cref="GoalKind.None"/>.</param>
/// <param name="Words">As people say it, such as <c>≤ 1/4</c>.</param>
internal sealed record Goal(string Bench, string Metric, GoalKind Kind, double Least, string Words)
{
    /// <summary>Only a run with <c>--full</c> says something about it.</summary>
    public bool NeedsFull { get; init; }

    /// <summary>Better than the peer by this factor; more is better in every ratio, costs included.</summary>
    public static Goal Times(string bench, string metric, double least, string? words = null) =>
        new(bench, metric, GoalKind.Ratio, least, words ?? string.Create(CultureInfo.InvariantCulture, $"≥ {least:0.##}×"));

    /// <summary>At most this much worse.</summary>
    public static Goal AtMost(string bench, string metric, double most) =>
        new(bench, metric, GoalKind.MedianRatio, 1 / most, string.Create(CultureInfo.InvariantCulture, $"≤ {most:0.##}×"));

    /// <summary>This part of the limit.</summary>
    public static Goal Share(string bench, string metric, double part) =>
        new(bench, metric, GoalKind.ShareOfLimit, part, string.Create(CultureInfo.InvariantCulture, $"≥ {part * 100:0} % of the limit"));

    /// <summary>Stay under the limit.</summary>
    public static Goal Under(string bench, string metric, string words) => new(bench, metric, GoalKind.UnderLimit, 0, words);

    /// <summary>Judges a result.</summary>
    /// <param name="line">Null = not measured.</param>
    public Verdict Judge(ReportLine? line) => (Kind, line) switch
    {
        (_, null) => Verdict.NotMeasured,
        (GoalKind.Ratio, { Ratio: { } ratio, PairMin: { } worst }) =>
            ratio >= Least ? worst > 1 ? Verdict.Reached : Verdict.NotInEveryRound : ratio < 1 ? Verdict.BehindThePeer : Verdict.NotReached,
        (GoalKind.MedianRatio, { Ratio: { } ratio }) => ratio >= Least ? Verdict.Reached : Verdict.NotReached,
        (GoalKind.ShareOfLimit, { Product: { } product, Limit: { } limit }) => product >= Least * limit ? Verdict.Reached : Verdict.NotReached,
        (GoalKind.UnderLimit, { Product: { } product, Limit: { } limit }) => product <= limit ? Verdict.Reached : Verdict.NotReached,
        (GoalKind.None, { Product: { } product }) => product == 0 ? Verdict.Reached : Verdict.NotReached,
        _ => Verdict.NotMeasured,
    };

    /// <summary>What was measured, as a cell of the table.</summary>
    public string Measured(ReportLine? line) => (Kind, line) switch
    {
        (GoalKind.Ratio or GoalKind.MedianRatio, { Ratio: { } ratio }) =>
            string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ({line.PairMin:0.00}..{line.PairMax:0.00})"),
        (GoalKind.ShareOfLimit, { Product: { } product, Limit: { } limit }) => string.Create(CultureInfo.InvariantCulture, $"{product / limit * 100:0} %"),
        (GoalKind.UnderLimit or GoalKind.None, { Product: { } product }) => string.Create(CultureInfo.InvariantCulture, $"{product:#,0.##} {line.Unit}"),
        _ => "",
    };
}

/// <summary>How a goal and a result stand to each other.</summary>
internal enum Verdict
{
    Reached,

    /// <summary>The median reaches it; the worst round is not better than the peer.</summary>
    NotInEveryRound,
    NotReached,
    BehindThePeer,
    NotMeasured,
}

/// <summary>Words of a verdict.</summary>
internal static class VerdictWords
{
    /// <summary>As the table says it.</summary>
    public static string InWords(this Verdict verdict) => verdict switch
    {
        Verdict.Reached => "reached",
        Verdict.NotInEveryRound => "median only: the worst round is not above 1",
        Verdict.NotReached => "**not reached**",
        Verdict.BehindThePeer => "**behind the peer**",
        _ => "not measured",
    };
}
