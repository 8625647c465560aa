using System.Text.Json;

namespace LeadOrchestrator.Launcher.Testing;

/// <summary>A test that failed, or a runner that did.</summary>
internal sealed record Failure(string Name, string Message);

/// <summary>What one runner did, from its own machine-readable report.</summary>
internal sealed record TestReport(int Passed, int Skipped, IReadOnlyList<Failure> Failures)
{
    /// <summary>Nothing ran: the name did not match.</summary>
    public static readonly TestReport Nothing = new(0, 0, []);

    public int Failed => Failures.Count;

    public int Ran => Passed + Failed;

    /// <summary>One failure that stands for a whole runner.</summary>
    public static TestReport Broken(string runner, string why) => new(0, 0, [new(runner, why)]);

    /// <summary>
    /// The report of a runner that has ended. One that left no report, or ended badly although its report names no failure,
    /// counts as a failure itself: silence is never green.
    /// </summary>
    /// <param name="read">Reads the format of this runner.</param>
    public static TestReport From(string runner, string file, int exitCode, Func<JsonElement, TestReport> read)
    {
        TestReport report;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            report = read(json.RootElement);
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Broken(runner, $"The runner ended with exit code {exitCode} and left no report.");
        }

        return exitCode != 0 && report.Failed == 0
            ? report with { Failures = [new(runner, $"The runner ended with exit code {exitCode}, though no test failed.")] }
            : report;
    }

    /// <summary>CTRF, as xunit.v3 writes it.</summary>
    public static TestReport ReadCtrf(JsonElement root)
    {
        var tests = root.GetProperty("results").GetProperty("tests").EnumerateArray().ToList();
        return new(
            tests.Count(test => Text(test, "status") == "passed"),
            tests.Count(test => Text(test, "status") is "skipped" or "pending"),
            [.. tests.Where(test => Text(test, "status") is not ("passed" or "skipped" or "pending"))
                .Select(test => new Failure(Text(test, "name") ?? "?", Message(Text(test, "message"), Text(test, "trace"))))]);
    }

    /// <summary>Vitest's JSON. A file that could not even be loaded has no tests, and is a failure by itself.</summary>
    public static TestReport ReadVitest(JsonElement root)
    {
        var (passed, skipped, failures) = (0, 0, new List<Failure>());
        foreach (var file in root.GetProperty("testResults").EnumerateArray())
        {
            var tests = file.GetProperty("assertionResults").EnumerateArray().ToList();
            passed += tests.Count(test => Text(test, "status") == "passed");
            skipped += tests.Count(test => Text(test, "status") is "skipped" or "pending" or "todo");
            var failed = tests.Where(test => Text(test, "status") == "failed")
                .Select(test => new Failure(
                    Text(test, "fullName") ?? "?",
                    string.Join('\n', test.GetProperty("failureMessages").EnumerateArray().Select(message => message.GetString()))))
                .ToList();
            failures.AddRange(failed.Count > 0 || Text(file, "status") != "failed" ? failed : [new(Text(file, "name") ?? "?", Text(file, "message") ?? "")]);
        }

        return new(passed, skipped, failures);
    }

    private static string Message(string? message, string? trace)
    {
        // The first frame in our own code says where.
        var where = trace?.Split('\n').FirstOrDefault(line => line.Contains(":line ", StringComparison.Ordinal))?.Trim();
        return where is null ? message ?? "" : $"{message}\n{where}";
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
