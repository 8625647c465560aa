using LeadOrchestrator.Orchestrator.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>What waits for the lists of texts, and for how long.</summary>
public sealed class UnreadListsTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse(Shop.Monday10, null));
    private readonly UnreadLists _lists;

    public UnreadListsTests() => _lists = new UnreadLists(_clock);

    [Fact]
    public void Nothing_waits_when_nothing_was_missed()
    {
        _lists.Keeps(Tenant, null).ShouldBeFalse();
        _lists.IsToBeRead().ShouldBeFalse();
    }

    [Fact]
    public void What_was_planned_before_waits_until_the_list_is_read_and_who_asked_since_does_not()
    {
        _lists.Missed();
        var now = _clock.GetUtcNow();

        _lists.Keeps(Tenant, null).ShouldBeTrue();
        _lists.Keeps(Tenant, now.AddSeconds(-1)).ShouldBeTrue();
        _lists.Keeps(Tenant, now.AddSeconds(1)).ShouldBeFalse();
        _lists.Read(Tenant, _lists.Misses).ShouldBeTrue();
        _lists.Keeps(Tenant, null).ShouldBeFalse();
        _lists.Keeps(Guid.CreateVersion7(), null).ShouldBeTrue("its list is another");
    }

    [Fact]
    public void What_is_missed_while_a_list_is_read_asks_for_it_once_more()
    {
        _lists.Missed();
        var misses = _lists.Misses;
        _lists.Missed();
        _lists.Read(Tenant, misses);
        _lists.Keeps(Tenant, null).ShouldBeTrue();
    }

    [Fact]
    public void A_list_that_cannot_be_read_is_tried_again_and_stops_nothing_for_longer_than_twenty_seconds()
    {
        _lists.Missed();
        _lists.IsToBeRead().ShouldBeTrue();
        _lists.IsToBeRead().ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(5));
        _lists.IsToBeRead().ShouldBeTrue();
        _clock.Advance(UnreadLists.LongestWait);

        _lists.Keeps(Tenant, null).ShouldBeFalse();
        _lists.IsToBeRead().ShouldBeFalse();
        _lists.IsRead(Tenant).ShouldBeFalse("the next regular reading looks as far back as it must");
    }
}
