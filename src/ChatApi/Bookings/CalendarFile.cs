using System.Globalization;
using System.Text;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Bookings;

/// <summary>An appointment as an iCalendar file (RFC 5545). Pure.</summary>
internal static class CalendarFile
{
    public const string ContentType = "text/calendar; charset=utf-8";

    /// <summary>Its type: a method in the file stands there too (3.7.2).</summary>
    public static string ContentTypeOf(Appointment appointment) => appointment.Status == AppointmentStatuses.Cancelled ? $"{ContentType}; method=CANCEL" : ContentType;

    // Octets of a line, without its end.
    private const int LongestLine = 75;

    /// <summary>Writes it, so that it takes the place of what the calendar has of it. Times are in UTC: the customer's calendar shows them where the customer is.</summary>
    /// <param name="language">The customer's; null = English.</param>
    /// <param name="now">When the file is made.</param>
    public static string Write(Appointment appointment, CalendarEntry entry, ShopOfAppointment shop, string? language, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(shop);
        var isCancelled = appointment.Status == AppointmentStatuses.Cancelled;
        var (at, phone) = language == Languages.Spanish ? ("en", "Teléfono del taller") : ("at", "Phone of the shop");
        var changed = Time(appointment.UpdatedAt);
        var stamp = isCancelled ? Time(now) : changed; // of a file with a method it is the file's own (3.8.7.2)
        string[] lines =
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lead Orchestrator//Chat//EN", .. isCancelled ? (string[])["METHOD:CANCEL"] : [], "BEGIN:VEVENT",
            $"UID:{entry.Id}@lead-orchestrator", $"SEQUENCE:{entry.Sequence}", $"DTSTAMP:{stamp}", $"LAST-MODIFIED:{changed}",
            .. isCancelled ? (string[])[Organizer(entry, shop)] : [],
            $"DTSTART:{Time(appointment.StartsAt)}", $"DTEND:{Time(appointment.EndsAt)}",
            $"SUMMARY:{Text($"{appointment.ServiceName} {at} {shop.Name}")}", .. Line("LOCATION", shop.Address), .. Line("DESCRIPTION", shop.Phone is null ? null : $"{phone}: {shop.Phone}"),
            $"STATUS:{(isCancelled ? "CANCELLED" : "CONFIRMED")}", "END:VEVENT", "END:VCALENDAR",
        ];
        return string.Concat(lines.Select(line => Fold(line) + "\r\n"));
    }

    // Who takes an entry back must be named (RFC 5546, 3.2.5); a file without a method only says what is. A shop has a phone, and no address for mail that we know.
    private static string Organizer(CalendarEntry entry, ShopOfAppointment shop) =>
        $"ORGANIZER;CN=\"{string.Concat(shop.Name.Where(letter => letter != '"' && !char.IsControl(letter)))}\":{(shop.Phone is null ? $"urn:uuid:{entry.Id}" : $"tel:{string.Concat(shop.Phone.Where(letter => char.IsAsciiDigit(letter) || letter == '+'))}")}";

    private static string[] Line(string name, string? value) => value is null ? [] : [$"{name}:{Text(value)}"];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Text(string value) => new StringBuilder(value).Replace("\\", "\\\\").Replace(";", "\\;").Replace(",", "\\,").Replace("\r\n", "\\n").Replace("\n", "\\n").Replace("\r", "").ToString();

    // A long line goes on in the next one, after a space; never in the middle of a character.
    private static string Fold(string line)
    {
        var folded = new StringBuilder();
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > LongestLine)
            {
                folded.Append("\r\n ");
                octets = 1;
            }

            folded.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        return folded.ToString();
    }
}
