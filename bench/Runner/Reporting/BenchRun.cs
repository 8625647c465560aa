using System.Text.Json;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Reporting;

/// <summary>What one benchmark measured at one time: the lines, and all that is needed to judge and to repeat them.</summary>
/// <param name="Bench">The benchmark's name.</param>
/// <param name="MeasuredOn">The day, such as <c>2026-11-23</c>.</param>
/// <param name="Command">What was typed.</param>
/// <param name="Machine">In words.</param>
/// <param name="Lines">The results.</param>
internal sealed record BenchRun(string Bench, string MeasuredOn, string Command, string Machine, IReadOnlyList<ReportLine> Lines)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>With the large amounts of data?</summary>
    public bool IsFull => Command.Contains("--full", StringComparison.Ordinal);

    /// <summary>Where the kept runs are: one file for each benchmark, the newest run alone.</summary>
    public static string Folder => Bed.Repository.At("docs/performance");

    /// <summary>Keeps it in place of the one before.</summary>
    public async Task KeepAsync(string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Bench}.jsonl"), ToText(), cancel);
    }

    /// <summary>The kept runs, in the order of their names.</summary>
    public static IReadOnlyList<BenchRun> ReadAll(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).Select(file => Read(File.ReadAllText(file)))]
        : [];

    /// <summary>JSON, one object a line: first the run, then each result.</summary>
    public string ToText() =>
        string.Concat(new[] { JsonSerializer.Serialize(new Head(Bench, MeasuredOn, Command, Machine), Options) }.Concat(Lines.Select(line => line.ToJson())).Select(line => line + "\n"));

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    public static BenchRun Read(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var head = JsonSerializer.Deserialize<Head>(lines[0], Options)!;
        return new BenchRun(head.Bench, head.MeasuredOn, head.Command, head.Machine, [.. lines.Skip(1).Select(ReportLine.FromJson)]);
    }

    private sealed record Head(string Bench, string MeasuredOn, string Command, string Machine);
}
