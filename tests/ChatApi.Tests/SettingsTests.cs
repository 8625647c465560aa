using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.ChatApi.Tests;

public sealed class SettingsTests
{
    private static readonly Dictionary<string, string?> Minimal = new()
    {
        ["DATABASE_URL"] = "postgresql://lead:secret@localhost:5432/lead",
        ["ANTHROPIC_API_KEY"] = "sk-ant-very-secret",
        ["PORT"] = "0",
    };

    [Fact]
    public async Task The_originals_names_are_enough()
    {
        await using var app = ChatApiApp.Create([], Minimal);
    }

    [Fact]
    public void All_problems_are_named_at_once_and_no_secret_is_printed()
    {
        var problems = Problems(
            ("DATABASE_URL", null), ("AI_PROVIDER", "gemini"), ("CLAUDE_MODEL", "claude nine"), ("PORT", "http"), ("LOG_LEVEL", "loud"),
            ("ANTHROPIC_BASE_URL", "not an address"), ("JWT_SIGNING_KEY", "short"), ("PUBLIC_URL", "ftp://x"));

        foreach (var name in new[] { "DATABASE_URL", "AI_PROVIDER", "CLAUDE_MODEL", "PORT", "LOG_LEVEL", "ANTHROPIC_BASE_URL", "JWT_SIGNING_KEY", "PUBLIC_URL" })
        {
            problems.Count(problem => problem.StartsWith(name + " ", StringComparison.Ordinal)).ShouldBe(1, name);
        }

        string.Concat(problems).ShouldNotContain("secret");
        problems.Single(problem => problem.StartsWith("CLAUDE_MODEL", StringComparison.Ordinal)).ShouldContain("claude-sonnet-5-5");
    }

    [Theory]
    [InlineData("ANTHROPIC_API_KEY", "claude-sonnet-5-5")]
    [InlineData("OPENAI_API_KEY", "gpt-6-luna")]
    public void One_key_is_enough_whosever_it_is(string key, string model)
    {
        var settings = Read(("ANTHROPIC_API_KEY", null), (key, "sk-x"));

        settings.Models.ShouldHaveSingleItem().Model.Id.ShouldBe(model);
    }

    [Fact]
    public void With_both_keys_and_no_choice_Claude_is_asked_first() =>
        Read(("OPENAI_API_KEY", "sk-x")).Models.Select(model => model.Model.Provider).ShouldBe([Providers.Claude, Providers.OpenAi]);

    [Fact]
    public void A_model_of_a_vendor_without_a_key_is_nobodys_concern() =>
        Read(("ANTHROPIC_API_KEY", null), ("CLAUDE_MODEL", "no model at all"), ("OPENAI_API_KEY", "sk-x")).Models.Count.ShouldBe(1);

    [Fact]
    public void A_model_that_is_in_no_table_counts_at_the_dearest_prices_of_its_provider()
    {
        var unknown = Read(("OPENAI_API_KEY", "none"), ("OPENAI_BASE_URL", "http://vllm/v1"), ("OPENAI_MODEL", "meta-llama/Llama-3.1-70B-Instruct")).Models[1].Model;

        (unknown.Id, unknown.IsPriceKnown).ShouldBe(("meta-llama/Llama-3.1-70B-Instruct", false));
        foreach (var price in AiModels.All.Where(model => model.Provider == Providers.OpenAi).SelectMany(model => model.Prices))
        {
            unknown.Prices[0].AtMost(1000, 1024).ShouldBeGreaterThanOrEqualTo(price.AtMost(1000, 1024));
        }
    }

    [Fact]
    public void At_least_one_key_is_needed() => Problems(("ANTHROPIC_API_KEY", null)).Single().ShouldContain("OPENAI_API_KEY");

    [Fact]
    public void The_provider_of_choice_needs_its_key() => Problems(("AI_PROVIDER", "openai")).Single().ShouldStartWith("OPENAI_API_KEY is not set");

    [Theory]
    [InlineData(null)]
    [InlineData("https://api.anthropic.com")]
    public void A_moved_clock_is_refused_beside_a_real_vendor(string? baseUrl) =>
        Problems(("TEST_CLOCK_URL", "http://localhost:9/clock"), ("ANTHROPIC_BASE_URL", baseUrl)).Single().ShouldContain("ANTHROPIC_BASE_URL");

    [Fact]
    public void A_model_of_ones_own_is_chosen_from_the_table_that_a_file_adds()
    {
        var settings = WithTable("""
            // A server in the shop.
            [{ "provider": "openai", "id": "llama-3.1-70b", "prices": [{ "from": "2026-06-01", "input": 0.6, "output": 0.8, "cacheRead": 0.3 }, { "from": "2026-01-01", "input": 0, "output": 0 }],
               "retiresOn": "2027-06-30", "temperature": 0.3, "mostOutput": 500, "context": 32768 },
             { "provider": "claude", "id": "claude-sonnet-5-5", "prices": [{ "from": "2026-01-01", "input": 1.5, "output": 7 }], "effort": "medium" }]
            """, ("OPENAI_API_KEY", "none"), ("OPENAI_BASE_URL", "http://vllm/v1"), ("OPENAI_MODEL", "llama-3.1-70b"));

        var own = settings.Models[1].Model;
        (own.PriceOn(new(2026, 2, 1)).Input, own.PriceOn(new(2026, 6, 1))).ShouldBe((0L, new ModelPrice(new(2026, 6, 1), 600_000, 800_000, 300_000, 600_000)));
        (own.RetiresOn, own.Temperature, own.Effort, own.MostOutput, own.Context).ShouldBe((new DateOnly(2027, 6, 30), 0.3f, null, 500, 32768L));
        var theirs = settings.Models[0].Model;
        (theirs.PriceOn(new(2026, 11, 23)).Output, theirs.Effort).ShouldBe((7_000_000L, ReasoningEffort.Medium), "the file wins over what we know");
        settings.Table.Count(model => model.Id == "claude-sonnet-5-5").ShouldBe(1);
    }

    [Fact]
    public void A_table_may_have_cheaper_prices_for_short_prompts()
    {
        var settings = WithTable("""
            [{ "provider": "openai", "id": "x", "prices": [{ "from": "2026-01-01", "input": 1, "output": 2, "shortPrompts": { "upTo": 1000, "input": 0.5, "output": 1, "cacheRead": 0.1 } }] }]
            """, ("OPENAI_API_KEY", "none"), ("OPENAI_MODEL", "x"));

        var price = settings.Models[1].Model.Prices[0];
        price.Cost(1000, 1000, 500, 0).ShouldBe(250 + 50 + 1000);
        price.Cost(1001, 1000, 0, 0).ShouldBe(1001 + 2000);
        price.AtMost(1000, 1000).ShouldBe(1000 + 2000);
    }

    [Theory]
    [InlineData("[{]", "cannot be read: line 1")]
    [InlineData("""[{ "provider": "openai", "id": "x", "prices": [{ "from": "2026-01-01", "input": 1, "output": 1, "shortPrompts": { "input": 1, "output": 1 } }] }]""", "upTo from 1 to")]
    [InlineData("""[{ "provider": "openai", "id": "x", "prices": [{ "from": "2026-01-01", "input": 1, "output": 1, "shortPrompts": { "upTo": 9, "input": 1 } }] }]""", "x has shortPrompts")]
    [InlineData("""[{ "provider": "openai", "id": "x", "prices": [{ "from": "2026-01-01", "input": 1, "output": 1, "shortPrompts": { "upTo": 9, "input": 1, "output": 2 } }] }]""", "no price above")]
    [InlineData("""[{ "provider": "openai", "id": "x", "prices": [{ "from": "2026-01-01", "input": 1, "output": 1 }], "temprature": 1 }]""", "there is no such field")]
    [InlineData("""[{ "provider": "gemini", "id": "x" }]""", "entry 1 needs an id, and a provider")]
    [InlineData("""[{ "provider": "openai", "id": "x", "prices": [] }]""", "x needs prices")]
    [InlineData("""[{ "provider": "openai", "id": "x", "prices": [{ "from": "2026-01-01", "input": -1, "output": 1 }] }]""", "x needs prices")]
    [InlineData("""[{ "provider": "claude", "id": "x", "prices": [{ "from": "2026-01-01", "input": 1, "output": 1 }], "temperature": 1 }]""", "which Anthropic refuses")]
    [InlineData("""[{ "provider": "openai", "id": "x", "prices": [{ "from": "2026-01-01", "input": 1, "output": 1 }], "mostOutput": 0 }]""", "a mostOutput of 1 or more")]
    [InlineData(null, "cannot be opened")]
    public void A_table_that_cannot_be_used_stops_the_start_and_says_why(string? table, string why)
    {
        var problem = Should.Throw<SettingsException>(() => WithTable(table)).Problems.ShouldHaveSingleItem();

        problem.ShouldStartWith("AI_MODELS_FILE names a ");
        problem.ShouldContain(why);
    }

    private static ChatApiSettings WithTable(string? table, params (string Name, string? Value)[] changes)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7()}.json");
        try
        {
            if (table is not null)
            {
                File.WriteAllText(path, table);
            }

            return Read([.. changes, ("AI_MODELS_FILE", path)]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ChatApiSettings Read(params (string Name, string? Value)[] changes) =>
        ChatApiSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(Changed(changes)).Build()).ChatApi;

    private static IReadOnlyList<string> Problems(params (string Name, string? Value)[] changes) =>
        Should.Throw<SettingsException>(() => ChatApiApp.Create([], Changed(changes))).Problems;

    private static Dictionary<string, string?> Changed(params (string Name, string? Value)[] changes)
    {
        var variables = new Dictionary<string, string?>(Minimal);
        foreach (var (name, value) in changes)
        {
            variables[name] = value;
        }

        return variables;
    }
}
