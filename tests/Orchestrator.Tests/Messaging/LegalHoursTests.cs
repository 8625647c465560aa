using System.Globalization;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>When a person may be texted, and where they may be. The expected hours are written out, not computed.</summary>
public sealed class LegalHoursTests
{
    private const string Texan = "+15125550123";
    private const string Nowhere = "+15005550001";
    private const string Shop = "America/Chicago";

    [Theory]
    [InlineData("2026-11-23T14:59:59Z", "2026-11-23T15:00:00Z")] // Monday, a second before nine
    [InlineData("2026-11-23T15:00:00Z", "2026-11-23T15:00:00Z")]
    [InlineData("2026-11-24T02:59:59Z", "2026-11-24T02:59:59Z")] // Monday, a second before nine at night
    [InlineData("2026-11-24T03:00:00Z", "2026-11-24T15:00:00Z")]
    [InlineData("2026-11-29T03:00:00Z", "2026-11-29T18:00:00Z")] // Saturday night, then Sunday noon
    [InlineData("2026-11-29T17:59:59Z", "2026-11-29T18:00:00Z")]
    public void Texas_opens_at_nine_and_on_Sundays_at_noon(string at, string next) => NextAt(at, Texan).ShouldBe(At(next));

    [Theory]
    [InlineData("+12015550123", "2026-11-23T13:00:00Z", "2026-11-24T01:00:00Z")] // New Jersey 8–20
    [InlineData("+12125550123", "2026-11-23T13:00:00Z", "2026-11-24T02:00:00Z")] // New York: federal, 8–21
    [InlineData("+12135550123", "2026-11-23T17:00:00Z", "2026-11-24T05:00:00Z")] // California 9–21
    [InlineData("+14015550123", "2026-11-23T14:00:00Z", "2026-11-23T23:00:00Z")] // Rhode Island 9–18
    [InlineData("+15025550123", "2026-11-23T15:00:00Z", "2026-11-24T02:00:00Z")] // Kentucky from ten
    [InlineData("+18085550123", "2026-11-23T18:00:00Z", "2026-11-24T07:00:00Z")] // Hawaii: federal
    [InlineData("+16715550123", "2026-11-22T22:00:00Z", "2026-11-23T11:00:00Z")] // Guam is a day ahead
    public void Each_state_has_its_own_window(string phone, string opens, string closes)
    {
        var window = LegalHours.WindowAtOrAfter(At(opens) - Duration.FromSeconds(1), Places(phone))!.Value;
        (window.Start, window.End).ShouldBe((At(opens), At(closes)));
    }

    [Theory]
    [InlineData("+12055550123", "2026-11-22T16:00:00Z", "2026-11-23T14:00:00Z")] // Alabama: no Sunday
    [InlineData("+12055550123", "2026-11-26T16:00:00Z", "2026-11-27T14:00:00Z")] // nor Thanksgiving
    [InlineData("+18015550123", "2026-07-24T16:00:00Z", "2026-07-25T14:00:00Z")] // Utah's own holiday
    [InlineData("+15045550123", "2027-02-09T16:00:00Z", "2027-02-10T14:00:00Z")] // Mardi Gras
    [InlineData("+12155550123", "2027-03-26T16:00:00Z", "2027-03-27T13:00:00Z")] // Good Friday in Philadelphia
    [InlineData("+12055550123", "2027-07-05T16:00:00Z", "2027-07-06T13:00:00Z")] // Independence Day, kept on the Monday
    [InlineData("+12155550123", "2026-10-11T16:00:00Z", "2026-10-11T16:00:00Z")] // Pennsylvania's Sundays, before the law
    [InlineData("+12155550123", "2026-10-18T16:00:00Z", "2026-10-19T13:00:00Z")] // and since
    public void Sundays_and_holidays_are_closed_where_the_law_says_so(string phone, string at, string next) => NextAt(at, phone).ShouldBe(At(next));

    [Theory]
    [InlineData("2026-03-08T05:00:00Z", "2026-03-08T17:00:00Z")] // the clocks went forward at two: noon is an hour earlier
    [InlineData("2026-11-01T05:00:00Z", "2026-11-01T18:00:00Z")] // and back
    public void On_the_days_when_the_clocks_change(string at, string next) => NextAt(at, Texan).ShouldBe(At(next));

    [Theory]
    [InlineData(Texan, null, "number", "TX America/Chicago")]
    [InlineData("+19155550123", null, "number", "TX America/Denver")] // El Paso
    [InlineData(Texan, "TX", "address", "TX America/Chicago, TX America/Denver")] // a number of the state does not say where in it
    [InlineData(Texan, "TX799", "address", "TX America/Denver")] // the ZIP Code does: El Paso
    [InlineData(Texan, "TX787", "address", "TX America/Chicago")]
    [InlineData(Texan, "TX798", "address", "TX America/Chicago, TX America/Denver")] // a line between zones crosses it
    [InlineData("+13055550123", "FL325", "address", "FL America/Chicago")] // Pensacola, with a number of Miami's
    [InlineData("+13055550123", "FL", "address", "FL America/New_York, FL America/Chicago")]
    [InlineData(Texan, "california", "address", "CA America/Los_Angeles")]
    [InlineData("+12125550123", "tx", "address", "TX America/Chicago, TX America/Denver")]
    [InlineData(Texan, "Ontario", "number", "TX America/Chicago")]
    [InlineData(Nowhere, "HI", "address", "HI Pacific/Honolulu")]
    [InlineData("+14055550123", "CA", "address", "CA America/Los_Angeles, OK America/Chicago")] // an area code of Oklahoma makes a resident
    [InlineData("+13105550123", "OK", "address", "OK America/Chicago")]
    [InlineData("+13055550123", "NY", "address", "NY America/New_York, FL America/New_York")]
    [InlineData("+16845550123", null, "number", "AS Pacific/Pago_Pago")]
    public void A_person_is_where_the_address_says_else_the_number(string phone, string? state, string knownBy, string places)
    {
        var found = LegalHours.PlacesOf(Shop, phone, state)!;
        (found.KnownBy, string.Join(", ", found.Places.Select(place => $"{place.State.Code} {place.Zone.Id}"))).ShouldBe((knownBy, places));
    }

    [Theory]
    [InlineData(Texan, "TX799", "2026-11-23T16:00:00Z", "2026-11-24T04:00:00Z")] // nine in the Mountains is ten in Austin
    [InlineData(Texan, "TX", "2026-11-23T16:00:00Z", "2026-11-24T03:00:00Z")] // both
    [InlineData("+13055550123", "FL325", "2026-11-23T14:00:00Z", "2026-11-24T02:00:00Z")]
    [InlineData("+13055550123", "FL", "2026-11-23T14:00:00Z", "2026-11-24T01:00:00Z")]
    public void An_address_has_the_hours_of_its_own_zone_or_of_all_that_may_be_its(string phone, string state, string opens, string closes)
    {
        var window = LegalHours.WindowAtOrAfter(At("2026-11-23T12:00:00Z"), LegalHours.PlacesOf(Shop, phone, state)!)!.Value;
        (window.Start, window.End).ShouldBe((At(opens), At(closes)));
    }

    [Theory]
    [InlineData("+15125550123", "TX America/Chicago")]
    [InlineData("+19155550123", "TX America/Denver")] // El Paso
    [InlineData("+14325550123", "TX America/Chicago, TX America/Denver")] // reaches to the line in the west of Texas
    [InlineData("+13055550123", "FL America/New_York")]
    [InlineData("+16895550123", "FL America/New_York")] // Orlando
    [InlineData("+18502010123", "FL America/New_York, FL America/Chicago")] // from Tallahassee to Pensacola
    [InlineData("+14485550123", "FL America/New_York, FL America/Chicago")]
    [InlineData("+16155550123", "TN America/Chicago")]
    [InlineData("+18655550123", "TN America/New_York")]
    [InlineData("+14232005555", "TN America/New_York, TN America/Chicago")] // Chattanooga, and the counties behind it
    [InlineData("+13035550123", "CO America/Denver")]
    [InlineData("+15025550123", "KY America/New_York")]
    [InlineData("+13135550123", "MI America/Detroit")]
    [InlineData("+19065550123", "MI America/Detroit, MI America/Menominee")]
    [InlineData("+13085550123", "NE America/Chicago, NE America/Denver")]
    [InlineData("+17855550123", "KS America/Chicago, KS America/Denver")]
    [InlineData("+16205550123", "KS America/Chicago, KS America/Denver")]
    [InlineData("+13165550123", "KS America/Chicago")]
    [InlineData("+15415550123", "OR America/Los_Angeles, OR America/Boise")]
    [InlineData("+14585550123", "OR America/Los_Angeles, OR America/Boise")]
    [InlineData("+15035550123", "OR America/Los_Angeles")]
    [InlineData("+19285550123", "AZ America/Phoenix, AZ America/Denver")] // the Navajo Nation has summer time
    [InlineData("+16025550123", "AZ America/Phoenix")]
    [InlineData("+13175550123", "IN America/Indiana/Indianapolis")]
    public void An_area_code_says_the_zone_only_where_it_lies_in_one_as_a_whole(string phone, string places) =>
        string.Join(", ", Places(phone).Places.Select(place => $"{place.State.Code} {place.Zone.Id}")).ShouldBe(places);

    [Theory]
    [InlineData("+12192005555", "2026-11-23T14:00:00Z", "2026-11-24T02:00:00Z")] // Gary: eight in Chicago until nine in Indianapolis
    [InlineData("+15745550123", "2026-11-23T14:00:00Z", "2026-11-24T02:00:00Z")]
    [InlineData("+18125550123", "2026-11-23T14:00:00Z", "2026-11-24T02:00:00Z")] // Evansville
    [InlineData("+19305550123", "2026-11-23T14:00:00Z", "2026-11-24T02:00:00Z")]
    [InlineData("+12705550123", "2026-11-23T16:00:00Z", "2026-11-24T02:00:00Z")] // Kentucky opens at ten, in its west too
    [InlineData("+13645550123", "2026-11-23T16:00:00Z", "2026-11-24T02:00:00Z")]
    [InlineData("+14232005555", "2026-11-23T14:00:00Z", "2026-11-24T02:00:00Z")]
    [InlineData("+18502010123", "2026-11-23T14:00:00Z", "2026-11-24T01:00:00Z")] // Florida closes at eight, in its east first
    [InlineData("+14485550123", "2026-11-23T14:00:00Z", "2026-11-24T01:00:00Z")]
    [InlineData("+16895550123", "2026-11-23T13:00:00Z", "2026-11-24T01:00:00Z")]
    [InlineData("+19065550123", "2026-11-23T15:00:00Z", "2026-11-24T02:00:00Z")] // Michigan opens at nine
    [InlineData("+13085550123", "2026-11-23T15:00:00Z", "2026-11-24T03:00:00Z")]
    [InlineData("+15415550123", "2026-11-23T16:00:00Z", "2026-11-24T03:00:00Z")] // Oregon closes at eight, at the Idaho line first
    [InlineData("+19285550123", "2026-07-01T15:00:00Z", "2026-07-02T03:00:00Z")] // in summer the Navajo Nation is an hour ahead
    public void A_number_that_may_be_in_two_zones_has_the_hours_that_are_legal_in_both(string phone, string opens, string closes)
    {
        var window = LegalHours.WindowAtOrAfter(At(opens) - Duration.FromSeconds(1), Places(phone))!.Value;
        (window.Start, window.End).ShouldBe((At(opens), At(closes)));
    }

    [Theory]
    [InlineData("2026-11-23T16:00:00Z", "2026-11-23T19:00:00Z", "2026-11-23T22:00:00Z")] // from eight in American Samoa until five in Maine
    [InlineData("2026-07-01T16:00:00Z", "2026-07-01T19:00:00Z", "2026-07-01T21:00:00Z")]
    [InlineData("2026-11-27T22:00:00Z", "2026-11-30T19:00:00Z", "2026-11-30T22:00:00Z")] // neither on a weekend
    [InlineData("2026-12-25T12:00:00Z", "2026-12-28T19:00:00Z", "2026-12-28T22:00:00Z")] // nor at Christmas
    public void A_number_that_is_nowhere_has_the_hour_that_is_legal_everywhere(string at, string opens, string closes)
    {
        var window = LegalHours.WindowAtOrAfter(At(at), Places(Nowhere))!.Value;
        (window.Start, window.End).ShouldBe((At(opens), At(closes)));
    }

    [Fact]
    public void A_number_that_is_nowhere_and_a_shop_on_Guam_have_none() =>
        LegalHours.WindowAtOrAfter(At("2026-11-23T16:00:00Z"), LegalHours.PlacesOf("Pacific/Guam", Nowhere)!).ShouldBeNull();

    [Fact]
    public void The_shops_zone_counts_only_when_nothing_else_is_known()
    {
        LegalHours.PlacesOf("Mars/Olympus", Texan)!.KnownBy.ShouldBe("number");
        LegalHours.PlacesOf("Mars/Olympus", Nowhere).ShouldBeNull();
    }

    [Fact]
    public void Every_pair_of_states_has_an_hour_in_common()
    {
        var homes = TextingRules.Current.Unknown.Select(state => new Place(state, state.Zones[0])).ToList();
        foreach (var one in homes)
        {
            foreach (var other in homes)
            {
                var window = LegalHours.WindowAtOrAfter(At("2026-11-30T00:00:00Z"), new Whereabouts([one, other], "test"))!.Value;
                (window.Start - At("2026-11-30T00:00:00Z")).TotalDays.ShouldBeLessThan(2);
            }
        }
    }

    [Fact]
    public void Where_nobody_can_say_in_which_state_it_must_be_legal_in_each()
    {
        var places = LegalHours.PlacesOf(Shop, Texan, "TX/HI")!;

        (places.KnownBy, string.Join(' ', places.Places.Select(place => place.State.Code))).ShouldBe(("address", "TX TX HI"));
        // Eight in Honolulu, and no longer than nine in the evening in Austin.
        var window = LegalHours.WindowAtOrAfter(At("2026-11-23T16:00:00Z"), places)!.Value;
        (window.Start, window.End).ShouldBe((At("2026-11-23T18:00:00Z"), At("2026-11-24T03:00:00Z")));
    }

    [Theory]
    [InlineData(Texan, null, "3/24 8/168")]
    // Florida's own beside ours: ours does not hold for an answer, the state's does.
    [InlineData("+13055550123", null, "3/24 8/168 3/24")]
    public void The_caps_are_those_of_every_state_that_may_be_theirs(string phone, string? state, string caps) =>
        string.Join(' ', LegalHours.CapsOf(LegalHours.PlacesOf(Shop, phone, state)!, At("2026-11-23T16:00:00Z")).Select(cap => $"{cap.Texts}/{cap.Per.TotalHours}")).ShouldBe(caps);

    private static Instant NextAt(string at, string phone) => LegalHours.WindowAtOrAfter(At(at), Places(phone))!.Value.Start;

    private static Whereabouts Places(string phone) => LegalHours.PlacesOf(Shop, phone)!;

    private static Instant At(string text) => Instant.FromDateTimeOffset(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
}
