using System.Globalization;
using LeadOrchestrator.Shared.Hours;
using NodaTime;
using NodaTime.Text;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>When a step is due. Pure. Whether that hour is a legal one, the gate decides when it has come.</summary>
public static class CadenceTimes
{
    /// <summary>Counted from the lead's arrival.</summary>
    public const string Arrival = "arrival";

    /// <summary>Counted from the end of the step before.</summary>
    public const string Previous = "previous";

    /// <summary>Legal everywhere on a weekday and on Saturday, and nobody's breakfast.</summary>
    public const string FriendlyHour = "10:30";

    // In minutes: nobody gets two steps at once.
    private const int ShortestPause = 1;

    private static readonly LocalTimePattern Hour = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    /// <summary>The business time at which a step is due.</summary>
    /// <param name="arrivedAt">When the lead came in.</param>
    /// <param name="endedAt">When the step before it ended.</param>
    /// <param name="timezone">The shop's.</param>
    /// <param name="previous">The step before it: one that waited moves what follows it, and the pause between the two stays.</param>
    public static DateTimeOffset DueOf(Step step, DateTimeOffset arrivedAt, DateTimeOffset endedAt, string timezone, Step? previous = null)
    {
        ArgumentNullException.ThrowIfNull(step);
        var from = step.From == Previous ? endedAt : arrivedAt;
        if (step.DelayDays == 0)
        {
            var due = from + TimeSpan.FromMinutes(step.DelayMinutes);
            var pause = step.From == Previous ? 0 : step.DelayMinutes - (previous is { DelayDays: 0, From: Arrival } ? previous.DelayMinutes : 0);
            var earliest = endedAt + TimeSpan.FromMinutes(Math.Max(pause, ShortestPause));
            return due > earliest ? due : earliest;
        }

        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timezone) ?? DateTimeZone.Utc;
        // A greeting that waited for the morning moves what follows it: never two steps on one day.
        var date = LocalDate.Max(Day(from).PlusDays(step.DelayDays), Day(endedAt).PlusDays(1));
        while (!IsFriendly(date))
        {
            date = date.PlusDays(1);
        }

        return zone.AtLeniently(date + Hour.Parse(step.At).Value).ToDateTimeOffset().ToUniversalTime();

        LocalDate Day(DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(zone).Date;
    }

    /// <summary>Whether this is an hour as a step has it.</summary>
    public static bool IsHour(string text) => Hour.Parse(text).Success && text.Length == "00:00".Length;

    private static bool IsFriendly(LocalDate date) =>
        date.DayOfWeek != IsoDayOfWeek.Sunday && !FederalHolidays.Of(date.Year).Any(holiday => holiday.Date == date.ToDateOnly());

    /// <summary>A delay in words: "at once", "after 90 minutes", "on day 3 at 10:30", "2 days after the step before, at 10:30".</summary>
    public static string Words(Step step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step switch
        {
            { DelayDays: > 0, From: Previous } => string.Create(CultureInfo.InvariantCulture, $"{step.DelayDays} {(step.DelayDays == 1 ? "day" : "days")} after the step before, at {step.At}"),
            { DelayMinutes: > 0, From: Previous } => string.Create(CultureInfo.InvariantCulture, $"{step.DelayMinutes} minutes after the step before"),
            { DelayDays: > 0 } => string.Create(CultureInfo.InvariantCulture, $"on day {step.DelayDays} at {step.At}"),
            { DelayMinutes: > 0 } => string.Create(CultureInfo.InvariantCulture, $"after {step.DelayMinutes} minutes"),
            _ => "at once",
        };
    }
}
