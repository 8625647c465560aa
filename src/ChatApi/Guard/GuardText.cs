using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>What a piece of a sentence is.</summary>
internal enum TokenKind
{
    Word,
    Number,
    Symbol,
}

/// <summary>A word, a number or a sign.</summary>
/// <param name="Text">In small letters.</param>
/// <param name="IsCapital">Did it begin with a capital?</param>
/// <param name="IsApart">Is there white space before it?</param>
internal sealed record Token(TokenKind Kind, string Text, int Start, bool IsCapital, bool IsApart)
{
    public int End => Start + Text.Length;

    public bool IsWord(IReadOnlySet<string> words) => Kind == TokenKind.Word && words.Contains(Text);

    public bool Is(string text) => Text == text;
}

/// <summary>A sentence as the guard reads it: what the eye sees, without disguises.</summary>
internal sealed partial class GuardText
{
    // Letters of other alphabets that look like ours.
    private const string Lookalikes = "аеорсхуіјѕһԁкмтпвгАВЕКМНОРСТХІЅЈοαεικνρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
    private const int DollarSign = 0x1F4B2;
    private const int FirstMathLetter = 0x1D400;
    private const int LastMathLetter = 0x1D6A3;
    private const string LookLike = "aeopcxyijshdkmtnbrABEKMHOPCTXISJoaeiknptuxABEZHIKMNOPTYX";

    private GuardText(string original)
    {
        Original = original;
        var written = Denials.WithoutOpeners(Clean(original));
        Linked = written.ToLowerInvariant();
        Cased = written.Contains('[') ? Link().Replace(written, "${label}") : written;
        Text = Cased.ToLowerInvariant();
        Tokens = Text.Length == Cased.Length ? Tokenize(Text, Cased) : Tokenize(Text, Text);
    }

    /// <summary>As it came.</summary>
    public string Original { get; }

    /// <summary>In small letters, with where its links lead.</summary>
    public string Linked { get; }

    /// <summary>In small letters, of a link the label alone: "$[2](/a)49" is $249.</summary>
    public string Text { get; }

    /// <summary>With its capitals.</summary>
    public string Cased { get; }

    public IReadOnlyList<Token> Tokens { get; }

    /// <summary>Does it ask?</summary>
    public bool IsQuestion => Text.AsSpan().TrimEnd(" \n\t\"')”").EndsWith("?") && Asks().IsMatch(Text) && !Tells().IsMatch(Text);

    public static GuardText Read(string sentence) => new(sentence);

    /// <summary>Small letters without disguises.</summary>
    public static string Normalize(string text) => Clean(text).ToLowerInvariant();

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in WebUtility.HtmlDecode(text).EnumerateRunes())
        {
            if (rune.IsBmp)
            {
                Add(clean, (char)rune.Value);
            }
            else if (rune.Value is >= FirstMathLetter and <= LastMathLetter)
            {
                var place = (rune.Value - FirstMathLetter) % 52;
                clean.Append((char)(place < 26 ? 'A' + place : 'a' + place - 26));
            }
            else if (rune.Value == DollarSign)
            {
                clean.Append('$');
            }
            else
            {
                AddNumber(clean, Rune.GetNumericValue(rune));
            }
        }

        var line = Shortened().Replace(NoApostrophe().Replace(clean.ToString(), "$0'"), "appointment");
        return SpacedLetters().Replace(line, spelled => string.Concat(spelled.Value.Where(char.IsLetter)));
    }

    // Digits in circles, above the line and in other alphabets.
    private static void AddNumber(StringBuilder clean, double value)
    {
        if (value is >= 0 and < 1_000_000 && value == Math.Floor(value))
        {
            clean.Append(((int)value).ToString(CultureInfo.InvariantCulture));
        }
        else if (value is > 0 and < 1)
        {
            clean.Append(value switch { 0.5 => " half ", 0.25 => " quarter ", _ => " third " }); // no price has other parts
        }
    }

    // One of many: patterns that look for "some blanks" try all ways to share out a long run of them.
    private static void AddBlank(StringBuilder clean)
    {
        if (clean.Length == 0 || clean[^1] != ' ')
        {
            clean.Append(' ');
        }
    }

    private static void Add(StringBuilder clean, char character)
    {
        if (character != '\n' && char.IsWhiteSpace(character))
        {
            AddBlank(clean);
            return;
        }

        switch (character)
        {
            case '*' or '_' or '`' or '~' or '\\':
                return; // emphasis: the reader does not see it
            case '’' or '‘' or 'ʼ' or '′' or '´':
                clean.Append('\'');
                return;
            case '—' or '−' or '‒' or '―' or '‐' or '‑':
                clean.Append(character is '‐' or '‑' ? '-' : '–');
                return;
            case '。' or '․':
                clean.Append('.');
                return;
            case '⁄' or '∕':
                clean.Append('/');
                return;
        }

        if (char.IsAscii(character))
        {
            clean.Append(character);
            return;
        }

        switch (CharUnicodeInfo.GetUnicodeCategory(character))
        {
            case UnicodeCategory.Format or UnicodeCategory.EnclosingMark or UnicodeCategory.NonSpacingMark or UnicodeCategory.Control:
                return;
            case UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber:
                AddNumber(clean, CharUnicodeInfo.GetNumericValue(character));
                return;
        }

        if (character is > '\uFF00' and < '\uFF5F')
        {
            clean.Append((char)(character - 0xFEE0)); // as wide as the signs of Chinese
            return;
        }

        var place = Lookalikes.IndexOf(character, StringComparison.Ordinal);
        clean.Append(place >= 0 ? LookLike[place] : character);
    }

    private static List<Token> Tokenize(string text, string cased)
    {
        var tokens = new List<Token>();
        foreach (Match match in Piece().Matches(text))
        {
            var kind = match.Groups["num"].Success ? TokenKind.Number : match.Groups["word"].Success ? TokenKind.Word : TokenKind.Symbol;
            tokens.Add(new Token(kind, match.Value, match.Index, char.IsUpper(cased[match.Index]), match.Index == 0 || char.IsWhiteSpace(text[match.Index - 1])));
        }

        return tokens;
    }

    [GeneratedRegex(@"(?<num>\d+(?:[.,']\d+)*)|(?<word>\p{L}+(?:'\p{L}+)*)|(?<sym>\S)")]
    private static partial Regex Piece();

    // "You are booked, anything else?" tells, and asks something else.
    [GeneratedRegex(@"^\W*(?:(?:and|so|but|ok|okay|sure|great|well|hi|y|pero)[\s,!]+)*(?:is|are|was|were|do|does|did|have|has|had|what|when|where|which|who|why|how|would|could|should|can|may|will|shall|es|son|está|están|qué|cuándo|cuál|cómo|dónde|quiere|puede|tiene)\b|^\W*¿")]
    private static partial Regex Asks();

    // "Did I mention that you're booked?": who asks so tells it.
    [GeneratedRegex(@"^\W*(?:(?:and|so|but|ok|okay|hey|hi|oh|y|pero)[\s,!]+)?(?:did\s+(?:i|we)\s+(?:mention|tell\s+you|say)|(?:did|do)\s+you\s+know|are\s+you\s+aware|would\s+you\s+believe|can\s+you\s+believe|have\s+(?:i|we)\s+(?:mentioned|told\s+you)|is(?:n't|\s+it\s+not)\s+(?:it\s+)?(?:great|nice|wonderful)|sab(?:ía|ías|e|es)\s+(?:usted\s+)?que|le\s+(?:dije|conté|mencioné)\s+que)\b(?!\s+(?:if|whether|when|what|how|where|who|why|which)\b)")]
    private static partial Regex Tells();

    // "Youre booked", "Ive sent it"
    [GeneratedRegex(@"\b(?:i(?=(?:ve|m)\b)|we(?=ve\b)|(?:you|they)(?=(?:re|ve|ll)\b))", RegexOptions.IgnoreCase)]
    private static partial Regex NoApostrophe();

    [GeneratedRegex(@"\bappt(?=s?\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Shortened();

    // As the page reads one.
    [GeneratedRegex(@"\[(?<label>[^\[\]\n]{1,300})\]\([^()\s]{1,500}\)")]
    private static partial Regex Link();

    // "f r e e", "f.r.e.e"
    [GeneratedRegex(@"(?<![\p{L}'])(?:\p{L}[ .-]){2,}\p{L}(?![\p{L}'])")]
    private static partial Regex SpacedLetters();
}
