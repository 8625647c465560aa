using System.Text;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>What may go out now.</summary>
/// <param name="Text">Often all of what came; sometimes less, sometimes what waited before it.</param>
/// <param name="Violation">Something else may never go out: the answer is void.</param>
public readonly record struct GuardStep(string Text, Violation? Violation = null);

/// <summary>Stands between a model and the customer: lets an answer through as it comes, and nothing that is not true of the shop and the conversation.</summary>
/// <remarks>
/// A word that may begin an amount, a deed, hours or a contact waits until its sentence ends, or until six words without such have followed. Then the sentence is judged as
/// it stands; all other text leaves with the piece in which it came. Joined, what leaves is what came, byte for byte. Not thread-safe: one for each try of an answer.
/// </remarks>
public sealed class TruthGuard(TruthFacts facts)
{
    private const int Quiet = 6;
    private const int Greeting = 40;
    private const int LongestHold = 240;
    private const int StillHeld = 80;
    private const int LongestSentence = 1500;
    private const int Context = 300;
    private const int LongestEvidence = 300;

    private static readonly HashSet<string> Abbreviations =
    [
        "a.m", "p.m", "st", "ave", "no", "nr", "dr", "mr", "mrs", "ms", "e.g", "i.e", "vs", "approx", "blvd", "rd", "ste", "u.s", "sr", "sra", "ud", "uds", "jr", "inc", "etc", "min", "hrs", "apt",
    ];

    private readonly StringBuilder _sentence = new();
    private int _released;
    private int _looked;
    private Subject _before;
    private string _lineBefore = "";

    // What a yes would be, while the answer has said no more than a greeting.
    private string? _lieOfYes = Affirmations.LieOf(facts);

    /// <summary>The next piece of the model's text.</summary>
    public GuardStep Take(string piece)
    {
        _sentence.Append(piece);
        var released = new StringBuilder();
        while (EndOfSentence() is { } end)
        {
            if (Judge(end) is { } violation)
            {
                return new GuardStep("", violation);
            }

            released.Append(_sentence, _released, end - _released);
            _before = SentenceCheck.Next(GuardText.Read(_sentence.ToString(0, end)), facts, _before);
            _lieOfYes = end > Greeting ? null : _lieOfYes;
            _lineBefore = BrokenOff(_sentence.ToString(0, end));
            Forget(end);
            _released = 0;
        }

        var (until, judged) = FreeUntil();
        if (judged > 0 && Judge(judged) is { } found)
        {
            return new GuardStep("", found);
        }

        released.Append(_sentence, _released, until - _released);
        _released = until;
        if (_released > LongestSentence)
        {
            Forget(_released - Context);
            _released = Context;
        }

        return new GuardStep(released.ToString());
    }

    /// <summary>The text is at its end.</summary>
    public GuardStep Finish()
    {
        if (Judge(_sentence.Length) is { } violation)
        {
            return new GuardStep("", violation);
        }

        var rest = _sentence.ToString(_released, _sentence.Length - _released);
        _released = _sentence.Length;
        return new GuardStep(rest);
    }

    private Violation? Judge(int length)
    {
        var text = _sentence.ToString(0, length);
        var goesOn = _lineBefore.Length > 0 && text.AsSpan().TrimStart() is [var first, ..] && char.IsLower(first);
        var wrong = (_lieOfYes is not null && Affirmations.IsBare(text) ? _lieOfYes : null) ?? SentenceCheck.Wrong(GuardText.Read(text), facts, _before) ?? (goesOn ? SentenceCheck.Wrong(GuardText.Read($"{_lineBefore} {text}"), facts, _before) : null);
        return wrong is { } kind ? new Violation(kind, PlainText.Cut(text.Trim(), LongestEvidence)) : null;
    }

    // "Your appointment⏎is confirmed": a line that ends without a stop may go on in the next one.
    private static string BrokenOff(string sentence) =>
        sentence.EndsWith('\n') && sentence.Length <= LongestHold && sentence.Trim() is { Length: > 0 } line && char.IsLetterOrDigit(line[^1]) ? line : "";

    private void Forget(int length)
    {
        _sentence.Remove(0, length);
        _looked = 0;
    }

    // Up to and with the white space after a full stop, or a line's end.
    private int? EndOfSentence()
    {
        for (var place = Math.Max(_looked, 0); place < _sentence.Length; place++)
        {
            var character = _sentence[place];
            if (character == '\n')
            {
                return place + 1;
            }

            if (char.IsWhiteSpace(character) && place > 0 && IsStop(place - 1))
            {
                return place + 1;
            }
        }

        _looked = _sentence.Length;
        return null;
    }

    private bool IsStop(int place)
    {
        while (place > 0 && _sentence[place] is '"' or '\'' or ')' or '”' or '’' or '*' or '_')
        {
            place--;
        }

        if (_sentence[place] is '!' or '?' or '…' or '。' or '！' or '？')
        {
            return true;
        }

        if (_sentence[place] != '.')
        {
            return false;
        }

        var start = place;
        while (start > 0 && !char.IsWhiteSpace(_sentence[start - 1]))
        {
            start--;
        }

        var word = _sentence.ToString(start, place - start).ToLowerInvariant();
        // "1." begins a list's line; "J." and "a.m." go on.
        return !(word.Length == 1 && char.IsLetter(word[0])) && !Abbreviations.Contains(word) && !(start == 0 && word.Length <= 2 && word.All(char.IsAsciiDigit));
    }

    // Until where nothing waits, and up to where the sentence is to be judged before that leaves; 0 = that needs no judging.
    private (int Until, int Judged) FreeUntil()
    {
        var text = _sentence.ToString();
        if (_lieOfYes is not null)
        {
            if (_released == 0 && text.Length <= Affirmations.Longest)
            {
                return (0, 0); // it may become a bare yes
            }

            _lieOfYes = null;
        }

        int? firstHeld = null;
        var quiet = 0;
        var counting = new Counting(text, _released);
        var (lastWhole, place) = (_released, _released);
        while (place < text.Length)
        {
            var start = place;
            while (start < text.Length && char.IsWhiteSpace(text[start]))
            {
                start++;
            }

            var end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (start == end)
            {
                lastWhole = firstHeld is null ? end : lastWhole;
                break;
            }

            var isWhole = end < text.Length;
            if (!(counting.GoesOn(text.AsSpan(start, end - start)) && isWhole) && ((start > 0 && text[start - 1] is '.' or '。' or '．' or '․') || Triggers.IsOne(text.AsSpan(start, end - start), isWhole, WordBefore(text, start))))
            {
                firstHeld ??= start;
                quiet = 0;
            }
            else if (isWhole)
            {
                quiet++;
                lastWhole = end;
            }
            else if (firstHeld is null)
            {
                lastWhole = end;
            }

            place = end;
        }

        if (firstHeld is not { } held)
        {
            return (text.Length, 0);
        }

        if (quiet >= Quiet)
        {
            return (lastWhole, lastWhole);
        }

        // Numbers without an end: nothing waits for ever, and the last words wait all the same, since the next one may say what they mean.
        return text.Length - held > LongestHold ? (Math.Max(held, WordEnd(text, text.Length - StillHeld)), WordEnd(text, text.Length)) : (held, 0);
    }

    private static int WordEnd(string text, int before) => text.AsSpan(0, before).LastIndexOfAny(' ', '\n', '\t') is var space and > 0 ? space : before;

    private static ReadOnlySpan<char> WordBefore(string text, int at)
    {
        var before = text.AsSpan(0, at).TrimEnd();
        return before[(before.LastIndexOfAny(' ', '\n', '\t') + 1)..];
    }
}
