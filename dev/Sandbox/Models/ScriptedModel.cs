using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>One turn of a conversation with the model.</summary>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="ToolResults">What tools answered, when this turn hands that back.</param>
public sealed record ModelTurn(string Role, string Text, IReadOnlyList<string> ToolResults);

/// <summary>A tool that was offered.</summary>
/// <param name="Schema">JSON schema of its input.</param>
public sealed record ModelTool(string Name, JsonNode? Schema);

/// <summary>One call of a model, whichever vendor's.</summary>
/// <param name="Provider"><c>anthropic</c> or <c>openai</c>.</param>
public sealed record ModelCall(
    DateTimeOffset At, string Provider, string Model, bool Stream, string System,
    IReadOnlyList<ModelTurn> Turns, IReadOnlyList<ModelTool> Tools, JsonNode Request)
{
    /// <summary>What the customer said last.</summary>
    public string Question => Turns.LastOrDefault(turn => turn.Role == "user" && turn.Text.Length > 0)?.Text ?? "";

    /// <summary>Results of tools in the last turn; empty when the model may still ask for one.</summary>
    public IReadOnlyList<string> ToolResults => Turns.Count > 0 ? Turns[^1].ToolResults : [];
}

/// <summary>What the model says: a text, or a tool that it wants to use.</summary>
public sealed record ModelAnswer(string Text, string? ToolName = null, JsonObject? ToolInput = null);

/// <summary>The model behind both vendors. Answers like a shop's assistant, from its prompt alone; the same to the same.</summary>
public sealed partial class ScriptedModel
{
    private const int CallsKept = 2000;
    private readonly Lock _lock = new();
    private readonly Queue<ModelAnswer> _next = new();
    private readonly Queue<ModelCall> _calls = new();
    private readonly HashSet<string> _retired = [];

    internal ScriptedModel(SandboxSettings settings) => TokenDelay = settings.TokenDelay;

    /// <summary>Pause before each token.</summary>
    public TimeSpan TokenDelay { get; set; }

    /// <summary>How many tokens each answer has; null: as many as its text.</summary>
    public int? Tokens { get; set; }

    /// <summary>The text of every answer, instead of its own; null: its own.</summary>
    public string? Script { get; set; }

    /// <summary>Answers in place of the shop assistant; null: the shop assistant.</summary>
    public Func<ModelCall, ModelAnswer>? Respond { get; set; }

    /// <summary>Hears every call before it is answered; null: nobody listens.</summary>
    public Action<ModelCall>? Watch { get; set; }

    /// <summary>Calls so far, oldest first; a copy.</summary>
    public IReadOnlyList<ModelCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The next call gets this answer; several wait in line.</summary>
    public void Enqueue(ModelAnswer answer)
    {
        lock (_lock)
        {
            _next.Enqueue(answer);
        }
    }

    /// <summary>From now on the vendor answers 404 for this model.</summary>
    public void Retire(string model)
    {
        lock (_lock)
        {
            _retired.Add(model);
        }
    }

    internal bool IsRetired(string model)
    {
        lock (_lock)
        {
            return _retired.Contains(model);
        }
    }

    internal ModelAnswer Answer(ModelCall call)
    {
        Watch?.Invoke(call);
        lock (_lock)
        {
            _calls.Enqueue(call);
            if (_calls.Count > CallsKept)
            {
                _calls.Dequeue();
            }

            if (_next.TryDequeue(out var next))
            {
                return next;
            }
        }

        if (Script is { } script)
        {
            return new ModelAnswer(script);
        }

        return (Respond ?? ShopAssistant.Answer)(call);
    }

    /// <summary>The text in tokens; joined they are the text, byte for byte.</summary>
    internal IReadOnlyList<string> TokensOf(string text)
    {
        var tokens = Token().Matches(text).Select(match => match.Value).ToList();
        if (Tokens is not { } wanted)
        {
            return tokens;
        }

        while (tokens.Count > 0 && tokens.Count < wanted)
        {
            tokens.AddRange(Token().Matches(" " + text).Select(match => match.Value).Take(wanted - tokens.Count));
        }

        return [.. tokens.Take(wanted)];
    }

    /// <summary>About as many tokens as a text has: a quarter of its characters.</summary>
    internal static int Count(string text) => (text.Length + 3) / 4;

    [GeneratedRegex(@"\s*\S+|\s+$")]
    private static partial Regex Token();
}
