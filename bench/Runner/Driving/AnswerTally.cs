namespace LeadOrchestrator.Bench.Driving;

/// <summary>What many answers came to. Any thread may add.</summary>
internal sealed class AnswerTally
{
    private long _tokens;
    private long _tokensInWindow;
    private long _answers;
    private string? _error;

    /// <summary>From the question's sending to the first token.</summary>
    public Histogram FirstToken { get; } = new();

    /// <summary>The same without the time that the model took for itself.</summary>
    public Histogram Added { get; } = new();

    /// <summary>From the model's sending of a token to its arrival.</summary>
    public Histogram Relay { get; } = new();

    /// <summary>Between two tokens of an answer.</summary>
    public Histogram Gap { get; } = new();

    /// <summary>Tokens of whole answers.</summary>
    public long Tokens => Interlocked.Read(ref _tokens);

    /// <summary>From when tokens are counted into <see cref="TokensInWindow"/>.</summary>
    public long WindowFrom { get; init; }

    /// <summary>Until when.</summary>
    public long WindowTo { get; init; }

    /// <summary>Tokens that were there between two moments.</summary>
    public long TokensInWindow => Interlocked.Read(ref _tokensInWindow);

    /// <summary>Whole answers.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Notes that a token was there.</summary>
    /// <param name="now">By <see cref="MonotonicClock"/>.</param>
    public void Arrived(long now)
    {
        if (now >= WindowFrom && now < WindowTo)
        {
            Interlocked.Increment(ref _tokensInWindow);
        }
    }

    /// <summary>Notes a whole answer.</summary>
    public void Answered(int tokens)
    {
        Interlocked.Add(ref _tokens, tokens);
        Interlocked.Increment(ref _answers);
    }

    /// <summary>Notes that an answer failed.</summary>
    public void Failed(string what) => Interlocked.CompareExchange(ref _error, what, null);

    /// <summary>Nothing is reported of a target that failed.</summary>
    /// <exception cref="BenchException">An answer failed.</exception>
    public void ThrowIfFailed(string target)
    {
        if (_error is { } error)
        {
            throw new BenchException($"{target} failed, so nothing is reported. The first: {error}");
        }
    }
}
