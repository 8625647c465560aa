using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>What a process remembers between polls: where each row stood last, and what is surely stored.</summary>
public sealed class PollMemoryTests
{
    private static readonly Window Whole = new(0, 1_000);
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_row_counts_where_its_newest_version_stands()
    {
        var memory = new PollMemory();
        memory.Note("a", 100, 1);
        memory.Note("a", 900, 2);
        memory.Note("a", 100, 1);

        (memory.Count(new Window(0, 500)), memory.Count(new Window(500, 1_000)), memory.Size).ShouldBe((0, 1, 1));
    }

    [Fact]
    public void Both_ends_of_a_window_belong_to_it()
    {
        var memory = new PollMemory();
        memory.Note("a", 0, 1);
        memory.Note("b", 1_000, 1);
        memory.Note("c", 1_001, 1);

        memory.Count(Whole).ShouldBe(2);
    }

    [Fact]
    public void What_was_not_seen_again_is_let_go_in_its_window_alone()
    {
        var memory = new PollMemory();
        memory.Note("seen", 100, 1);
        memory.Note("gone", 200, 1);
        memory.Note("elsewhere", 5_000, 1);

        memory.Keep(Whole, id => id == "seen");

        (memory.Count(Whole), memory.Size).ShouldBe((1, 2));
    }

    [Fact]
    public void What_no_overlap_reaches_any_more_is_let_go()
    {
        var memory = new PollMemory();
        memory.Note("old", 99, 1);
        memory.Note("young", 100, 1);

        memory.Forget(before: 100);
        memory.Size.ShouldBe(1);

        memory.ValidUntil = 500;
        memory.Clear();
        (memory.Size, memory.ValidUntil).ShouldBe((0, long.MinValue));
    }

    [Fact]
    public void A_version_that_is_stored_is_known_and_a_newer_one_is_not()
    {
        var stored = new StoredRows(_clock);
        stored.Note("order", ModelCrm.Row("a", 0, 5));
        stored.Note("order", ModelCrm.Row("a", 0, 3));

        stored.Has("order", ModelCrm.Row("a", 0, 5)).ShouldBeTrue();
        stored.Has("order", ModelCrm.Row("a", 0, 4)).ShouldBeTrue();
        stored.Has("order", ModelCrm.Row("a", 0, 6)).ShouldBeFalse();
        stored.Has("customer", ModelCrm.Row("a", 0, 5)).ShouldBeFalse();
    }

    [Fact]
    public void What_is_stored_is_remembered_for_longer_than_the_widest_look_and_not_for_ever()
    {
        var stored = new StoredRows(_clock);
        stored.Note("order", ModelCrm.Row("a", 0, 5));
        _clock.Advance(TimeSpan.FromMinutes(16));
        stored.Forget();
        stored.Has("order", ModelCrm.Row("a", 0, 5)).ShouldBeTrue();

        _clock.Advance(TimeSpan.FromMinutes(5));
        stored.Forget();
        stored.Has("order", ModelCrm.Row("a", 0, 5)).ShouldBeFalse();
    }

    [Fact]
    public void A_wide_look_is_due_at_first_and_every_five_minutes_and_again_when_it_was_not_complete()
    {
        var memory = new TenantMemory(_clock);
        memory.IsWideDue.ShouldBeTrue();
        memory.Ended(wasWide: false);
        memory.IsWideDue.ShouldBeTrue();
        memory.Ended(wasWide: true);
        memory.IsWideDue.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMinutes(5));
        memory.IsWideDue.ShouldBeTrue();
    }

    [Fact]
    public void A_tenant_that_others_poll_is_forgotten()
    {
        var memories = new TenantMemories(_clock);
        var (here, elsewhere) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var kept = memories.Of(here);
        var lost = memories.Of(elsewhere);
        _clock.Advance(TimeSpan.FromMinutes(21));
        kept.Ended(wasWide: false);

        memories.Forget();

        memories.Of(here).ShouldBeSameAs(kept);
        memories.Of(elsewhere).ShouldNotBeSameAs(lost);
    }
}
