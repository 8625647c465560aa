using System.Text.RegularExpressions;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>What somebody wrote now: an answer without the past that mail programs quote below it, without signatures and the adverts of telephones.</summary>
/// <remarks>
/// It goes by lines, and knows our own email: whatever a program does to mark it as quoted, its lines are not the customer's words. That matters most for its last one, which
/// says "unsubscribe".
/// </remarks>
public static partial class ReplyText
{
    // Shorter lines of ours ("Hi Ann,") somebody may write by themselves.
    private const int ShortestOwnLine = 16;

    // "On Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello@…> wrote:" goes over so many lines.
    private const int LongestAttribution = 4;
    private const int Longest = 8_000;

    /// <summary>The new words of an answer.</summary>
    /// <param name="sent">What our email said; empty = it is not known.</param>
    public static string Of(string text, string sent)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sent);
        var own = sent.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= ShortestOwnLine && !line.Contains('{', StringComparison.Ordinal)).ToHashSet();
        var lines = text.Split('\n').Select(line => line.TrimEnd()).ToArray();
        var kept = new List<string>();
        for (var place = 0; place < lines.Length && !IsPast(lines, place, own); place++)
        {
            if (!lines[place].StartsWith('>') && !Advert().IsMatch(lines[place]))
            {
                kept.Add(lines[place]);
            }
        }

        var words = Gaps().Replace(string.Join('\n', kept), "\n\n").Trim();
        return words.Length <= Longest ? words : $"{words[..(Longest - 1)]}…";
    }

    // From this line on it is not today's.
    private static bool IsPast(string[] lines, int place, HashSet<string> own)
    {
        var line = lines[place].Trim();
        return line is "--" || Separator().IsMatch(line) || own.Contains(line.TrimStart('>', ' ')) || line.Contains("/unsubscribe/", StringComparison.Ordinal)
            || IsHeaderBlock(lines, place) || IsAttribution(lines, place);
    }

    // Outlook: From, then Sent or Date, To, Subject on lines of their own.
    private static bool IsHeaderBlock(string[] lines, int place) =>
        FirstHeader().IsMatch(lines[place].Trim()) && lines.Skip(place + 1).Take(3).Count(line => NextHeader().IsMatch(line.Trim())) >= 2;

    private static bool IsAttribution(string[] lines, int place)
    {
        var line = lines[place].Trim();
        if (!Attribution().IsMatch(line))
        {
            return false;
        }

        var joined = "";
        foreach (var next in lines.Skip(place).Take(LongestAttribution))
        {
            joined = $"{joined} {next.Trim()}";
            if (AttributionEnd().IsMatch(joined))
            {
                // A date or an address: "On Tuesday I wrote:" is a sentence.
                return joined.Contains('@', StringComparison.Ordinal) || Year().IsMatch(joined);
            }
        }

        return false;
    }

    [GeneratedRegex(@"^(-{2,} ?(original message|forwarded message|mensaje original|mensaje reenviado) ?-{2,}|_{10,}|-{10,}|={10,})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^\*?(from|de):\*? .", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FirstHeader();

    [GeneratedRegex(@"^\*?(sent|date|to|cc|subject|enviado|fecha|para|asunto):\*? ?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NextHeader();

    [GeneratedRegex(@"^(on|el|le|am) .", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Attribution();

    [GeneratedRegex(@"(wrote|escribió|escribio|a écrit|schrieb[^:]*) ?:$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AttributionEnd();

    [GeneratedRegex(@"\b20\d\d\b|\d{1,2}:\d\d", RegexOptions.CultureInvariant)]
    private static partial Regex Year();

    [GeneratedRegex(@"^\s*(sent from my |sent from yahoo mail|sent from mail for |get outlook for |enviado desde mi )", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Advert();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex Gaps();
}
