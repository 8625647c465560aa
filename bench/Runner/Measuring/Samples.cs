namespace LeadOrchestrator.Bench.Measuring;

/// <summary>What was measured of each target in each round.</summary>
internal sealed class Samples(string bench)
{
    private readonly List<Metric> _metrics = [];
    private readonly Dictionary<(Metric Metric, string Target), List<double>> _values = [];

    /// <summary>Adds a round's value. NaN = not measurable here, and left out.</summary>
    public void Add(Metric metric, string target, double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        if (!_metrics.Contains(metric))
        {
            _metrics.Add(metric);
        }

        if (!_values.TryGetValue((metric, target), out var values))
        {
            _values[(metric, target)] = values = [];
        }

        values.Add(value);
    }

    /// <summary>One line for each metric that the product has.</summary>
    /// <param name="peer">Which target it is compared with.</param>
    /// <param name="suffix">Behind each metric's name, to tell two comparisons apart.</param>
    /// <param name="only">Only these metrics; null = all.</param>
    public IEnumerable<ReportLine> Lines(string peer, string suffix = "", IReadOnlyCollection<Metric>? only = null)
    {
        foreach (var metric in _metrics.Where(metric => only?.Contains(metric) != false))
        {
            if (Of(metric, Targets.Product) is not { } product)
            {
                continue;
            }

            var other = Of(metric, peer);
            // Rounds that are neighbours in time share the noise: so their ratios are taken first, and the median of those.
            var ratios = other is null ? [] : product.Zip(other, (ours, theirs) => metric.MoreIsBetter ? ours / theirs : theirs / ours).Where(double.IsFinite).ToList();
            yield return new ReportLine(
                bench, metric.Name + suffix, metric.Unit, Median(product), Median(other), Median(Of(metric, Targets.Limit)),
                Median(ratios), ratios.Count > 0 ? Rounded(ratios.Min()) : null, ratios.Count > 0 ? Rounded(ratios.Max()) : null, product.Count);
        }
    }

    /// <summary>One line for each metric that both targets have, for two states of the product itself: there is no peer then.</summary>
    /// <param name="baseline">The target that the other one is held against; it stands in the column of the limit.</param>
    /// <param name="suffix">Behind each metric's name.</param>
    public IEnumerable<ReportLine> Against(string baseline, string target, string suffix)
    {
        foreach (var metric in _metrics)
        {
            if (Of(metric, target) is { } values && Of(metric, baseline) is { } others)
            {
                var ratios = values.Zip(others, (value, other) => metric.MoreIsBetter ? value / other : other / value).Where(double.IsFinite).ToList();
                yield return new ReportLine(
                    bench, metric.Name + suffix, metric.Unit, Median(values), null, Median(others),
                    Median(ratios), ratios.Count > 0 ? Rounded(ratios.Min()) : null, ratios.Count > 0 ? Rounded(ratios.Max()) : null, values.Count);
            }
        }
    }

    /// <summary>The middle value, to four digits; null when there is none.</summary>
    public static double? Median(IReadOnlyCollection<double>? values)
    {
        if (values is not { Count: > 0 })
        {
            return null;
        }

        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return Rounded(sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }

    /// <summary>The value that this part of all is not above; 0 when there is none.</summary>
    /// <param name="part">Such as 0.95.</param>
    public static double Quantile(IReadOnlyCollection<double> values, double part) =>
        values.Count == 0 ? 0 : Rounded(values.Order().ElementAt(Math.Clamp((int)Math.Ceiling(values.Count * part) - 1, 0, values.Count - 1)));

    /// <summary>To four digits: more would claim what was not measured.</summary>
    public static double Rounded(double value) => value == 0 || !double.IsFinite(value)
        ? 0
        : Math.Round(value, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6));

    private List<double>? Of(Metric metric, string target) => _values.GetValueOrDefault((metric, target));
}

/// <summary>The names of what is measured.</summary>
internal static class Targets
{
    public const string Product = "product";
    public const string Peer = "peer";
    public const string OneStatementPeer = "one-statement peer";
    public const string Limit = "limit";

    /// <summary>The product with little in its tables; what more of it costs is held against that.</summary>
    public const string Few = "few";
}
