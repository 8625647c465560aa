using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.Shared.Hours;

/// <summary>When a shop is open, in its own zone.</summary>
/// <param name="Timezone">IANA name.</param>
/// <param name="Days">Open spans of a usual week; a weekday without one is closed, with two has a break. None at all: nobody has told the usual hours.</param>
public sealed record LocationHours(string Timezone, IReadOnlyList<OpenSpan> Days)
{
    // A shop that is closed for longer has no next opening worth naming.
    private const int DaysAhead = 400;

    /// <summary>Dates that differ from the week, in order. What is said of a date takes the place of its weekday's spans.</summary>
    public IReadOnlyList<SpecialDay> Exceptions { get; init; } = [];

    // Where nobody knows the hours, nobody of the shop is thought to be awake outside of these.
    private static readonly OpenSpan[] UsualDays = [.. Enumerable.Range(1, 7).Select(day => new OpenSpan(day, new TimeOnly(8, 0), new TimeOnly(20, 0)))];

    /// <summary>The hours in which somebody of the shop may be told and may answer: its own, and where those of this instant are not known, from 8 to 20.</summary>
    public LocationHours OfStaff(DateTimeOffset instant) => IsOpen(instant) is null ? this with { Days = UsualDays } : this;

    /// <summary>Is the shop open at this instant? Null while its hours are not known.</summary>
    /// <remarks>The clock on the shop's wall decides: on the two days a year that have 23 or 25 hours as well.</remarks>
    public bool? IsOpen(DateTimeOffset instant)
    {
        var local = Local(instant);
        var time = local.TimeOfDay.ToTimeOnly();
        return OpenSpansOn(local.Date.ToDateOnly())?.Any(span => span.Contains(time));
    }

    /// <summary>The spans in which the shop is open on a date, in order; none = closed all day. Null while the hours of that date are not known.</summary>
    public IReadOnlyList<OpenSpan>? OpenSpansOn(DateOnly date)
    {
        var weekday = date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek;
        var differing = ExceptionsOn(date);
        if (differing.Count > 0)
        {
            return [.. differing.Where(span => !span.Closed).Select(span => new OpenSpan(weekday, span.Opens!.Value, span.Closes!.Value)).OrderBy(span => span.Opens)];
        }

        return Days.Count == 0 ? null : [.. Days.Where(day => day.Weekday == weekday).OrderBy(day => day.Opens)];
    }

    /// <summary>What is said of this date alone; empty when it is like any of its weekday.</summary>
    public IReadOnlyList<SpecialDay> ExceptionsOn(DateOnly date) => [.. Exceptions.Where(exception => exception.Date == date)];

    /// <summary>The first instant from this one on at which the shop is open: itself when it is. Null when none is known within 400 days.</summary>
    /// <remarks>
    /// By the clock on the wall, as in <see cref="IsOpen"/>. An hour that the clock leaps over opens with the minute after it, and an hour that comes
    /// twice may open twice.
    /// </remarks>
    public DateTimeOffset? NextOpening(DateTimeOffset instant)
    {
        if (this is { Days.Count: 0, Exceptions.Count: 0 })
        {
            return null;
        }

        if (IsOpen(instant) == true)
        {
            return instant;
        }

        var today = Local(instant).Date;
        for (var days = 0; days <= DaysAhead; days++)
        {
            var openings = CandidatesOn(today.PlusDays(days)).Where(opening => opening > instant && IsOpen(opening) == true).ToList();
            if (openings.Count > 0)
            {
                return openings.Min();
            }
        }

        return null;
    }

    /// <summary>What the clock on the shop's wall shows.</summary>
    public LocalDateTime Local(DateTimeOffset instant) => instant.ToInstant().InZone(Zone).LocalDateTime;

    /// <summary>From which instant to which the shop is open on a date, in order; none = closed, or the hours of that date are not known.</summary>
    /// <remarks>
    /// A time that the clock leaps over is the instant of the leap. Of one that comes twice, an opening and a closing mean the first: what nobody can mistake.
    /// </remarks>
    public IReadOnlyList<(DateTimeOffset Opens, DateTimeOffset Closes)> OpeningsOn(DateOnly date)
    {
        var day = LocalDate.FromDateOnly(date);
        return [.. (OpenSpansOn(date) ?? []).Select(span => (
            InstantOf(day + span.Opens.ToLocalTime()),
            InstantOf(span.Closes == TimeOnly.MinValue ? day.PlusDays(1).AtMidnight() : day + span.Closes.ToLocalTime())))
            .Where(opening => opening.Item1 < opening.Item2)];
    }

    private DateTimeOffset InstantOf(LocalDateTime shown) => Zone.ResolveLocal(shown, FirstOrLeap).ToDateTimeOffset().ToUniversalTime();

    private static readonly NodaTime.TimeZones.ZoneLocalMappingResolver FirstOrLeap =
        NodaTime.TimeZones.Resolvers.CreateMappingResolver(NodaTime.TimeZones.Resolvers.ReturnEarlier, NodaTime.TimeZones.Resolvers.ReturnStartOfIntervalAfter);

    // A shop opens when the clock on its wall shows so, or when that clock is set into or back into a span.
    private IEnumerable<DateTimeOffset> CandidatesOn(LocalDate date)
    {
        foreach (var span in OpenSpansOn(date.ToDateOnly()) ?? [])
        {
            var shown = Zone.MapLocal(date + span.Opens.ToLocalTime());
            if (shown.Count > 0)
            {
                yield return shown.First().ToDateTimeOffset();
                yield return shown.Last().ToDateTimeOffset();
            }
        }

        var day = new Interval(Zone.AtStartOfDay(date).ToInstant(), Zone.AtStartOfDay(date.PlusDays(1)).ToInstant());
        foreach (var change in Zone.GetZoneIntervals(day).Where(interval => interval.HasStart && day.Contains(interval.Start)))
        {
            yield return change.Start.ToDateTimeOffset();
        }
    }

    // A zone that nobody knows (a typo in the CRM) must not keep customers from the chat.
    private DateTimeZone Zone => DateTimeZoneProviders.Tzdb.GetZoneOrNull(Timezone) ?? DateTimeZone.Utc;
}

/// <summary>One span in which a shop is open.</summary>
/// <param name="Weekday">1–7, Monday = 1.</param>
/// <param name="Closes">Not open any more at this minute; 00:00 is the midnight at the end of the day.</param>
public sealed record OpenSpan(int Weekday, TimeOnly Opens, TimeOnly Closes)
{
    /// <summary>Is this time of the day in the span?</summary>
    public bool Contains(TimeOnly time) => Opens <= time && (time < Closes || Closes == TimeOnly.MinValue);

    /// <summary>As people write it: <c>08:00–17:00</c>.</summary>
    public override string ToString() => $"{Opens:HH\\:mm}–{TextOf(Closes)}";

    /// <summary>A closing time as people write it: <c>17:00</c>; the end of the day is <c>24:00</c>.</summary>
    public static string TextOf(TimeOnly closes) => closes == TimeOnly.MinValue ? "24:00" : $"{closes:HH\\:mm}";
}

/// <summary>A date that differs from the week: closed, or one span in which the shop is open that day.</summary>
/// <param name="Closes">As in <see cref="OpenSpan"/>. Both times are null exactly when it is closed.</param>
/// <param name="Note">Why, such as <c>Thanksgiving</c>. Customers hear it.</param>
public sealed record SpecialDay(DateOnly Date, bool Closed, TimeOnly? Opens, TimeOnly? Closes, string? Note);
