using LeadOrchestrator.Shared.Hosting;

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
            ("DATABASE_URL", null), ("AI_PROVIDER", "gemini"), ("CLAUDE_MODEL", "claude-nine"), ("PORT", "http"), ("LOG_LEVEL", "loud"),
            ("ANTHROPIC_BASE_URL", "not an address"), ("JWT_SIGNING_KEY", "short"), ("PUBLIC_URL", "ftp://x"));

        foreach (var name in new[] { "DATABASE_URL", "AI_PROVIDER", "CLAUDE_MODEL", "PORT", "LOG_LEVEL", "ANTHROPIC_BASE_URL", "JWT_SIGNING_KEY", "PUBLIC_URL" })
        {
            problems.Count(problem => problem.StartsWith(name + " ", StringComparison.Ordinal)).ShouldBe(1, name);
        }

        string.Concat(problems).ShouldNotContain("secret");
        problems.Single(problem => problem.StartsWith("CLAUDE_MODEL", StringComparison.Ordinal)).ShouldContain("claude-sonnet-5-5");
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

    private static IReadOnlyList<string> Problems(params (string Name, string? Value)[] changes)
    {
        var variables = new Dictionary<string, string?>(Minimal);
        foreach (var (name, value) in changes)
        {
            variables[name] = value;
        }

        return Should.Throw<SettingsException>(() => ChatApiApp.Create([], variables)).Problems;
    }
}
