using LeadOrchestrator.Orchestrator.Locations;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

public sealed class HoursReadingTests
{
    [Fact]
    public void A_week_with_breaks_midnights_and_dates_is_read()
    {
        var read = Read(
            [new(1, "08:00", "12:00"), new(1, "13:00", "17:30"), new(6, "18:00", "24:00"), new(7, "00:00", "02:00")],
            [
                new(new(2026, 11, 26), true, null, null, " Thanksgiving "), new(new(2026, 12, 31), false, "10:00", "12:00", null),
                new(new(2026, 12, 31), false, "20:00", "24:00", "New Year's Eve"),
            ]);

        read.Errors.ShouldBeEmpty();
        read.Days.ShouldBe([new(1, new(8, 0), new(12, 0)), new(1, new(13, 0), new(17, 30)), new(6, new(18, 0), default), new(7, default, new(2, 0))]);
        read.Exceptions.ShouldBe(
        [
            new SpecialDay(new(2026, 11, 26), true, null, null, "Thanksgiving"), new SpecialDay(new(2026, 12, 31), false, new(10, 0), new(12, 0), null),
            new SpecialDay(new(2026, 12, 31), false, new(20, 0), TimeOnly.MinValue, "New Year's Eve"),
        ]);
    }

    [Theory]
    [InlineData(0, "08:00", "17:00", "days[0]")]
    [InlineData(8, "08:00", "17:00", "days[0]")]
    [InlineData(1, "8:00", "17:00", "days[0].opens")]
    [InlineData(1, "08:00:00", "17:00", "days[0].opens")]
    [InlineData(1, "24:00", "24:00", "days[0].opens")]
    [InlineData(1, null, "17:00", "days[0].opens")]
    [InlineData(1, "08:00", "25:00", "days[0].closes")]
    [InlineData(1, "08:00", "17:60", "days[0].closes")]
    [InlineData(1, "08:00", "", "days[0].closes")]
    [InlineData(1, "08:00", "08:00", "days[0].closes")]
    [InlineData(1, "20:00", "02:00", "days[0].closes")]
    [InlineData(1, "08:00", "00:00", "days[0].closes")]
    [InlineData(1, "08:00\u0000", "17:00", "days[0].opens")]
    public void A_span_that_is_none_is_named(int weekday, string? opens, string? closes, string place) =>
        Read([new(weekday, opens!, closes!)], []).Errors.Keys.ShouldContain(place);

    [Fact]
    public void Spans_of_a_day_may_touch_and_not_overlap()
    {
        Read([new(1, "08:00", "12:00"), new(1, "12:00", "17:00"), new(2, "08:00", "17:00")], []).Errors.ShouldBeEmpty();
        Read([new(1, "08:00", "12:01"), new(1, "12:00", "17:00")], []).Errors["days[1]"].ShouldBe(["It overlaps with days[0]."]);
        Read([new(1, "08:00", "12:00"), new(1, "08:00", "12:00")], []).Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_day_has_at_most_six_spans()
    {
        Read([.. Enumerable.Range(1, 6).Select(hour => new HoursDay(3, $"0{hour}:00", $"0{hour}:30"))], []).Errors.ShouldBeEmpty();
        Read([.. Enumerable.Range(1, 7).Select(hour => new HoursDay(3, $"0{hour}:00", $"0{hour}:30"))], []).Errors["days[6]"].ShouldBe(["A day has at most 6 spans."]);
    }

    [Fact]
    public void A_date_is_closed_or_has_hours_and_says_so_once()
    {
        var day = new DateOnly(2026, 12, 24);
        Read([], [new(day, true, "08:00", "12:00", null)]).Errors.Keys.ShouldBe(["exceptions[0]"]);
        Read([], [new(day, true, null, null, null), new(day, false, "08:00", "12:00", null)]).Errors.Keys.ShouldBe(["exceptions[0]"]);
        Read([], [new(day, true, null, null, null), new(day, true, null, null, null)]).Errors.Count.ShouldBe(2);
        Read([], [new(day, false, null, null, null)]).Errors.Keys.ShouldBe(["exceptions[0].opens", "exceptions[0].closes"], ignoreOrder: true);
        Read([], [new(day, false, "08:00", "12:00", null), new(day, false, "11:00", "13:00", null)]).Errors.Keys.ShouldBe(["exceptions[1]"]);
        Read([], [new(new(1999, 12, 31), true, null, null, null)]).Errors.Keys.ShouldBe(["exceptions[0]"]);
        Read([], [new(day, true, null, null, "two\nlines")]).Errors.Keys.ShouldBe(["exceptions[0].note"]);
        Read([], [new(day, true, null, null, new string('x', 101))]).Errors.Keys.ShouldBe(["exceptions[0].note"]);
        Read([null!], [null!]).Errors.Keys.ShouldBe(["days[0]", "exceptions[0]"], ignoreOrder: true);
    }

    [Fact]
    public void A_zone_must_be_one()
    {
        new HoursReading(new HoursPlan("Mars/Olympus", [], null)).Errors.Keys.ShouldBe(["timezone"]);
        new HoursReading(new HoursPlan("America/Phoenix", [], null)).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void The_holidays_of_a_year_are_on_their_days() => FederalHolidays.Of(2026).Select(holiday => $"{holiday.Date:MM-dd} {holiday.Name}").ShouldBe(
    [
        "01-01 New Year's Day", "01-19 Martin Luther King Jr. Day", "02-16 Presidents' Day", "05-25 Memorial Day", "06-19 Juneteenth", "07-04 Independence Day",
        "09-07 Labor Day", "10-12 Columbus Day", "11-11 Veterans Day", "11-26 Thanksgiving", "12-25 Christmas",
    ]);

    [Theory]
    [InlineData(2027, "05-31", "11-25")]
    [InlineData(2028, "05-29", "11-23")]
    [InlineData(2029, "05-28", "11-22")]
    [InlineData(2030, "05-27", "11-28")]
    public void Holidays_that_move_move(int year, string memorial, string thanksgiving)
    {
        FederalHolidays.Of(year)[3].Date.ToString("MM-dd", null).ShouldBe(memorial);
        FederalHolidays.Of(year)[9].Date.ToString("MM-dd", null).ShouldBe(thanksgiving);
    }

    private static HoursReading Read(IReadOnlyList<HoursDay> days, IReadOnlyList<HoursDate> exceptions) => new(new HoursPlan(null, days, exceptions));
}
