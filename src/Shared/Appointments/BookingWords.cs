using System.Globalization;
using LeadOrchestrator.Shared.Messages;
using NodaTime;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>Says times of bookings, what became of one, and why one cannot be had.</summary>
public static class BookingWords
{
    private static readonly string[] Weekdays = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];
    private static readonly string[] Months = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];

    /// <summary>The sentence for a reason of <see cref="BookingResult.NotFree"/>.</summary>
    public static string Explain(string reason) => reason switch
    {
        "too_soon" => "It begins too soon: the shop needs an hour to know of it.",
        "too_far_ahead" => "It is more than 60 days ahead.",
        "not_a_whole_minute" => "It must begin at a whole minute.",
        "outside_business_hours" => "The shop is not open for all of it.",
        "slot_taken" => "It is taken.",
        "already_booked" => "The customer has an appointment at that time already.",
        "replaced_meanwhile" => "The appointment that was to move has changed meanwhile. See what the customer has booked now.",
        _ => "It is not free.",
    };

    /// <summary>A time as people in a zone say it: <c>Tue, Nov 24 at 10:00 AM</c>, <c>mar 24 nov a las 10:00</c>.</summary>
    /// <param name="timezone">IANA name; of one that nobody knows it is said in UTC.</param>
    /// <param name="language">One of <see cref="Languages"/>; null = English.</param>
    public static string When(DateTimeOffset time, string timezone, string? language = null)
    {
        var local = Local(time, timezone);
        // Spanish by ourselves: an installation without ICU knows none.
        return language == Languages.Spanish
            ? $"{Weekdays[(int)local.DayOfWeek - 1]} {local.Day} {Months[local.Month - 1]} a las {local.ToString("H:mm", CultureInfo.InvariantCulture)}"
            : local.ToString("ddd, MMM d 'at' h:mm tt", CultureInfo.InvariantCulture);
    }

    /// <summary>What the conversation notes of a booking: <c>Appointment confirmed: Ceramic tint, Tue, Nov 24 at 10:00 AM.</c></summary>
    public static string Note(BookingEvent what, Appointment appointment, string timezone, string? language)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        var news = (what, language == Languages.Spanish) switch
        {
            (BookingEvent.Confirmed, true) => "Cita confirmada",
            (BookingEvent.Moved, true) => "Su cita tiene otro horario",
            (BookingEvent.Cancelled, true) => "Cita cancelada",
            (BookingEvent.Taken, true) => "Ese horario ya se ocupó",
            (BookingEvent.Confirmed, _) => "Appointment confirmed",
            (BookingEvent.Moved, _) => "Appointment moved",
            (BookingEvent.Taken, _) => "That time was taken",
            _ => "Appointment cancelled",
        };
        return $"{news}: {appointment.ServiceName}, {When(appointment.StartsAt, timezone, language)}.";
    }

    /// <summary>A time on the clocks of a zone.</summary>
    /// <param name="timezone">IANA name; of one that nobody knows it is UTC.</param>
    public static LocalDateTime Local(DateTimeOffset time, string timezone) =>
        Instant.FromDateTimeOffset(time).InZone(DateTimeZoneProviders.Tzdb.GetZoneOrNull(timezone) ?? DateTimeZone.Utc).LocalDateTime;
}

/// <summary>What becomes of a booking.</summary>
public enum BookingEvent
{
    /// <summary>It stands.</summary>
    Confirmed,

    /// <summary>It has another time.</summary>
    Moved,

    /// <summary>It does not take place.</summary>
    Cancelled,

    /// <summary>It was held, and the shop gave the time away before it was confirmed.</summary>
    Taken,
}
