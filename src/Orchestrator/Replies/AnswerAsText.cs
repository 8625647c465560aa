using System.Text;
using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Replies;

/// <summary>Makes an answer fit into a text of two parts. Pure.</summary>
/// <remarks>
/// One letter outside the GSM alphabet more than halves what a part holds. So typographic marks become plain ones; and where accents would cost a sentence, they go before it does.
/// What does not fit is in the chat, and the text says where.
/// </remarks>
public static class AnswerAsText
{
    /// <summary>The parts that an answer may take.</summary>
    public const int MostSegments = 2;

    private static readonly Dictionary<char, string> Plain = new()
    {
        ['\u2018'] = "'", ['\u2019'] = "'", ['\u201A'] = "'", ['\u2032'] = "'", ['\u201C'] = "\"", ['\u201D'] = "\"", ['\u201E'] = "\"", ['\u2033'] = "\"", ['«'] = "\"", ['»'] = "\"",
        ['\u2010'] = "-", ['\u2011'] = "-", ['\u2012'] = "-", ['\u2013'] = "-", ['\u2014'] = "-", ['\u2212'] = "-", ['\u2026'] = "...", ['\u2022'] = "-", ['\u00B7'] = "-",
        ['\u00A0'] = " ", ['\u2009'] = " ", ['\u200A'] = " ", ['\u202F'] = " ", ['\u200B'] = "", ['\u200C'] = "", ['\u200D'] = "", ['\uFEFF'] = "", ['\t'] = " ", ['\r'] = "",
    };

    /// <summary>The text of an answer, with <see cref="TextTemplates.LinkPlaceholder"/> where the rest is to be found.</summary>
    /// <param name="linkLength">The letters of the link that takes the placeholder's place.</param>
    /// <param name="needsLink">There is something in the chat for the customer to tap: the link goes along, whatever else has to go.</param>
    public static string Fit(string answer, int linkLength, bool needsLink = false)
    {
        ArgumentNullException.ThrowIfNull(answer);
        // The placeholder is ours alone; a markup of the model is no part of a text.
        var plain = Typographic(answer.Replace(TextTemplates.LinkPlaceholder, "", StringComparison.Ordinal)).Replace("**", "", StringComparison.Ordinal).Trim();
        var folded = GsmLetters.Fold(plain);
        return new[] { plain, folded }.Select(text => needsLink ? WithLink(text) : text).FirstOrDefault(text => Fits(text, linkLength)) ?? Shortened(folded, linkLength);
    }

    /// <summary>The same with a line about who says it. The line stays whatever else has to go.</summary>
    /// <param name="text">As <see cref="Fit"/> made it.</param>
    public static string WithSender(string text, string sender, int linkLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = $"\n{(TextSize.IsGsm(sender) ? sender : GsmLetters.Fold(sender))}";
        return Fits(text + line, linkLength) ? text + line
            : Shortened(GsmLetters.Fold(text.Replace(TextTemplates.LinkPlaceholder, "", StringComparison.Ordinal).TrimEnd()), linkLength, line) + line;
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

    // A point between figures ends no sentence.
    private static IEnumerable<int> Ends(string text) => Enumerable.Range(1, text.Length).Where(place =>
        text[place - 1] is '.' or '!' or '?' or '\n' && (place == text.Length || char.IsWhiteSpace(text[place]) || text[place - 1] == '\n'));

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
