using System.Globalization;
using System.Text.Json.Nodes;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using LeadOrchestrator.Testing;
using NodaTime;
using PhoneNumbers;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>The file of rules: it is whole, it is cited, and one that is not stops the start.</summary>
public sealed class TextingRulesTests
{
    private static readonly string File = System.IO.File.ReadAllText(Repository.Path("src/Orchestrator/Messaging/Rules/us-texting.json"));

    [Fact]
    public void There_are_fifty_states_the_capital_and_five_territories() => TextingRules.Current.States.Count.ShouldBe(56);

    [Fact]
    public void The_program_carries_the_file_of_the_repository() =>
        TextingRules.Current.Version.ShouldBe((string)JsonNode.Parse(File)!["version"]!);

    [Fact]
    public void No_state_is_open_longer_than_the_federal_window()
    {
        foreach (var state in TextingRules.Current.States.Values)
        {
            for (var date = new LocalDate(2026, 11, 2); date < new LocalDate(2026, 11, 16); date = date.PlusDays(1))
            {
                if (TextingRules.Current.HoursOf(state, date) is { } hours)
                {
                    hours.Opens.ShouldBeGreaterThanOrEqualTo(new LocalTime(8, 0));
                    hours.Closes.ShouldBeLessThanOrEqualTo(new LocalTime(21, 0));
                }
            }
        }
    }

    [Theory]
    [InlineData("TX", "Texas")]
    [InlineData(" texas ", "Texas")]
    [InlineData("dc", "District of Columbia")]
    [InlineData("Ontario", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_state_is_known_by_its_code_and_its_name(string? written, string? name) => TextingRules.Current.StateOf(written)?.Name.ShouldBe(name);

    [Theory]
    [InlineData("TX", "78704", "TX787")]
    [InlineData("TX", "79901", "TX799")]
    [InlineData("TX", "79830", "TX")]
    [InlineData("FL", "32501", "FL325")]
    [InlineData("Texas", "78704-1234", "TX787")]
    [InlineData(null, "78704", "TX787")]
    [InlineData("", " 10001 ", "NY")]
    [InlineData("Tx.", "00501", "NY")]
    [InlineData("CO", "88510", "CO/TX885")]
    [InlineData(null, "06390", "CT/NY")]
    [InlineData("CT", "06103", "CT")]
    [InlineData(null, "96799", "HI/AS")]
    [InlineData("OK", null, "OK")]
    [InlineData("OK", "7870", "OK")]
    [InlineData("OK", "M5V 3L9", "OK")]
    [InlineData(null, "09012", null)]
    [InlineData("Ontario", "M5V 3L9", null)]
    [InlineData(null, null, null)]
    public void An_address_is_where_its_state_and_its_postal_code_say_and_in_both_when_they_contradict(string? state, string? postalCode, string? codes) =>
        TextingRules.Current.CodesOf(state, postalCode).ShouldBe(codes);

    [Fact]
    public void Every_place_has_postal_codes_and_few_prefixes_are_of_two()
    {
        var prefixes = Enumerable.Range(0, 1000).ToDictionary(prefix => prefix, prefix => TextingRules.Current.CodesOf(null, $"{prefix:000}01"));

        TextingRules.Current.States.Keys.Where(code => !prefixes.Values.Any(codes => codes?.Split('/').Any(place => place.StartsWith(code, StringComparison.Ordinal)) == true)).ShouldBeEmpty();
        prefixes.Where(prefix => prefix.Value?.Contains('/') == true).Select(prefix => prefix.Key).ShouldBe([63, 834, 967, 969]);
        // In between lie the military's, and those that nobody has.
        prefixes.Count(prefix => prefix.Value is null).ShouldBeInRange(50, 120);
    }

    // libphonenumber describes prefixes in words; where it names a city, the state stands behind it.
    [Fact]
    public void Each_area_code_is_where_libphonenumber_has_it()
    {
        var words = PhoneNumberOfflineGeocoder.GetInstance();
        var compared = 0;
        for (var areaCode = 201; areaCode < 1000; areaCode++)
        {
            var number = new PhoneNumber.Builder().SetCountryCode(1).SetNationalNumber(((ulong)areaCode * 10_000_000) + 2_345_678).Build();
            var said = words.GetDescriptionForNumber(number, new Locale("en", "US")).Split(", ")[^1].Replace("Washington State", "Washington", StringComparison.Ordinal)
                .Replace("Washington D.C.", "District of Columbia", StringComparison.Ordinal);
            if (TextingRules.Current.StateOf(said) is not { } state)
            {
                continue;
            }

            TextingRules.Current.StateOfAreaCode($"{areaCode}").ShouldBe(state, $"{areaCode}");
            compared++;
        }

        compared.ShouldBeGreaterThan(350);
    }

    // Of an exchange that it does not know libphonenumber gives the zone of the whole code: that proves no code to be whole, but it would show one that is not.
    [Fact]
    public void An_area_code_that_lies_in_one_zone_has_no_exchange_in_another()
    {
        var zones = PhoneNumberToTimeZonesMapper.GetInstance();
        var instants = new[] { Instant.FromUtc(2026, 1, 15, 12, 0), Instant.FromUtc(2026, 7, 15, 12, 0) };
        var whole = Enumerable.Range(201, 799).Select(code => $"{code}").Select(code => (Code: code, Places: TextingRules.Current.PlacesOfAreaCode(code)))
            .Where(code => code.Places is [{ State.Zones.Count: > 1 }]).ToList();
        whole.Count.ShouldBeGreaterThan(70);
        // It has Orlando's second code in Chicago.
        foreach (var (code, places) in whole.Where(code => code.Code != "689"))
        {
            for (var exchange = 200; exchange < 1000; exchange++)
            {
                var number = new PhoneNumber.Builder().SetCountryCode(1).SetNationalNumber(ulong.Parse($"{code}{exchange}0123", CultureInfo.InvariantCulture)).Build();
                foreach (var zone in zones.GetTimeZonesForNumber(number).Select(name => DateTimeZoneProviders.Tzdb[name]))
                {
                    instants.Select(zone.GetUtcOffset).ShouldBe(instants.Select(places[0].Zone.GetUtcOffset), $"{code} {exchange}");
                }
            }
        }
    }

    [Theory]
    [InlineData("500")]
    [InlineData("800")]
    [InlineData("416")] // Toronto
    [InlineData("876")] // Jamaica
    [InlineData("555")]
    public void An_area_code_of_no_state_is_nowhere(string areaCode) => TextingRules.Current.StateOfAreaCode(areaCode).ShouldBeNull();

    public static TheoryData<string, string, string> Faults => new()
    {
        { "rules/0/citation", "\"\"", "no citation" },
        { "rules/0/source", "null", "cannot be read" },
        { "rules/0/read", "\"22 November\"", "a date that is none" },
        { "rules/0/hours/sat", "\"21:00-08:00\"", "hours that are none" },
        { "rules/0/hours/sun", "\"8 to 21\"", "hours that are none" },
        { "rules/0/where", "[\"XX\"]", "of no place" },
        { "rules/0/where", "[\"TX\"]", "no hours hold everywhere" },
        { "rules/1/cap/texts", "0", "a cap that is none" },
        { "rules/1/id", "\"us-hours\"", "two rules have one id" },
        { "rules/3/closedOn", "[\"lunar\"]", "holidays that are not listed" },
        { "holidays/federal/0/month", "13", "has no date" },
        { "places/TX/zones", "[\"America/Austin\"]", "a zone that is none" },
        { "places/TX/postalZones", "{\"America/New_York\":\"799\"}", "a zone that it has not" },
        { "places/TX/postalZones", "{\"America/Denver\":\"325\"}", "another place" },
        { "places/TX/postalZones", "{\"America/Denver\":\"799\",\"America/Chicago\":\"750-799\"}", "in two zones" },
        { "places/TX/postalZones", "{\"America/Denver\":\"El Paso\"}", "a postal prefix that is none" },
        { "places/TX/areaCodes", "\"212 512\"", "another place" },
        { "places/NY/areaCodes", "\"212 512\"", "in two places" },
        { "places/TX/areaCodeZones", "{\"America/New_York\":\"915\"}", "a zone that it has not" },
        { "places/TX/areaCodeZones", "{\"America/Denver\":\"305\"}", "another place" },
        { "places/TX/areaCodeZones", "{\"America/Denver\":\"915\",\"America/Chicago\":\"512 915\"}", "in two zones" },
        { "unknown/leavesOut", "[\"XX\"]", "no place" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_file_that_is_not_whole_is_refused_with_the_place(string path, string value, string says)
    {
        var file = JsonNode.Parse(File)!;
        var steps = path.Split('/');
        var node = steps[..^1].Aggregate(file, (at, step) => int.TryParse(step, out var index) ? at[index]! : at[step]!);
        node[steps[^1]] = JsonNode.Parse(value);

        Should.Throw<InvalidOperationException>(() => TextingRules.Parse(file.ToJsonString())).Message.ShouldContain(says);
    }

    [Fact]
    public void What_is_no_file_at_all_is_refused() => Should.Throw<InvalidOperationException>(() => TextingRules.Parse("{")).Message.ShouldContain("cannot be read");
}
