using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Messages;

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

    private const string LastOfOurs = "/unsubscribe/";

    // "On Mon, Nov 23, 2026 at 10:00 AM Acme Tint <hello@…> wrote:" goes over so many lines.
    private const int LongestAttribution = 4;
    private const int MostLettersOfIt = 600;
    // So much of the beginning and of the end: a long complaint says its no at the end.
    private const int LongestHead = 6_000;
    private const int LongestTail = 1_990;

    // HELP by email is a question like any other.
    private static readonly IReadOnlyList<ReplyKind> Telling = [ReplyKind.StopKeyword, ReplyKind.StopPhrase, ReplyKind.StopDoubtful, ReplyKind.Start];

    /// <summary>The new words of an answer.</summary>
    /// <param name="sent">What our email said; empty = it is not known.</param>
    public static string Of(string text, string sent)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sent);
        var own = sent.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.Contains('{', StringComparison.Ordinal)).ToHashSet();
        var lines = text.Split('\n').Select(line => line.TrimEnd()).ToArray();
        var kept = new List<string>();
        var place = 0;
        for (; place < lines.Length && !IsPast(lines, place, own); place++)
        {
            var attribution = AttributionAt(lines, place);
            if (attribution > 0 && !IsQuoted(lines, place + attribution))
            {
                break;
            }

            // Who writes below the quotation, or between its lines, is heard too.
            place += Math.Max(0, attribution - 1);
            if (attribution == 0 && !lines[place].StartsWith('>') && !Advert().IsMatch(lines[place]))
            {
                kept.Add(lines[place]);
            }
        }

        while (place < lines.Length && kept.Count > 0 && (kept[^1].Length == 0 || own.Contains(kept[^1].Trim())))
        {
            kept.RemoveAt(kept.Count - 1);
        }

        var words = Gaps().Replace(string.Join('\n', kept), "\n\n").Trim();
        return Shortened(words.Length > 0 ? words : Below(lines, place, own));
    }

    /// <summary>
    /// What somebody asks for. The whole answer is asked, its first line by itself, since a name stands below, and a subject of their own; what is clear in one of them counts
    /// more than what may be meant in another.
    /// </summary>
    /// <param name="words">As <see cref="Of"/> gives them.</param>
    /// <param name="hasBooking">They have an appointment: "please cancel" is about that, and to be read by a person.</param>
    public static ReplyKind KindOf(string words, string subject, bool hasBooking = false)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(subject);
        var first = words.Split('\n').FirstOrDefault(line => line.Trim().Length > 0) ?? "";
        string[] asked = subject.Contains(':', StringComparison.Ordinal) ? [words, first] : [words, first, subject];
        var kinds = asked.Where(text => !hasBooking || !OptOutWords.MayEndABooking(text)).Select(text => KindOf(text, isPart: text == first && first.Length < words.Trim().Length)).ToHashSet();
        return Telling.Where(kinds.Contains).FirstOrDefault(ReplyKind.Message);
    }

    // Above "my Tuesday appointment" a "please cancel" is another thing than above a name.
    private static ReplyKind KindOf(string text, bool isPart) =>
        ReplyWords.Read(text) is var kind && isPart && kind.IsOptOut() && OptOutWords.MayEndABooking(text) ? ReplyKind.StopDoubtful : kind;

    private static string Shortened(string words)
    {
        if (words.Length <= LongestHead + LongestTail)
        {
            return words;
        }

        var tail = words[^LongestTail..];
        return $"{PlainText.Cut(words, LongestHead)}\n…\n{(char.IsLowSurrogate(tail[0]) ? tail[1..] : tail)}";
    }

    // Nothing above the quotation: then what stands below our last line, which is always the link to unsubscribe, is theirs.
    private static string Below(string[] lines, int place, HashSet<string> own)
    {
        var last = Array.FindLastIndex(lines, line => line.Contains(LastOfOurs, StringComparison.Ordinal));
        return last < place ? "" : Gaps().Replace(string.Join('\n', lines.Skip(last + 1).Where(line => IsTheirs(line.Trim(), own))), "\n\n").Trim();
    }

    private static bool IsTheirs(string line, HashSet<string> own) =>
        !line.StartsWith('>') && !own.Contains(line) && !Separator().IsMatch(line) && !FirstHeader().IsMatch(line) && !NextHeader().IsMatch(line) && !Advert().IsMatch(line);

    // From this line on it is not today's.
    private static bool IsPast(string[] lines, int place, HashSet<string> own)
    {
        var line = lines[place].Trim();
        return !line.StartsWith('>') && (line is "--" || Separator().IsMatch(line) || (line.Length >= ShortestOwnLine && own.Contains(line))
            || line.Contains(LastOfOurs, StringComparison.Ordinal) || IsHeaderBlock(lines, place));
    }

    private static bool IsQuoted(string[] lines, int place) => lines.Skip(place).FirstOrDefault(line => line.Length > 0)?.StartsWith('>') == true;

    // Outlook: From, then Sent or Date, To, Subject on lines of their own.
    private static bool IsHeaderBlock(string[] lines, int place) =>
        FirstHeader().IsMatch(lines[place].Trim()) && lines.Skip(place + 1).Take(3).Count(line => NextHeader().IsMatch(line.Trim())) >= 2;

    // How many lines say who wrote what comes next; none usually.
    private static int AttributionAt(string[] lines, int place)
    {
        if (!Attribution().IsMatch(lines[place].Trim()))
        {
            return 0;
        }

        var joined = "";
        for (var count = 1; count <= LongestAttribution && place + count <= lines.Length; count++)
        {
            joined = $"{joined} {lines[place + count - 1].Trim()}";
            if (joined.Length > MostLettersOfIt)
            {
                return 0;
            }

            if (AttributionEnd().IsMatch(joined))
            {
                // A date or an address: "On Tuesday I wrote:" is a sentence.
                return joined.Contains('@', StringComparison.Ordinal) || Year().IsMatch(joined) ? count : 0;
            }
        }

        return 0;
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
