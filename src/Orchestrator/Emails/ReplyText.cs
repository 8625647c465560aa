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
        var lines = text.Split('\n').Select(Unstuffed).ToArray();
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
    /// more than what may be meant in another. What companies put below every email says nothing.
    /// </summary>
    /// <param name="words">As <see cref="Of"/> gives them.</param>
    /// <param name="hasBooking">They have an appointment: "please cancel" is about that, and to be read by a person.</param>
    public static ReplyKind KindOf(string words, string subject, bool hasBooking = false)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(subject);
        var theirs = Footer().Replace(words, "");
        var kind = KindOfTheirs(theirs, subject, hasBooking);
        // A company's footer stands below other words. What begins like one in the first line, and is all there is, may be somebody's own.
        var isAll = Footer().Match(words) is { Success: true } footer && words[..footer.Index] is var before && before.Trim() == theirs.Trim() && !before.Contains('\n', StringComparison.Ordinal);
        return isAll && !kind.IsOptOut() && KindOfTheirs(words, "", hasBooking).IsOptOut() ? ReplyKind.StopDoubtful : kind;
    }

    private static ReplyKind KindOfTheirs(string words, string subject, bool hasBooking)
    {
        var first = words.Split('\n').FirstOrDefault(line => line.Trim().Length > 0) ?? "";
        string[] asked = subject.Contains(':', StringComparison.Ordinal) ? [words, first] : [words, first, subject];
        var kinds = asked.Where(text => !hasBooking || !OptOutWords.MayEndABooking(text)).Select(text => KindOf(text, isPart: text == first && first.Length < words.Trim().Length)).ToHashSet();
        return Telling.Where(kinds.Contains).FirstOrDefault(ReplyKind.Message);
    }

    // Above "my Tuesday appointment" a "please cancel" is another thing than above a name.
    private static ReplyKind KindOf(string text, bool isPart) =>
        ReplyWords.Read(text) is var kind && isPart && kind.IsOptOut() && OptOutWords.MayEndABooking(text) ? ReplyKind.StopDoubtful
        : kind == ReplyKind.Message && WrongAddress().IsMatch(text) ? ReplyKind.StopDoubtful
        : kind;

    // Some programs put a blank before the mark of a quotation.
    private static string Unstuffed(string line) => line.TrimStart(' ', '\u00a0') is ['>', ..] quoted ? quoted.TrimEnd() : line.TrimEnd();

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
        var last = Array.FindLastIndex(lines, line => IsOurLast(line, own));
        return last < place ? "" : Gaps().Replace(string.Join('\n', lines.Skip(last + 1).Where(line => IsTheirs(line.Trim(), own))), "\n\n").Trim();
    }

    private static bool IsTheirs(string line, HashSet<string> own) =>
        !line.StartsWith('>') && !own.Contains(line) && !Separator().IsMatch(line) && !FirstHeader().IsMatch(line) && !NextHeader().IsMatch(line) && !Advert().IsMatch(line);

    // From this line on it is not today's.
    private static bool IsPast(string[] lines, int place, HashSet<string> own)
    {
        var line = lines[place].Trim();
        return !line.StartsWith('>') && (line is "--" || Separator().IsMatch(line) || (line.Length >= ShortestOwnLine && own.Contains(line))
            || IsOurLast(line, own) || IsHeaderBlock(lines, place));
    }

    // The link to unsubscribe, by itself or behind the reason why the email came. Who says that it does not work says more than that.
    private static bool IsOurLast(string line, HashSet<string> own)
    {
        if (!line.Contains(LastOfOurs, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = Blanks().Replace(LinkOrLabel().Replace(line, " "), " ").Trim(' ', '*', '>');
        return Words().Count(rest) < (OwnWord().IsMatch(rest) ? 1 : 2) || OurReason().IsMatch(rest) || own.Any(ours => ours.Contains(rest, StringComparison.Ordinal) || (ours.Length >= ShortestOwnLine && rest.Contains(ours, StringComparison.Ordinal)));
    }

    private static bool IsQuoted(string[] lines, int place) => lines.Skip(place).FirstOrDefault(line => line.Length > 0)?.StartsWith('>') == true;

    // Outlook: From, then Sent or Date, To, Subject on lines of their own.
    private static bool IsHeaderBlock(string[] lines, int place) =>
        FirstHeader().IsMatch(lines[place].Trim()) && lines.Skip(place + 1).Take(6).Where(line => line.Length > 0).Take(3).Count(line => NextHeader().IsMatch(line.Trim())) >= 2;

    // How many lines say who wrote what comes next; none usually.
    private static int AttributionAt(string[] lines, int place)
    {
        if (!Attribution().IsMatch(lines[place].Trim()))
        {
            return NamedAttribution().IsMatch(lines[place]) && IsQuoted(lines, place + 1) ? 1 : 0;
        }

        var joined = "";
        for (var count = 1; count <= LongestAttribution && place + count <= lines.Length; count++)
        {
            var line = lines[place + count - 1].Trim();
            joined = $"{joined} {line}";
            // A sentence that only begins so ends with its paragraph, or where the true one begins; "AM" is the hour, over the line's end.
            if (joined.Length > MostLettersOfIt || line.Length == 0 || (count > 1 && !line.StartsWith("AM ", StringComparison.Ordinal) && Attribution().IsMatch(line)))
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

    // "Acme Tint <hello@…> wrote:", "2026-11-23 10:00 GMT-6 Acme Tint <hello@…>:"
    [GeneratedRegex(@"^.{0,200}<[^<>@\s]{1,100}@[^<>@\s]{1,100}>\)?,?( (wrote|escribió|escribio|a écrit|schrieb))? ?:$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedAttribution();

    [GeneratedRegex(@"<?\bhttps?://\S+|\bunsubscribe\b:?|[\[\]()<>|]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LinkOrLabel();

    [GeneratedRegex(@"\byou get this email because\b|\bfor a quote( and (our texts cannot reach you|we have no mobile number of yours))?\.$|\b(texts cannot reach you|mobile number of yours)\.$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OurReason();

    [GeneratedRegex(@"\p{L}+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    // With the link alone beside it, such a word is no label of a mail program's.
    [GeneratedRegex(@"^\W*(please|pls|stop|remove|broken|cancel|quit|end|help|por favor)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OwnWord();

    // Of the number of a text that would be a wrong one; of an email it is this.
    [GeneratedRegex(@"^\W*((sorry|hi|hello)\W+)*((you\s+(have|got)|this\s+is)\s+)?(the\s+|a\s+)?wrong\s+(e-?mail(\s+address)?|address)\b\W*((sorry|please|thanks)\W*)*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WrongAddress();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    // From such words to the end of the paragraph. "I received this in error" is somebody's own word; "if you have received" is nobody's.
    [GeneratedRegex(
        @"(\bconfidential(ity)?\s+(notice|note|statement)\b|\bif\s+you('ve|\s+have)?\s+(received|receive)\s+(this|the)\s+(e-?mail|message|communication|transmission)\b|\bif\s+you\s+are\s+not\s+(the|an)\s+((named|intended)\s+)?(addressee|recipient)"
        + @"|\b(e-?mail|message|communication|transmission|attachments?)\s+(is|are|may\s+be|contains?|may\s+contain)\s+(strictly\s+)?(confidential|privileged|intended)\b|\b(solely|only|exclusively)\s+for\s+the\s+(use\s+of\s+the\s+)?(individual|intended|named|addressee|person)"
        + @"|\bscanned\s+(for|by)\b|\boriginated\s+(from\s+)?outside\b|\bif\s+you\s+(believe|think)\s+(that\s+)?this\s+(e-?mail\s+|message\s+)?is\s+spam\b|\bif\s+you\s+(do\s+not|don't|no\s+longer)\s+(wish|want)\s+to\s+receive\s+[^.\n]{0,60}\bfrom\s+us\b"
        + @"|\bto\s+(unsubscribe|opt\s+out)\s+(from|of)\s+our\b|\bsi\s+(usted\s+)?no\s+es\s+(el|la)\s+destinatari|\bsi\s+(usted\s+)?ha\s+recibido\s+est[ea]\s+(correo|mensaje|comunicaci)|\baviso\s+(legal|de\s+confidencialidad)\b)[\s\S]*?(?=\n\s*\n|\z)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Footer();

    [GeneratedRegex(@"\b20\d\d\b|\d{1,2}:\d\d", RegexOptions.CultureInvariant)]
    private static partial Regex Year();

    [GeneratedRegex(@"^\s*(sent from my |sent from yahoo mail|sent from mail for |get outlook for |enviado desde mi )", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Advert();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex Gaps();
}
