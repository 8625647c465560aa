namespace LeadOrchestrator.Sandbox.Models;

/// <summary>One planned answer: what will be said, and where a fault cuts in.</summary>
/// <param name="Tokens">The pieces of the text, or of the tool's input.</param>
/// <param name="Finish"><c>stop</c>, <c>length</c> or <c>tool</c>.</param>
internal sealed record Speech(ModelAnswer Answer, IReadOnlyList<string> Tokens, string Finish, Fault? Fault)
{
    public bool IsTool => Answer.ToolName is not null;

    public string Text => IsTool ? Answer.Text : string.Concat(Tokens);

    public bool HasUsage => Fault?.Kind != FaultKind.NoUsage;

    /// <summary>How many tokens leave before the stream breaks; null: it does not.</summary>
    public int? BreaksAfter => Fault?.Kind switch
    {
        // An answer shorter than that breaks at its end: it never says that it is whole.
        FaultKind.ErrorAfterTokens or FaultKind.CutAfterTokens => Math.Min(Fault.AfterTokens ?? 0, Tokens.Count),
        FaultKind.AcceptThenDrop or FaultKind.AcceptThen500 => 0,
        _ => null,
    };

    public bool BreaksWithError => Fault?.Kind is FaultKind.ErrorAfterTokens or FaultKind.AcceptThen500;

    /// <summary>Silence before the head of the answer.</summary>
    public TimeSpan PauseBefore => Fault?.Kind == FaultKind.Hang ? Fault.Time : TimeSpan.Zero;

    /// <summary>The pause before each token when the answer comes in drops; null: the usual one.</summary>
    public TimeSpan? Drop => Fault?.Kind == FaultKind.Trickle ? Fault.Time / Math.Max(1, Tokens.Count) : null;

    /// <summary>The silence of an answer in one piece.</summary>
    public TimeSpan Silence => Fault?.Kind is FaultKind.HangBeforeFirstToken or FaultKind.HangAfterTokens ? Fault.Time : TimeSpan.Zero;

    /// <summary>Silence after so many tokens.</summary>
    public TimeSpan SilenceAfter(int tokens) => Fault?.Kind switch
    {
        FaultKind.HangBeforeFirstToken when tokens == 0 => Fault.Time,
        FaultKind.HangAfterTokens when tokens == Math.Min(Fault.AfterTokens ?? 0, Tokens.Count) => Fault.Time,
        _ => TimeSpan.Zero,
    };

    /// <summary>Whether garbage comes after so many tokens.</summary>
    public bool IsGarbledAfter(int tokens) =>
        Fault?.Kind == FaultKind.Malformed && tokens == Math.Min(Fault.AfterTokens ?? 0, Tokens.Count);

    public string Outcome(string model, TokenUsage usage)
    {
        var cached = usage.CacheRead > 0 ? $" ({usage.CacheRead} from the cache)" : usage.CacheWrite > 0 ? $" ({usage.CacheWrite} into the cache)" : "";
        var text = $"accepted 200 {model}, {usage.Total} tokens in{cached}, {Tokens.Count} out{(IsTool ? $", asks for {Answer.ToolName}" : "")}";
        return BreaksAfter is { } count ? $"{text}, {(BreaksWithError ? "an error" : "cut")} after {count}" : text;
    }

    public static Speech Plan(ScriptedModel model, ModelCall call, int? maxTokens, Fault? fault)
    {
        var answer = model.Answer(call);
        if (answer.ToolName is not null)
        {
            var input = (answer.ToolInput ?? []).ToJsonString(Json.Options);
            var half = input.Length / 2;
            return new Speech(answer, ["", input[..half], input[half..]], "tool", fault);
        }

        var tokens = model.TokensOf(answer.Text);
        return maxTokens is { } most && tokens.Count > most
            ? new Speech(answer, [.. tokens.Take(most)], "length", fault)
            : new Speech(answer, tokens, "stop", fault);
    }
}
