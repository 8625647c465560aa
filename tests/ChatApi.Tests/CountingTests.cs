using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests;

/// <summary>The counters of an answer: its first word, its end, its calls and its price.</summary>
public sealed class CountingTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task An_answer_is_counted_with_its_first_word_its_end_and_its_price()
    {
        using var measured = new Measured();
        var customer = await scene.CustomerAsync();

        using var stream = await customer.AskAndWatchAsync("How much is ceramic tint?");
        await stream.ToEndAsync();

        await Eventually.TrueAsync(
            () => measured.Sums.ContainsKey("lead.answers outcome=complete reason=stop") && measured.Sums.ContainsKey("lead.answer.first_token")
                && measured.Sums.ContainsKey("lead.ai.calls provider=claude model=claude-sonnet-5-5 outcome=stop")
                && measured.Sums.GetValueOrDefault("lead.ai.spend provider=claude model=claude-sonnet-5-5") > 0
                && measured.Sums.ContainsKey("lead.vendor.request.duration vendor=claude outcome=ok"),
            "the answer to be counted");
    }

    [Fact]
    public async Task A_model_that_is_gone_is_counted_as_a_call_beside_the_one_that_answered()
    {
        using var measured = new Measured();
        scene.Sandbox.Faults.Add(Vendor.Anthropic, FaultKind.ModelRetired, count: 10);
        var customer = await scene.CustomerAsync();

        using var stream = await customer.AskAndWatchAsync("How much is it?");
        await stream.ToEndAsync();

        scene.Sandbox.Faults.Clear();
        await Eventually.TrueAsync(
            () => measured.Sums.ContainsKey("lead.ai.calls provider=claude model=claude-sonnet-5-5 outcome=status_404")
                && measured.Sums.Keys.Any(key => key.StartsWith("lead.ai.calls provider=openai", StringComparison.Ordinal))
                && measured.Sums.ContainsKey("lead.vendor.request.duration vendor=claude outcome=model_retired"),
            "both calls to be counted");
    }
}
