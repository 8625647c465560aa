using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using LeadOrchestrator.Testing;
using NodaTime;
using NodaTime.TimeZones;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>
/// Legal hours against a second model, which is written from the file of rules over Node's Intl (<c>legal-hours-model.mjs</c>) and shares no code with the product:
/// each minute of the days around every change of the clocks from 2026 to 2030, in every zone of every state and territory.
/// </summary>
public sealed class LegalHoursModelTests(LegalHoursModel model) : IClassFixture<LegalHoursModel>
{
    private const int MinutesADay = 1440;

    [Fact]
    public async Task The_zone_data_of_both_sides_say_the_same()
    {
        var answer = await model.Answer;
        var differences = new List<string>();
        foreach (var (name, days) in answer.Offsets)
        {
            var zone = DateTimeZoneProviders.Tzdb[name];
            foreach (var (day, shifts) in days)
            {
                differences.AddRange(shifts
                    .Where(shift => zone.GetUtcOffset(At(day, shift[0])).Seconds / 60 != shift[1])
                    .Select(shift => $"{name} is {shift[1]} minutes from UTC on {day} for Node, and {zone.GetUtcOffset(At(day, shift[0])).Seconds / 60} for NodaTime"));
            }
        }

        differences.ShouldBeEmpty($"Node has the zone data {answer.ZoneData}, NodaTime {TzdbDateTimeZoneSource.Default.TzdbVersion}: bring both to one version");
    }

    [Fact]
    public async Task Every_minute_around_every_change_of_the_clocks_is_as_the_model_says()
    {
        var answer = await model.Answer;

        answer.Open.Count.ShouldBe(LegalHoursModel.Places.Count);
        var whole = LegalHoursModel.Places.DistinctBy(place => (place.Zone.Id, string.Join(' ', answer.Hours[place.State.Code]))).ToHashSet();
        LegalHoursModel.Places.AsParallel().SelectMany(place => DifferencesIn(place, whole.Contains(place), answer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_date_of_five_years_has_the_hours_that_the_model_says()
    {
        var answer = await model.Answer;
        foreach (var state in TextingRules.Current.States.Values)
        {
            var date = new LocalDate(2026, 1, 1);
            foreach (var expected in answer.Hours[state.Code])
            {
                var own = TextingRules.Current.HoursOf(state, date) is { } hours ? $"{Minutes(hours.Opens)}-{Minutes(hours.Closes)}" : "";
                own.ShouldBe(expected, $"{state.Name} on {date}");
                date = date.PlusDays(1);
            }
        }
    }

    [Fact]
    public async Task An_address_is_in_the_zones_that_the_model_says_whatever_the_number()
    {
        var answer = await model.Answer;
        foreach (var (state, prefixes) in answer.Homes)
        {
            // A number of the state itself, which may be from its other end.
            var own = TextingRules.Current.States.Values.Single(known => known.Code == state);
            var phone = Enumerable.Range(200, 800).Where(code => TextingRules.Current.StateOfAreaCode($"{code}") == own).Select(code => $"+1{code}5550123").First();
            foreach (var (prefix, zones) in prefixes)
            {
                var places = LegalHours.PlacesOf("America/Chicago", phone, TextingRules.Current.CodesOf(state, $"{prefix}01"))!;
                places.Places.Select(place => $"{place.State.Code} {place.Zone.Id}").ShouldBe(zones.Select(zone => $"{state} {zone}"), $"{prefix}01");
            }
        }
    }

    // Each minute is asked of the product by itself. A state that has the zone and the hours of another one has all minutes in which these change, and one in thirteen of the rest.
    private static List<string> DifferencesIn((State State, DateTimeZone Zone) place, bool isWhole, ModelAnswer answer)
    {
        var whereabouts = new Whereabouts([new Place(place.State, place.Zone)], "test");
        var differences = new List<string>();
        foreach (var day in LegalHoursModel.Days)
        {
            var stretches = answer.Open[$"{place.State.Code} {place.Zone.Id}"][day];
            var midnight = At(day, 0);
            foreach (var minute in Enumerable.Range(0, MinutesADay).Where(minute => isWhole || minute % 13 == 0 || stretches.Any(stretch => stretch.Any(edge => Math.Abs(minute - edge) <= 2))))
            {
                var instant = midnight + Duration.FromMinutes(minute);
                if ((LegalHours.WindowAtOrAfter(instant, whereabouts)!.Value.Start == instant) != stretches.Any(stretch => minute >= stretch[0] && minute < stretch[1]))
                {
                    differences.Add($"{place.State.Code} in {place.Zone.Id} on {day} (UTC), minute {minute}");
                }
            }
        }

        return differences;
    }

    private static Instant At(string day, int minute) =>
        Instant.FromDateTimeOffset(DateTimeOffset.Parse($"{day}T00:00:00Z", CultureInfo.InvariantCulture)) + Duration.FromMinutes(minute);

    private static int Minutes(LocalTime time) => (time.Hour * 60) + time.Minute;
}

/// <summary>Runs the model once, beside whatever the tests work out themselves.</summary>
public sealed class LegalHoursModel
{
    private static readonly string[] Changes =
    [
        "2026-03-08", "2026-11-01", "2027-03-14", "2027-11-07", "2028-03-12", "2028-11-05", "2029-03-11", "2029-11-04", "2030-03-10", "2030-11-03",
    ];

    /// <summary>Each of them, the day before and the day after, and a leap day.</summary>
    public static IReadOnlyList<string> Days { get; } = [.. Changes.SelectMany(day => new[] { -1, 0, 1 }.Select(step => Shifted(day, step))), "2028-02-29"];

    /// <summary>Every zone of every state and territory.</summary>
    public static IReadOnlyList<(State State, DateTimeZone Zone)> Places { get; } =
        [.. TextingRules.Current.States.Values.SelectMany(state => state.Zones.Select(zone => (state, zone)))];

    /// <summary>What it says.</summary>
    public Task<ModelAnswer> Answer { get; } = RunAsync();

    private static string Shifted(string day, int step) =>
        DateOnly.Parse(day, CultureInfo.InvariantCulture).AddDays(step).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task<ModelAnswer> RunAsync()
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            [Repository.Path("tests/Orchestrator.Tests/Messaging/legal-hours-model.mjs"), Repository.Path("src/Orchestrator/Messaging/Rules/us-texting.json"), .. Days])
        {
            start.ArgumentList.Add(argument);
        }

        using var node = Process.Start(start)!;
        var complaint = node.StandardError.ReadToEndAsync();
        var answer = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        return node.ExitCode == 0 ? JsonSerializer.Deserialize<ModelAnswer>(answer, JsonSerializerOptions.Web)! : throw new InvalidOperationException(await complaint);
    }
}

/// <summary>The model's answer. Stretches and shifts are pairs of numbers, in minutes from the UTC day's start.</summary>
public sealed record ModelAnswer(
    string ZoneData, Dictionary<string, Dictionary<string, int[][]>> Offsets, Dictionary<string, Dictionary<string, int[][]>> Open, Dictionary<string, string[]> Hours,
    Dictionary<string, Dictionary<string, string[]>> Homes);
