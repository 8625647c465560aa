using System.Globalization;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>The day and the time that somebody named, in English or Spanish; what was not named is null.</summary>
internal sealed partial record AskedTime(DateOnly? Day, TimeOnly? Time)
{
    private const int Noon = 12;

    // Nobody comes at two in the morning.
    private const int FirstHourOfADay = 7;

    private static readonly string[] Weekdays = ["sunday|domingo", "monday|lunes", "tuesday|martes", "wednesday|miércoles|miercoles", "thursday|jueves", "friday|viernes", "saturday|sábado|sabado"];
    private static readonly string[] Months = ["jan|ene", "feb", "mar", "apr|abr", "may", "jun", "jul", "aug|ago", "sep", "oct", "nov", "dec|dic"];
    private static readonly string[] Numbers = ["one|una", "two|dos", "three|tres", "four|cuatro", "five|cinco", "six|seis", "seven|siete", "eight|ocho", "nine|nueve", "ten|diez", "eleven|once", "twelve|doce"];

    public bool IsEmpty => Day is null && Time is null;

    /// <param name="today">At the shop.</param>
    public static AskedTime Read(string text, DateOnly today)
    {
        text = text.ToLowerInvariant();
        return new AskedTime(DayOf(text, today), TimeOf(text));
    }

    private static DateOnly? DayOf(string text, DateOnly today)
    {
        if (Date().Match(text) is { Success: true } date && Place(Months, date.Groups["month"].Value) is { } month
            && int.Parse(date.Groups["day"].ValueSpan, CultureInfo.InvariantCulture) is var day and >= 1 && day <= DateTime.DaysInMonth(today.Year, month + 1))
        {
            var named = new DateOnly(today.Year, month + 1, day);
            return named < today ? named.AddYears(1) : named;
        }

        if (Tomorrow().IsMatch(text))
        {
            return today.AddDays(1);
        }

        if (Today().IsMatch(text))
        {
            return today;
        }

        return Weekday().Match(text) is { Success: true } weekday && Place(Weekdays, weekday.Value) is { } number
            ? today.AddDays((number - (int)today.DayOfWeek + 6) % 7 + 1)
            : null;
    }

    private static TimeOnly? TimeOf(string text)
    {
        if (NoonWord().IsMatch(text))
        {
            return new TimeOnly(Noon, 0);
        }

        if (Clock().Matches(text).Where(match => match.Groups["at"].Success || match.Groups["half"].Success || match.Groups["minute"].Success).LastOrDefault() is not { } said)
        {
            return null;
        }

        var word = said.Groups["hour"].Value;
        var hour = Place(Numbers, word) is { } place ? place + 1 : int.TryParse(word, CultureInfo.InvariantCulture, out var digits) ? digits : 0;
        var minute = said.Groups["minute"] is { Success: true, ValueSpan: var minutes } ? int.Parse(minutes, CultureInfo.InvariantCulture) : 0;
        hour = said.Groups["half"].Value switch
        {
            ['p', ..] or "tarde" => hour % Noon + Noon,
            ['a', ..] or "mañana" => hour % Noon,
            _ => hour < FirstHourOfADay ? hour + Noon : hour,
        };
        return hour is >= 0 and < 24 && minute < 60 ? new TimeOnly(hour, minute) : null;
    }

    private static int? Place(string[] names, string word) =>
        Array.FindIndex(names, name => name.Split('|').Any(one => one == word || (one.Length == 3 && word.StartsWith(one, StringComparison.Ordinal)))) is var place and >= 0 ? place : null;

    [GeneratedRegex(@"\b(?:(?<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.? (?<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:)|(?<day>\d{1,2}) (?:de )?(?<month>(?:ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic)[a-z]*))")]
    private static partial Regex Date();

    [GeneratedRegex(@"\btomorrow\b|(?<!\b(?:la|esta) )\bmañana\b")]
    private static partial Regex Tomorrow();

    [GeneratedRegex(@"\b(?:today|hoy|this (?:morning|afternoon))\b")]
    private static partial Regex Today();

    [GeneratedRegex(@"\b(?:(?:sun|mon|tues|wednes|thurs|fri|satur)day|domingo|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado)")]
    private static partial Regex Weekday();

    [GeneratedRegex(@"\b(?:noon|mediod[íi]a)\b")]
    private static partial Regex NoonWord();

    // "at 10", "2 pm", "10:30", "a las nueve", "at ten".
    [GeneratedRegex(@"(?<at>\b(?:at|around|by|las?) )?\b(?<hour>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)(?::(?<minute>\d\d))?(?: ?(?<half>[ap])\.? ?m\b|\b de la (?<half>tarde|mañana)\b|\b)")]
    private static partial Regex Clock();
}
