using System.Globalization;
using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Hours;
using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>A day that a sentence names.</summary>
/// <param name="IsDate">Is exactly this date meant, and not any of its weekday?</param>
internal sealed record SaidDay(LocalDate Date, bool IsDate);

/// <summary>Reads days out of a text.</summary>
/// <param name="hours">Of the shop: it names days of its own, such as Thanksgiving.</param>
internal sealed partial class DayNames(LocalDate today, LocationHours hours)
{
    private const int ShortestName = 5;

    // The longest first: Christmas Eve is not Christmas. A name that is itself a word of hours ("Open Sunday") could excuse any.
    private readonly IReadOnlyList<(string Name, LocalDate Date)> _names = [.. hours.Exceptions
        .Select(special => (Name: GuardText.Normalize(special.Note ?? "").Trim(), Date: special.Date.ToLocalDate()))
        .Where(special => special.Name.Length >= ShortestName && special.Date >= today && !HoursWord().IsMatch(special.Name)).OrderByDescending(special => special.Name.Length)];

    private static readonly string[][] Weekdays =
    [
        ["mon", "monday", "mondays", "lunes"], ["tue", "tues", "tuesday", "tuesdays", "martes"], ["wed", "wednesday", "wednesdays", "miércoles", "miercoles"],
        ["thu", "thur", "thurs", "thursday", "thursdays", "jueves"], ["fri", "friday", "fridays", "viernes"], ["sat", "saturday", "saturdays", "sábado", "sábados", "sabado", "sabados"],
        ["sun", "sunday", "sundays", "domingo", "domingos"],
    ];

    /// <summary>The days that are named, in a range those between as well.</summary>
    public List<SaidDay> In(string text)
    {
        var days = new List<SaidDay>();
        if (DateOf(text) is { } date)
        {
            return [new SaidDay(date, IsDate: true)];
        }

        var weekdays = Day().Matches(text);
        for (var place = 0; place < weekdays.Count; place++)
        {
            var weekday = NumberOf(weekdays[place].Value);
            days.Add(Next(weekday));
            if (place + 1 < weekdays.Count && Range().IsMatch(text[(weekdays[place].Index + weekdays[place].Length)..weekdays[place + 1].Index]))
            {
                var last = NumberOf(weekdays[place + 1].Value);
                for (var between = weekday % 7; between != last % 7; between = (between + 1) % 7)
                {
                    days.Add(Next(between == 0 ? 7 : between));
                }
            }
        }

        days.AddRange(EveryDay().IsMatch(text) ? Enumerable.Range(1, 7).Select(Next) : []);
        days.AddRange(Workdays().IsMatch(text) ? Enumerable.Range(1, 5).Select(Next) : []);
        days.AddRange(Weekend().IsMatch(text) ? [Next(6), Next(7)] : []);
        days.AddRange(Today().IsMatch(text) ? [new SaidDay(today, IsDate: true)] : []);
        days.AddRange(Tomorrow().IsMatch(text) ? [new SaidDay(today.PlusDays(1), IsDate: true)] : []);
        if (days.Count == 0 && _names.FirstOrDefault(special => text.Contains(special.Name, StringComparison.Ordinal)) is { Name: not null } named)
        {
            days.Add(new SaidDay(named.Date, IsDate: true));
        }

        return days;
    }

    /// <summary>The text without what the shop itself wrote of its days, in brackets behind them: "(Open Sunday)".</summary>
    public string WithoutNotes(string text) => hours.Exceptions.Select(special => special.Note).OfType<string>().Distinct()
        .Aggregate(text, (rest, note) => rest.Replace($"({GuardText.Normalize(note).Trim()})", " ", StringComparison.Ordinal));

    private static int NumberOf(string name) => Array.FindIndex(Weekdays, names => names.Contains(name)) + 1;

    private SaidDay Next(int weekday) => new(today.PlusDays((weekday - (int)today.DayOfWeek + 7) % 7), IsDate: false);

    private LocalDate? DateOf(string text)
    {
        if (MonthDay().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var month = "jan feb mar apr may jun jul aug sep oct nov dec".Split(' ').ToList().IndexOf(match.Groups["month"].Value[..3]) + 1;
        if (month == 0 || !int.TryParse(match.Groups["day"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var day) || day is < 1 or > 28 && day > CalendarSystem.Iso.GetDaysInMonth(today.Year, month))
        {
            return null;
        }

        var date = new LocalDate(today.Year, month, day);
        return date < today.PlusDays(-31) ? date.PlusYears(1) : date;
    }

    [GeneratedRegex(@"\b(?:mon|mondays?|tues?|tuesdays?|wed|wednesdays?|thu|thurs?|thursdays?|fri|fridays?|sat|saturdays?|sun|sundays?|lunes|martes|miércoles|miercoles|jueves|viernes|sábados?|sabados?|domingos?)\b")]
    private static partial Regex Day();

    [GeneratedRegex(@"\b(?:open|closed?|opens|hours|mon|tue|wed|thu|fri|sat|sun|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|today|tomorrow)\b")]
    private static partial Regex HoursWord();

    [GeneratedRegex(@"^\s*(?:-|–|to|through|thru|till|until|a|al|hasta)\s*(?:el\s+)?$")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:every\s+(?:single\s+)?day|daily|seven\s+days|7\s+days|all\s+week|any\s+day|todos\s+los\s+días|toda\s+la\s+semana|los\s+siete\s+días)\b")]
    private static partial Regex EveryDay();

    [GeneratedRegex(@"\b(?:weekdays?|entre\s+semana|días\s+(?:hábiles|laborables))\b")]
    private static partial Regex Workdays();

    [GeneratedRegex(@"\b(?:weekends?|fin(?:es)?\s+de\s+semana)\b")]
    private static partial Regex Weekend();

    [GeneratedRegex(@"\b(?:today|tonight|hoy|this\s+evening)\b")]
    private static partial Regex Today();

    [GeneratedRegex(@"\btomorrow\b|(?<!(?:la|de|por\s+la|en\s+la)\s)\bmañana\b")]
    private static partial Regex Tomorrow();

    [GeneratedRegex(@"\b(?:(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:)|(?<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b)")]
    private static partial Regex MonthDay();
}
