using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.Shared.Catalog;

/// <summary>The last day on which a price counts, by its shop's calendar. Pure.</summary>
public static class LastDays
{
    /// <summary>The instant at which the day is over at the shop.</summary>
    /// <param name="timezone">The shop's; one that nobody knows is UTC.</param>
    public static DateTimeOffset EndOf(DateOnly lastDay, string timezone) =>
        (DateTimeZoneProviders.Tzdb.GetZoneOrNull(timezone) ?? DateTimeZone.Utc).AtStartOfDay(lastDay.ToLocalDate().PlusDays(1)).ToDateTimeOffset().ToUniversalTime();
}
