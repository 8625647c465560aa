using System.Globalization;
using System.Text;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>What somebody has typed as a name, a car or an address, as our messages take it: letters and figures go in, links and markup do not.</summary>
internal static class TypedWords
{
    /// <summary>One line of at most so many UTF-16 units. What is left out leaves a blank, so that two words never become one.</summary>
    /// <param name="marks">What else is kept, beside letters and figures.</param>
    /// <param name="keepsStops">A full stop stays where no letter follows, so that nothing becomes a host.</param>
    /// <param name="isGsm">Letters lose what the GSM alphabet has not.</param>
    public static string Read(string text, int length, string marks, bool keepsStops = false, bool isGsm = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        // What nobody sees, such as a joiner or a soft hyphen, parts nothing.
        Rune[] runes = [.. text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)];
        var clean = new StringBuilder(text.Length);
        var isInWord = false;
        for (var place = 0; place < runes.Length; place++)
        {
            var rune = Plain(runes[place]);
            // The accent of a letter, or the vowel sign of one, is a part of it.
            var isSign = isInWord && Rune.GetUnicodeCategory(rune) is (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);
            isInWord = isSign || Rune.IsLetter(rune);
            var isKept = isSign || Rune.IsLetterOrDigit(rune) || (rune.IsBmp && marks.Contains((char)rune.Value, StringComparison.Ordinal))
                || (keepsStops && rune.Value == '.' && (place + 1 == runes.Length || !Rune.IsLetterOrDigit(runes[place + 1])));
            clean.Append(isKept ? rune.ToString() : " ");
        }

        var words = ComposedLetters.Of(string.Join(' ', clean.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        return PlainText.Cut(isGsm ? GsmLetters.Fold(words) : words, length).TrimEnd();
    }

    // Keyboards set it as a quotation mark or as a letter of its own: in a name it is an apostrophe.
    private static Rune Plain(Rune rune) => rune.Value is 0x2018 or 0x2019 or 0x02BC ? new Rune('\'') : rune;
}
