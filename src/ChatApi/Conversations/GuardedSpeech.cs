using System.Text;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>What an answer says, from a model's mouth through the guard to its feed. What is in <see cref="Said"/> has gone out or is about to: joined, it is the stored content.</summary>
public sealed class GuardedSpeech(AnswerFeed feed, Guid messageId)
{
    // A vendor may send a book at once: the guard judges what it has of a sentence with each piece, and is bounded by the pieces' size.
    private const int LongestPiece = 256;

    private TruthGuard? _guard;
    private TruthFacts? _facts;
    private bool _isToRestart;

    /// <summary>What was said since the last restart.</summary>
    public StringBuilder Said { get; } = new();

    /// <summary>What is true from now on.</summary>
    /// <exception cref="InvalidOperationException">Nobody has told yet.</exception>
    public TruthFacts Facts => _facts ?? throw new InvalidOperationException("The speech has not begun");

    /// <summary>The next try, or the next round of the same: with nothing held back from the one before.</summary>
    public void Begin(TruthFacts facts)
    {
        _facts = facts;
        _guard = new TruthGuard(facts);
    }

    /// <summary>The next piece of the model's text.</summary>
    /// <returns>What it may not say, if it does.</returns>
    public Violation? Say(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        for (var at = 0; at < piece.Length;)
        {
            // One letter more than is taken shows whether the cut would part a pair.
            var next = PlainText.Cut(piece[at..Math.Min(piece.Length, at + LongestPiece + 1)], LongestPiece);
            at += next.Length;
            if (Pass(_guard!.Take(next)) is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    /// <summary>The model is at its end: what waits is judged and goes out.</summary>
    public Violation? Finish() => Pass(_guard!.Finish());

    /// <summary>Between two rounds of the same answer: what follows is a new paragraph.</summary>
    public void Pause()
    {
        if (Said.Length > 0 && !_isToRestart)
        {
            Out("\n\n");
        }
    }

    /// <summary>What was said is void.</summary>
    public void Restart()
    {
        _isToRestart = false;
        Said.Clear();
        feed.Restart();
    }

    /// <summary>Has the model that speaks now said a word?</summary>
    public bool HasWords => Said.Length > 0 && !_isToRestart;

    /// <summary>What was said is void as soon as somebody says the answer anew. Until then it stays: half an answer is more than none.</summary>
    public void RestartAtNextWord() => _isToRestart = true;

    /// <summary>Says something of our own.</summary>
    public void SayOurselves(string text) => Out(text);

    /// <summary>Tells the viewers that a tool is used.</summary>
    /// <param name="state">started, done or failed.</param>
    public void Tell(string tool, string state) => feed.Tell(AnswerPiece.Tool(messageId, tool, state));

    /// <summary>Waits until the viewers can have all that was said and told, or the answer was taken away.</summary>
    public Task StoredAsync(CancellationToken cancel) => feed.StoredAsync(cancel);

    private Violation? Pass(GuardStep step)
    {
        Out(step.Text);
        return step.Violation;
    }

    // White space is no word: an answer does not begin with it, and half an answer is not void for it.
    private void Out(string text)
    {
        if (text.Length == 0 || ((Said.Length == 0 || _isToRestart) && string.IsNullOrWhiteSpace(text)))
        {
            return;
        }

        if (_isToRestart)
        {
            Restart();
        }

        Said.Append(text);
        feed.Say(text);
    }
}
