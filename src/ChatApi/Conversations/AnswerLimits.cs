namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>How long an answer may take. Real time.</summary>
public sealed record AnswerLimits
{
    /// <summary>Until a model's first word; then the next model is asked. Default 15 s.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two words; then the answer ends as it is. Default 20 s.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The whole answer, all models tried included. Default 120 s.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long running answers may go on once the process was told to stop. Default 15 s.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(15);
}
