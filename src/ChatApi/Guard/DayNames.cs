using System.Globalization;
using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Hours;
using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>A day that a sentence names.</summary>
/// <param name="IsDate">Is exactly this date meant, and not any of its weekday?</param>
/// <param name="IsHoliday">A day on which many shops are closed, and of which the shop has said nothing of its own.</param>
internal sealed record SaidDay(LocalDate Date, bool IsDate, bool IsHoliday = false)
{
    /// <summary>May this date be meant?</summary>
    public bool Covers(LocalDate date) => date == Date || (!IsDate && date.DayOfWeek == Date.DayOfWeek);
}

/// <summary>Reads days out of a text.</summary>
/// <param name="hours">Of the shop: it names days of its own, such as Thanksgiving.</param>
internal sealed partial class DayNames(LocalDate today, LocationHours hours)
{
    private const int ShortestName = 5;

    // The longest first: Christmas Eve is not Christmas. A name that is itself a word of hours ("Open Sunday") could excuse any.
    private readonly IReadOnlyList<(string Name, LocalDate Date)> _names = [.. hours.Exceptions
        .Select(special => (Name: GuardText.Normalize(special.Note ?? "").Trim(), Date: special.Date.ToLocalDate()))
        .Where(special => special.Name.Length >= ShortestName && special.Date >= today && !HoursWord().IsMatch(special.Name)).OrderByDescending(special => special.Name.Length)];

    // What everybody calls them, in the order of the government's list; a name that is longer is another day.
    private static readonly string[][] HolidayNames =
    [
        ["new year's day", "new year's", "new year day", "año nuevo"], ["martin luther king", "mlk day"], ["presidents' day", "presidents day", "president's day", "día de los presidentes"],
        ["memorial day", "día de los caídos"], ["juneteenth"], ["independence day", "fourth of july", "día de la independencia", "cuatro de julio"], ["labor day", "día del trabajo"],
        ["columbus day", "indigenous peoples' day", "día de la raza"], ["veterans day", "veterans' day", "veteran's day", "día de los veteranos"],
        ["thanksgiving", "acción de gracias"], ["christmas", "xmas", "navidad"],
    ];

    private static readonly (string Name, int Month, int Day)[] Eves = [("christmas eve", 12, 24), ("nochebuena", 12, 24), ("new year's eve", 12, 31), ("nochevieja", 12, 31), ("fin de año", 12, 31)];

    private static readonly string[][] Weekdays =
    [
        ["mon", "monday", "mondays", "lunes"], ["tue", "tues", "tuesday", "tuesdays", "martes"], ["wed", "wednesday", "wednesdays", "miércoles", "miercoles"],
        ["thu", "thur", "thurs", "thursday", "thursdays", "jueves"], ["fri", "friday", "fridays", "viernes"], ["sat", "saturday", "saturdays", "sábado", "sábados", "sabado", "sabados"],
        ["sun", "sunday", "sundays", "domingo", "domingos"],
    ];

    // English and Spanish, by their first letters.
    private static readonly string[] Months = "jan feb mar apr may jun jul aug sep oct nov dec ene feb mar abr may jun jul ago set oct nov dic".Split(' ');

    /// <summary>The days that are named, in a range those between as well.</summary>
    /// <param name="inDigits">Of a booking: "11/25", "2026-11-25" and "the 25th" are days there, and no half of anything.</param>
    public List<SaidDay> In(string text, bool inDigits = false)
    {
        var days = new List<SaidDay>();
        var dates = MonthDay().Matches(text).Select(DateOf).Concat(inDigits ? InDigits(text) : []).OfType<LocalDate>().Select(date => new SaidDay(date, IsDate: true)).ToList();
        if (dates.Count > 0)
        {
            return dates;
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
        var named = Named(text, days);
        // "Thursday, Thanksgiving Day": that Thursday and no other.
        return [.. days.Where(day => day.IsDate || !named.Exists(one => one.Date.DayOfWeek == day.Date.DayOfWeek)), .. named];
    }

    /// <summary>The text without what the shop itself wrote of its days, in brackets behind them: "(Open Sunday)".</summary>
    public string WithoutNotes(string text) => hours.Exceptions.Select(special => special.Note).OfType<string>().Distinct()
        .Aggregate(text, (rest, note) => rest.Replace($"({GuardText.Normalize(note).Trim()})", " ", StringComparison.Ordinal));

    private List<SaidDay> Named(string text, List<SaidDay> days)
    {
        if (_names.FirstOrDefault(special => text.Contains(special.Name, StringComparison.Ordinal)) is { Name: not null } own && (days.Count == 0 || days.Exists(day => day.Covers(own.Date))))
        {
            return [new SaidDay(own.Date, IsDate: true)];
        }

        var named = new List<SaidDay>();
        if (!Holiday().IsMatch(text))
        {
            return named;
        }

        foreach (var (name, date) in Holidays())
        {
            var at = text.IndexOf(name, StringComparison.Ordinal);
            if (at >= 0 && !AnotherDay().IsMatch(text[..at]))
            {
                named.Add(new SaidDay(date, IsDate: true, IsHoliday: hours.ExceptionsOn(date.ToDateOnly()).Count == 0));
                text = text.Replace(name, " ", StringComparison.Ordinal);
            }
        }

        return named;
    }

    // Of each the next one, the eves first: Christmas Eve is not Christmas.
    private IEnumerable<(string Name, LocalDate Date)> Holidays() => Eves.Select(eve => (eve.Name, Coming(new LocalDate(today.Year, eve.Month, eve.Day), new LocalDate(today.Year + 1, eve.Month, eve.Day))))
        .Concat(HolidayNames.Zip(FederalHolidays.Of(today.Year), FederalHolidays.Of(today.Year + 1))
            .SelectMany(holiday => holiday.First.Select(name => (name, Coming(holiday.Second.Date.ToLocalDate(), holiday.Third.Date.ToLocalDate())))));

    private LocalDate Coming(LocalDate thisYear, LocalDate nextYear) => thisYear >= today ? thisYear : nextYear;

    private static int NumberOf(string name) => Array.FindIndex(Weekdays, names => names.Contains(name)) + 1;

    private SaidDay Next(int weekday) => new(today.PlusDays((weekday - (int)today.DayOfWeek + 7) % 7), IsDate: false);

    private LocalDate? DateOf(Match match)
    {
        var month = (Array.IndexOf(Months, match.Groups["month"].Value[..3]) % 12) + 1;
        if (!int.TryParse(match.Groups["day"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var day) || day is < 1 or > 28 && day > CalendarSystem.Iso.GetDaysInMonth(today.Year, month))
        {
            return null;
        }

        var date = new LocalDate(today.Year, month, day);
        return date < today.PlusDays(-31) ? date.PlusYears(1) : date;
    }

    private IEnumerable<LocalDate?> InDigits(string text) => Digits().Matches(text).Select(found => DateIn(found.Groups["year"].Value, found.Groups["month"].Value, found.Groups["day"].Value))
        .Concat(MonthDay().IsMatch(text) ? [] : DayAlone().Matches(text).Select(found => Coming(found.Groups["day"].Value)));

    private LocalDate? DateIn(string year, string month, string day)
    {
        var (y, m, d) = (year.Length == 0 ? today.Year : Number(year) % 2000 + 2000, Number(month), Number(day));
        return d > CalendarSystem.Iso.GetDaysInMonth(y, m) ? null
            : new LocalDate(y, m, d) is var date && year.Length == 0 && date < today.PlusDays(-31) ? date.PlusYears(1) : date;
    }

    // The next day of this number.
    private LocalDate? Coming(string day) => Enumerable.Range(0, 62).Select(today.PlusDays).Where(date => date.Day == Number(day)).Select(date => (LocalDate?)date).FirstOrDefault();

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![\d$.,/-])(?:(?<year>20\d\d)-(?<month>0[1-9]|1[0-2])-(?<day>0[1-9]|[12]\d|3[01])|(?<month>0?[1-9]|1[0-2])/(?<day>0?[1-9]|[12]\d|3[01])(?:/(?<year>(?:20)?\d\d))?)(?![\d/%]|[.,]\d)")]
    private static partial Regex Digits();

    // "the 25th", "el día 25"; not "the 2nd appointment".
    [GeneratedRegex(@"\b(?:the\s+(?<day>[12]?\d|3[01])(?:st|nd|rd|th)|el\s+(?:día\s+)?(?<day>[12]?\d|3[01]))(?=\s*(?:[.,;!?]|$|(?:at|from|a\s+las?|with|for)\b))")]
    private static partial Regex DayAlone();

    [GeneratedRegex(@"\b(?:mon|mondays?|tues?|tuesdays?|wed|wednesdays?|thu|thurs?|thursdays?|fri|fridays?|sat|saturdays?|sun|sundays?|lunes|martes|miércoles|miercoles|jueves|viernes|sábados?|sabados?|domingos?)\b")]
    private static partial Regex Day();

    [GeneratedRegex(@"\b(?:open|closed?|opens|hours|mon|tue|wed|thu|fri|sat|sun|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|today|tomorrow)\b")]
    private static partial Regex HoursWord();

    [GeneratedRegex(@"^\s*(?:-|–|to|through|thru|till|until|a|al|hasta)\s*(?:el\s+)?$")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:every\s+(?:single\s+)?day|daily|seven\s+days|7\s+days|all\s+week|any\s+day|todos\s+los\s+días|toda\s+la\s+semana|los\s+siete\s+días)\b")]
    private static partial Regex EveryDay();

    [GeneratedRegex(@"\b(?:weekdays?|m\s?[-–]\s?f|entre\s+semana|días\s+(?:hábiles|laborables))\b")]
    private static partial Regex Workdays();

    [GeneratedRegex(@"\b(?:weekends?|fin(?:es)?\s+de\s+semana)\b")]
    private static partial Regex Weekend();

    [GeneratedRegex(@"\b(?:today|tonight|hoy|this\s+evening)\b")]
    private static partial Regex Today();

    [GeneratedRegex(@"\btomorrow\b|(?<!(?:la|de|por\s+la|en\s+la)\s)\bmañana\b")]
    private static partial Regex Tomorrow();

    [GeneratedRegex(@"\b(?:new\s+year|year's|año|luther|mlk|presiden|memorial|caídos|juneteenth|independen|july|julio|labor|trabajo|columbus|indigenous|raza|veteran|thanksgiving|gracias|christmas|xmas|navidad|noche)")]
    private static partial Regex Holiday();

    // "the Friday after Thanksgiving"
    [GeneratedRegex(@"\b(?:after|before|until|since|around|following|después\s+de(?:l)?|antes\s+de(?:l)?)\s+(?:el\s+|the\s+|día\s+de\s+)*$")]
    private static partial Regex AnotherDay();

    private const string MonthName = @"(?<month>january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept|sep|october|oct|november|nov|december|dec|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|ene|abr|ago|dic)";

    [GeneratedRegex(@"\b(?:" + MonthName + @"\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:)|(?<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?" + MonthName + @"\b)")]
    private static partial Regex MonthDay();
}
