namespace LeadOrchestrator.Bench.Answers;

/// <summary>The model that the corpus is had with.</summary>
/// <param name="Provider">claude or openai, as <c>AI_PROVIDER</c> has it.</param>
/// <param name="Upstream">The vendor; null = the Sandbox.</param>
/// <param name="Name">Of the model; null = the product's default.</param>
internal sealed record ChosenModel(string Provider, Uri? Upstream, string ApiKey, string? Name)
{
    /// <summary>The Sandbox's.</summary>
    public static ChosenModel Scripted { get; } = new("claude", null, "sk-ant-sandbox", null);

    /// <summary>Is it a vendor's?</summary>
    public bool IsReal => Upstream is not null;

    /// <summary>What the output says of it.</summary>
    public string Words => IsReal
        ? $"{Name ?? "the default model"} of {Upstream!.Host}"
        : "the Sandbox's scripted model, since neither ANTHROPIC_API_KEY nor OPENAI_API_KEY is set: its score says nothing of a real one";

    /// <summary>Anthropic's when its key is set, else OpenAI's; <c>AI_PROVIDER</c> decides between two keys.</summary>
    public static ChosenModel FromEnvironment(Func<string, string?> variable)
    {
        var (anthropic, openAi) = (variable("ANTHROPIC_API_KEY"), variable("OPENAI_API_KEY"));
        if (!string.IsNullOrEmpty(openAi) && (string.IsNullOrEmpty(anthropic) || variable("AI_PROVIDER") == "openai"))
        {
            return new ChosenModel("openai", new Uri(Otherwise("OPENAI_BASE_URL", "https://api.openai.com/v1")), openAi, Set("OPENAI_MODEL"));
        }

        return string.IsNullOrEmpty(anthropic) ? Scripted
            : new ChosenModel("claude", new Uri(Otherwise("ANTHROPIC_BASE_URL", "https://api.anthropic.com")), anthropic, Set("CLAUDE_MODEL"));

        string? Set(string name) => variable(name) is { Length: > 0 } value ? value : null;
        string Otherwise(string name, string otherwise) => Set(name) ?? otherwise;
    }

    // A record's own text would print the key.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append(Words);
        return true;
    }
}
