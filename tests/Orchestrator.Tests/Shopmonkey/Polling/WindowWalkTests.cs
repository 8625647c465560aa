using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>The walk against a model that draws its pages at random: whatever it calls complete is complete.</summary>
public sealed class WindowWalkTests
{
    private const long Start = 1_795_000_000_000;
    private static readonly Window TwoMinutes = new(Start, Start + 120_000);

    [Fact]
    public async Task A_quiet_window_costs_one_question()
    {
        var crm = new ModelCrm(1);
        crm.Add(100, number => Start + number);

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.Questions.ShouldBe(1);
        crm.Taken.Count.ShouldBe(100);
    }

    [Fact]
    public async Task An_empty_window_is_complete() => (await CoverAsync(new ModelCrm(1))).ShouldBeTrue();

    [Fact]
    public async Task Three_hundred_and_fifty_in_a_second_are_all_seen()
    {
        var crm = new ModelCrm(2);
        crm.Add(350, number => Start + 60_000 + (number * 1000 / 350));

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.MissedIn(TwoMinutes).ShouldBeEmpty();
        crm.Questions.ShouldBeLessThan(40);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(350)]
    [InlineData(500)]
    public async Task Equal_timestamps_that_no_cut_parts_are_drawn_until_all_were_seen(int count)
    {
        var crm = new ModelCrm(count);
        crm.Add(count, _ => Start + 77_777);

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.MissedIn(TwoMinutes).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ten_thousand_rows_cost_fewer_questions_than_a_minute_of_the_poll_has()
    {
        var crm = new ModelCrm(3);
        crm.Add(10_000, number => Start + (number * 12));

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.MissedIn(TwoMinutes).ShouldBeEmpty();
        crm.Questions.ShouldBeLessThanOrEqualTo(300);
    }

    [Fact]
    public async Task A_filter_that_is_ignored_once_is_asked_again()
    {
        var crm = new ModelCrm(4);
        crm.Add(20, number => Start + number);
        crm.Add(5, _ => Start - 1_000_000);
        var answers = 0;
        crm.Before = (model, _) => model.FilterIgnored = answers++ == 0 ? 100 : 0;

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.Questions.ShouldBe(2);
        crm.Taken.Count.ShouldBe(20);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(250)]
    [InlineData(1_200)]
    public async Task A_filter_that_is_always_ignored_costs_the_whole_table_and_no_row(int rows)
    {
        var crm = new ModelCrm(rows) { IgnoresFilters = true };
        crm.Add(rows - 3, number => Start + number);
        crm.Add(3, _ => Start - 1_000_000);

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.MissedIn(TwoMinutes).ShouldBeEmpty();
        crm.Taken.Count.ShouldBe(rows - 3, "what lies outside of the window is another window's");
    }

    [Fact]
    public async Task A_table_that_grows_while_all_of_it_is_looked_at_is_looked_at_anew()
    {
        var crm = new ModelCrm(7) { IgnoresFilters = true };
        crm.Add(150, number => Start + number);
        crm.Add(50, _ => Start - 1_000_000);
        crm.Before = (model, _) =>
        {
            if (model.Questions is > 4 and < 8)
            {
                model.Add(1, _ => Start + 100_000);
            }
        };

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.MissedIn(TwoMinutes).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_filter_that_is_ignored_over_a_large_table_ends_the_walk_with_its_reason_and_what_was_seen_is_taken()
    {
        var crm = new ModelCrm(5) { IgnoresFilters = true };
        crm.Add(10, number => Start + number);
        crm.Add(11_000, _ => Start - 1_000_000);
        var walk = new WindowWalk(crm.Source);

        (await walk.CoverAsync(TwoMinutes, CancellationToken.None)).ShouldBeFalse();

        (walk.Reason, walk.Requests).ShouldBe((WindowWalk.FilterIgnored, 4));
    }

    [Fact]
    public async Task Halves_that_count_less_than_their_whole_are_not_trusted()
    {
        var crm = new ModelCrm(6) { Count = (window, count) => window == TwoMinutes ? count + 1 : count };
        crm.Add(150, number => Start + (number * 700));
        var walk = new WindowWalk(crm.Source);

        (await walk.CoverAsync(TwoMinutes, CancellationToken.None)).ShouldBeFalse();

        walk.Reason.ShouldBe(WindowWalk.TotalsDiffer);
    }

    [Fact]
    public async Task A_row_that_only_the_whole_shows_is_drawn_from_the_whole()
    {
        var crm = new ModelCrm(12) { Hides = (window, id) => window != TwoMinutes && id == "row-77" };
        crm.Add(150, number => Start + (number * 700));

        (await CoverAsync(crm)).ShouldBeTrue();

        crm.MissedIn(TwoMinutes).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_that_does_not_say_how_many_there_are_is_never_called_complete_where_there_may_be_more()
    {
        var crm = new ModelCrm(7) { Count = (_, count) => count < CrmPage.Most ? count : CrmPage.UnknownTotal };
        crm.Add(150, _ => Start + 5);
        var walk = new WindowWalk(crm.Source);

        (await walk.CoverAsync(TwoMinutes, CancellationToken.None)).ShouldBeFalse();

        walk.Reason.ShouldBe(WindowWalk.TooDense);
    }

    [Fact]
    public async Task A_failure_of_the_CRM_ends_the_walk_and_what_was_seen_is_taken()
    {
        var crm = new ModelCrm(8);
        crm.Add(500, number => Start + (number * 200));
        crm.Before = (model, _) =>
        {
            if (model.Questions == 6)
            {
                throw new ShopmonkeyException("shopmonkey_500", ShopmonkeyFailure.Outage, null);
            }
        };

        await Should.ThrowAsync<ShopmonkeyException>(() => CoverAsync(crm));

        crm.Taken.Count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task What_was_seen_before_makes_a_busy_overlap_cost_one_question_for_what_is_new_and_one_for_the_rest()
    {
        var crm = new ModelCrm(9);
        crm.Add(1_000, number => Start + (number * 100));
        var memory = new PollMemory();
        await CoverAsync(crm, memory);
        memory.ValidUntil = TwoMinutes.To;
        var before = crm.Questions;

        var next = new Window(Start, TwoMinutes.To + 30_000);
        (await CoverAsync(crm, memory, next)).ShouldBeTrue();

        (crm.Questions - before).ShouldBe(3);
    }

    [Fact]
    public async Task A_row_that_moved_within_what_was_seen_before_is_seen_at_its_new_place()
    {
        var crm = new ModelCrm(10);
        crm.Add(1_000, number => Start + (number * 100));
        var memory = new PollMemory();
        await CoverAsync(crm, memory);
        memory.ValidUntil = TwoMinutes.To;

        // The same total as before: counting alone would call that complete.
        crm.Change("row-500", TwoMinutes.To + 10_000);
        crm.Add(1, _ => Start + 50_001);
        var next = new Window(Start, TwoMinutes.To + 30_000);
        (await CoverAsync(crm, memory, next)).ShouldBeTrue();

        crm.MissedIn(next).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_memory_of_rows_that_are_gone_is_not_trusted()
    {
        var crm = new ModelCrm(11);
        crm.Add(400, number => Start + (number * 200));
        var memory = new PollMemory();
        await CoverAsync(crm, memory);
        memory.ValidUntil = TwoMinutes.To;
        foreach (var id in crm.Rows.Keys.Take(5).ToList())
        {
            crm.Rows.Remove(id);
        }

        crm.Add(3, number => Start + 40_000 + number);
        (await CoverAsync(crm, memory)).ShouldBeTrue();

        crm.MissedIn(TwoMinutes).ShouldBeEmpty();
        memory.Count(TwoMinutes).ShouldBe(398);
    }

    [Fact]
    public async Task Rows_that_are_changed_while_they_are_walked_over_are_seen_now_or_at_the_next_walk()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var crm = new ModelCrm(seed);
            crm.Add(600, number => Start + (number * 190));
            var now = TwoMinutes.To;
            crm.Before = (model, random) => model.Change($"row-{random.Next(600)}", now += 40);
            var memory = new PollMemory();

            var first = await CoverAsync(crm, memory);
            memory.ValidUntil = first ? TwoMinutes.To : long.MinValue;
            crm.Before = null;
            (await CoverAsync(crm, memory, new Window(Start, now + 1))).ShouldBeTrue();

            crm.MissedIn(new Window(Start, now + 1)).ShouldBeEmpty($"seed {seed}");
        }
    }

    // Whole days of polls against a CRM that does everything wrong at once: what a walk calls complete, is.
    [Fact]
    public async Task Many_polls_of_a_CRM_that_lies_lags_and_changes_never_pass_over_a_row()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var crm = new ModelCrm(seed) { FilterIgnored = 8 };
            var memory = new PollMemory();
            var (now, mark, asked) = (Start, Start, 0);
            crm.Before = (model, chance) =>
            {
                now += 50;
                if (model.Rows.Count > 0 && chance.Next(3) == 0)
                {
                    model.Change($"row-{chance.Next(model.Rows.Count)}", now);
                }
            };
            for (var poll = 0; poll < 25; poll++)
            {
                now += 30_000;
                var burst = random.Next(4) == 0 ? 400 : random.Next(40);
                // Some are stamped up to a minute before they can be seen.
                crm.Add(burst, _ => now - (random.Next(10) == 0 ? random.Next(60_000) : random.Next(500)));
                var window = new Window(Math.Min(mark, now) - 120_000, now + 2_000);
                var end = now;
                if (await CoverAsync(crm, memory, window))
                {
                    asked++;
                    mark = end;
                    memory.ValidUntil = end;
                    memory.Forget(window.From);
                }
                else
                {
                    memory.Clear();
                }
            }

            crm.Before = null;
            crm.FilterIgnored = 0;
            (await CoverAsync(crm, memory, new Window(mark - 120_000, now + 2_000))).ShouldBeTrue();
            asked.ShouldBeGreaterThan(5);
            crm.MissedIn(new Window(0, now)).ShouldBeEmpty($"seed {seed}");
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(5, 1_000)]
    public void Halves_share_their_border_and_leave_nothing_out(long from, long to)
    {
        var (newer, older) = new Window(from, to).Split();

        (older.From, newer.To, older.To).ShouldBe((from, to, newer.From));
        (older.Width < to - from || to - from <= Window.Smallest).ShouldBeTrue();
    }

    [Fact]
    public void A_window_is_asked_for_in_the_CRMs_own_form() =>
        new Window(Start, Start + 1).Where("updatedDate").ShouldBe("""{"updatedDate":{"gte":"2026-11-18T11:06:40.000Z","lte":"2026-11-18T11:06:40.001Z"}}""");

    private static Task<bool> CoverAsync(ModelCrm crm, PollMemory? memory = null, Window? window = null) =>
        new WindowWalk(crm.Source, memory).CoverAsync(window ?? TwoMinutes, CancellationToken.None);
}
