namespace LeadOrchestrator.Bench.Measuring;

/// <summary>Something that is measured.</summary>
/// <param name="Name">In words, with no unit.</param>
/// <param name="Unit">1/s, ms, µs, MiB.</param>
/// <param name="MoreIsBetter">False for times and costs.</param>
internal sealed record Metric(string Name, string Unit, bool MoreIsBetter)
{
    /// <summary>Something per second.</summary>
    public static Metric PerSecond(string name) => new(name, "1/s", true);

    /// <summary>A time in milliseconds.</summary>
    public static Metric Milliseconds(string name) => new(name, "ms", false);

    /// <summary>CPU time in microseconds for each operation.</summary>
    public static Metric Micros(string name) => new(name, "µs", false);

    /// <summary>Memory.</summary>
    public static Metric MiB(string name) => new(name, "MiB", false);
}
