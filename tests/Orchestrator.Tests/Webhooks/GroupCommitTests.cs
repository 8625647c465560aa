using LeadOrchestrator.Orchestrator.Webhooks;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Many callers, one commit, and each caller its own result.</summary>
public sealed class GroupCommitTests
{
    private static readonly GroupCommitLimits OneWriter = new(Most: 10, Writers: 1, Deadline: TimeSpan.FromSeconds(30));
    private readonly List<IReadOnlyList<int>> _batches = [];
    private TaskCompletionSource _gate = Open();

    [Fact]
    public async Task With_nobody_before_it_a_call_goes_at_once_and_what_comes_meanwhile_goes_together()
    {
        var commit = new GroupCommit<int, string>(WriteAsync, OneWriter);
        _gate = new TaskCompletionSource();

        var first = commit.AddAsync(0);
        var others = Enumerable.Range(1, 5).Select(commit.AddAsync).ToList();
        _batches.ShouldHaveSingleItem().ShouldBe([0]);
        _gate.SetResult();

        (await first).ShouldBe("0");
        (await Task.WhenAll(others)).ShouldBe(["1", "2", "3", "4", "5"]);
        _batches.Select(batch => batch.Count).ShouldBe([1, 5]);
        (await commit.AddAsync(6)).ShouldBe("6");
    }

    [Fact]
    public async Task After_a_crowd_the_next_commit_waits_until_it_has_company_enough()
    {
        var commit = new GroupCommit<int, string>(WriteAsync, OneWriter with { Gather = TimeSpan.FromMinutes(1), Enough = 3 });
        await CrowdAsync(commit);

        var early = commit.AddAsync(10);
        var next = commit.AddAsync(11);
        early.IsCompleted.ShouldBeFalse();
        _batches.Count.ShouldBe(2);
        var last = commit.AddAsync(12);

        (await Task.WhenAll(early, next, last)).ShouldBe(["10", "11", "12"]);
        _batches[^1].ShouldBe([10, 11, 12]);
    }

    [Fact]
    public async Task Nobody_waits_for_company_that_does_not_come()
    {
        var commit = new GroupCommit<int, string>(WriteAsync, OneWriter with { Gather = TimeSpan.FromMilliseconds(1), Enough = 3 });
        await CrowdAsync(commit);

        (await commit.AddAsync(10)).ShouldBe("10");
        (await commit.AddAsync(11)).ShouldBe("11");
    }

    [Fact]
    public async Task One_that_cannot_be_written_fails_alone()
    {
        var commit = new GroupCommit<int, string>(
            (items, cancel) => items.Contains(3) ? throw new PostgresException("", "ERROR", "ERROR", "23503") : WriteAsync(items, cancel), OneWriter);
        _gate = new TaskCompletionSource();

        var all = Enumerable.Range(0, 6).Select(commit.AddAsync).ToList();
        _gate.SetResult();

        (await Task.WhenAll(all.Where((_, number) => number != 3))).ShouldBe(["0", "1", "2", "4", "5"]);
        await Should.ThrowAsync<PostgresException>(all[3]);
    }

    [Fact]
    public async Task A_database_that_is_away_fails_all_who_wait_at_once_and_is_not_asked_for_each_of_them()
    {
        var asked = 0;
        var commit = new GroupCommit<int, string>(
            async (items, _) =>
            {
                asked++;
                await _gate.Task;
                throw new NpgsqlException("away");
            }, OneWriter);
        _gate = new TaskCompletionSource();

        var all = Enumerable.Range(0, 6).Select(commit.AddAsync).ToList();
        _gate.SetResult();

        foreach (var one in all)
        {
            await Should.ThrowAsync<NpgsqlException>(one);
        }

        asked.ShouldBe(2);
    }

    [Fact]
    public async Task A_silent_commit_is_left_alone_at_its_deadline_and_the_next_one_goes_its_own_way()
    {
        var silent = new TaskCompletionSource<IReadOnlyList<string>>();
        var commit = new GroupCommit<int, string>(
            (items, cancel) => items.Contains(0) ? silent.Task : WriteAsync(items, cancel), OneWriter with { Deadline = TimeSpan.FromSeconds(2) });

        var first = commit.AddAsync(0);
        var second = commit.AddAsync(1);

        await Should.ThrowAsync<Exception>(first);
        (await second).ShouldBe("1");
    }

    [Fact]
    public async Task What_may_not_share_waits_for_the_next_commit_and_nobody_is_forgotten()
    {
        var commit = new GroupCommit<int, string>(WriteAsync, OneWriter with { Most = 3 }, fits: (chosen, next) => chosen.All(item => item % 10 != next % 10));
        _gate = new TaskCompletionSource();

        var all = new[] { 0, 1, 11, 21, 2, 3, 4 }.Select(commit.AddAsync).ToList();
        _gate.SetResult();

        (await Task.WhenAll(all)).Length.ShouldBe(7);
        _batches.ShouldAllBe(batch => batch.Count <= 3 && batch.Select(item => item % 10).Distinct().Count() == batch.Count);
        _batches.SelectMany(batch => batch).Where(item => item % 10 == 1).ShouldBe([1, 11, 21]);
    }

    [Fact]
    public async Task Lanes_share_no_commit_and_none_waits_for_another()
    {
        var commit = new GroupCommit<int, string>(WriteAsync, OneWriter with { Writers = 2 }, number => new Guid(number % 3, 0, 0, new byte[8]));
        _gate = new TaskCompletionSource();

        var all = Enumerable.Range(0, 9).Select(commit.AddAsync).ToList();
        _batches.Select(batch => batch[0]).ShouldBe([0, 1]);
        _gate.SetResult();

        (await Task.WhenAll(all)).Length.ShouldBe(9);
        _batches.ShouldAllBe(batch => batch.Select(item => item % 3).Distinct().Count() == 1);
    }

    [Fact]
    public async Task Thousands_of_callers_each_get_their_own_result()
    {
        var commit = new GroupCommit<int, string>(WriteAsync, OneWriter with { Most = 64, Writers = 3 }, number => new Guid(number % 7, 0, 0, new byte[8]));

        var results = await Task.WhenAll(Enumerable.Range(0, 5_000).Select(number => Task.Run(() => commit.AddAsync(number))));

        results.ShouldBe(Enumerable.Range(0, 5_000).Select(number => $"{number}"));
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    // One, and five that share the commit after it.
    private async Task CrowdAsync(GroupCommit<int, string> commit)
    {
        _gate = new TaskCompletionSource();
        var all = Enumerable.Range(0, 6).Select(commit.AddAsync).ToList();
        _gate.SetResult();
        await Task.WhenAll(all);
    }

    private async Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<int> items, CancellationToken cancel)
    {
        lock (_batches)
        {
            _batches.Add(items);
        }

        await _gate.Task.WaitAsync(cancel);
        await Task.Yield();
        return [.. items.Select(item => $"{item}")];
    }
}
