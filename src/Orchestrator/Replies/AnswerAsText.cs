using System.Text;
using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Replies;

/// <summary>Makes an answer fit into a text of two parts. Pure.</summary>
/// <remarks>
/// One letter outside the GSM alphabet more than halves what a part holds. So typographic marks become plain ones; and where accents would cost a sentence, they go before it does.
/// What does not fit is in the chat, and the text says where.
/// </remarks>
public static partial class AnswerAsText
{
    /// <summary>The parts that an answer may take.</summary>
    public const int MostSegments = 2;

    private static readonly Dictionary<char, string> Plain = new()
    {
        ['\u2018'] = "'", ['\u2019'] = "'", ['\u201A'] = "'", ['\u2032'] = "'", ['\u201C'] = "\"", ['\u201D'] = "\"", ['\u201E'] = "\"", ['\u2033'] = "\"", ['«'] = "\"", ['»'] = "\"",
        ['\u2010'] = "-", ['\u2011'] = "-", ['\u2012'] = "-", ['\u2013'] = "-", ['\u2014'] = "-", ['\u2212'] = "-", ['\u2026'] = "...", ['\u2022'] = "-", ['\u00B7'] = "-",
        ['\u00A0'] = " ", ['\u2009'] = " ", ['\u200A'] = " ", ['\u202F'] = " ", ['\u200B'] = "", ['\u200C'] = "", ['\u200D'] = "", ['\uFEFF'] = "", ['\t'] = " ", ['\r'] = "",
    };

    private static readonly Dictionary<string, string> Signs = new() { ["°"] = " deg", ["×"] = "x", ["½"] = " 1/2", ["¼"] = " 1/4", ["¾"] = " 3/4" };

    /// <summary>The text of an answer, with <see cref="TextTemplates.LinkPlaceholder"/> where the rest is to be found.</summary>
    /// <param name="linkLength">The letters of the link that takes the placeholder's place.</param>
    /// <param name="needsLink">There is something in the chat for the customer to tap: the link goes along, whatever else has to go.</param>
    public static string Fit(string answer, int linkLength, bool needsLink = false)
    {
        ArgumentNullException.ThrowIfNull(answer);
        // The placeholder is ours alone; a markup of the model is no part of a text.
        var plain = WithoutMarkup(Typographic(answer.Replace(TextTemplates.LinkPlaceholder, "", StringComparison.Ordinal))).Trim();
        var folded = GsmLetters.Fold(plain);
        var spared = WithoutPictures(folded);
        return new[] { plain, folded, spared }.Select(text => needsLink ? WithLink(text) : text).FirstOrDefault(text => Fits(text, linkLength)) ?? Shortened(TextSize.IsGsm(spared) ? spared : folded, linkLength);
    }

    /// <summary>The same with a line about who says it. The line stays whatever else has to go.</summary>
    /// <param name="text">As <see cref="Fit"/> made it.</param>
    public static string WithSender(string text, string sender, int linkLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = $"\n{(TextSize.IsGsm(sender) ? sender : GsmLetters.Fold(sender))}";
        var folded = GsmLetters.Fold(text);
        var spared = WithoutPictures(folded);
        return new[] { text, spared }.Select(said => said + line).FirstOrDefault(said => Fits(said, linkLength))
            ?? Shortened((TextSize.IsGsm(spared) ? spared : folded).Replace(TextTemplates.LinkPlaceholder, "", StringComparison.Ordinal).TrimEnd(), linkLength, line) + line;
    }

    /// <summary>The size of such a text as it is sent.</summary>
    public static TextSize SizeOf(string text, int linkLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TextSize.Of(text.Replace(TextTemplates.LinkPlaceholder, new string('x', linkLength), StringComparison.Ordinal));
    }

    private static bool Fits(string text, int linkLength) => SizeOf(text, linkLength).Segments <= MostSegments;

    // Whole sentences as long as they fit; of a first sentence that is too long, whole words.
    private static string Shortened(string text, int linkLength, string behind = "")
    {
        var end = 0;
        foreach (var next in Ends(text))
        {
            if (!Fits(WithLink(text[..next]) + behind, linkLength))
            {
                break;
            }

            end = next;
        }

        if (end > 0)
        {
            return WithLink(text[..end]);
        }

        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var said = new StringBuilder();
        foreach (var word in words)
        {
            if (!Fits(WithLink($"{said}{word}...") + behind, linkLength))
            {
                break;
            }

            said.Append(word).Append(' ');
        }

        return WithLink($"{said.ToString().TrimEnd()}...");
    }

    private static string WithLink(string text) => $"{text.TrimEnd()} {TextTemplates.LinkPlaceholder}";

    // A point between figures ends no sentence; one of Chinese does, and no blank comes after it.
    private static IEnumerable<int> Ends(string text) => Enumerable.Range(1, text.Length).Where(place =>
        text[place - 1] is '。' or '！' or '？' || text[place - 1] is '.' or '!' or '?' or '\n' && (place == text.Length || char.IsWhiteSpace(text[place]) || text[place - 1] == '\n'));

    // What a reader of a text would see of Markdown: signs. Lists stay as they are.
    private static string WithoutMarkup(string text) =>
        Emphasis().Replace(Link().Replace(Heading().Replace(text.Replace("**", "", StringComparison.Ordinal), ""), "$1"), "$1");

    // An emoji or a ™ says nothing that is worth a sentence. Letters of other scripts do.
    private static string WithoutPictures(string text)
    {
        if (TextSize.IsGsm(text))
        {
            return text;
        }

        var spared = new StringBuilder(text.Length);
        foreach (var rune in Degrees().Replace(text, " ").EnumerateRunes())
        {
            var letter = rune.ToString();
            spared.Append(Signs.GetValueOrDefault(letter) ?? (TextSize.IsGsm(letter) || Rune.IsLetterOrDigit(rune) ? letter : ""));
        }

        return Blanks().Replace(spared.ToString(), " ").Trim();
    }

    // "95°F"
    [GeneratedRegex("°(?=[FC]\\b)")]
    private static partial Regex Degrees();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^#{1,6}[ \t]+", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\[\]\n]+)\]\([^()\s]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w*])\*(?![\s*])([^*\n]+)(?<!\s)\*(?![\w*])")]
    private static partial Regex Emphasis();

    private static string Typographic(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (Plain.TryGetValue(letter, out var other))
            {
                plain.Append(other);
            }
            else
            {
                plain.Append(letter);
            }
        }

        return plain.ToString();
    }
}
