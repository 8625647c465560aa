using System.Globalization;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>Reads dates as spreadsheets in the US write them. Without a zone they are the shop's.</summary>
public static class ImportDates
{
    private static readonly string[] WithoutZone =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        "M/d/yyyy", "M/d/yyyy H:mm", "M/d/yyyy H:mm:ss", "M/d/yyyy h:mm tt", "M/d/yyyy h:mm:ss tt", "M/d/yy", "M/d/yy H:mm", "M/d/yy h:mm tt",
    ];

    private static readonly string[] WithZone = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss K"];

    /// <summary>The instant; null when the text is none, or one that nobody can have meant.</summary>
    /// <param name="timezone">IANA name.</param>
    /// <param name="latest">What is later was not meant.</param>
    public static DateTimeOffset? Read(string? text, string timezone, DateTimeOffset latest)
    {
        var read = Parse(text, timezone);
        return read is { } instant && instant <= latest && instant.Year >= 1990 ? instant : null;
    }

    private static DateTimeOffset? Parse(string? text, string timezone)
    {
        if (DateTime.TryParseExact(text, WithoutZone, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timezone) ?? DateTimeZone.Utc;
            return zone.AtLeniently(LocalDateTime.FromDateTime(local)).ToDateTimeOffset().ToUniversalTime();
        }

        return DateTimeOffset.TryParseExact(text, WithZone, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime() : null;
    }
}
