using LeadOrchestrator.Orchestrator.Holds;

namespace LeadOrchestrator.Orchestrator.Tests.Holds;

/// <summary>How soon a text is found of which the vendor tells no second time.</summary>
public sealed class ListRoundsTests
{
    private readonly ListRounds _rounds = new();

    [Fact]
    public void Lists_are_read_a_minute_after_the_start_and_every_five_minutes()
    {
        RoundsUntilNext().ShouldBe(60);
        RoundsUntilNext().ShouldBe(300);
        RoundsUntilNext().ShouldBe(300);
    }

    [Fact]
    public void Within_a_minute_after_something_was_not_stored_they_are_read_and_a_minute_later_once_more()
    {
        RoundsUntilNext();

        RoundsUntilNext(wasMissed: true).ShouldBe(60);
        RoundsUntilNext().ShouldBe(60, "what was missed just before the reading was too young for it");
        RoundsUntilNext().ShouldBe(300);
    }

    [Fact]
    public void What_is_missed_meanwhile_does_not_put_a_reading_off()
    {
        for (var round = 0; round < 55; round++)
        {
            _rounds.IsNext(wasMissed: true).ShouldBeFalse();
        }

        RoundsUntilNext().ShouldBe(5);
        RoundsUntilNext().ShouldBe(60);
    }

    [Fact]
    public void While_the_database_is_away_nothing_is_read_and_when_it_is_back_all_that_came_meanwhile_is_found_soon()
    {
        RoundsUntilNext();
        for (var away = 0; away < 1000; away++)
        {
            _rounds.Missed();
        }

        RoundsUntilNext().ShouldBe(60);
        RoundsUntilNext().ShouldBe(60);
    }

    private int RoundsUntilNext(bool wasMissed = false)
    {
        for (var round = 1; ; round++)
        {
            if (_rounds.IsNext(wasMissed && round == 1))
            {
                return round;
            }
        }
    }
}
