using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

public sealed class RightOfWayTests
{
    private static readonly TimeSpan Took = TimeSpan.FromMilliseconds(100);
    private readonly RightOfWay _rightOfWay = new();

    [Fact]
    public void With_nobody_at_the_door_the_work_does_not_rest() => _rightOfWay.RestAfter(Took).ShouldBe(TimeSpan.Zero);

    [Fact]
    public void Deliveries_that_come_one_by_one_are_no_crowd()
    {
        _rightOfWay.Stored(1);

        _rightOfWay.RestAfter(Took).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void In_a_flood_the_work_rests_for_a_share_of_its_last_transaction()
    {
        _rightOfWay.Stored(20);

        _rightOfWay.RestAfter(Took).ShouldBe(Took * RightOfWay.Share);
    }

    [Fact]
    public void A_flood_slows_the_work_and_never_stops_it()
    {
        _rightOfWay.Stored(20);

        _rightOfWay.RestAfter(TimeSpan.FromMinutes(1)).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Texts_give_way_to_the_inbox_too_and_never_for_long()
    {
        _rightOfWay.GiveAsync(TestContext.Current.CancellationToken).IsCompleted.ShouldBeTrue();
        _rightOfWay.Behind();

        var given = _rightOfWay.GiveAsync(TestContext.Current.CancellationToken);

        given.IsCompleted.ShouldBeFalse();
        await given.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => !_rightOfWay.IsBehind, "the backlog to be forgotten");
    }

    [Fact]
    public async Task The_flood_is_forgotten_soon_after_it_has_ended()
    {
        _rightOfWay.Stored(20);

        await Eventually.TrueAsync(() => !_rightOfWay.IsCrowded, "the flood to be forgotten");

        _rightOfWay.RestAfter(Took).ShouldBe(TimeSpan.Zero);
    }
}
