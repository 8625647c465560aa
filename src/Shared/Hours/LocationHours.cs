using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.Shared.Hours;

/// <summary>When a shop is open, in its own zone.</summary>
/// <param name="Timezone">IANA name.</param>
/// <param name="Days">Open spans; a weekday without one is closed, with two has a break. None at all: nobody has told the hours.</param>
public sealed record LocationHours(string Timezone, IReadOnlyList<OpenSpan> Days)
{
    /// <summary>Is the shop open at this instant? Null while its hours are not known.</summary>
    /// <remarks>The clock on the shop's wall decides: on the two days a year that have 23 or 25 hours as well.</remarks>
    public bool? IsOpen(DateTimeOffset instant)
    {
        if (Days.Count == 0)
        {
            return null;
        }

        var local = Local(instant);
        var time = local.TimeOfDay.ToTimeOnly();
        return Days.Any(day => day.Weekday == (int)local.DayOfWeek && day.Opens <= time && time < day.Closes);
    }

    /// <summary>What the clock on the shop's wall shows.</summary>
    public LocalDateTime Local(DateTimeOffset instant) => instant.ToInstant().InZone(Zone).LocalDateTime;

    // A zone that nobody knows (a typo in the CRM) must not keep customers from the chat.
    private DateTimeZone Zone => DateTimeZoneProviders.Tzdb.GetZoneOrNull(Timezone) ?? DateTimeZone.Utc;
}

/// <summary>One span in which a shop is open.</summary>
/// <param name="Weekday">1–7, Monday = 1.</param>
public sealed record OpenSpan(int Weekday, TimeOnly Opens, TimeOnly Closes);
