using LeadOrchestrator.ChatApi.Ai;

namespace LeadOrchestrator.ChatApi.Tests.Ai;

public sealed class AiModelsTests
{
    [Theory]
    [InlineData("gpt-4.1-mini", "2027-01-14")]
    [InlineData("gpt-4o-2024-05-13", "2026-10-23")]
    [InlineData("llama-3.1-70b", null)]
    public void A_model_without_a_price_has_its_end_all_the_same(string id, string? day) =>
        AiModels.Unknown(AiModels.All, Providers.OpenAi, id).RetiresOn.ShouldBe(day is null ? null : DateOnly.Parse(day, null));

    [Theory]
    [InlineData(Providers.OpenAi, "gpt-6-luna-2026-10-01", "gpt-6-luna")]
    [InlineData(Providers.Claude, "claude-sonnet-5-5-20261007", "claude-sonnet-5-5")]
    [InlineData(Providers.OpenAi, "gpt-6-luna", "gpt-6-luna")]
    [InlineData(Providers.OpenAi, "gpt-6-luna-mini", null)]
    [InlineData(Providers.OpenAi, "claude-sonnet-5-5-20261007", null)]
    public void A_dated_name_has_the_prices_and_the_parameters_of_its_model(string provider, string id, string? known)
    {
        var model = AiModels.In(AiModels.All, provider, id);

        var expected = known is null ? AiModels.Unknown(AiModels.All, provider, id) : AiModels.Find(provider, known)!;
        (model.Id, model.Effort, model.IsPriceKnown, model.RetiresOn, model.Prices[0].Input).ShouldBe((id, expected.Effort, expected.IsPriceKnown, expected.RetiresOn, expected.Prices[0].Input));
    }

    [Fact]
    public void A_price_holds_from_its_day()
    {
        var model = AiModels.Find(Providers.Claude, "claude-sonnet-5-5")!;

        model.PriceOn(new DateOnly(2026, 10, 6)).CacheRead.ShouldBe(200_000);
        model.PriceOn(new DateOnly(2026, 10, 7)).CacheRead.ShouldBe(100_000);
        model.PriceOn(new DateOnly(2020, 1, 1)).Input.ShouldBe(2_000_000);
    }

    [Fact]
    public void A_cost_counts_each_kind_of_token_once_and_rounds_up()
    {
        var price = AiModels.Find(Providers.Claude, "claude-sonnet-5-5")!.PriceOn(new DateOnly(2026, 11, 23));

        // The vendor's own sample: 472 fresh, 100 written, 2,000 read, 89 said.
        price.Cost(2572, 89, 2000, 100).ShouldBe((472 * 2) + 250 + 200 + 890);
        var cheap = AiModels.Find(Providers.OpenAi, "gpt-6-luna")!.PriceOn(new DateOnly(2026, 11, 23));
        cheap.Cost(1, 0, 0, 0).ShouldBe(1);
        cheap.Cost(0, 0, 0, 0).ShouldBe(0);
    }

    [Fact]
    public void Of_two_lists_that_of_the_prompt_is_booked_and_the_dearer_one_set_aside()
    {
        var price = AiModels.Find(Providers.Claude, "claude-haiku-5-5")!.PriceOn(new DateOnly(2026, 11, 23));

        price.Cost(100_000, 1000, 0, 0).ShouldBe(10_000 + 500);
        price.Cost(3000, 0, 1000, 1000).ShouldBe(100 + 10 + 125);
        price.Cost(100_002, 1000, 0, 0).ShouldBe(50_001 + 2500);
        price.AtMost(1000, 1000).ShouldBe(625 + 2500);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1000)]
    [InlineData(1000, 0)]
    [InlineData(300, 700)]
    public void No_call_costs_more_than_it_can_at_most(long cacheRead, long cacheWrite)
    {
        foreach (var id in AiModels.Of(Providers.Claude).Concat(AiModels.Of(Providers.OpenAi)))
        {
            var model = AiModels.Find(Providers.Claude, id) ?? AiModels.Find(Providers.OpenAi, id)!;
            var price = model.PriceOn(new DateOnly(2026, 11, 23));
            price.Cost(1000, 1024, cacheRead, cacheWrite).ShouldBeLessThanOrEqualTo(price.AtMost(1000, 1024), id);
        }
    }

    [Fact]
    public void The_defaults_do_not_retire_soon()
    {
        AiModels.Find(Providers.Claude, "claude-sonnet-5-5")!.RetiresOn.ShouldBeNull();
        AiModels.Find(Providers.OpenAi, "gpt-6-luna")!.RetiresOn.ShouldBeNull();
        AiModels.Find(Providers.Claude, "claude-sonnet-4-5")!.RetiresOn.ShouldBe(new DateOnly(2026, 11, 30));
    }
}
