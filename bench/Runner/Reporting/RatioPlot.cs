using System.Globalization;
using System.Security;
using System.Text;

namespace LeadOrchestrator.Bench.Reporting;

/// <summary>
/// The ratios with their worst and best rounds on a logarithmic axis, as SVG. Written by hand: it is some lines and circles, a chart library would bring a
/// renderer and fonts, and text that a browser sets follows the reader's light or dark scheme.
/// </summary>
internal static class RatioPlot
{
    private const double Width = 1000;
    private const double AxisLeft = 490;
    private const double AxisRight = 860;
    private const double RowHeight = 24;
    private const double HeadHeight = 34;
    private const double Top = 96;
    private const double Bottom = 64;

    private const string Style = """
        <style>
          .back { fill: #ffffff; stroke: #d0d7de } .title { font-size: 18px; font-weight: 600 } .work { font-weight: 600 }
          text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 } .soft, .tick { fill: #59636e }
          .grid { stroke: #e6eaef } .one { stroke: #59636e; stroke-width: 1.5 } .goal { stroke: #8250df; stroke-width: 3 }
          .reached { stroke: #1a7f37; fill: #1a7f37 } .missed { stroke: #bc4c00; fill: #ffffff } .whisker { stroke-width: 2; fill: none } .dot { stroke-width: 2.5 }
          @media (prefers-color-scheme: dark) {
            .back { fill: #0d1117; stroke: #30363d } text { fill: #e6edf3 } .soft, .tick { fill: #9198a1 }
            .grid { stroke: #21262d } .one { stroke: #9198a1 } .goal { stroke: #d2a8ff }
            .reached { stroke: #3fb950; fill: #3fb950 } .missed { stroke: #f0883e; fill: #0d1117 }
          }
        </style>
        """;

    /// <summary>The picture of all goals that are ratios and were measured.</summary>
    public static string Of(IReadOnlyList<Judged> judged)
    {
        var rows = judged.Where(entry => entry.Goal.Kind is GoalKind.Ratio or GoalKind.MedianRatio && entry.Line is { Ratio: > 0, PairMin: > 0, PairMax: > 0 }).ToList();
        var works = rows.GroupBy(row => row.Work).ToList();
        var height = Top + (rows.Count * RowHeight) + (works.Count * HeadHeight) + Bottom;
        var axis = LogAxis.Covering(rows.SelectMany(row => new[] { row.Line!.PairMin!.Value, row.Line.PairMax!.Value, row.Goal.Least }), AxisLeft, AxisRight);
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width:0} {height:0}" role="img" aria-labelledby="title what">""");
        svg.AppendLine("""<title id="title">The product beside the peer</title>""");
        svg.AppendLine("""<desc id="what">For each goal the median of the rounds' ratios, with the worst and the best round. To the right of 1 the product is better.</desc>""");
        svg.AppendLine(Style);
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect class="back" x="0.5" y="0.5" width="{Width - 1:0}" height="{height - 1:0}" rx="8"/>""");
        svg.AppendLine("""<text class="title" x="24" y="36">The product beside the peer</text>""");
        svg.AppendLine("""<text class="soft" x="24" y="58">Median of the rounds' ratios, with the worst and the best round. Right of 1 the product is better; costs and times count the same way.</text>""");
        Grid(svg, axis, height - Bottom);
        var y = Top;
        foreach (var work in works)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="work" x="24" y="{y + 22:0.#}">{Escaped(work.Key)}</text>""");
            y += HeadHeight;
            foreach (var row in work)
            {
                Row(svg, axis, row, y);
                y += RowHeight;
            }
        }

        Legend(svg, height - 22);
        return svg.AppendLine("</svg>").ToString().ReplaceLineEndings("\n");
    }

    private static void Grid(StringBuilder svg, LogAxis axis, double bottom)
    {
        foreach (var tick in axis.Ticks)
        {
            var x = axis.At(tick);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line class="{(tick == 1 ? "one" : "grid")}" x1="{x:0.#}" y1="{Top:0}" x2="{x:0.#}" y2="{bottom:0.#}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text class="tick" x="{x:0.#}" y="{Top - 8:0}" text-anchor="middle">{LogAxis.Words(tick)}</text>""");
        }
    }

    private static void Row(StringBuilder svg, LogAxis axis, Judged row, double y)
    {
        var middle = y + (RowHeight / 2);
        var kind = row.Verdict == Verdict.Reached ? "reached" : "missed";
        var (worst, ratio, best) = (axis.At(row.Line!.PairMin!.Value), axis.At(row.Line.Ratio!.Value), axis.At(row.Line.PairMax!.Value));
        var goal = axis.At(row.Goal.Least);
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="40" y="{middle + 4.5:0.#}">{Escaped(row.Goal.Metric)}</text>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<line class="goal" x1="{goal:0.#}" y1="{middle - 8:0.#}" x2="{goal:0.#}" y2="{middle + 8:0.#}"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<path class="whisker {kind}" d="M{worst:0.#} {middle - 4:0.#}v8M{worst:0.#} {middle:0.#}H{best:0.#}M{best:0.#} {middle - 4:0.#}v8"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<circle class="dot {kind}" cx="{ratio:0.#}" cy="{middle:0.#}" r="5"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Width - 24:0}" y="{middle + 4.5:0.#}" text-anchor="end">{Escaped(row.Goal.Measured(row.Line))}</text>""");
    }

    private static void Legend(StringBuilder svg, double y) => svg.AppendLine(CultureInfo.InvariantCulture, $"""
        <circle class="dot reached" cx="30" cy="{y - 4:0.#}" r="5"/><text class="soft" x="44" y="{y:0.#}">goal reached</text>
        <circle class="dot missed" cx="160" cy="{y - 4:0.#}" r="5"/><text class="soft" x="174" y="{y:0.#}">not reached</text>
        <line class="goal" x1="286" y1="{y - 12:0.#}" x2="286" y2="{y + 4:0.#}"/><text class="soft" x="298" y="{y:0.#}">the goal</text>
        """);

    private static string Escaped(string text) => SecurityElement.Escape(text);
}

/// <summary>A logarithmic axis whose ticks are powers of two, among them 1.</summary>
/// <param name="Least">Exponent of the leftmost tick.</param>
/// <param name="Most">Exponent of the rightmost tick.</param>
internal sealed record LogAxis(int Least, int Most, double Left, double Right)
{
    /// <summary>The ticks' values.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(Least, Most - Least + 1).Select(exponent => Math.Pow(2, exponent));

    /// <summary>The shortest axis that holds all of them, from one half to two at least.</summary>
    public static LogAxis Covering(IEnumerable<double> values, double left, double right)
    {
        var exponents = values.Select(Math.Log2).DefaultIfEmpty(0).ToList();
        return new LogAxis(Math.Min(-1, (int)Math.Floor(exponents.Min())), Math.Max(1, (int)Math.Ceiling(exponents.Max())), left, right);
    }

    /// <summary>Where a value is.</summary>
    public double At(double value) => Left + ((Math.Log2(value) - Least) / (Most - Least) * (Right - Left));

    /// <summary>A tick's label: 1/4, 1, 4.</summary>
    public static string Words(double tick) => tick < 1
        ? string.Create(CultureInfo.InvariantCulture, $"1/{1 / tick:0}")
        : string.Create(CultureInfo.InvariantCulture, $"{tick:0}");
}
