using System.Globalization;
using LeadOrchestrator.Orchestrator.Cadences;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <summary>Days are the shop's own, and nobody hears from it on a Sunday, on a holiday or twice on one day.</summary>
public sealed class CadenceTimesTests
{
    private const string Chicago = "America/Chicago";

    [Fact]
    public void A_step_in_days_is_due_at_its_hour_on_the_shops_wall() =>
        Due(new Step("a", "sms") { DelayDays = 1 }, "2026-11-23T16:00:00Z").ShouldBe(At("2026-11-24T16:30:00Z"));

    [Fact]
    public void Its_hour_can_be_chosen_and_stays_the_same_over_the_end_of_summer_time() =>
        // Saturday, 31 October; on Sunday the clocks go back.
        Due(new Step("a", "sms") { DelayDays = 2, At = "15:00" }, "2026-10-31T15:00:00Z").ShouldBe(At("2026-11-02T21:00:00Z"));

    [Fact]
    public void Late_in_the_evening_it_is_the_shops_day_that_counts_and_not_the_days_of_Greenwich() =>
        Due(new Step("a", "sms") { DelayDays = 1 }, "2026-11-24T03:30:00Z").ShouldBe(At("2026-11-24T16:30:00Z"));

    [Fact]
    public void A_Sunday_and_a_federal_holiday_are_passed_over()
    {
        Due(new Step("a", "sms") { DelayDays = 1 }, "2026-11-21T16:00:00Z").ShouldBe(At("2026-11-23T16:30:00Z"));
        // Wednesday; Thursday is Thanksgiving.
        Due(new Step("a", "sms") { DelayDays = 1 }, "2026-11-25T16:00:00Z").ShouldBe(At("2026-11-27T16:30:00Z"));
    }

    [Fact]
    public void After_a_greeting_that_waited_for_the_next_day_the_next_step_waits_a_day_longer() =>
        // Came in on Monday at 22:00, was greeted on Tuesday at 10:00.
        Due(new Step("a", "sms") { DelayDays = 1 }, "2026-11-24T04:00:00Z", "2026-11-24T16:00:00Z").ShouldBe(At("2026-11-25T16:30:00Z"));

    [Fact]
    public void A_delay_can_be_counted_from_the_step_before() =>
        Due(new Step("a", "sms") { DelayDays = 2, From = "previous" }, "2026-11-23T16:00:00Z", "2026-11-25T16:00:00Z").ShouldBe(At("2026-11-27T16:30:00Z"));

    [Fact]
    public void Minutes_are_minutes_and_a_step_that_waited_for_the_morning_moves_what_follows_it()
    {
        var step = new Step("a", "sms") { DelayMinutes = 90 };
        Due(step, "2026-11-23T16:00:00Z").ShouldBe(At("2026-11-23T17:30:00Z"));
        Due(step, "2026-11-23T16:00:00Z", "2026-11-24T16:00:00Z").ShouldBe(At("2026-11-24T17:30:00Z"));
        Due(step, "2026-11-23T16:00:00Z", "2026-11-24T16:00:00Z", new Step("b", "sms") { DelayMinutes = 60 }).ShouldBe(At("2026-11-24T16:30:00Z"));
        Due(step, "2026-11-23T16:00:00Z", "2026-11-24T16:00:00Z", new Step("b", "sms") { DelayMinutes = 90 }).ShouldBe(At("2026-11-24T16:01:00Z"), "never two at once");
        Due(step with { From = "previous" }, "2026-11-23T16:00:00Z", "2026-11-24T16:00:00Z", new Step("b", "sms") { DelayMinutes = 60 }).ShouldBe(At("2026-11-24T17:30:00Z"));
    }

    [Fact]
    public void A_zone_that_nobody_knows_is_read_as_Greenwichs() =>
        CadenceTimes.DueOf(new Step("a", "sms") { DelayDays = 1 }, At("2026-11-23T16:00:00Z"), At("2026-11-23T16:00:00Z"), "Mars/Olympus").ShouldBe(At("2026-11-24T10:30:00Z"));

    [Theory]
    [InlineData("10:30", true)]
    [InlineData("00:00", true)]
    [InlineData("24:00", false)]
    [InlineData("9:30", false)]
    [InlineData("half past ten", false)]
    public void An_hour_is_HH_mm(string text, bool isOne) => CadenceTimes.IsHour(text).ShouldBe(isOne);

    [Fact]
    public void A_delay_is_said_in_words()
    {
        CadenceTimes.Words(Cadence.Usual.Steps[0]).ShouldBe("at once");
        CadenceTimes.Words(Cadence.Usual.Steps[2]).ShouldBe("on day 3 at 10:30");
        CadenceTimes.Words(new Step("a", "sms") { DelayMinutes = 90 }).ShouldBe("after 90 minutes");
    }

    [Fact]
    public void The_words_of_a_delay_say_from_where_it_counts()
    {
        CadenceTimes.Words(new Step("a", "sms") { DelayDays = 2, From = CadenceTimes.Previous }).ShouldBe("2 days after the step before, at 10:30");
        CadenceTimes.Words(new Step("a", "sms") { DelayDays = 1, From = CadenceTimes.Previous }).ShouldBe("1 day after the step before, at 10:30");
        CadenceTimes.Words(new Step("a", "sms") { DelayMinutes = 90, From = CadenceTimes.Previous }).ShouldBe("90 minutes after the step before");
    }

    private static DateTimeOffset Due(Step step, string arrived, string? ended = null, Step? previous = null) => CadenceTimes.DueOf(step, At(arrived), At(ended ?? arrived), Chicago, previous);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
