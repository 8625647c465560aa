using System.Collections.Concurrent;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>A place where a person may be: its state's rules count, by the clocks of the zone.</summary>
public sealed record Place(State State, DateTimeZone Zone);

/// <summary>Where a person may be. An hour is legal when it is so in every one of these places.</summary>
/// <param name="KnownBy">address, number, or nothing: then everywhere.</param>
public sealed record Whereabouts(IReadOnlyList<Place> Places, string KnownBy);

/// <summary>When a person may be texted: the hours that the rules leave, in every state and zone that may be theirs.</summary>
/// <remarks>
/// The law asks for the recipient's hours alone: by the address, else by the number. The shop's zone counts only for a number that is nowhere. docs/decisions/0011.
/// </remarks>
public static class LegalHours
{
    private const int Farthest = 14;

    // "+1" and the area code; and the whole of it.
    private const int AreaLength = 5;
    private const int NorthAmericanLength = 12;
    private const int MostKnown = 20_000;

    private const string NorthAmerica = "+1";

    // A shop's customers live in a few places.
    private static readonly ConcurrentDictionary<(string AreaCode, string? State), Whereabouts?> Known = new();
    private static readonly ConcurrentDictionary<string, Whereabouts?> Nowhere = new();

    private static readonly TextingRules Rules = TextingRules.Current;

    /// <summary>Where the owner of a number may be.</summary>
    /// <param name="shopTimezone">IANA name; it counts when nothing else is known.</param>
    /// <param name="phone">E.164.</param>
    /// <param name="state">Of the person's address: a code or a name, or several codes where nobody can say which (<see cref="TextingRules.CodesOf"/>).</param>
    /// <returns>Null when nobody can say whether it is night: neither address nor number say where, and the shop's zone is not known.</returns>
    public static Whereabouts? PlacesOf(string shopTimezone, string phone, string? state = null)
    {
        ArgumentNullException.ThrowIfNull(phone);
        // The area code says all that there is to know of a number's place: of most exchanges nobody has written down in which zone they are.
        var isUsual = phone.StartsWith(NorthAmerica, StringComparison.Ordinal) && phone.Length == NorthAmericanLength;
        var areaCode = isUsual ? phone[NorthAmerica.Length..AreaLength] : "";
        var key = (areaCode, state);
        if (!Known.TryGetValue(key, out var places))
        {
            places = Find(Rules.PlacesOfAreaCode(areaCode), Rules.HomesOf(state));
            if (Known.Count < MostKnown)
            {
                Known.TryAdd(key, places);
            }
        }

        return places ?? Nowhere.GetOrAdd(shopTimezone, Everywhere);
    }

    /// <summary>The stretch of legal time that this instant lies in, or the next one: legal in all places at once.</summary>
    /// <returns>Null when there is none within a fortnight: people at opposite ends of the day are never awake together.</returns>
    public static Interval? WindowAtOrAfter(Instant from, Whereabouts whereabouts)
    {
        ArgumentNullException.ThrowIfNull(whereabouts);
        // Each step moves to the next opening of a place that is closed; what is not found within a fortnight, never comes.
        for (var candidate = from; candidate < from + Duration.FromDays(Farthest);)
        {
            var (start, end) = (Instant.MinValue, Instant.MaxValue);
            foreach (var place in whereabouts.Places)
            {
                if (WindowOf(candidate, place) is not { } window)
                {
                    return null;
                }

                start = Instant.Max(start, window.Start);
                end = Instant.Min(end, window.End);
            }

            if (start <= candidate)
            {
                return new Interval(candidate, end);
            }

            candidate = start;
        }

        return null;
    }

    /// <summary>The caps that hold for somebody: those of every state that may be theirs.</summary>
    public static IReadOnlyList<FrequencyCap> CapsOf(Whereabouts whereabouts, Instant at)
    {
        ArgumentNullException.ThrowIfNull(whereabouts);
        return [.. whereabouts.Places.SelectMany(place => Rules.CapsOf(place.State, at.InZone(place.Zone).Date)).Distinct()];
    }

    // By the address alone: a number says where somebody lived when they got it, not where in the state they live. One of a state that takes its numbers for residents counts as well.
    private static Whereabouts? Find(IReadOnlyList<Place> ofNumber, IReadOnlyList<Place> homes)
    {
        if (homes.Count == 0)
        {
            return ofNumber.Count == 0 ? null : new Whereabouts(ofNumber, "number");
        }

        return new Whereabouts([.. homes, .. ofNumber.Where(place => place.State.PresumesResidence && homes.All(home => home.State != place.State))], "address");
    }

    private static Whereabouts? Everywhere(string shopTimezone)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(shopTimezone) is not { } shop)
        {
            return null;
        }

        // A shop where none of these places is knows its customers better than the file: there nobody is texted by guess.
        return new Whereabouts(
            [.. Rules.Unknown.SelectMany(state => state.Zones.Select(zone => new Place(state, zone))), .. Rules.Unknown.Select(state => new Place(state, shop))], "nothing");
    }

    // The window of one place that contains the instant, else its next one. Local hours are turned into instants day by day: "add 24 h" is wrong twice a year.
    private static Interval? WindowOf(Instant instant, Place place)
    {
        var today = instant.InZone(place.Zone).Date;
        for (var day = 0; day <= Farthest; day++)
        {
            var date = today.PlusDays(day);
            if (Rules.HoursOf(place.State, date) is not { } hours)
            {
                continue;
            }

            var window = new Interval(
                place.Zone.AtLeniently(date + hours.Opens).ToInstant(),
                place.Zone.AtLeniently(date + hours.Closes).ToInstant());
            if (instant < window.End)
            {
                return window;
            }
        }

        return null;
    }
}
