using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Hours;

namespace LeadOrchestrator.Shared.Tests.Appointments;

/// <summary>When a shop has time: by the clock on its wall, on every day of the year.</summary>
public sealed class SlotsTests
{
    private static readonly Guid Left = Guid.CreateVersion7();
    private static readonly Guid Right = Guid.CreateVersion7();
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void An_opening_is_filled_from_its_beginning_and_a_service_ends_before_it_closes() => Starts(
        Week("America/Chicago", "09:00", "11:00"), Free(Left), "2026-11-24T00:00-06:00", "2026-11-25T00:00-06:00").ShouldBe(["15:00", "15:30", "16:00"]);

    [Fact]
    public void A_break_a_holiday_and_unknown_hours_give_nothing()
    {
        var lunch = new LocationHours("America/Chicago", [new(2, new(9, 0), new(10, 0)), new(2, new(13, 0), new(14, 0))]);
        Starts(lunch, Free(Left), "2026-11-24T00:00-06:00", "2026-11-25T00:00-06:00").ShouldBe(["15:00", "19:00"]);
        Starts(lunch with { Exceptions = [new(new(2026, 11, 24), true, null, null, "Holiday")] }, Free(Left), "2026-11-24T00:00-06:00", "2026-11-25T00:00-06:00").ShouldBeEmpty();
        Starts(lunch with { Exceptions = [new(new(2026, 11, 24), false, new(7, 0), new(8, 0), null)] }, Free(Left), "2026-11-24T00:00-06:00", "2026-11-25T00:00-06:00").ShouldBe(["13:00"]);
        Starts(new LocationHours("America/Chicago", []), Free(Left), "2026-11-24T00:00-06:00", "2026-11-25T00:00-06:00").ShouldBeEmpty();
    }

    // New York leaps from 2 to 3 on March 14, 2027, and from 2 back to 1 on November 1, 2026.
    [Theory]
    [InlineData("2026-11-01", 25)]
    [InlineData("2026-11-02", 24)]
    [InlineData("2027-03-14", 23)]
    public void A_day_gives_as_many_hours_as_it_has(string date, int hours)
    {
        var always = Week("America/New_York", "00:00", "00:00");
        var day = DateOnly.Parse(date, null);
        var (from, until) = (always.OpeningsOn(day)[0].Opens, always.OpeningsOn(day)[0].Closes);

        (until - from).TotalHours.ShouldBe(hours);
        var slots = Slots.Find(always, Free(Left), Hour, from, until, from - TimeSpan.FromDays(1), BookingRules.Usual with { Step = Hour }).ToList();
        slots.Count.ShouldBe(hours);
        slots.ShouldAllBe(slot => slot.EndsAt - slot.StartsAt == Hour);
        slots.Zip(slots.Skip(1)).ShouldAllBe(pair => pair.First.EndsAt == pair.Second.StartsAt);
    }

    [Fact]
    public void An_opening_in_the_hour_that_is_leapt_over_begins_with_the_leap_and_one_that_comes_twice_with_its_first()
    {
        new LocationHours("America/New_York", [new(7, new(2, 30), new(5, 0))]).OpeningsOn(new(2027, 3, 14))[0].Opens.ShouldBe(DateTimeOffset.Parse("2027-03-14T07:00Z", null));
        new LocationHours("America/New_York", [new(7, new(1, 30), new(5, 0))]).OpeningsOn(new(2026, 11, 1))[0].Opens.ShouldBe(DateTimeOffset.Parse("2026-11-01T05:30Z", null));
        // Open only while the clock leaps: not at all.
        new LocationHours("America/New_York", [new(7, new(2, 10), new(2, 50))]).OpeningsOn(new(2027, 3, 14)).ShouldBeEmpty();
    }

    [Fact]
    public void A_shop_opens_at_the_same_hour_of_its_wall_before_and_after_the_clock_changes()
    {
        var week = Week("America/New_York", "09:00", "10:00");

        Slots.Find(week, Free(Left), Hour, At("2026-10-31T00:00-04:00"), At("2026-11-03T00:00-05:00"), At("2026-10-30T00:00-04:00"), BookingRules.Usual)
            .Select(slot => slot.StartsAt.UtcDateTime.Hour).ShouldBe([13, 14, 14]);
    }

    [Fact]
    public void A_taken_bay_gives_way_to_a_free_one_and_times_that_only_touch_do_not_overlap()
    {
        var week = Week("America/Chicago", "09:00", "11:00");
        var taken = new TakenTime(Left, At("2026-11-24T09:00-06:00"), At("2026-11-24T10:00-06:00"));

        Starts(week, new ShopCalendar([Left], [taken]), "2026-11-24T00:00-06:00", "2026-11-25T00:00-06:00").ShouldBe(["16:00"]);
        Slots.At(week, new ShopCalendar([Left, Right], [taken]), Hour, taken.StartsAt, null, Before, BookingRules.Usual).Slot!.BayId.ShouldBe(Right);
        Slots.At(week, new ShopCalendar([Left, Right], [taken]), Hour, taken.StartsAt, Left, Before, BookingRules.Usual).Refusal.ShouldBe("slot_taken");
        Starts(week, new ShopCalendar([], []), "2026-11-24T00:00-06:00", "2026-11-25T00:00-06:00").ShouldBeEmpty();
    }

    [Fact]
    public void As_many_bays_are_gone_as_appointments_of_the_CRM_overlap_at_one_moment()
    {
        var week = Week("America/Chicago", "09:00", "11:00");
        TakenTime[] oneAfterTheOther = [Crm("09:00", "09:30"), Crm("09:30", "10:00")];
        TakenTime[] atOnce = [Crm("09:00", "09:31"), Crm("09:30", "10:00")];

        IsFree(oneAfterTheOther, Left, Right).ShouldBeTrue();
        IsFree(atOnce, Left, Right).ShouldBeFalse();
        IsFree(oneAfterTheOther, Left).ShouldBeFalse();

        bool IsFree(TakenTime[] taken, params Guid[] bays) => Slots.At(week, new ShopCalendar(bays, taken), Hour, At("2026-11-24T09:00-06:00"), null, Before, BookingRules.Usual).Slot is not null;
        static TakenTime Crm(string from, string to) => new(null, At($"2026-11-24T{from}-06:00"), At($"2026-11-24T{to}-06:00"));
    }

    [Fact]
    public void What_begins_too_soon_or_too_far_ahead_is_not_offered()
    {
        var week = Week("America/Chicago", "09:00", "11:00");
        var now = At("2026-11-24T08:29-06:00");

        Slots.Find(week, Free(Left), Hour, now, now.AddDays(90), now, BookingRules.Usual).First().StartsAt.ShouldBe(At("2026-11-24T09:30-06:00"));
        Slots.Find(week, Free(Left), Hour, now, now.AddDays(90), now, BookingRules.Usual).Last().StartsAt.ShouldBeLessThan(now.AddDays(60));
        Slots.At(week, Free(Left), Hour, At("2026-11-24T09:00-06:00"), null, now, BookingRules.Usual).Refusal.ShouldBe("too_soon");
    }

    private static readonly DateTimeOffset Before = At("2026-11-23T00:00-06:00");

    private static IEnumerable<string> Starts(LocationHours hours, ShopCalendar calendar, string from, string until) =>
        Slots.Find(hours, calendar, Hour, At(from), At(until), Before, BookingRules.Usual).Select(slot => $"{slot.StartsAt.UtcDateTime:HH:mm}");

    private static LocationHours Week(string zone, string opens, string closes) =>
        new(zone, [.. Enumerable.Range(1, 7).Select(day => new OpenSpan(day, TimeOnly.Parse(opens, null), TimeOnly.Parse(closes, null)))]);

    private static ShopCalendar Free(params Guid[] bays) => new(bays, []);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, null);
}
