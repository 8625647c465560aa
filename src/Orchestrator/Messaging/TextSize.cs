namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>How the carriers count and charge a text.</summary>
/// <param name="Encoding">GSM-7; or UCS-2, when one letter is not in the GSM alphabet.</param>
/// <param name="Segments">The parts that it is sent and paid in.</param>
public readonly record struct TextSize(string Encoding, int Segments)
{
    /// <summary>
    /// What a part costs in the United States, in micro-dollars: Twilio's price for a long code (8,300) and the highest carrier's fee for registered traffic (4,500).
    /// An estimate, not compared with a bill.
    /// </summary>
    public const long MicrosPerSegment = 12_800;

    // 3GPP TS 23.038: the basic alphabet, and what takes an escape before it.
    private const string Basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    private const string Escaped = "^{}\\[~]|€\f";

    private static readonly HashSet<char> BasicLetters = [.. Basic];
    private static readonly HashSet<char> EscapedLetters = [.. Escaped];

    /// <summary>What the text costs, in micro-dollars.</summary>
    public long CostMicros => Segments * MicrosPerSegment;

    /// <summary>The size of a text as it is sent.</summary>
    public static TextSize Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsGsm(text)
            ? new TextSize("GSM-7", Parts([.. text.Select(letter => EscapedLetters.Contains(letter) ? 2 : 1)], 160, 153))
            : new TextSize("UCS-2", Parts([.. text.EnumerateRunes().Select(rune => rune.Utf16SequenceLength)], 70, 67));
    }

    /// <summary>Is every letter of it in the GSM alphabet?</summary>
    public static bool IsGsm(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.All(letter => BasicLetters.Contains(letter) || EscapedLetters.Contains(letter));
    }

    // A letter of two units is never cut in two: then a unit of the part before it stays empty.
    private static int Parts(int[] letters, int alone, int part)
    {
        if (letters.Sum() <= alone)
        {
            return 1;
        }

        var (parts, used) = (1, 0);
        foreach (var units in letters)
        {
            if (used + units > part)
            {
                (parts, used) = (parts + 1, 0);
            }

            used += units;
        }

        return parts;
    }
}
