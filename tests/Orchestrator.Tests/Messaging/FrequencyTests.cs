using System.Globalization;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Messaging.Rules;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>How often one person is texted. Each text counts for an hour longer than the law says: the carrier may have held it.</summary>
public sealed class FrequencyTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-23T17:00:00Z", CultureInfo.InvariantCulture);
    private static readonly FrequencyCap ThreeADay = new(3, Duration.FromHours(24));
    private static readonly FrequencyCap FourAWeek = new(4, Duration.FromHours(168));

    [Fact]
    public void Whoever_was_never_texted_may_be() => FitsIn([], ThreeADay).ShouldBeNull();

    [Fact]
    public void Two_texts_leave_room_for_a_third() => FitsIn([1, 2], ThreeADay).ShouldBeNull();

    [Fact]
    public void After_three_the_next_fits_when_the_oldest_has_left_the_day() => FitsIn([1, 2, 10], ThreeADay).ShouldBe(15);

    [Fact]
    public void The_order_in_which_they_are_told_does_not_matter() => FitsIn([10, 1, 2], ThreeADay).ShouldBe(15);

    [Fact]
    public void A_text_that_the_carrier_may_have_held_for_an_hour_still_counts() => FitsIn([1, 2, 24.5], ThreeADay).ShouldBe(0.5);

    [Fact]
    public void One_that_is_a_day_and_an_hour_old_does_not() => FitsIn([1, 2, 25], ThreeADay).ShouldBeNull();

    [Fact]
    public void More_than_the_cap_allows_wait_until_only_two_are_left() => FitsIn([1, 2, 3, 4, 5], ThreeADay).ShouldBe(22);

    [Fact]
    public void Of_two_caps_the_later_one_counts() => FitsIn([1, 30, 60, 100], ThreeADay, FourAWeek).ShouldBe(69);

    [Fact]
    public void A_text_from_a_clock_that_ran_ahead_counts() => FitsIn([-2, 1, 2], ThreeADay).ShouldBe(23);

    private static double? FitsIn(double[] hoursAgo, params FrequencyCap[] caps) =>
        (Frequency.FitsAt([.. hoursAgo.Select(hours => Now.AddHours(-hours))], caps, Instant.FromDateTimeOffset(Now)) - Instant.FromDateTimeOffset(Now))?.TotalHours;
}
