using System.Xml.Linq;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Reporting;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>From kept runs to the page and its picture.</summary>
public sealed class PerformancePageTests
{
    private static readonly BenchRun Run = new("touches", "2026-11-23", "./run bench touches --rounds 5 --seconds 3", "Machine: 2 cores\nPostgreSQL 18",
    [
        new("touches", "drained per second, latency 0, one instance", "1/s", 1234.5, 1000, null, 1.234, 1.1, 1.5, 5),
        new("touches", "drained per second, 200 ms, one instance", "1/s", 460, 400, 500, 1.15, 1.1, 1.2, 5),
        new("touches", "drained per second, 0–1 s, one instance", "1/s", 100, 200, 200, 0.5, 0.4, 0.6, 5) { Note = "so & <so>" },
    ]);

    [Fact]
    public void A_kept_run_reads_as_it_was_written()
    {
        var read = BenchRun.Read(Run.ToText());

        (read.Bench, read.MeasuredOn, read.Command, read.Machine).ShouldBe((Run.Bench, Run.MeasuredOn, Run.Command, Run.Machine));
        read.Lines.ShouldBe(Run.Lines);
        Run.ToText().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1 + Run.Lines.Count);
    }

    [Fact]
    public async Task A_new_run_takes_the_place_of_the_one_before()
    {
        var folder = Directory.CreateTempSubdirectory("bench-runs-").FullName;
        try
        {
            await Run.KeepAsync(folder, CancellationToken.None);
            await (Run with { MeasuredOn = "2026-11-24" }).KeepAsync(folder, CancellationToken.None);

            BenchRun.ReadAll(folder).ShouldHaveSingleItem().MeasuredOn.ShouldBe("2026-11-24");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Only_what_stands_between_the_marks_is_replaced()
    {
        const string Page = "before\n<!-- goals -->\nold\n<!-- /goals -->\nafter\n";

        var once = PerformancePage.Fill(Page, "goals", "new\n");

        once.ShouldBe("before\n<!-- goals -->\nnew\n<!-- /goals -->\nafter\n");
        PerformancePage.Fill(once, "goals", "new\n").ShouldBe(once);
    }

    [Theory]
    [InlineData("no mark at all")]
    [InlineData("<!-- goals --> and no end")]
    [InlineData("<!-- /goals --> before <!-- goals -->")]
    public void A_page_without_its_marks_is_not_touched(string page) =>
        Should.Throw<BenchException>(() => PerformancePage.Fill(page, "goals", "new")).Message.ShouldContain("<!-- goals -->");

    [Fact]
    public void Every_goal_has_its_row_with_its_verdict()
    {
        var rows = GoalTable.Of(GoalTable.Judge([Run])).Split('\n');

        rows.Single(row => row.Contains("latency 0, one instance", StringComparison.Ordinal)).ShouldContain("| 1.23 (1.10..1.50) | reached |");
        rows.Single(row => row.Contains("200 ms, one instance", StringComparison.Ordinal)).ShouldContain("| ≥ 90 % of the limit | 92 % | reached |");
        rows.Single(row => row.Contains("0–1 s, one instance", StringComparison.Ordinal)).ShouldContain("| 0.50 (0.40..0.60) | **behind the peer** |");
        rows.Single(row => row.Contains("0–1 s, two instances", StringComparison.Ordinal)).ShouldContain("|  | not measured |");
    }

    [Fact]
    public void The_results_say_when_how_and_on_what_they_were_measured()
    {
        var text = GoalTable.OfResults([Run]);

        text.ShouldContain("2026-11-23, `./run bench touches --rounds 5 --seconds 3`");
        text.ShouldContain("`touches` on 2 cores · PostgreSQL 18.");
        text.ShouldContain("500 (92 %)");
        text.ShouldContain("1.23 (1.10..1.50)");
    }

    [Fact]
    public void The_picture_is_well_formed_and_shows_each_measured_ratio_once()
    {
        var svg = XDocument.Parse(RatioPlot.Of(GoalTable.Judge([Run])));

        var circles = svg.Descendants().Where(element => element.Name.LocalName == "circle").Select(element => element.Attribute("class")!.Value).ToList();
        circles.Count(name => name == "dot reached").ShouldBe(2); // one of them in the legend
        circles.Count(name => name == "dot missed").ShouldBe(2);
        svg.Root!.Value.ShouldContain("1.23 (1.10..1.50)");
    }

    [Fact]
    public void A_picture_of_nothing_is_a_picture() => XDocument.Parse(RatioPlot.Of(GoalTable.Judge([]))).Root.ShouldNotBeNull();

    [Fact]
    public void The_axis_holds_every_value_and_its_middle_is_one()
    {
        var axis = LogAxis.Covering([0.2, 5], 0, 600);

        axis.Ticks.Select(LogAxis.Words).ShouldBe(["1/8", "1/4", "1/2", "1", "2", "4", "8"]);
        axis.At(1).ShouldBe(300);
        (axis.At(0.5), axis.At(2)).ShouldBe((200, 400));
    }

    [Fact]
    public void A_share_is_shown_beside_a_limit_per_second_and_beside_no_other()
    {
        var table = Table.Of([Run.Lines[1], new ReportLine("load", "p99", "ms", 5, null, 20, null, null, null, 1)]);

        table.ShouldContain("500 (92 %)");
        table.ShouldNotContain("25 %");
    }
}
