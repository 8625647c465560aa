using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using LeadOrchestrator.Bench.Answers;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Benches;
using LeadOrchestrator.Bench.Chaos;
using LeadOrchestrator.Bench.FollowUps;
using LeadOrchestrator.Bench.Intake;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Reporting;
using Npgsql;

namespace LeadOrchestrator.Bench;

/// <summary>All benchmarks, by name. Results go to standard output, everything else to standard error.</summary>
internal static class Benchmarks
{
    private static readonly Dictionary<string, Func<TestBed, BenchOptions, CancellationToken, Task<IReadOnlyList<ReportLine>>>> ByName = new()
    {
        ["webhook"] = (bed, options, cancel) => new WebhookBench(bed, options).RunAsync(cancel),
        ["history"] = (bed, options, cancel) => new HistoryBench(bed, options).RunAsync(cancel),
        ["answer"] = (bed, options, cancel) => new AnswerBench(bed, options).RunAsync(cancel),
        ["streams"] = (bed, options, cancel) => new StreamsBench(bed, options).RunAsync(cancel),
        [CrowdBench.Name] = (bed, _, cancel) => new CrowdBench(bed).RunAsync(cancel),
        ["health"] = (bed, options, cancel) => new HealthBench(bed, options).RunAsync(cancel),
        ["first"] = (bed, options, cancel) => new FirstBench(bed, options).RunAsync(cancel),
        ["memory"] = (bed, options, cancel) => new MemoryBench(bed, options).RunAsync(cancel),
        ["load"] = (bed, _, cancel) => new LoadBench(bed).RunAsync(cancel),
        ["touches"] = (bed, options, cancel) => new TouchesBench(bed, options).RunAsync(cancel),
        ["chaos"] = (_, options, cancel) => new ChaosBench(options).RunAsync(cancel),
        ["claim"] = (bed, options, cancel) => new ClaimBench(bed, options).RunAsync(cancel),
        [FollowUpsBench.Name] = (bed, options, cancel) => new FollowUpsBench(bed, options).RunAsync(cancel),
        ["booking"] = (bed, _, cancel) => new BookingBench(bed).RunAsync(cancel),
        [AnswersBench.Name] = (bed, options, cancel) => new AnswersBench(bed, options).RunAsync(cancel),
        [IntakeBench.Name] = (bed, options, cancel) => new IntakeBench(bed, options).RunAsync(cancel),
    };

    /// <summary>What can be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys];

    /// <summary>Those that start processes of their own, or none: when nothing else is asked for, the bed starts only the vendors.</summary>
    public static IReadOnlySet<string> WithOwnServers { get; } = new HashSet<string> { "touches", "claim", CrowdBench.Name, "booking", "first", "memory", "chaos", AnswersBench.Name, FollowUpsBench.Name, IntakeBench.Name };

    /// <summary>Runs them, and prints their results. One that fails says why, and the others go on.</summary>
    /// <returns>The exit status: 1 when one failed.</returns>
    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancel)
    {
        await PeerPackages.EnsureAsync(cancel);
        Say("Starting PostgreSQL's databases, the vendors, the peer and the product …");
        await using var bed = await TestBed.StartAsync(options, cancel);
        var machine = await Machine.DescribeAsync(bed.Databases, cancel);
        Say(machine);
        var lines = new List<ReportLine>();
        var failed = new List<string>();
        foreach (var name in options.Names)
        {
            var took = Stopwatch.StartNew();
            try
            {
                var results = await ByName[name](bed, options, cancel);
                foreach (var line in results)
                {
                    Console.WriteLine(line.ToJson());
                }

                lines.AddRange(results);
                if (options.IsKept)
                {
                    var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                    await new BenchRun(name, today, options.CommandFor(name), machine, results).KeepAsync(BenchRun.Folder, cancel);
                }

                Say($"{name}: {took.Elapsed.TotalSeconds:0} s");
            }
            catch (Exception exception) when (exception is BenchException or NpgsqlException or IOException or SocketException)
            {
                failed.Add(name);
                Say($"{name} FAILED after {took.Elapsed.TotalSeconds:0} s: {exception.Message}");
            }
        }

        if (options.IsKept)
        {
            await PerformancePage.WriteAsync(cancel);
        }

        Console.WriteLine();
        Console.WriteLine(machine);
        Console.WriteLine("Medians of the rounds; ratio = median of the rounds' ratios, more than 1 = better than the peer.");
        Console.WriteLine();
        Console.Write(Table.Of(lines));
        if (failed.Count > 0)
        {
            Say($"Failed: {string.Join(", ", failed)}. The causes are above; logs are in .data/bench/logs.");
        }

        return failed.Count > 0 || lines.Exists(line => line.IsBroken) ? 1 : 0;
    }

    /// <summary>Tells a person how far it is.</summary>
    public static void Say(string what) => Console.Error.WriteLine(what);
}
