namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>Which models are asked by default, and until when their vendors serve those that have an end. Read by the Chat API and by <c>./run doctor</c>.</summary>
/// <remarks>Sources, read 2026-11-22: Anthropic's model pages (platform.claude.com/docs), OpenAI's deprecations page.</remarks>
internal static class ModelLife
{
    /// <summary>Anthropic's, unless <c>CLAUDE_MODEL</c> says otherwise.</summary>
    public const string DefaultClaude = "claude-sonnet-5-5";

    /// <summary>OpenAI's, unless <c>OPENAI_MODEL</c> says otherwise.</summary>
    public const string DefaultOpenAi = "gpt-6-luna";

    /// <summary>An end within so many days is warned about.</summary>
    public const int DaysAhead = 30;

    private static readonly Dictionary<string, DateOnly> Ends = new()
    {
        ["claude-sonnet-4-5"] = new(2026, 11, 30),
        ["claude-sonnet-4-5-20250929"] = new(2026, 11, 30),
        ["gpt-4.1"] = new(2027, 1, 14),
        ["gpt-4.1-mini"] = new(2027, 1, 14),
        ["gpt-4o-mini"] = new(2027, 1, 14),
        ["gpt-4o-2024-05-13"] = new(2026, 10, 23),
        ["gpt-4o"] = new(2027, 1, 14),
        ["gpt-4o-2024-08-06"] = new(2027, 1, 14),
        ["gpt-4o-2024-11-20"] = new(2027, 1, 14),
    };

    /// <summary>From this day on the vendor refuses the model; null = no date is known.</summary>
    public static DateOnly? RetiresOn(string model) => Ends.TryGetValue(model, out var day) ? day : null;
}
