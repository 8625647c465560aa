using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>What a process holds in memory of its own events.</summary>
public sealed class InboxHandTests
{
    private static readonly Guid Flooded = Guid.CreateVersion7();
    private static readonly Guid Quiet = Guid.CreateVersion7();
    private readonly InboxHand _hand = new();

    [Fact]
    public void Nothing_is_held_while_no_worker_takes_it()
    {
        _hand.HasRoom.ShouldBeFalse();
        _hand.Add([Event(Flooded, "a")]).ShouldBeFalse();
        _hand.Take(10, 10).ShouldBeEmpty();
    }

    [Fact]
    public void A_tenants_events_come_out_in_their_order()
    {
        _hand.Open();
        _hand.Add([Event(Flooded, "a"), Event(Flooded, "b")]);
        _hand.Add([Event(Flooded, "c")]);

        _hand.Take(2, 2).Select(one => one.ExternalId).ShouldBe(["a", "b"]);
        _hand.Take(2, 2).Select(one => one.ExternalId).ShouldBe(["c"]);
    }

    [Fact]
    public void A_tenants_flood_does_not_make_another_wait_for_its_turn()
    {
        _hand.Open();
        _hand.Add([.. Enumerable.Range(0, 500).Select(number => Event(Flooded, $"{number}"))]);
        _hand.Add([Event(Quiet, "lonely")]);

        var taken = _hand.Take(256, 128);

        taken.Count.ShouldBe(129);
        taken.ShouldContain(one => one.ExternalId == "lonely");
    }

    [Fact]
    public void Tenants_take_turns_when_a_batch_has_room_for_one_only()
    {
        _hand.Open();
        _hand.Add([Event(Flooded, "a"), Event(Flooded, "b"), Event(Quiet, "c")]);

        _hand.Take(1, 1).ShouldHaveSingleItem().ExternalId.ShouldBe("a");
        _hand.Take(1, 1).ShouldHaveSingleItem().ExternalId.ShouldBe("c");
        _hand.Take(1, 1).ShouldHaveSingleItem().ExternalId.ShouldBe("b");
    }

    [Fact]
    public void More_than_is_worked_off_within_seconds_is_left_for_anybodys_claim()
    {
        _hand.Open();
        var held = 0;
        for (; _hand.HasRoom && held < 100_000; held += 100)
        {
            _hand.Add([.. Enumerable.Range(held, 100).Select(number => Event(Flooded, $"{number}"))]);
        }

        held.ShouldBeInRange(100, 20_000);
        _hand.Take(200, 200);
        _hand.HasRoom.ShouldBeTrue();
    }

    [Fact]
    public void A_few_huge_bodies_fill_it_too()
    {
        _hand.Open();
        var body = new string(' ', 1024 * 1024);
        for (var number = 0; number < 100; number++)
        {
            _hand.Add([Event(Flooded, $"{number}") with { Payload = body }]);
        }

        _hand.HasRoom.ShouldBeFalse();
    }

    [Fact]
    public void At_the_stop_all_that_is_left_comes_back_and_nothing_more_is_taken()
    {
        _hand.Open();
        _hand.Add([Event(Flooded, "a"), Event(Quiet, "b")]);

        _hand.Close().Count.ShouldBe(2);

        _hand.HasRoom.ShouldBeFalse();
        _hand.Add([Event(Flooded, "c")]).ShouldBeFalse();
    }

    [Fact]
    public void What_may_or_may_not_have_been_stored_is_given_out_once()
    {
        _hand.Doubt([Event(Flooded, "a")]);

        _hand.TakeDoubtful().ShouldHaveSingleItem();
        _hand.TakeDoubtful().ShouldBeEmpty();
    }

    [Fact]
    public void Doubts_are_bounded_however_long_the_database_is_away()
    {
        for (var round = 0; round < 100; round++)
        {
            _hand.Doubt([.. Enumerable.Range(0, 100).Select(number => Event(Flooded, $"{round}-{number}"))]);
        }

        var doubtful = _hand.TakeDoubtful();

        doubtful.Count.ShouldBeInRange(100, 5_000);
        doubtful[^1].ExternalId.ShouldBe("99-99");
    }

    private static InboxEvent Event(Guid tenant, string order) => new(tenant, Guid.CreateVersion7(), "order", "INSERT", order, "{}", 1, null, DateTimeOffset.UnixEpoch);
}
