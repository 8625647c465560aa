using System.Globalization;

namespace LeadOrchestrator.Bench;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Names">Which benchmarks, in this order.</param>
/// <param name="Rounds">How often each target is measured.</param>
/// <param name="Seconds">How long each measurement takes.</param>
/// <param name="IsFull">With the large amounts of data.</param>
/// <param name="PortBase">The first of twenty ports.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Names, int Rounds, double Seconds, bool IsFull, int PortBase)
{
    /// <summary>Only the cases of a benchmark whose name holds this; null = all.</summary>
    public string? Case { get; init; }

    /// <summary>The results take the place of the last kept ones, and the performance page is written anew.</summary>
    public bool IsKept { get; init; }

    /// <summary>What one types to repeat one of the benchmarks.</summary>
    public string CommandFor(string name) => string.Create(CultureInfo.InvariantCulture, $"./run bench {name} --rounds {Rounds} --seconds {Seconds}{(IsFull ? " --full" : "")}");

    /// <summary>Reads it.</summary>
    /// <exception cref="BenchException">It says something that is not known.</exception>
    public static BenchOptions Read(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions([], 5, 3, false, 3600);
        for (var at = 0; at < arguments.Count; at++)
        {
            options = arguments[at] switch
            {
                "--rounds" => options with { Rounds = (int)Number(arguments, ++at, 1, 1000) },
                "--seconds" => options with { Seconds = Number(arguments, ++at, 0.5, 600) },
                "--port-base" => options with { PortBase = (int)Number(arguments, ++at, 1024, 65_000) },
                "--case" => options with { Case = ++at < arguments.Count ? arguments[at] : throw new BenchException("--case takes a part of a case's name.") },
                "--keep" => options with { IsKept = true },
                "--full" => options with { IsFull = true },
                var name when Benchmarks.Names.Contains(name) => options with { Names = [.. options.Names, name] },
                var other => throw new BenchException($"There is no '{other}': the benchmarks are {string.Join(", ", Benchmarks.Names)}; the options --rounds N, --seconds S, --full, --case TEXT, --keep, --port-base N."),
            };
        }

        if (options is { IsKept: true, Case: not null })
        {
            throw new BenchException("--keep keeps whole benchmarks: leave --case out.");
        }

        return options.Names.Count > 0 ? options : options with { Names = Benchmarks.Names };
    }

    private static double Number(IReadOnlyList<string> arguments, int at, double least, double most) =>
        at < arguments.Count && double.TryParse(arguments[at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new BenchException($"{arguments[at - 1]} takes a number from {least} to {most}.");
}
