using System.Globalization;
using System.Text;

namespace LeadOrchestrator.Bench.Measuring;

/// <summary>The results for a person, in Markdown, so that they can be kept as they are.</summary>
internal static class Table
{
    /// <summary>The table.</summary>
    /// <param name="withBench">With the benchmark's name in front of each row.</param>
    public static string Of(IReadOnlyCollection<ReportLine> lines, bool withBench = true)
    {
        var first = withBench ? 0 : 1;
        var (firstNumber, lastNumber) = (3 - first, 6 - first);
        string[] head = ["bench", "metric", "unit", "product", "peer", "limit", "ratio (min..max)", ""];
        List<string[]> rows = [head[first..], .. lines.Select(line => new[]
        {
            line.Bench, line.Metric, line.Unit, Number(line.Product), Number(line.Peer), Limit(line), Ratio(line), line.Note ?? "",
        }[first..])];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var row = 0; row < rows.Count; row++)
        {
            text.Append('|');
            for (var column = 0; column < rows[0].Length; column++)
            {
                var cell = rows[row][column];
                text.Append(' ').Append(column >= firstNumber && column <= lastNumber ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])).Append(" |");
            }

            text.AppendLine();
            if (row == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select((width, column) => column >= firstNumber && column <= lastNumber ? new string('-', width + 1) + ":" : new string('-', width + 2))).AppendLine("|");
            }
        }

        return text.ToString();
    }

    private static string Ratio(ReportLine line) => line.Ratio is { } ratio
        ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ({line.PairMin:0.00}..{line.PairMax:0.00})")
        : "";

    // What the machine gives at best has a share that was reached; a figure to stay under has none.
    private static string Limit(ReportLine line) => line is { Unit: "1/s", Product: { } product, Limit: { } limit }
        ? string.Create(CultureInfo.InvariantCulture, $"{Number(limit)} ({product / limit * 100:0} %)")
        : Number(line.Limit);

    private static string Number(double? value) => value is { } number ? number.ToString("#,0.##", CultureInfo.InvariantCulture) : "";
}
