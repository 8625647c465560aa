using LeadOrchestrator.Orchestrator.Vendors;

namespace LeadOrchestrator.Orchestrator.Tests.Vendors;

/// <summary>What is known of one tenant's accounts, and the reading of it.</summary>
public sealed class ShelfTests
{
    [Fact]
    public async Task A_reading_that_ends_before_anybody_waits_for_it_is_handed_out_all_the_same()
    {
        // Which of the two is first is chance: among so many both have been.
        for (var number = 0; number < 50_000; number++)
        {
            var shelf = new Shelf<string>();

            var reading = shelf.Read(() => Task.FromResult("account"));

            (reading is null).ShouldBeFalse($"of reading {number}");
            (await reading).ShouldBe("account");
        }
    }

    [Fact]
    public async Task Who_asks_meanwhile_gets_the_same_reading_and_one_that_began_before_a_change_is_not_kept()
    {
        var shelf = new Shelf<string>();
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = shelf.Read(() => gate.Task);
        var second = shelf.Read(() => Task.FromResult("another"));
        second.ShouldBeSameAs(first);

        shelf.Clear();
        gate.SetResult("old");

        (await first).ShouldBe("old");
        shelf.Look().Known.ShouldBeNull();
        (await shelf.Read(() => Task.FromResult("new"))).ShouldBe("new");
    }
}
