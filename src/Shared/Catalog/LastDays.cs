using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.Shared.Catalog;

/// <summary>The last day on which a price counts, by its shop's calendar. Pure.</summary>
public static class LastDays
{
    /// <summary>The last day on the whole of which something counts that ends at an instant.</summary>
    /// <param name="timezone">The shop's; one that nobody knows is UTC.</param>
    public static DateOnly Before(DateTimeOffset end, string timezone) =>
        end.ToInstant().InZone(ZoneOf(timezone)).Date.PlusDays(-1).ToDateOnly();

    /// <summary>The instant at which the day is over at the shop.</summary>
    /// <param name="timezone">The shop's; one that nobody knows is UTC.</param>
    public static DateTimeOffset EndOf(DateOnly lastDay, string timezone) =>
        ZoneOf(timezone).AtStartOfDay(lastDay.ToLocalDate().PlusDays(1)).ToDateTimeOffset().ToUniversalTime();

    private static DateTimeZone ZoneOf(string timezone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(timezone) ?? DateTimeZone.Utc;
}
