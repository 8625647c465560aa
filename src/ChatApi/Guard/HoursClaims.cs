using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Hours;
using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Compares what a sentence says of opening hours with the shop's own: days, times, now.</summary>
/// <remarks>A weekday may be meant as any of its kind or as the next one: what is true of either is let through.</remarks>
internal static partial class HoursClaims
{
    private const int DaysAhead = 14;

    /// <summary>Is something said of the hours that is not so?</summary>
    /// <param name="isAboutDay">Was a day named before it? "We're open" then means that one, and not now.</param>
    public static bool IsFalse(GuardText sentence, TruthFacts facts, bool isAboutDay)
    {
        var (hours, now) = (facts.Hours, facts.Now);
        var today = hours.Local(now).Date;
        var days = new DayNames(today, hours);
        var text = NoHours().Replace(days.WithoutNotes(sentence.Text), " ");
        var isAboutHours = Context().IsMatch(text) || DayLine().IsMatch(text);
        if (!isAboutHours && !Visit().IsMatch(text))
        {
            return false;
        }

        if (isAboutHours && AllDay().IsMatch(text) && !Denial().IsMatch(text))
        {
            return true; // the hours of a day are spans; none is without end
        }

        if (Now().IsMatch(text) && !sentence.IsQuestion && hours.IsOpen(now) != !IsClosed(text))
        {
            return true;
        }

        if (hours.IsOpen(now) != true && !isAboutDay && !sentence.IsQuestion && SaysOpenNow(text) && days.In(text).Count == 0 && SaidTimes.In(text).Count == 0)
        {
            return true;
        }

        text = IsClosed(text) ? text : Except().Replace(text, "; closed ");
        var saidDays = new List<SaidDay>();
        var isClosed = false;
        foreach (var segment in Joints().Split(text))
        {
            saidDays = days.In(segment) is { Count: > 0 } found ? found : saidDays;
            saidDays = Usually().IsMatch(segment) ? [.. saidDays.Select(day => day with { IsDate = false })] : saidDays;
            if (Visit().IsMatch(segment) && !Context().IsMatch(segment) && (!isAboutHours || Coming().IsMatch(segment)))
            {
                if (!sentence.IsQuestion && (Coming().IsMatch(text) || !OfOtherThings().IsMatch(text)) && IsVisitOutside(segment, saidDays, facts, today))
                {
                    return true;
                }

                continue;
            }

            if (!isAboutHours)
            {
                continue;
            }

            var times = SaidTimes.In(segment);
            isClosed = IsClosed(segment) || (isClosed && !SaysOpen().IsMatch(segment) && times.Count == 0);
            var isSaid = times.Count > 0 || (saidDays.Count > 0 && (days.In(segment).Count > 0 || IsClosed(segment)) && !sentence.IsQuestion);
            if (isSaid && IsFalse(saidDays, times, isClosed && times.Count == 0, hours, today))
            {
                return true;
            }
        }

        return false;
    }

    // Present, and of no day: "Yes, we're open!"
    private static bool SaysOpenNow(string text) => OpenNow().Match(text) is { Success: true } said && !Conditional().IsMatch(text[..said.Index]);

    // "You can drop it off until 9 pm": somebody has to be there. What is booked for a time may come then.
    private static bool IsVisitOutside(string segment, List<SaidDay> saidDays, TruthFacts facts, LocalDate today)
    {
        var times = SaidTimes.Named(segment).Where(time => !facts.Slots.Any(slot => time.Times.Contains(facts.Hours.Local(slot.StartsAt).TimeOfDay.ToTimeOnly()))).ToList();
        if (times.Count == 0 || Denial().IsMatch(segment) || If().IsMatch(segment))
        {
            return false;
        }

        var spans = SpansOf(saidDays, facts.Hours, today);
        return times.Exists(time => !spans.Any(span => time.Times.Any(at => span.Contains(at) || at == span.Closes))) || saidDays.Exists(day => SpansOf(day, facts.Hours).Count == 0);
    }

    // Of the days that are said, or else of any.
    private static List<OpenSpan> SpansOf(List<SaidDay> saidDays, LocationHours hours, LocalDate today)
    {
        if (saidDays.Count > 0)
        {
            return [.. saidDays.SelectMany(day => SpansOf(day, hours))];
        }

        return [.. Enumerable.Range(0, 7).SelectMany(ahead => SpansOf(new SaidDay(today.PlusDays(ahead), IsDate: false), hours)),
            .. Enumerable.Range(0, DaysAhead).SelectMany(ahead => hours.OpenSpansOn(today.PlusDays(ahead).ToDateOnly()) ?? [])];
    }

    private static bool IsFalse(List<SaidDay> saidDays, IReadOnlyList<SaidTime> times, bool isClosed, LocationHours hours, LocalDate today)
    {
        if (hours is { Days.Count: 0, Exceptions.Count: 0 })
        {
            return saidDays.Count > 0 || times.Count > 0;
        }

        if (times.Count == 0)
        {
            return saidDays.Any(day => !SpanSetsOf(day, hours).Any(set => set.Count == 0 == isClosed));
        }

        var spans = SpansOf(saidDays, hours, today);
        return times.Any(time => !time.Fits(spans)) || saidDays.Any(day => SpansOf(day, hours).Count == 0);
    }

    private static List<OpenSpan> SpansOf(SaidDay day, LocationHours hours) => [.. SpanSetsOf(day, hours).SelectMany(set => set)];

    // The date's own hours, and of a weekday the usual ones as well. Of a holiday that nobody has told, closed is as likely.
    private static IEnumerable<IReadOnlyList<OpenSpan>> SpanSetsOf(SaidDay day, LocationHours hours)
    {
        yield return hours.OpenSpansOn(day.Date.ToDateOnly()) ?? [];
        if (!day.IsDate)
        {
            yield return (hours with { Exceptions = [] }).OpenSpansOn(day.Date.ToDateOnly()) ?? [];
        }

        if (day.IsHoliday)
        {
            yield return [];
        }
    }

    private static bool IsClosed(string text) => Closed().IsMatch(text);

    // Hours of other things: a slot, a window, the film.
    [GeneratedRegex("""
        \bopen(?:ed)?\s+(?:slot|slots|spot|spots|appointment|appointments|bay|bays|window|windows|question|questions|the\s+(?:link|door|window|windows|page)|your|a|an)\b|\b(?:windows?|doors?|sunroof)\s+(?:are\s+|is\s+|stay\s+|stays\s+)?(?:open|closed)\b
        |\b(?:slots?|spots?|appointments?|times?|calendar|schedule|openings?|availability)\s+(?:is\s+|are\s+|still\s+|wide\s+|that\s+)*open\b|\bopenings\b|\ban?\s+opening\b|\b(?:keep|leave|kept|left|keeping)\s+(?:\w+\s+){0,4}(?:closed|open)\b|\bopen\s+to\b|\bclose\s+to\b|\bclose[rs]t?\s+(?:look|to)\b
        |\b(?:chat|conversation)\s+(?:is\s+|stays\s+)?open\b|\bclosest\b|\bcloser\b|\bclosely\b|\bmañana\s+o\s+tarde\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex NoHours();

    [GeneratedRegex(@"\b(?:open|opens|opened|opening\s+(?:hours|times?|at)|reopen|reopens|close|closes|closed|closing|hours\s+(?:are|is|on|for|today|tomorrow)|our\s+hours|business\s+hours|shop\s+hours|the\s+hours|abiert[oa]s?|abrimos|abre|abren|cerrad[oa]s?|cerramos|cierra|cierran|horarios?)\b")]
    private static partial Regex Context();

    // When somebody may come, or until when; only its times are looked at.
    [GeneratedRegex(@"\b(?:until|till|til|hasta|drop(?:ping)?[\s-]+(?:[\p{L}']+\s+){0,6}?off|drop-?off|pick(?:ing)?[\s-]+(?:[\p{L}']+\s+){0,4}?up|pick-?up|(?:come|stop|swing|drop)\s+(?:by|in|over)|bring\s+(?:it|your|the|in)|pasar|pase|pasa|venir|venga|ven|traer|traiga|trae|dejar(?:lo)?|deje(?:lo)?|recoger(?:lo)?|recoja(?:lo)?)\b")]
    private static partial Regex Visit();

    // Of these also where a word of OfOtherThings is said.
    [GeneratedRegex(@"\b(?:drop|pick|come|stop|swing|bring|pasar|pase|venir|venga|traer|traiga|dejar|deje|recoger|recoja)\p{L}*\b")]
    private static partial Regex Coming();

    // What else lasts until a time: a hold, a chat, the work.
    [GeneratedRegex(@"\b(?:hold|held|holding|reserv\p{L}*|apart\p{L}*|ready|dry|list[oa]|takes?|lasts?|confirm\p{L}*|expires?|valid|card|link|chat|wait\p{L}*|busy|booked|full|taken|free|yours|keep|stay\p{L}*|sleep\p{L}*)\b")]
    private static partial Regex OfOtherThings();

    [GeneratedRegex(@"\b(?:is|are|we're|they're|it's|shop's|estamos|está|están)\s+(?:still\s+|indeed\s+|actually\s+|definitely\s+|also\s+|todavía\s+|aún\s+)*(?:open|abiert[oa]s?)(?=\s*(?:$|[.!?,;:)–]|(?:and|so|for\s+you|right\s+here|y|así)\b))|^\W*(?:yes|yep|yeah|sí|si)\W+(?:open|abiert[oa]s?)\s*[.!]")]
    private static partial Regex OpenNow();

    // "when we are open", "the days that we're open"
    [GeneratedRegex(@"\b(?:if|when|whenever|while|once|until|till|unless|whether|days?|hours|times?|days?\s+that|then|si|cuando|mientras|días?|horas?)\b[^,.;!?]*$")]
    private static partial Regex Conditional();

    [GeneratedRegex(@"\b(?:if|unless|whether|si)\b")]
    private static partial Regex If();

    // "every day except Sunday"
    [GeneratedRegex(@"\b(?:except(?:\s+for|\s+on)?|excepto|other\s+than|apart\s+from|salvo)\b")]
    private static partial Regex Except();

    // "Monday 23 Nov: 08:00–17:00"
    [GeneratedRegex(@"^\W*(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|lunes|martes|miércoles|miercoles|jueves|viernes|sábado|sabado|domingo)(?:day|nesday|sday|rsday|urday)?s?\b[^:.!?]{0,40}[:–-]\s*\d")]
    private static partial Regex DayLine();

    [GeneratedRegex(@"\b24\s*/\s*7\b|\baround\s+the\s+clock\b|\b(?:24|twenty[\s-]four)\s+hours(?!\s+(?:of|notice|before|ahead|in\s+advance|after|to|for|later))(?:\s+a\s+day)?\b|\bnever\s+clos|\balways\s+open\b|\bday\s+and\s+night\b|\blas\s+24\s+horas\b|\bsiempre\s+abiert")]
    private static partial Regex AllDay();

    [GeneratedRegex(@"n't\b|\bnot\b|\bno\b")]
    private static partial Regex Denial();

    [GeneratedRegex(@"\b(?:open|closed)\s+(?:right\s+)?now\b|\b(?:now|currently|presently)\s+(?:open|closed)\b|\b(?:open|closed)\s+(?:at\s+the\s+moment|currently|at\s+this\s+(?:time|moment|hour))\b|\bright\s+now\b[^,;.]{0,20}\b(?:open|closed)\b|\b(?:abiert|cerrad)[oa]s?\s+(?:ahora|en\s+este\s+momento)\b|\bahora\b[^,;.]{0,20}\b(?:abiert|cerrad)[oa]s?")]
    private static partial Regex Now();

    // "closed on the 26th; usually 8 to 5"
    [GeneratedRegex(@"\b(?:usually|usual|normally|normal|otherwise|instead\s+of|regular|regularly|normalmente|habitual)\b")]
    private static partial Regex Usually();

    [GeneratedRegex(@"\bclosed\b|\b(?:not|never)\s+(?:be\s+|currently\s+|usually\s+)?open\b|n't\s+(?:be\s+|currently\s+|usually\s+)?open\b|\bcerrad[oa]s?\b|\bno\s+(?:abrimos|abre|abren|estamos\s+abiertos|está\s+abiert)|\bwe\s+close\s+(?:on|for)\b|\bcerramos\s+(?:el|los|por|en)\b|\bno\s+hours\b")]
    private static partial Regex Closed();

    [GeneratedRegex(@"\b(?:open|opens|abrimos|abre|abiert[oa]s?)\b")]
    private static partial Regex SaysOpen();

    [GeneratedRegex(@"[;\n]|\.\s+(?=\p{L})|,(?!\s*\d{4})|\((?=\D)|\)|\b(?:but|pero|except|excepto|while|mientras|then|luego|or|o)\b|\b(?:and|y)\b(?=\s+(?!(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo))[^,;]*\b(?:open|opens|close|closes|closed|cerrad|abiert|abrimos|cerramos|from|until|till|hasta|weekends?|sat|sun|s[áa]bado|domingo))|\b(?:and|y)\b(?=\s+(?:el\s+|los\s+)?(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo)\p{L}*\s+(?:from\s+|until\s+|till\s+|de\s+|at\s+)?\d)|(?<=\d\s*(?:[ap]\.?m\.?)?\s+)(?:and|y)\b(?=\s+(?:los\s+|el\s+)?(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo))")]
    private static partial Regex Joints();
}
