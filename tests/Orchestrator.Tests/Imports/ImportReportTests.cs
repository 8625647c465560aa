using LeadOrchestrator.Orchestrator.Imports;

namespace LeadOrchestrator.Orchestrator.Tests.Imports;

public sealed class ImportReportTests
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")")]
    [InlineData("+1+1")]
    [InlineData("-1+1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    public void What_a_spreadsheet_would_run_is_a_text_in_the_report(string poison)
    {
        var report = ImportReport.Write([new ImportRowView { Line = 2, Outcome = "rejected", Reason = "x", Explanation = poison }], isFirst: true);

        var cell = report.Split("\r\n")[1].Split(',', 4)[3];
        cell.TrimStart('"').ShouldStartWith("'");
    }

    [Fact]
    public void A_report_has_headings_once()
    {
        var row = new ImportRowView { Line = 2, Outcome = "created", Explanation = "A new lead, \"quoted\"." };

        (ImportReport.Write([row], isFirst: true) + ImportReport.Write([row with { Line = 3 }], isFirst: false)).ShouldBe(
            "line,result,reason,explanation,leadId\r\n2,created,,\"A new lead, \"\"quoted\"\".\",\r\n3,created,,\"A new lead, \"\"quoted\"\".\",\r\n");
    }
}
