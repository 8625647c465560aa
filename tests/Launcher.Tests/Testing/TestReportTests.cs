using LeadOrchestrator.Launcher.Testing;

namespace LeadOrchestrator.Launcher.Tests.Testing;

public sealed class TestReportTests : IDisposable
{
    private const string Ctrf = """
        {"results":{"summary":{"tests":4},"tests":[
          {"name":"A","status":"passed"},
          {"name":"B","status":"failed","message":"1 is not 2","trace":"   at X\n   at Shop.Tests.B() in Shop.cs:line 6"},
          {"name":"C","status":"skipped"},
          {"name":"D","status":"other"}]}}
        """;

    private const string Vitest = """
        {"numTotalTests":3,"testResults":[
          {"name":"a.test.ts","status":"failed","message":"","assertionResults":[
            {"fullName":"page shows","status":"passed","failureMessages":[]},
            {"fullName":"page hides","status":"failed","failureMessages":["expected true"]},
            {"fullName":"page waits","status":"pending","failureMessages":[]}]},
          {"name":"b.test.ts","status":"failed","message":"Cannot find module","assertionResults":[]}]}
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Counts_come_from_the_report_and_what_is_neither_passed_nor_skipped_has_failed()
    {
        var report = TestReport.From("Shop.Tests", _folder.Write(Ctrf, "report.json"), 1, TestReport.ReadCtrf);

        (report.Passed, report.Failed, report.Skipped).ShouldBe((1, 2, 1));
        report.Failures[0].Name.ShouldBe("B");
        report.Failures[0].Message.ShouldBe("1 is not 2\nat Shop.Tests.B() in Shop.cs:line 6");
    }

    [Fact]
    public void A_file_of_web_tests_that_cannot_be_loaded_is_a_failure()
    {
        var report = TestReport.From("web", _folder.Write(Vitest, "report.json"), 1, TestReport.ReadVitest);

        (report.Passed, report.Failed, report.Skipped).ShouldBe((1, 2, 1));
        report.Failures[1].ShouldBe(new Failure("b.test.ts", "Cannot find module"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"results\":{\"tests\":[")]
    [InlineData("{}")]
    public void A_runner_that_crashed_is_a_failure_even_with_exit_code_0(string? content)
    {
        var file = content is null ? _folder.At("missing.json") : _folder.Write(content, "report.json");

        TestReport.From("Shop.Tests", file, 0, TestReport.ReadCtrf).Failed.ShouldBe(1);
    }

    [Fact]
    public void A_bad_exit_code_is_a_failure_even_when_the_report_is_all_green()
    {
        var green = _folder.Write("""{"results":{"tests":[{"name":"A","status":"passed"}]}}""", "report.json");

        var report = TestReport.From("Shop.Tests", green, 134, TestReport.ReadCtrf);

        (report.Passed, report.Failed).ShouldBe((1, 1));
        report.Failures[0].Message.ShouldContain("134");
    }

    public void Dispose() => _folder.Dispose();
}
