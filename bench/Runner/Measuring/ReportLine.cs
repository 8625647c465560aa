using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeadOrchestrator.Bench.Measuring;

/// <summary>One result: a line of JSON, and a row of the table. A null was not measured.</summary>
/// <param name="Product">Median of the rounds.</param>
/// <param name="Peer">Median of the rounds.</param>
/// <param name="Limit">What the machine can do at best, measured in the same run; in <c>load</c>, the figure to stay under.</param>
/// <param name="Ratio">Median of the per-round ratios; more than 1 = better than the peer.</param>
/// <param name="PairMin">The worst round's ratio.</param>
/// <param name="PairMax">The best round's.</param>
internal sealed record ReportLine(
    string Bench, string Metric, string Unit, double? Product, double? Peer, double? Limit, double? Ratio, double? PairMin, double? PairMax, int Rounds)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>More words, such as the verdict of a limit; null = none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>A promise was not kept: the run has failed.</summary>
    [JsonIgnore]
    public bool IsBroken { get; init; }

    /// <summary>A figure of the product alone, and whether it keeps its promise.</summary>
    /// <param name="most">What it must not exceed; null = nothing is promised.</param>
    public static ReportLine Promise(string bench, string what, string unit, double value, double? most) => new(bench, what, unit, value, null, most, null, null, null, 1)
    {
        Note = most is null ? "" : value <= most ? "kept" : "BROKEN",
        IsBroken = value > most,
    };

    /// <summary>As one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static ReportLine FromJson(string json) => JsonSerializer.Deserialize<ReportLine>(json, Options)!;
}
