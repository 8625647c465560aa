using System.Globalization;
using LeadOrchestrator.Orchestrator.Messaging;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>When a person may be texted. The expected hours are written out, not computed.</summary>
public sealed class LegalHoursTests
{
    private static readonly DateTimeZone Chicago = DateTimeZoneProviders.Tzdb["America/Chicago"];
    private static readonly DateTimeZone LosAngeles = DateTimeZoneProviders.Tzdb["America/Los_Angeles"];

    [Theory]
    [InlineData("2026-11-23T15:59:59Z", "2026-11-23T16:00:00Z")] // Monday, a second before ten
    [InlineData("2026-11-23T16:00:00Z", "2026-11-23T16:00:00Z")]
    [InlineData("2026-11-23T23:59:59Z", "2026-11-23T23:59:59Z")]
    [InlineData("2026-11-24T00:00:00Z", "2026-11-24T16:00:00Z")] // Monday 18:00 is over
    [InlineData("2026-11-28T22:59:59Z", "2026-11-28T22:59:59Z")] // Saturday until five
    [InlineData("2026-11-28T23:00:00Z", "2026-11-29T18:00:00Z")] // then Sunday noon
    [InlineData("2026-11-29T17:59:59Z", "2026-11-29T18:00:00Z")]
    [InlineData("2026-11-29T23:00:00Z", "2026-11-30T16:00:00Z")] // Sunday until five
    public void In_one_zone(string at, string next) => NextAt(at, Chicago).ShouldBe(At(next));

    [Theory]
    [InlineData("2026-11-23T16:00:00Z", "2026-11-23T18:00:00Z")] // ten in Chicago is eight in Los Angeles
    [InlineData("2026-11-24T00:30:00Z", "2026-11-24T18:00:00Z")] // 16:30 there is 18:30 here
    public void In_two_zones_both_must_be_open(string at, string next) => NextAt(at, Chicago, LosAngeles).ShouldBe(At(next));

    [Theory]
    [InlineData("2026-03-08T00:00:00Z", "2026-03-08T17:00:00Z")] // the clocks went forward at two: noon is an hour earlier
    [InlineData("2026-11-01T00:00:00Z", "2026-11-01T18:00:00Z")] // and back
    public void On_the_days_when_the_clocks_change(string at, string next) => NextAt(at, Chicago).ShouldBe(At(next));

    [Fact]
    public void The_window_ends_where_the_first_zone_closes()
    {
        var window = LegalHours.WindowAtOrAfter(At("2026-11-23T18:00:00Z"), [Chicago, LosAngeles])!.Value;
        window.End.ShouldBe(At("2026-11-24T00:00:00Z"));
    }

    [Theory]
    [InlineData("+15125550123", "America/Chicago")]
    [InlineData("+12135550123", "America/Los_Angeles")]
    [InlineData("+18085550123", "Pacific/Honolulu")]
    public void A_numbers_zone_is_that_of_its_prefix(string phone, string zone) =>
        LegalHours.ZonesOf("America/Chicago", phone)!.Select(found => found.Id).ShouldContain(zone);

    [Fact]
    public void A_prefix_that_is_nowhere_leaves_the_shops_zone() =>
        LegalHours.ZonesOf("America/Denver", "+15005550001")!.Select(found => found.Id).ShouldBe(["America/Denver"]);

    [Fact]
    public void Without_the_shops_zone_nobody_knows() => LegalHours.ZonesOf("Mars/Olympus", "+15125550123").ShouldBeNull();

    [Fact]
    public void Every_pair_of_US_zones_has_an_hour_in_common()
    {
        string[] zones = ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico"];
        foreach (var one in zones)
        {
            foreach (var other in zones)
            {
                var window = LegalHours.WindowAtOrAfter(At("2026-11-23T00:00:00Z"), [DateTimeZoneProviders.Tzdb[one], DateTimeZoneProviders.Tzdb[other]])!.Value;
                (window.Start - At("2026-11-23T00:00:00Z")).TotalDays.ShouldBeLessThan(2);
            }
        }
    }

    [Fact]
    public void A_shop_and_a_number_at_opposite_ends_of_the_day_have_none() =>
        LegalHours.WindowAtOrAfter(At("2026-11-29T17:34:00Z"), [Chicago, DateTimeZoneProviders.Tzdb["Pacific/Guam"]]).ShouldBeNull();

    private static Instant NextAt(string at, params DateTimeZone[] zones) => LegalHours.WindowAtOrAfter(At(at), zones)!.Value.Start;

    private static Instant At(string text) => Instant.FromDateTimeOffset(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
}
