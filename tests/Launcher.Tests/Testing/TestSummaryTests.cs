using LeadOrchestrator.Launcher.Testing;

namespace LeadOrchestrator.Launcher.Tests.Testing;

public sealed class TestSummaryTests
{
    [Fact]
    public void The_last_line_is_the_sum_and_only_all_green_ends_with_0()
    {
        var summary = new TestSummary();
        summary.Add(new TestReport(3, 0, []));
        summary.Add(new TestReport(4, 0, []));

        summary.LastLine.ShouldBe("7 passed, 0 failed");
        summary.ExitCode.ShouldBe(0);
        summary.FailureLines().ShouldBeEmpty();
    }

    [Fact]
    public void A_crashed_runner_beside_green_ones_fails_the_whole()
    {
        var summary = new TestSummary();
        summary.Add(new TestReport(3, 2, []));
        summary.Add(TestReport.Broken("Shop.Tests", "It crashed.\nBadly."));

        summary.LastLine.ShouldBe("3 passed, 1 failed, 2 skipped");
        summary.ExitCode.ShouldBe(1);
        summary.FailureLines().ShouldBe(["FAILED Shop.Tests", "    It crashed.", "    Badly."]);
    }

    [Fact]
    public void Nothing_that_ran_is_not_green()
    {
        var summary = new TestSummary();
        summary.Add(new TestReport(0, 5, []));

        summary.ExitCode.ShouldBe(1);
    }
}
