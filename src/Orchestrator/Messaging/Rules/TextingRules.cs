using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Messaging.Rules;

/// <summary>How many texts a person may get in so many hours.</summary>
/// <param name="HoldsForReplies">Also for an immediate answer to their own text: a state's law is not asked what a text is about, our own rule is.</param>
public sealed record FrequencyCap(int Texts, Duration Per, bool HoldsForReplies = true);

/// <summary>A state or territory: its zones, and the hours and caps that hold for people who live there.</summary>
/// <param name="PresumesResidence">Its law takes an area code of its for a resident, wherever the address is.</param>
public sealed record State(string Code, string Name, IReadOnlyList<DateTimeZone> Zones, bool PresumesResidence);

/// <summary>
/// When and how often a person may be texted: the file <c>us-texting.json</c>, which is part of the program. Each rule there has its citation, its source and the day it was read.
/// </summary>
/// <remarks>A file that cannot be read whole stops the start: with half of the rules nobody may be texted.</remarks>
public sealed class TextingRules
{
    private const string Everywhere = "US";

    private static readonly Lazy<TextingRules> Shipped = new(() => Parse(ReadShipped()));

    private readonly Dictionary<string, State> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, State> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, State> _byAreaCode = [];
    private readonly ILookup<int, State> _byPostalPrefix;
    private readonly Dictionary<(State State, int Prefix), DateTimeZone> _postalZones = [];
    private readonly Dictionary<string, DateTimeZone> _areaCodeZones = [];
    private readonly Dictionary<string, List<RuleRow>> _rules = [];
    private readonly ConcurrentDictionary<(string State, int Year), HashSet<LocalDate>> _closed = new();
    private readonly Dictionary<string, HolidayRow[]> _holidays;

    private TextingRules(RuleFile file)
    {
        Version = file.Version;
        _holidays = file.Holidays;
        foreach (var (code, place) in file.Places)
        {
            Add(code, place, file.Rules);
        }

        _byPostalPrefix = file.Places.SelectMany(place => place.Value.PostalPrefixList.Select(prefix => (prefix, place.Key))).ToLookup(entry => entry.prefix, entry => _states[entry.Key]);
        Unknown = [.. _states.Values.Where(state => !file.Unknown.LeavesOut.Contains(state.Code))];
    }

    /// <summary>The rules that this program was built with.</summary>
    /// <exception cref="InvalidOperationException">The file is not usable; the message says where.</exception>
    public static TextingRules Current => Shipped.Value;

    /// <summary>Of the file; kept with each attempt, so that a later question finds the rules of the day.</summary>
    public string Version { get; }

    /// <summary>All states and territories, by their codes.</summary>
    public IReadOnlyDictionary<string, State> States => _states;

    /// <summary>Where somebody may be of whom nothing is known.</summary>
    public IReadOnlyList<State> Unknown { get; }

    /// <summary>Reads and checks a file of rules.</summary>
    /// <exception cref="InvalidOperationException">It is not usable; the message says where.</exception>
    public static TextingRules Parse(string json)
    {
        try
        {
            var file = JsonSerializer.Deserialize(json, RuleJson.Default.RuleFile) ?? throw new JsonException("It is empty.");
            return RuleCheck.FaultOf(file) is { } fault ? throw new InvalidOperationException($"us-texting.json: {fault}") : new TextingRules(file);
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException($"us-texting.json cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A state as somebody wrote it: its code or its name; null when it is none of them.</summary>
    public State? StateOf(string? written) =>
        written?.Trim() is { Length: > 0 } text ? _states.GetValueOrDefault(text) ?? _byName.GetValueOrDefault(text) : null;

    /// <summary>
    /// Where an address is, as somebody wrote it, in codes: <c>TX</c>, or <c>TX/OK</c> where state and ZIP Code contradict each other, or the ZIP Code alone may be in several. Null = nobody can say.
    /// Where the first three digits of the ZIP Code say the zone, they stand behind their state: <c>TX799</c>.
    /// </summary>
    public string? CodesOf(string? state, string? postalCode)
    {
        int? prefix = postalCode?.Trim() is [var a and >= '0' and <= '9', var b and >= '0' and <= '9', var c and >= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', .. ("" or ['-', ..])]
            ? ((a - '0') * 100) + ((b - '0') * 10) + c - '0'
            : null;
        State[] byPostalCode = prefix is { } digits ? [.. _byPostalPrefix[digits]] : [];
        State[] all = StateOf(state) is not { } written ? byPostalCode : byPostalCode.Contains(written) ? [written] : [written, .. byPostalCode];
        return all.Length == 0 ? null : string.Join('/', all.Select(place => prefix is { } known && _postalZones.ContainsKey((place, known)) ? $"{place.Code}{known:000}" : place.Code));
    }

    /// <summary>The places of <see cref="CodesOf"/>, or of a state that somebody wrote: all zones of each state, but where a ZIP Code says which.</summary>
    public IReadOnlyList<Place> HomesOf(string? codes) => [.. (codes ?? "").Split('/').SelectMany(HomesOfOne)];

    /// <summary>The state of an area code, such as 512; null when it is nowhere.</summary>
    public State? StateOfAreaCode(string areaCode) => _byAreaCode.GetValueOrDefault(areaCode);

    /// <summary>Where the owner of a number with this area code may be: all zones of its state, but where the area code lies in one of them as a whole. Empty when it is nowhere.</summary>
    public IReadOnlyList<Place> PlacesOfAreaCode(string areaCode) =>
        StateOfAreaCode(areaCode) is not { } state ? []
            : _areaCodeZones.TryGetValue(areaCode, out var zone) ? [new Place(state, zone)]
            : [.. state.Zones.Select(each => new Place(state, each))];

    /// <summary>The hours of a date in a state, by its own clocks: what all of its rules leave. Null = closed all day.</summary>
    public (LocalTime Opens, LocalTime Closes)? HoursOf(State state, LocalDate date)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (opens, closes) = (LocalTime.Midnight, LocalTime.MaxValue);
        foreach (var rule in _rules[state.Code])
        {
            if (rule.Hours is not { } hours || date < rule.StartsOn)
            {
                continue;
            }

            if (hours.Of(date.DayOfWeek) is not { } window)
            {
                return null;
            }

            opens = LocalTime.Max(opens, window.Opens);
            closes = LocalTime.Min(closes, window.Closes);
        }

        return opens >= closes || _closed.GetOrAdd((state.Code, date.Year), ClosedIn).Contains(date) ? null : (opens, closes);
    }

    /// <summary>The caps that hold in a state on a date.</summary>
    public IEnumerable<FrequencyCap> CapsOf(State state, LocalDate date)
    {
        ArgumentNullException.ThrowIfNull(state);
        return _rules[state.Code].Where(rule => rule.Cap is not null && date >= rule.StartsOn)
            .Select(rule => new FrequencyCap(rule.Cap!.Texts, Duration.FromHours(rule.Cap.Hours), !rule.Cap.ExceptReplies));
    }

    private static string ReadShipped()
    {
        using var stream = typeof(TextingRules).Assembly.GetManifestResourceStream("us-texting.json")
            ?? throw new InvalidOperationException("us-texting.json is not part of this program");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private IEnumerable<Place> HomesOfOne(string code)
    {
        var written = code.TrimEnd("0123456789".ToCharArray());
        return StateOf(written) is not { } state ? []
            : int.TryParse(code[written.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) && _postalZones.TryGetValue((state, prefix), out var zone) ? [new Place(state, zone)]
            : state.Zones.Select(each => new Place(state, each));
    }

    private void Add(string code, PlaceRow place, RuleRow[] rules)
    {
        var own = rules.Where(rule => rule.Where.Contains(Everywhere) || rule.Where.Contains(code)).ToList();
        var state = new State(code, place.Name, [.. place.Zones.Select(zone => DateTimeZoneProviders.Tzdb[zone])], own.Any(rule => rule.PresumesResidence));
        _states[code] = state;
        _byName[place.Name] = state;
        _rules[code] = own;
        foreach (var areaCode in place.AreaCodeList)
        {
            _byAreaCode[areaCode] = state;
        }

        foreach (var (areaCode, zone) in place.AreaCodeZoneList)
        {
            _areaCodeZones[areaCode] = DateTimeZoneProviders.Tzdb[zone];
        }

        foreach (var (prefix, zone) in place.PostalZoneList)
        {
            _postalZones[(state, prefix)] = DateTimeZoneProviders.Tzdb[zone];
        }
    }

    // Of both years around it too: New Year's Day that falls on a Saturday is kept on the last of December.
    private HashSet<LocalDate> ClosedIn((string State, int Year) key) =>
    [
        .. _rules[key.State].Where(rule => rule.ClosedOn is not null)
            .SelectMany(rule => rule.ClosedOn!.SelectMany(list => _holidays[list])
                .SelectMany(holiday => new[] { key.Year, key.Year + 1 }.SelectMany(holiday.In))
                .Where(date => date.Year == key.Year && date >= rule.StartsOn)),
    ];
}
