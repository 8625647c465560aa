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
        var hours = facts.Hours;
        var today = hours.Local(facts.Now).Date;
        var days = new DayNames(today, hours);
        var text = NoHours().Replace(SaidTimes.InDigits(days.WithoutNotes(sentence.Text)), " ");
        if (!sentence.IsQuestion && (IsAnotherWeek(text, hours) || Offers().Split(text).Any(offer => IsOfferOutside(offer, days, facts))))
        {
            return true;
        }

        var isAboutHours = Context().IsMatch(text) || Works().IsMatch(text) || DayLine().IsMatch(text);
        if (!isAboutHours && !Visit().IsMatch(text) && !Invited().IsMatch(text))
        {
            return false;
        }

        if (IsFalseWithoutDay(sentence, text, isAboutHours, isAboutDay, days, facts))
        {
            return true;
        }

        var but = Except().Match(text);
        var excepted = but.Success ? (Before: Joints().Split(text[..but.Index]).Length, Days: days.In(UntilStop().Match(text, but.Index + but.Length).Value)) : (Before: 0, Days: []);
        text = but.Success && IsClosed(text[..but.Index]) ? text : Except().Replace(text, "; closed ");
        var saidDays = new List<SaidDay>();
        var (isClosed, isIf) = (false, false);
        var segments = Joints().Split(text);
        for (var place = 0; place < segments.Length; place++)
        {
            var segment = segments[place];
            saidDays = days.In(segment) is { Count: > 0 } found ? Without(place < excepted.Before ? excepted.Days : [], found) : saidDays;
            if (If().IsMatch(segment) && !Context().IsMatch(segment))
            {
                isIf = true; // "If Sunday suits you, …": what follows says whether it is open
                continue;
            }

            saidDays = Usually().IsMatch(segment) ? [.. saidDays.Select(day => day with { IsDate = false })] : saidDays;
            if ((!isAboutHours || Coming().IsMatch(segment)) && !Context().IsMatch(segment))
            {
                if (!sentence.IsQuestion && (Visit().IsMatch(segment) || Coming().IsMatch(segment)) && (Coming().IsMatch(text) || !OfOtherThings().IsMatch(text)) && IsVisitOutside(segment, saidDays, facts, today))
                {
                    return true;
                }

                continue;
            }

            if (!Context().IsMatch(segment) && TheirWord().IsMatch(segment))
            {
                continue;
            }

            var times = SaidTimes.In(segment);
            isClosed = IsClosed(segment) || (isClosed && !SaysOpen().IsMatch(segment) && times.Count == 0 && !GoesOn().IsMatch(segment));
            if (IsClosedThen(segment, times, saidDays, hours, today) || (isClosed && IsPause(times, SpansOf(saidDays, hours, today))) || IsOfSlots(segment, times, saidDays, facts, today))
            {
                continue;
            }

            var isSaid = times.Count > 0 || (saidDays.Count > 0 && (isIf || days.In(segment).Count > 0 || IsClosed(segment)) && !sentence.IsQuestion);
            var itsDays = times.Count > 0 && days.In(segment).Count == 0 && place + 1 < segments.Length && DaysAlone().IsMatch(segments[place + 1]) ? days.In(segments[place + 1]) : saidDays; // "9 to 6, Monday to Friday"
            if (isSaid && IsFalse(segment, itsDays, times, isClosed && times.Count == 0, hours, today))
            {
                return true;
            }
        }

        return false;
    }

    // "We never close", "we close in an hour", "we're open right now", "we're open".
    private static bool IsFalseWithoutDay(GuardText sentence, string text, bool isAboutHours, bool isAboutDay, DayNames days, TruthFacts facts)
    {
        var (hours, now) = (facts.Hours, facts.Now);
        if (isAboutHours && AllDay().Matches(text).Any(said => !Denials.Deny(text, said.Index) && !OfTheChat().IsMatch(text[..said.Index])))
        {
            return true; // the hours of a day are spans; none is without end
        }

        if (sentence.IsQuestion)
        {
            return false;
        }

        var isOpen = hours.IsOpen(now);
        return (isAboutHours && SoonClaims.IsFalse(text, hours, now))
            || (Now().IsMatch(text) && isOpen != !IsClosed(text))
            || (isOpen != true && !isAboutDay && SaysOpenNow(text) && days.In(text).Count == 0 && SaidTimes.In(text).Count == 0);
    }

    // "We're open six days a week"; not the assistant.
    private static bool IsAnotherWeek(string text, LocationHours hours) => DaysAWeek().Matches(text).Any(said =>
        !Denials.Deny(text, said.Index) && !OfTheChat().IsMatch(text[..said.Index]) && hours.Days.Select(span => span.Weekday).Distinct().Count() != DaysOf(said.Groups["days"].Value));

    private static int DaysOf(string count) => count switch
    {
        "four" or "cuatro" or "4" => 4,
        "five" or "cinco" or "5" => 5,
        "six" or "seis" or "6" => 6,
        _ => 7,
    };

    // Present, and of no day: "Yes, we're open!"
    private static bool SaysOpenNow(string text) => OpenNow().Match(text) is { Success: true } said && !Conditional().IsMatch(text[..said.Index]);

    // "from 12 to 1 for lunch": from when it closes until it opens again
    private static bool IsPause(IReadOnlyList<SaidTime> times, List<OpenSpan> spans) =>
        times is [var from, var until] && from.Times.Any(at => spans.Exists(span => span.Closes == at)) && until.Times.Any(at => spans.Exists(span => span.Opens == at));

    // "At 6 PM we're closed" tells of a time that is none of ours; "closed at 6 PM" tells when it closes.
    private static bool IsClosedThen(string segment, IReadOnlyList<SaidTime> times, List<SaidDay> saidDays, LocationHours hours, LocalDate today) =>
        times.Count > 0 && ClosedThen().Match(segment) is { Success: true } closed && times.All(time => time.Side == 0 && time.Start < closed.Index) && SpansOf(saidDays, hours, today) is var spans
        && !times.Any(time => spans.Exists(span => time.Times.All(span.Contains)));

    // A time that nobody is there, offered for a visit.
    private static bool IsOfferOutside(string offer, DayNames days, TruthFacts facts)
    {
        if (facts.Hours is { Days.Count: 0, Exceptions.Count: 0 } || !Offered().IsMatch(offer) || NotOffered().IsMatch(offer) || Denials.In(offer))
        {
            return false;
        }

        var named = days.In(offer);
        var times = SaidTimes.Named(offer).Where(time => !facts.Slots.Any(slot => time.Times.Contains(slot.Local(facts.Hours).TimeOfDay.ToTimeOnly()))).ToList();
        return named.Count > 0 && times.Exists(time => !named.Exists(day => SpansOf(day, facts.Hours).Exists(span => time.Times.Any(at => span.Contains(at) || at == span.Closes))));
    }

    // "Tuesday at 9:30 is still open": no time of opening or closing. One is within the hours, or it is what the customer has taken.
    private static bool IsOfSlots(string segment, IReadOnlyList<SaidTime> times, List<SaidDay> saidDays, TruthFacts facts, LocalDate today)
    {
        if (times.Count == 0 || IsClosed(segment) || times.Any(time => IsOfHours(segment, time)))
        {
            return false;
        }

        var taken = facts.Slots.Select(slot => slot.Local(facts.Hours).TimeOfDay.ToTimeOnly()).ToList();
        return times.All(time => time.Times.Any(taken.Contains) || SpansOf(saidDays, facts.Hours, today).Exists(span => time.Times.Any(span.Contains)))
            && saidDays.TrueForAll(day => SpansOf(day, facts.Hours).Count > 0);
    }

    private static bool IsOfHours(string segment, SaidTime time) =>
        ((time.Side != 0 || Governs().IsMatch(segment[..time.Start])) && !SlotsOpen().IsMatch(segment[..time.Start])) || SaidTimes.IsRange(segment[(time.Start + time.Length)..]);

    // "You can drop it off until 9 pm": somebody has to be there. What is booked for a time may come then.
    private static bool IsVisitOutside(string segment, List<SaidDay> saidDays, TruthFacts facts, LocalDate today)
    {
        var times = SaidTimes.Named(segment).Where(time => !facts.Slots.Any(slot => time.Times.Contains(slot.Local(facts.Hours).TimeOfDay.ToTimeOnly()))).ToList();
        if ((times.Count == 0 && !Invited().IsMatch(segment)) || Denials.In(segment) || If().IsMatch(segment))
        {
            return false;
        }

        // Who is there until eight does not leave when the shop opens.
        var spans = SpansOf(saidDays, facts.Hours, today);
        return times.Exists(time => !spans.Any(span => time.Times.Any(at => (span.Contains(at) && !(time.Side == SaidTime.Closing && at == span.Opens)) || at == span.Closes)))
            || saidDays.Exists(day => SpansOf(day, facts.Hours).Count == 0);
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

    // "Every day except Sunday": not of that one.
    private static List<SaidDay> Without(List<SaidDay> excepted, List<SaidDay> days) =>
        [.. days.Where(day => day.IsDate || !excepted.Exists(one => !one.IsDate && one.Date.DayOfWeek == day.Date.DayOfWeek))];

    // Each day that is said has all of the times; where none is said, the two of a range are of one day.
    private static bool IsFalse(string segment, List<SaidDay> saidDays, IReadOnlyList<SaidTime> times, bool isClosed, LocationHours hours, LocalDate today)
    {
        if (hours is { Days.Count: 0, Exceptions.Count: 0 })
        {
            return saidDays.Count > 0 || times.Count > 0;
        }

        if (times.Count == 0)
        {
            return saidDays.Any(day => !SpanSetsOf(day, hours).Any(set => set.Count == 0 == isClosed));
        }

        if (saidDays.Count > 0 && !Compares().IsMatch(segment))
        {
            return saidDays.Any(day => !SpanSetsOf(day, hours).Any(set => set.Count > 0 && times.All(time => time.Fits(set)) && Ranges(segment, times).All(range => IsOf(set, range))));
        }

        var spans = SpansOf(saidDays, hours, today);
        return times.Any(time => !time.Fits(spans)) || saidDays.Any(day => SpansOf(day, hours).Count == 0) || Ranges(segment, times).Any(range => !Enumerable.Range(0, DaysAhead).Any(ahead => SpanSetsOf(new SaidDay(today.PlusDays(ahead), IsDate: false), hours).Any(set => IsOf(set, range))));
    }

    private static IEnumerable<(SaidTime From, SaidTime Until)> Ranges(string segment, IReadOnlyList<SaidTime> times) =>
        times.Zip(times.Skip(1)).Where(pair => SaidTimes.IsRange(segment[(pair.First.Start + pair.First.Length)..]));

    private static bool IsOf(IReadOnlyList<OpenSpan> set, (SaidTime From, SaidTime Until) range) =>
        set.Any(span => range.From.Times.Contains(span.Opens)) && set.Any(span => range.Until.Times.Contains(span.Closes));

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
}
