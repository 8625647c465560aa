using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;

namespace LeadOrchestrator.Orchestrator.Messaging.Rules;

/// <summary>The file as it is written.</summary>
internal sealed record RuleFile
{
    public required string Version { get; init; }
    public required string About { get; init; }
    public required RuleRow[] Rules { get; init; }
    public required Dictionary<string, HolidayRow[]> Holidays { get; init; }
    public required UnknownRow Unknown { get; init; }
    public required Dictionary<string, PlaceRow> Places { get; init; }
}

/// <summary>One rule: hours, a cap, dates that are closed, or how a residence is known; with what it rests on.</summary>
internal sealed record RuleRow
{
    public required string Id { get; init; }
    public required string[] Where { get; init; }
    public HoursRow? Hours { get; init; }
    public CapRow? Cap { get; init; }
    public string[]? ClosedOn { get; init; }
    public bool PresumesResidence { get; init; }
    public string? From { get; init; }
    public required string Citation { get; init; }
    public required string Source { get; init; }
    public required string Read { get; init; }
    public string? Note { get; init; }

    /// <summary>From that date on it counts.</summary>
    [JsonIgnore]
    public LocalDate StartsOn => From is null ? LocalDate.MinIsoValue : LocalDatePattern.Iso.Parse(From).Value;
}

/// <summary>Hours by kind of day, such as <c>08:00-21:00</c>; null = closed.</summary>
internal sealed record HoursRow
{
    public required string? MonToFri { get; init; }
    public required string? Sat { get; init; }
    public required string? Sun { get; init; }

    [JsonIgnore]
    public IEnumerable<string?> All => [MonToFri, Sat, Sun];

    public (LocalTime Opens, LocalTime Closes)? Of(IsoDayOfWeek day) => Read(day switch
    {
        IsoDayOfWeek.Saturday => Sat,
        IsoDayOfWeek.Sunday => Sun,
        _ => MonToFri,
    });

    /// <summary>Null = closed.</summary>
    /// <exception cref="FormatException">It is no pair of times.</exception>
    public static (LocalTime Opens, LocalTime Closes)? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return text.Split('-') is [var opens, var closes] ? (Time(opens), Time(closes)) : throw new FormatException($"'{text}' is no pair of times");
    }

    private static LocalTime Time(string text) => LocalTimePattern.CreateWithInvariantCulture("HH':'mm").Parse(text).Value;
}

/// <summary>At most so many texts in so many hours.</summary>
internal sealed record CapRow
{
    public required int Texts { get; init; }
    public required int Hours { get; init; }

    /// <summary>An immediate answer to the person's own text may pass it.</summary>
    public bool ExceptReplies { get; init; }
}

/// <summary>A state or territory.</summary>
internal sealed record PlaceRow
{
    public required string Name { get; init; }
    public required string[] Zones { get; init; }
    public required string AreaCodes { get; init; }

    /// <summary>By the zone: those of its area codes that lie in it as a whole. One that a line between zones crosses is in none.</summary>
    public Dictionary<string, string>? AreaCodeZones { get; init; }

    /// <summary>The first three digits of its ZIP Codes: single ones and ranges.</summary>
    public required string PostalPrefixes { get; init; }

    /// <summary>By the zone: those of these prefixes all of whose ZIP Codes lie in it. One that a line between zones crosses is in none.</summary>
    public Dictionary<string, string>? PostalZones { get; init; }

    [JsonIgnore]
    public IEnumerable<int> PostalPrefixList => Prefixes(PostalPrefixes);

    [JsonIgnore]
    public IReadOnlyList<string> AreaCodeList => AreaCodes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [JsonIgnore]
    public IEnumerable<(string AreaCode, string Zone)> AreaCodeZoneList =>
        (AreaCodeZones ?? []).SelectMany(zone => zone.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(areaCode => (areaCode, zone.Key)));

    [JsonIgnore]
    public IEnumerable<(int Prefix, string Zone)> PostalZoneList => (PostalZones ?? []).SelectMany(zone => Prefixes(zone.Value).Select(prefix => (prefix, zone.Key)));

    private static IEnumerable<int> Prefixes(string ranges) => ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(range => range.Split('-')).SelectMany(range =>
        int.Parse(range[0], CultureInfo.InvariantCulture) is var first && int.Parse(range[^1], CultureInfo.InvariantCulture) is var last ? Enumerable.Range(first, last - first + 1) : []);
}

/// <summary>What is not counted among the places of somebody of whom nothing is known.</summary>
internal sealed record UnknownRow
{
    public required string[] LeavesOut { get; init; }
    public required string Why { get; init; }
}

/// <summary>A holiday: a date of the calendar; a weekday on or after a day of its month; or so many days from Easter.</summary>
internal sealed record HolidayRow
{
    public required string Id { get; init; }
    public int? Month { get; init; }
    public int? Day { get; init; }
    public int? Weekday { get; init; }
    public int? OnOrAfter { get; init; }
    public int? Easter { get; init; }

    [JsonIgnore]
    public bool IsSound => this switch
    {
        { Easter: not null, Month: null, Day: null, Weekday: null, OnOrAfter: null } => true,
        { Month: >= 1 and <= 12, Day: >= 1 and <= 31, Weekday: null, OnOrAfter: null, Easter: null } => true,
        { Month: >= 1 and <= 12, Weekday: >= 1 and <= 7, OnOrAfter: >= 1 and <= 25, Day: null, Easter: null } => true,
        _ => false,
    };

    /// <summary>The dates on which it is kept in a year: one that falls on a weekend, on the workday beside it as well.</summary>
    public IEnumerable<LocalDate> In(int year)
    {
        if (Easter is { } days)
        {
            return [EasterOf(year).PlusDays(days)];
        }

        if (Weekday is { } weekday)
        {
            var first = new LocalDate(year, Month!.Value, OnOrAfter!.Value);
            return [first.PlusDays((weekday - (int)first.DayOfWeek + 7) % 7)];
        }

        var date = new LocalDate(year, Month!.Value, Day!.Value);
        return date.DayOfWeek switch
        {
            IsoDayOfWeek.Saturday => [date, date.PlusDays(-1)],
            IsoDayOfWeek.Sunday => [date, date.PlusDays(1)],
            _ => [date],
        };
    }

    // Meeus, Jones and Butcher: the Gregorian Easter of any year.
    private static LocalDate EasterOf(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var (d, e, g) = (b / 4, b % 4, (8 * b + 13) / 25);
        var h = (19 * a + b - d - g + 15) % 30;
        var (i, k) = (c / 4, c % 4);
        var l = (32 + 2 * e + 2 * i - h - k) % 7;
        var m = (a + 11 * h + 22 * l) / 451;
        var n = h + l - 7 * m + 114;
        return new LocalDate(year, n / 31, n % 31 + 1);
    }
}

/// <summary>What is wrong with a file of rules.</summary>
internal static partial class RuleCheck
{
    /// <summary>The first fault, in words; null when there is none.</summary>
    public static string? FaultOf(RuleFile file)
    {
        var codes = file.Places.Values.SelectMany(place => place.AreaCodeList).ToList();
        return file.Rules.Select(rule => FaultOf(rule, file)).FirstOrDefault(fault => fault is not null)
            ?? file.Places.Select(place => FaultOf(place.Key, place.Value)).FirstOrDefault(fault => fault is not null)
            ?? file.Holidays.SelectMany(list => list.Value).Where(holiday => !holiday.IsSound).Select(holiday => $"the holiday {holiday.Id} has no date").FirstOrDefault()
            ?? (codes.Count != codes.Distinct().Count() ? "an area code is in two places" : null)
            ?? (file.Rules.Select(rule => rule.Id).Distinct().Count() != file.Rules.Length ? "two rules have one id" : null)
            ?? (file.Unknown.LeavesOut.Except(file.Places.Keys).Any() ? "unknown leaves out what is no place" : null)
            ?? (file.Rules.Any(rule => rule is { Hours: not null } && rule.Where.Contains("US")) ? null : "no hours hold everywhere");
    }

    private static string? FaultOf(RuleRow rule, RuleFile file) => rule switch
    {
        { Citation.Length: 0 } or { Source.Length: 0 } => $"the rule {rule.Id} has no citation or no source",
        _ when !IsDate(rule.Read) || (rule.From is not null && !IsDate(rule.From)) => $"the rule {rule.Id} has a date that is none",
        _ when rule.Where.Length == 0 || rule.Where.Any(place => place != "US" && !file.Places.ContainsKey(place)) => $"the rule {rule.Id} is of no place",
        { Hours: null, Cap: null, ClosedOn: null, PresumesResidence: false } => $"the rule {rule.Id} says nothing",
        { Hours: { } hours } when hours.All.Any(text => !IsWindow(text)) => $"the rule {rule.Id} has hours that are none",
        { Cap: { Texts: < 1 } or { Hours: < 1 } } => $"the rule {rule.Id} has a cap that is none",
        { ClosedOn: { } lists } when lists.Any(list => !file.Holidays.ContainsKey(list)) => $"the rule {rule.Id} names holidays that are not listed",
        _ => null,
    };

    private static string? FaultOf(string code, PlaceRow place) => place switch
    {
        { Zones.Length: 0 } => $"{code} has no zone",
        _ when place.Zones.FirstOrDefault(zone => DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null) is { } zone => $"{code} has a zone that is none: {zone}",
        _ when place.AreaCodeList.Any(areaCode => areaCode.Length != 3 || !int.TryParse(areaCode, NumberStyles.None, CultureInfo.InvariantCulture, out _)) =>
            $"{code} has an area code that is none",
        _ when place.AreaCodeZones?.Keys.Except(place.Zones).FirstOrDefault() is { } zone => $"{code} has area codes in a zone that it has not: {zone}",
        _ when place.AreaCodeZoneList.Select(entry => entry.AreaCode).Except(place.AreaCodeList).Any() => $"{code} has a zone for an area code of another place",
        _ when place.AreaCodeZoneList.GroupBy(entry => entry.AreaCode).Any(areaCode => areaCode.Count() > 1) => $"{code} has an area code in two zones",
        _ when (place.PostalZones?.Values.AsEnumerable() ?? []).Prepend(place.PostalPrefixes).SelectMany(ranges => ranges.Split(' ')).Any(range => !PostalRange().IsMatch(range)) => $"{code} has a postal prefix that is none",
        _ when place.PostalZones?.Keys.Except(place.Zones).FirstOrDefault() is { } zone => $"{code} has postal prefixes in a zone that it has not: {zone}",
        _ when place.PostalZoneList.Select(entry => entry.Prefix).Except(place.PostalPrefixList).Any() => $"{code} has a zone for a postal prefix of another place",
        _ when place.PostalZoneList.GroupBy(entry => entry.Prefix).Any(prefix => prefix.Count() > 1) => $"{code} has a postal prefix in two zones",
        _ => null,
    };

    [GeneratedRegex("^[0-9]{3}(-[0-9]{3})?$")]
    private static partial Regex PostalRange();

    private static bool IsDate(string text) => LocalDatePattern.Iso.Parse(text).Success;

    private static bool IsWindow(string? text)
    {
        try
        {
            return HoursRow.Read(text) is not { } window || window.Opens < window.Closes;
        }
        catch (Exception exception) when (exception is FormatException or UnparsableValueException)
        {
            return false;
        }
    }
}

/// <summary>Reads the file.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RuleFile))]
internal sealed partial class RuleJson : JsonSerializerContext;
