using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>From the rounds' values to a line of the table.</summary>
public sealed class SamplesTests
{
    private static readonly Metric PerSecond = Metric.PerSecond("done per second");
    private static readonly Metric Cost = Metric.Micros("CPU");
    private readonly Samples _samples = new("bench");

    [Fact]
    public void The_ratio_is_the_median_of_the_ratios_of_each_round_and_not_the_ratio_of_the_medians()
    {
        Add(PerSecond, Targets.Product, 100, 400, 90);
        Add(PerSecond, Targets.Peer, 50, 100, 90);

        var line = _samples.Lines(Targets.Peer).ShouldHaveSingleItem();

        (line.Product, line.Peer).ShouldBe((100, 90));
        (line.Ratio, line.PairMin, line.PairMax).ShouldBe((2, 1, 4));
        line.Rounds.ShouldBe(3);
    }

    [Fact]
    public void A_cost_that_is_half_the_peers_is_a_ratio_of_two()
    {
        Add(Cost, Targets.Product, 50);
        Add(Cost, Targets.Peer, 100);

        _samples.Lines(Targets.Peer).ShouldHaveSingleItem().Ratio.ShouldBe(2);
    }

    [Fact]
    public void What_cannot_be_measured_here_has_no_line()
    {
        Add(Cost, Targets.Product, double.NaN);

        _samples.Lines(Targets.Peer).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_sent_twice_on_either_side_has_no_ratio()
    {
        Add(Cost, Targets.Product, 0);
        Add(Cost, Targets.Peer, 0);

        var line = _samples.Lines(Targets.Peer).ShouldHaveSingleItem();

        (line.Product, line.Ratio, line.PairMin).ShouldBe((0, null, null));
    }

    [Fact]
    public void A_product_is_held_against_itself_in_another_state()
    {
        Add(Cost, Targets.Few, 2, 2, 2);
        Add(Cost, "1 M", 4, 2, 3);

        var line = _samples.Against(Targets.Few, "1 M", ", 1 M due").ShouldHaveSingleItem();

        line.Metric.ShouldBe("CPU, 1 M due");
        (line.Product, line.Peer, line.Limit).ShouldBe((3, null, 2));
        (line.Ratio, line.PairMin, line.PairMax).ShouldBe((0.6667, 0.5, 1));
    }

    [Theory]
    [InlineData(new[] { 3.0, 1, 2 }, 2)]
    [InlineData(new[] { 4.0, 1, 2, 3 }, 2.5)]
    public void The_median_is_the_middle(double[] values, double median) => Samples.Median(values).ShouldBe(median);

    [Theory]
    [InlineData(12345.678, 12346)]
    [InlineData(1.23456, 1.235)]
    [InlineData(0.00123456, 0.001235)]
    [InlineData(double.PositiveInfinity, 0)]
    public void A_figure_has_four_digits(double value, double shown) => Samples.Rounded(value).ShouldBe(shown);

    [Theory]
    [InlineData(0.5, 10)]
    [InlineData(0.95, 19)]
    [InlineData(1, 20)]
    public void Of_twenty_values_nineteen_are_within_p95(double part, double value) => Samples.Quantile([.. Enumerable.Range(1, 20).Select(number => (double)number)], part).ShouldBe(value);

    [Fact]
    public void Of_none_there_is_none() => Samples.Quantile([], 0.95).ShouldBe(0);

    private void Add(Metric metric, string target, params double[] values)
    {
        foreach (var value in values)
        {
            _samples.Add(metric, target, value);
        }
    }
}
