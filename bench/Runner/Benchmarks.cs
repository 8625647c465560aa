using System.Diagnostics;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Benches;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench;

/// <summary>All benchmarks, by name. Results go to standard output, everything else to standard error.</summary>
internal static class Benchmarks
{
    private static readonly Dictionary<string, Func<TestBed, BenchOptions, CancellationToken, Task<IReadOnlyList<ReportLine>>>> ByName = new()
    {
        ["webhook"] = (bed, options, cancel) => new WebhookBench(bed, options).RunAsync(cancel),
        ["history"] = (bed, options, cancel) => new HistoryBench(bed, options).RunAsync(cancel),
        ["load"] = (bed, _, cancel) => new LoadBench(bed).RunAsync(cancel),
    };

    /// <summary>What can be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    /// <summary>Runs them, and prints their results.</summary>
    public static async Task RunAsync(BenchOptions options, CancellationToken cancel)
    {
        await PeerPackages.EnsureAsync(cancel);
        Say("Starting PostgreSQL's databases, the vendors, the peer and the product …");
        await using var bed = await TestBed.StartAsync(options, cancel);
        var machine = await Machine.DescribeAsync(bed.Databases, cancel);
        Say(machine);
        var lines = new List<ReportLine>();
        foreach (var name in options.Names)
        {
            var took = Stopwatch.StartNew();
            var results = await ByName[name](bed, options, cancel);
            foreach (var line in results)
            {
                Console.WriteLine(line.ToJson());
            }

            lines.AddRange(results);
            Say($"{name}: {took.Elapsed.TotalSeconds:0} s");
        }

        Console.WriteLine();
        Console.WriteLine(machine);
        Console.WriteLine("Medians of the rounds; ratio = median of the rounds' ratios, more than 1 = better than the peer.");
        Console.WriteLine();
        Console.Write(Table.Of(lines));
    }

    /// <summary>Tells a person how far it is.</summary>
    public static void Say(string what) => Console.Error.WriteLine(what);
}
