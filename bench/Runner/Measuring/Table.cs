using System.Globalization;
using System.Text;

namespace LeadOrchestrator.Bench.Measuring;

/// <summary>The results for a person, in Markdown, so that they can be kept as they are.</summary>
internal static class Table
{
    /// <summary>The table.</summary>
    public static string Of(IReadOnlyCollection<ReportLine> lines)
    {
        string[] head = ["bench", "metric", "unit", "product", "peer", "limit", "ratio (min..max)", ""];
        List<string[]> rows = [head, .. lines.Select(line => new[]
        {
            line.Bench, line.Metric, line.Unit, Number(line.Product), Number(line.Peer), Number(line.Limit), Ratio(line), line.Note,
        })];
        var widths = Enumerable.Range(0, head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var row = 0; row < rows.Count; row++)
        {
            text.Append('|');
            for (var column = 0; column < head.Length; column++)
            {
                var cell = rows[row][column];
                text.Append(' ').Append(column is >= 3 and <= 6 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])).Append(" |");
            }

            text.AppendLine();
            if (row == 0)
            {
                text.Append('|').AppendJoin('|', widths.Select((width, column) => column is >= 3 and <= 6 ? new string('-', width + 1) + ":" : new string('-', width + 2))).AppendLine("|");
            }
        }

        return text.ToString();
    }

    private static string Ratio(ReportLine line) => line.Ratio is { } ratio
        ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ({line.PairMin:0.00}..{line.PairMax:0.00})")
        : "";

    private static string Number(double? value) => value is { } number ? number.ToString("#,0.##", CultureInfo.InvariantCulture) : "";
}
