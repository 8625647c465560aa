using System.ComponentModel.DataAnnotations;
using System.Globalization;
using LeadOrchestrator.Shared.Hours;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>A shop's hours as staff write and read them.</summary>
/// <param name="Timezone">IANA name; left out = the shop's stays.</param>
/// <param name="Days">The spans of a usual week. A weekday without one is closed, with two has a break; none at all = the usual hours are not known.</param>
/// <param name="Exceptions">Dates that differ, at most 400: each closed, or with spans of its own.</param>
public sealed record HoursPlan(
    [property: StringLength(64, MinimumLength = 1)] string? Timezone,
    [property: Required, MaxLength(HoursPlan.MostDays)] IReadOnlyList<HoursDay> Days,
    [property: MaxLength(HoursPlan.MostExceptions)] IReadOnlyList<HoursDate>? Exceptions)
{
    internal const int MostSpansADay = 6;
    internal const int MostDays = 7 * MostSpansADay;
    internal const int MostExceptions = 400;

    /// <summary>A shop's hours in this form.</summary>
    internal static HoursPlan Of(LocationHours hours) => new(
        hours.Timezone,
        [.. hours.Days.Select(day => new HoursDay(day.Weekday, Text(day.Opens), OpenSpan.TextOf(day.Closes)))],
        [.. hours.Exceptions.Select(date => new HoursDate(date.Date, date.Closed, date.Opens is { } opens ? Text(opens) : null, date.Closes is { } closes ? OpenSpan.TextOf(closes) : null, date.Note))]);

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>One span of a weekday.</summary>
/// <param name="Weekday">1–7, Monday = 1.</param>
/// <param name="Opens">HH:mm on the clock of the shop.</param>
/// <param name="Closes">HH:mm, later than it opens; 24:00 = midnight. Who is open past midnight has a second span on the next day, from 00:00 on.</param>
public sealed record HoursDay(int Weekday, string Opens, string Closes);

/// <summary>A date that differs: closed, or one span in which the shop is open. Several spans are several entries of one date.</summary>
/// <param name="Opens">As in the week; only when it is not closed.</param>
/// <param name="Closes">As in the week; only when it is not closed.</param>
/// <param name="Note">Why, at most 100 characters in one line. Customers hear it.</param>
public sealed record HoursDate(DateOnly Date, bool Closed, string? Opens, string? Closes, string? Note);

/// <summary>Reads a plan, or says what is wrong with each of its entries. Pure.</summary>
public sealed class HoursReading
{
    private const int Midnight = 24 * 60;
    private const int LongestNote = 100;
    private readonly Dictionary<string, string[]> _errors = [];
    private readonly List<OpenSpan> _days = [];
    private readonly List<SpecialDay> _dates = [];

    /// <summary>Reads a plan whose fields are there.</summary>
    public HoursReading(HoursPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Timezone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
        {
            _errors["timezone"] = ["This is no IANA name of a time zone. Give one such as America/Chicago."];
        }

        ReadWeek(plan.Days);
        ReadDates(plan.Exceptions ?? []);
    }

    /// <summary>What is wrong, by the entry's place; empty = nothing.</summary>
    public IDictionary<string, string[]> Errors => _errors;

    /// <summary>The usual week, as far as it could be read.</summary>
    public IReadOnlyList<OpenSpan> Days => _days;

    /// <summary>The dates that differ, as far as they could be read.</summary>
    public IReadOnlyList<SpecialDay> Exceptions => _dates;

    private void ReadWeek(IReadOnlyList<HoursDay?> days)
    {
        var spans = new List<(int Day, int Opens, int Closes, string Place)>();
        for (var index = 0; index < days.Count; index++)
        {
            var place = $"days[{index}]";
            if (days[index] is not { Weekday: >= 1 and <= 7 } day)
            {
                _errors[place] = ["weekday must be 1 (Monday) to 7 (Sunday)."];
            }
            else if (Span(day.Opens, day.Closes, place) is { } span)
            {
                spans.Add((day.Weekday, span.Opens, span.Closes, place));
                _days.Add(new OpenSpan(day.Weekday, Time(span.Opens), Time(span.Closes)));
            }
        }

        RefuseOverlaps(spans);
    }

    private void ReadDates(IReadOnlyList<HoursDate?> dates)
    {
        var spans = new List<(int Day, int Opens, int Closes, string Place)>();
        for (var index = 0; index < dates.Count; index++)
        {
            var place = $"exceptions[{index}]";
            if (dates[index] is not { Date.Year: >= 2000 and <= 2100 } date)
            {
                _errors[place] = ["date must be a day of the years 2000 to 2100, such as 2026-11-26."];
            }
            else if (date.Note is { Length: > LongestNote } || date.Note?.Any(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029') == true)
            {
                _errors[$"{place}.note"] = [$"The note must be one line of at most {LongestNote} characters."];
            }
            else if (date.Closed)
            {
                ReadClosed(date, place, dates);
            }
            else if (Span(date.Opens, date.Closes, place) is { } span)
            {
                spans.Add((date.Date.DayNumber, span.Opens, span.Closes, place));
                _dates.Add(new SpecialDay(date.Date, false, Time(span.Opens), Time(span.Closes), NoteOf(date)));
            }
        }

        RefuseOverlaps(spans);
    }

    private void ReadClosed(HoursDate date, string place, IReadOnlyList<HoursDate?> dates)
    {
        if (date.Opens is not null || date.Closes is not null)
        {
            _errors[place] = ["A date is closed, or has opens and closes: not both."];
        }
        else if (dates.Count(other => other?.Date == date.Date) > 1)
        {
            _errors[place] = ["This date is closed, and another entry says otherwise or the same: keep one."];
        }
        else
        {
            _dates.Add(new SpecialDay(date.Date, true, null, null, NoteOf(date)));
        }
    }

    private (int Opens, int Closes)? Span(string? opens, string? closes, string place)
    {
        var (from, to) = (Minutes(opens), Minutes(closes));
        if (from is null or Midnight)
        {
            _errors[$"{place}.opens"] = ["opens must be a time such as 08:00."];
        }

        if (to is null)
        {
            _errors[$"{place}.closes"] = ["closes must be a time such as 17:00; 24:00 is midnight."];
        }
        else if (to <= from)
        {
            _errors[$"{place}.closes"] = ["closes must be later than opens. Who is open past midnight has a second span on the next day, from 00:00 on."];
        }

        return from < Midnight && to > from ? (from.Value, to.Value) : null;
    }

    private void RefuseOverlaps(List<(int Day, int Opens, int Closes, string Place)> spans)
    {
        foreach (var day in spans.GroupBy(span => span.Day))
        {
            var sorted = day.OrderBy(span => span.Opens).ToList();
            if (sorted.Count > HoursPlan.MostSpansADay)
            {
                _errors[sorted[^1].Place] = [$"A day has at most {HoursPlan.MostSpansADay} spans."];
            }

            foreach (var (earlier, later) in sorted.Zip(sorted.Skip(1)).Where(pair => pair.Second.Opens < pair.First.Closes))
            {
                _errors[later.Place] = [$"It overlaps with {earlier.Place}."];
            }
        }
    }

    // Exactly HH:mm, and 24:00.
    private static int? Minutes(string? text) =>
        text == "24:00" ? Midnight
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? (time.Hour * 60) + time.Minute
        : null;

    private static TimeOnly Time(int minutes) => minutes == Midnight ? TimeOnly.MinValue : new TimeOnly(minutes / 60, minutes % 60);

    private static string? NoteOf(HoursDate date) => string.IsNullOrWhiteSpace(date.Note) ? null : date.Note.Trim();
}
