using System.Text;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>Text as a thread takes it.</summary>
public static class PlainText
{
    /// <summary>
    /// The text without control characters other than line feed and tab (PostgreSQL refuses NUL, and no reader shows the others), and with
    /// halves of surrogate pairs replaced, which have no UTF-8 form.
    /// </summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(NeedsCare))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // Windows line ends become plain ones.
            if (rune.Value is '\n' or '\t' || !Rune.IsControl(rune))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    /// <summary>The beginning of a text, of at most so many UTF-16 units: whole characters, because PostgreSQL refuses the half of one, and with it all that is stored together with it.</summary>
    public static string Cut(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }

    /// <summary>Is it a control character, or one of Unicode's own line ends? A text with one looks like two.</summary>
    public static bool BreaksLines(char character) => char.IsControl(character) || character is '\u2028' or '\u2029';

    private static bool NeedsCare(char character) =>
        char.IsSurrogate(character) || (char.IsControl(character) && character is not '\n' and not '\t');
}
