using LeadOrchestrator.Testing;
using Microsoft.Playwright;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>axe-core, the checker of web accessibility.</summary>
public static class Axe
{
    private const string Run = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(
          (violation) => `${violation.id}: ` + violation.nodes.map((node) => `${node.target.join(' ')} (${node.failureSummary})`).join(' | '))
        """;

    private static readonly Lazy<string> Source = new(Read);

    /// <summary>What the page does wrong, a line each.</summary>
    public static async Task<string[]> ViolationsAsync(IPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        // Not by a script element: the page's policy forbids foreign ones, and shall.
        await page.EvaluateAsync($"() => {{ {Source.Value}\n }}");
        return await page.EvaluateAsync<string[]>(Run);
    }

    private static string Read()
    {
        var file = Repository.Path("node_modules", "axe-core", "axe.min.js");
        return File.Exists(file) ? File.ReadAllText(file) : throw new InvalidOperationException("axe-core is not installed: run npm ci in the repository's root, or ./run test, which does.");
    }
}
