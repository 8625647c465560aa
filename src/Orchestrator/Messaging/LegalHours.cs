using System.Collections.Concurrent;
using NodaTime;
using PhoneNumbers;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>When a person may be texted: the strictest window of any US state, in every zone that may be theirs.</summary>
/// <remarks>
/// Monday to Friday 10–18, Saturday 10–17, Sunday 12–17. The federal window is 8–21 (47 CFR 64.1200(c)(1)); the states' narrower ones lie around this one
/// (Rhode Island 9–18 and 10–17, Kentucky from 10, Texas Sunday from 12; read 2026-11-22). Zones are those of the shop and of the number.
/// </remarks>
public static class LegalHours
{
    // More zones than this is not a place but a country: the number's prefix says nothing.
    private const int MostZonesOfAPlace = 5;

    private static readonly Duration Farthest = Duration.FromDays(14);

    // "+1", area and exchange; and the whole of it.
    private const int ExchangeLength = 8;
    private const int NorthAmericanLength = 12;
    private const int MostKnown = 20_000;

    // Reading a number is a dozen regular expressions; a shop's customers live in a few places.
    private static readonly ConcurrentDictionary<(string Shop, string Place), IReadOnlyList<DateTimeZone>> Known = new();

    private static readonly PhoneNumberUtil Phones = PhoneNumberUtil.GetInstance();
    private static readonly PhoneNumberToTimeZonesMapper Zones = PhoneNumberToTimeZonesMapper.GetInstance();

    /// <summary>The zones in which an hour must be legal for this number: the shop's, and where its prefix may be.</summary>
    /// <param name="shopTimezone">IANA name.</param>
    /// <param name="phone">E.164.</param>
    /// <returns>Null when the shop's zone is not known: then nobody can say whether it is night.</returns>
    public static IReadOnlyList<DateTimeZone>? ZonesOf(string shopTimezone, string phone)
    {
        ArgumentNullException.ThrowIfNull(phone);
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(shopTimezone) is not { } shop)
        {
            return null;
        }

        // In North America the area and the exchange say all that there is to know of a number's place; elsewhere the whole number does.
        var place = phone.StartsWith("+1", StringComparison.Ordinal) && phone.Length == NorthAmericanLength ? phone[..ExchangeLength] : phone;
        if (Known.TryGetValue((shopTimezone, place), out var zones))
        {
            return zones;
        }

        zones = Find(shop, phone);
        if (Known.Count < MostKnown)
        {
            Known.TryAdd((shopTimezone, place), zones);
        }

        return zones;
    }

    private static IReadOnlyList<DateTimeZone> Find(DateTimeZone shop, string phone)
    {
        var number = Phones.Parse(phone, "US");
        var names = Phones.IsNumberGeographical(number) ? Zones.GetTimeZonesForNumber(number) : [];
        var own = names.Select(name => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name)).OfType<DateTimeZone>().ToList();
        return own.Count is 0 or > MostZonesOfAPlace ? [shop] : [shop, .. own];
    }

    /// <summary>The stretch of legal time that this instant lies in, or the next one: legal in all zones at once.</summary>
    /// <returns>Null when there is none: a shop in Texas and a number of Guam are never awake together.</returns>
    public static Interval? WindowAtOrAfter(Instant from, IReadOnlyList<DateTimeZone> zones)
    {
        ArgumentNullException.ThrowIfNull(zones);
        // Each step moves to the next opening of a zone that is closed; what is not found within a fortnight, never comes.
        for (var candidate = from; candidate < from + Farthest;)
        {
            var windows = zones.Select(zone => WindowOf(candidate, zone)).ToList();
            var start = windows.Max(window => window.Start);
            if (start <= candidate)
            {
                return new Interval(candidate, windows.Min(window => window.End));
            }

            candidate = start;
        }

        return null;
    }

    // The window of one zone that contains the instant, else its next one. Local hours are turned into instants day by day: "add 24 h" is wrong twice a year.
    private static Interval WindowOf(Instant instant, DateTimeZone zone)
    {
        for (var date = instant.InZone(zone).Date; ; date = date.PlusDays(1))
        {
            var (opens, closes) = HoursOf(date.DayOfWeek);
            var window = new Interval(
                zone.AtLeniently(date + opens).ToInstant(),
                zone.AtLeniently(date + closes).ToInstant());
            if (instant < window.End)
            {
                return window;
            }
        }
    }

    private static (LocalTime Opens, LocalTime Closes) HoursOf(IsoDayOfWeek day) => day switch
    {
        IsoDayOfWeek.Saturday => (new LocalTime(10, 0), new LocalTime(17, 0)),
        IsoDayOfWeek.Sunday => (new LocalTime(12, 0), new LocalTime(17, 0)),
        _ => (new LocalTime(10, 0), new LocalTime(18, 0)),
    };
}
