using System.Text;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Latin letters and apostrophes that the GSM alphabet has not, without what makes them so: one of them in a text more than halves what a part of it holds.</summary>
public static class GsmLetters
{
    // Each group ends in what stands for its letters.
    private static readonly string[] Groups =
    [
        "áâãāăąa", "ÁÂÃĀĂĄÀA", "çćĉċčc", "ĆĈĊČC", "ďđðd", "ĎĐÐD", "êëēĕėęěe", "ÊËÈĒĔĖĘĚE", "ĝğġģg", "ĜĞĠĢG", "ĥħh", "ĤĦH", "íîïĩīĭįıi", "ÍÎÏÌĨĪĬĮİI", "ĵj", "ĴJ", "ķk", "ĶK",
        "ĺļľŀłl", "ĹĻĽĿŁL", "ńņňŋn", "ŃŅŇŊN", "óôõōŏőơo", "ÓÔÕÒŌŎŐƠO", "ŕŗřr", "ŔŖŘR", "śŝşšșs", "ŚŜŞŠȘS", "ţťŧțt", "ŢŤŦȚT", "úûũūŭůűųưu", "ÚÛÙŨŪŬŮŰŲƯU", "ŵw", "ŴW", "ýÿŷy", "ÝŸŶY",
        "źżžz", "ŹŻŽZ",
    ];

    // Vietnamese letters stand by their base, a large one before its small one (Unicode, Latin Extended Additional).
    private static readonly (char Last, char Base)[] Vietnamese = [('\u1EB7', 'a'), ('\u1EC7', 'e'), ('\u1ECB', 'i'), ('\u1EE3', 'o'), ('\u1EF1', 'u'), ('\u1EF9', 'y')];

    private static readonly Dictionary<char, string> Plain = Table();

    /// <summary>The same text without them. Letters of other scripts stay as they are.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.All(char.IsAscii))
        {
            return text;
        }

        var folded = new StringBuilder(text.Length);
        foreach (var letter in ComposedLetters.Of(text))
        {
            // An accent that no letter of one piece has goes as well.
            folded.Append(Plain.TryGetValue(letter, out var plain) ? plain : letter is >= '\u0300' and <= '\u036F' ? "" : letter.ToString());
        }

        return folded.ToString();
    }

    private static Dictionary<char, string> Table()
    {
        var table = new Dictionary<char, string> { ['œ'] = "oe", ['Œ'] = "OE", ['þ'] = "th", ['Þ'] = "Th", ['\u2018'] = "'", ['\u2019'] = "'", ['\u02BC'] = "'" };
        foreach (var group in Groups)
        {
            foreach (var letter in group[..^1])
            {
                table[letter] = group[^1..];
            }
        }

        var first = '\u1EA0';
        foreach (var (last, plain) in Vietnamese)
        {
            for (; first <= last; first++)
            {
                table[first] = (first % 2 == 0 ? char.ToUpperInvariant(plain) : plain).ToString();
            }
        }

        return table;
    }
}
