using System.Globalization;
using CsvHelper;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>The report of a file's rows, as a file.</summary>
public static class ImportReport
{
    /// <summary>A part of it; the first one begins with the headings.</summary>
    /// <remarks>Somebody will open it in a spreadsheet: nothing in it is a formula.</remarks>
    public static string Write(IReadOnlyList<ImportRowView> rows, bool isFirst)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, CsvForm.Writing()))
        {
            if (isFirst)
            {
                WriteRow(csv, "line", "result", "reason", "explanation", "leadId");
            }

            foreach (var row in rows)
            {
                WriteRow(csv, row.Line.ToString(CultureInfo.InvariantCulture), row.Outcome, row.Reason ?? "", row.Explanation ?? "", row.LeadId?.ToString() ?? "");
            }
        }

        return text.ToString();
    }

    private static void WriteRow(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }

        csv.NextRecord();
    }
}
