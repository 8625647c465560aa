using LeadOrchestrator.Bench.Bed;

namespace LeadOrchestrator.Bench.Reporting;

/// <summary>Fills docs/PERFORMANCE.md and its picture from the kept runs, so that nobody copies a figure by hand.</summary>
internal static class PerformancePage
{
    private const string Page = "docs/PERFORMANCE.md";
    private const string Picture = "docs/images/performance.svg";

    /// <summary>Writes both.</summary>
    /// <exception cref="BenchException">The page has lost one of its marks.</exception>
    public static async Task WriteAsync(CancellationToken cancel)
    {
        var runs = BenchRun.ReadAll(BenchRun.Folder);
        var judged = GoalTable.Judge(runs);
        var page = await File.ReadAllTextAsync(Repository.At(Page), cancel);
        page = Fill(page, "goals", GoalTable.Of(judged));
        page = Fill(page, "results", GoalTable.OfResults(runs));
        await File.WriteAllTextAsync(Repository.At(Page), page, cancel);
        await File.WriteAllTextAsync(Repository.At(Picture), RatioPlot.Of(judged), cancel);
    }

    /// <summary>Replaces what stands between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.</summary>
    /// <exception cref="BenchException">The page does not have both marks.</exception>
    public static string Fill(string page, string name, string content)
    {
        var (open, close) = ($"<!-- {name} -->", $"<!-- /{name} -->");
        var start = page.IndexOf(open, StringComparison.Ordinal);
        var end = page.IndexOf(close, StringComparison.Ordinal);
        return start >= 0 && end > start
            ? $"{page[..(start + open.Length)]}\n{content.ReplaceLineEndings("\n").TrimEnd()}\n{page[end..]}"
            : throw new BenchException($"{Page} has no {open} followed by {close}: put them back where its table belongs.");
    }
}
