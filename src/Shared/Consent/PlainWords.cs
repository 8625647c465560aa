using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <summary>
/// Words as they are compared: lower case, no accents, no punctuation or emoji, single spaces. Apostrophes join: don't = dont. A stop sign is the word, <c>#</c> is "number", and wide letters
/// are letters.
/// </summary>
internal static partial class PlainWords
{
    /// <summary>The words of a text.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text.Replace("🛑", " stop ", StringComparison.Ordinal).Replace("#", " number ", StringComparison.Ordinal).ToLowerInvariant())
        {
            var bare = Bare(letter);
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

    // The accents of Spanish by hand: string.Normalize does nothing without ICU, which a small container may not have.
    private static char Bare(char letter) => letter switch
    {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' or 'ü' => 'u',
        'ñ' => 'n',
        >= '\uFF01' and <= '\uFF5E' => (char)(letter - '\uFF01' + '!'),
        _ => letter,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
