using System.Globalization;
using NodaTime;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>Says times of bookings, and why one cannot be had.</summary>
public static class BookingWords
{
    /// <summary>The sentence for a reason of <see cref="BookingResult.NotFree"/>.</summary>
    public static string Explain(string reason) => reason switch
    {
        "too_soon" => "It begins too soon: the shop needs an hour to know of it.",
        "too_far_ahead" => "It is more than 60 days ahead.",
        "not_a_whole_minute" => "It must begin at a whole minute.",
        "outside_business_hours" => "The shop is not open for all of it.",
        "slot_taken" => "It is taken.",
        _ => "It is not free.",
    };

    /// <summary>A time as people in a zone say it: <c>Tue, Nov 24 at 10:00 AM</c>.</summary>
    /// <param name="timezone">IANA name; of one that nobody knows it is said in UTC.</param>
    public static string When(DateTimeOffset time, string timezone) =>
        Instant.FromDateTimeOffset(time).InZone(DateTimeZoneProviders.Tzdb.GetZoneOrNull(timezone) ?? DateTimeZone.Utc).LocalDateTime
            .ToString("ddd, MMM d 'at' h:mm tt", CultureInfo.InvariantCulture);
}
