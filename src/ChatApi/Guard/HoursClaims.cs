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
    public static bool IsFalse(GuardText sentence, LocationHours hours, DateTimeOffset now)
    {
        var today = hours.Local(now).Date;
        var days = new DayNames(today, hours);
        var text = NoHours().Replace(days.WithoutNotes(sentence.Text), " ");
        if (!Context().IsMatch(text) && !DayLine().IsMatch(text))
        {
            return false;
        }

        if (AllDay().IsMatch(text) && !Denial().IsMatch(text))
        {
            return true; // the hours of a day are spans; none is without end
        }

        if (Now().IsMatch(text) && !sentence.IsQuestion && hours.IsOpen(now) != !IsClosed(text))
        {
            return true;
        }

        var saidDays = new List<SaidDay>();
        var isClosed = false;
        foreach (var segment in Joints().Split(text))
        {
            saidDays = days.In(segment) is { Count: > 0 } found ? found : saidDays;
            saidDays = Usually().IsMatch(segment) ? [.. saidDays.Select(day => day with { IsDate = false })] : saidDays;
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

    private static bool IsFalse(List<SaidDay> saidDays, IReadOnlyList<SaidTime> times, bool isClosed, LocationHours hours, LocalDate today)
    {
        if (hours is { Days.Count: 0, Exceptions.Count: 0 })
        {
            return saidDays.Count > 0 || times.Count > 0;
        }

        List<SaidDay> meant = saidDays.Count > 0 ? saidDays : [.. Enumerable.Range(0, 7).Select(ahead => new SaidDay(today.PlusDays(ahead), IsDate: false))];
        var spans = meant.SelectMany(day => SpansOf(day, hours)).ToList();
        if (times.Count == 0)
        {
            return saidDays.Any(day => !SpanSetsOf(day, hours).Any(set => set.Count == 0 == isClosed));
        }

        if (saidDays.Count == 0)
        {
            spans.AddRange(Enumerable.Range(0, DaysAhead).SelectMany(ahead => hours.OpenSpansOn(today.PlusDays(ahead).ToDateOnly()) ?? []));
        }

        return times.Any(time => !time.Fits(spans)) || saidDays.Any(day => SpansOf(day, hours).Count == 0);
    }

    private static List<OpenSpan> SpansOf(SaidDay day, LocationHours hours) => [.. SpanSetsOf(day, hours).SelectMany(set => set)];

    // The date's own hours, and of a weekday the usual ones as well.
    private static IEnumerable<IReadOnlyList<OpenSpan>> SpanSetsOf(SaidDay day, LocationHours hours)
    {
        yield return hours.OpenSpansOn(day.Date.ToDateOnly()) ?? [];
        if (!day.IsDate)
        {
            yield return (hours with { Exceptions = [] }).OpenSpansOn(day.Date.ToDateOnly()) ?? [];
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

    [GeneratedRegex(@"\bclosed\b|\b(?:not|never)\s+(?:be\s+|currently\s+|usually\s+)?open\b|n't\s+(?:be\s+|currently\s+|usually\s+)?open\b|\bcerrad[oa]s?\b|\bno\s+(?:abrimos|abre|abren|estamos\s+abiertos|está\s+abiert)|\bwe\s+close\s+(?:on|for)\b|\bno\s+hours\b")]
    private static partial Regex Closed();

    [GeneratedRegex(@"\b(?:open|opens|abrimos|abre|abiert[oa]s?)\b")]
    private static partial Regex SaysOpen();

    [GeneratedRegex(@"[;\n]|\.\s+(?=\p{L})|,(?!\s*\d{4})|\((?=\D)|\)|\b(?:but|pero|except|excepto|while|mientras|then|luego|or|o)\b|\b(?:and|y)\b(?=\s+(?!(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo))[^,;]*\b(?:open|opens|close|closes|closed|cerrad|abiert|abrimos|cerramos|from|until|till|hasta|weekends?|sat|sun|s[áa]bado|domingo))|\b(?:and|y)\b(?=\s+(?:el\s+|los\s+)?(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo)\p{L}*\s+(?:from\s+|until\s+|till\s+|de\s+|at\s+)?\d)|(?<=\d\s*(?:[ap]\.?m\.?)?\s+)(?:and|y)\b(?=\s+(?:los\s+|el\s+)?(?:mon|tue|wed|thu|fri|sat|sun|lunes|martes|mi|jueves|viernes|s[áa]bado|domingo))")]
    private static partial Regex Joints();
}
