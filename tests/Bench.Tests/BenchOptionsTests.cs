namespace LeadOrchestrator.Bench.Tests;

/// <summary>What can be typed behind <c>./run bench</c>.</summary>
public sealed class BenchOptionsTests
{
    [Fact]
    public void Without_a_name_all_are_run_five_rounds_of_three_seconds_each()
    {
        var options = BenchOptions.Read([]);

        options.Names.ShouldBe(Benchmarks.Names);
        (options.Rounds, options.Seconds, options.IsFull, options.IsKept, options.Case).ShouldBe((5, 3, false, false, null));
    }

    [Fact]
    public void Several_names_are_run_in_the_order_given()
    {
        var options = BenchOptions.Read(["claim", "webhook", "--rounds", "7", "--full"]);

        options.Names.ShouldBe(["claim", "webhook"]);
        options.CommandFor("claim").ShouldBe("./run bench claim --rounds 7 --seconds 3 --full");
    }

    [Theory]
    [InlineData("webhooks")]
    [InlineData("--rounds")]
    [InlineData("--rounds", "0")]
    [InlineData("--case")]
    [InlineData("touches", "--case", "200 ms", "--keep")]
    public void What_makes_no_sense_is_refused(params string[] arguments) => Should.Throw<BenchException>(() => BenchOptions.Read(arguments));
}
