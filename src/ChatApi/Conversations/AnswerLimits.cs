namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>How long an answer may take. Real time.</summary>
public sealed record AnswerLimits
{
    /// <summary>Until a model's first word; then the next model is asked. Default 15 s.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two words; then the next model says the answer anew. Default 20 s.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Until a model's first visible word or its wish for a tool, however busily it thinks; then the next model is asked. Default 45 s.</summary>
    public TimeSpan FirstWord { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a model that the guard has stopped, or that has said that it is at its end, may go on, so that its vendor says what it used. Default 1.5 s.</summary>
    public TimeSpan AfterStop { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a model that was turned away at every door waits before it is asked once more. Default 1 s.</summary>
    public TimeSpan BeforeAgain { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a vendor may want it to wait; one that says more is not asked once more. Default 5 s.</summary>
    public TimeSpan LongestBeforeAgain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The whole answer, all models tried included. Default 120 s.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long running answers may go on once the process was told to stop. Default 15 s.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(15);
}
