using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <summary>
/// Words as they are compared: lower case, no accents, no punctuation or emoji, single spaces. Apostrophes join: don't = dont. A stop sign is the word, <c>#</c> is "number", and wide letters
/// are letters, as are those of formulas and in circles.
/// </summary>
internal static partial class PlainWords
{
    /// <summary>The words of a text.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.Replace("🛑", " stop ", StringComparison.Ordinal).Replace("#", " number ", StringComparison.Ordinal).ToLowerInvariant().EnumerateRunes())
        {
            var bare = rune.IsBmp ? Bare((char)rune.Value) : Styled(rune.Value);
            if (char.IsLetterOrDigit(bare))
            {
                plain.Append(bare);
            }
            // An accent may also come as a letter and a mark behind it.
            else if (bare is not ('\'' or '\u2019') && CharUnicodeInfo.GetUnicodeCategory(bare) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(' ');
            }
        }

        return Spaces().Replace(plain.ToString(), " ").Trim();
    }

    /// <summary>A small letter without the accent that Spanish gives it. By hand: string.Normalize does nothing without ICU, which a small container may not have.</summary>
    internal static char WithoutAccent(char letter) => letter switch
    {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' or 'ü' => 'u',
        'ñ' => 'n',
        _ => letter,
    };

    private static char Bare(char letter) => letter switch
    {
        >= '\u24D0' and <= '\u24E9' => (char)(letter - '\u24D0' + 'a'),
        >= '\uFF01' and <= '\uFF5E' => (char)(letter - '\uFF01' + '!'),
        _ => WithoutAccent(letter),
    };

    // "𝐒𝐓𝐎𝐏": thirteen alphabets in a row for formulas, and letters in circles and boxes.
    private static char Styled(int letter) => letter switch
    {
        >= 0x1D400 and <= 0x1D6A3 => (char)('a' + ((letter - 0x1D400) % 26)),
        >= 0x1D7CE and <= 0x1D7FF => (char)('0' + ((letter - 0x1D7CE) % 10)),
        >= 0x1F130 and <= 0x1F149 => (char)('a' + letter - 0x1F130),
        >= 0x1F150 and <= 0x1F169 => (char)('a' + letter - 0x1F150),
        >= 0x1F170 and <= 0x1F189 => (char)('a' + letter - 0x1F170),
        _ => ' ',
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
