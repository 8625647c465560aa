namespace LeadOrchestrator.Launcher.Testing;

/// <summary>The sum over all runners, and its last line.</summary>
internal sealed class TestSummary
{
    private const int ShownLines = 25;

    private readonly List<TestReport> _reports = [];

    public void Add(TestReport report) => _reports.Add(report);

    public int Passed => _reports.Sum(report => report.Passed);

    public int Failed => _reports.Sum(report => report.Failed);

    public int Skipped => _reports.Sum(report => report.Skipped);

    /// <summary>0 only when nothing failed and something ran.</summary>
    public int ExitCode => Failed == 0 && Passed > 0 ? 0 : 1;

    /// <summary>The closing line that a build server reads: <c>N passed, N failed</c>, and the skipped when there are any.</summary>
    public string LastLine => $"{Passed} passed, {Failed} failed" + (Skipped > 0 ? $", {Skipped} skipped" : "");

    /// <summary>Names and messages of all failures; empty when there are none.</summary>
    public IEnumerable<string> FailureLines()
    {
        foreach (var failure in _reports.SelectMany(report => report.Failures))
        {
            yield return $"FAILED {failure.Name}";
            foreach (var line in failure.Message.ReplaceLineEndings("\n").Split('\n').Take(ShownLines))
            {
                yield return $"    {line}";
            }
        }
    }
}
