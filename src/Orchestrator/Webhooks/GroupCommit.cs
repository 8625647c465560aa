using Npgsql;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>How a <see cref="GroupCommit{TItem, TResult}"/> works.</summary>
/// <param name="Most">Items in one commit.</param>
/// <param name="Writers">Commits under way at once, of as many lanes.</param>
/// <param name="Deadline">One commit may take so long; then its items fail, and the next one goes its own way.</param>
public sealed record GroupCommitLimits(int Most, int Writers, TimeSpan Deadline)
{
    /// <summary>After a commit of several, the next one waits this long for company, or until it has <see cref="Enough"/>: in a flood a commit costs more than its items. Zero = it never waits.</summary>
    public TimeSpan Gather { get; init; }

    /// <summary>Items that are company enough.</summary>
    public int Enough { get; init; } = int.MaxValue;
}

/// <summary>
/// Makes one commit of many calls. With nobody before it a call goes at once; while commits are under way, what comes in waits and goes together with the next.
/// </summary>
/// <remarks>
/// Each caller awaits its own durable result. When the commit fails, all of its callers are told; when it fails over one of them, each is written by itself, and only that one
/// is told. An abandoned commit may still have happened: a caller that is told of a failure knows nothing for sure.
/// </remarks>
/// <param name="write">Writes all items in one transaction, and answers one result for each, in their order.</param>
/// <param name="laneOf">Compared by value. Items of different lanes never share a commit, and a lane has one commit under way. Null = there is one lane.</param>
/// <param name="fits">May this item go with those of its lane that were chosen already? Null = any may.</param>
public sealed class GroupCommit<TItem, TResult>(
    Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> write, GroupCommitLimits limits,
    Func<TItem, object>? laneOf = null, Func<IReadOnlyList<TItem>, TItem, bool>? fits = null)
{
    // Fewer than that came by chance.
    private const int Several = 4;
    private static readonly object OneLane = new();
    private readonly Lock _lock = new();
    private readonly HashSet<object> _busy = [];
    private List<Caller> _waiting = [];
    private TaskCompletionSource? _gathering;

    /// <summary>Writes an item, alone or together with others.</summary>
    /// <returns>Its result, once it is durable.</returns>
    public Task<TResult> AddAsync(TItem item)
    {
        var caller = new Caller(item, laneOf?.Invoke(item) ?? OneLane);
        lock (_lock)
        {
            _waiting.Add(caller);
            if (_waiting.Count >= limits.Enough)
            {
                _gathering?.TrySetResult();
            }

            if (_busy.Count == limits.Writers || !_busy.Add(caller.Lane))
            {
                return caller.Done.Task;
            }
        }

        // A commit of many belongs to the trace of none of them.
        using (ExecutionContext.SuppressFlow())
        {
            _ = WriteAllAsync(caller.Lane);
        }

        return caller.Done.Task;
    }

    private async Task WriteAllAsync(object lane)
    {
        while (Next(lane) is { } callers)
        {
            await WriteAsync(callers);
            lane = callers[0].Lane;
            if (limits.Gather > TimeSpan.Zero && callers.Count >= Several)
            {
                await GatherAsync();
            }
        }
    }

    private async Task GatherAsync()
    {
        TaskCompletionSource gathering;
        lock (_lock)
        {
            if (_waiting.Count >= limits.Enough)
            {
                return;
            }

            _gathering = gathering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await Task.WhenAny(gathering.Task, Task.Delay(limits.Gather));
    }

    // The oldest whose lane is free, and whoever may go with it. None: this writer ends, under the same lock, so that nobody is left waiting.
    private List<Caller>? Next(object done)
    {
        lock (_lock)
        {
            _busy.Remove(done);
            if (_waiting.Find(caller => !_busy.Contains(caller.Lane)) is not { } oldest)
            {
                return null;
            }

            _busy.Add(oldest.Lane);
            List<Caller> chosen = [];
            List<TItem> items = [];
            List<Caller> left = [];
            foreach (var caller in _waiting)
            {
                if (caller.Lane.Equals(oldest.Lane) && items.Count < limits.Most && (items.Count == 0 || fits?.Invoke(items, caller.Item) is not false))
                {
                    chosen.Add(caller);
                    items.Add(caller.Item);
                }
                else
                {
                    left.Add(caller);
                }
            }

            _waiting = left;
            return chosen;
        }
    }

    private async Task WriteAsync(IReadOnlyList<Caller> callers)
    {
        try
        {
            var results = await WriteInTimeAsync([.. callers.Select(caller => caller.Item)]);
            for (var index = 0; index < callers.Count; index++)
            {
                callers[index].Done.TrySetResult(results[index]);
            }
        }
        catch (Exception exception) when (callers.Count > 1 && IsAboutOne(exception))
        {
            foreach (var caller in callers)
            {
                await WriteAsync([caller]);
            }
        }
        catch (Exception exception)
        {
            foreach (var caller in callers)
            {
                caller.Done.TrySetException(exception);
            }
        }
    }

    // Left alone at the deadline: on a silent network, cancelling a statement waits for that network too.
    private async Task<IReadOnlyList<TResult>> WriteInTimeAsync(IReadOnlyList<TItem> items)
    {
        using var deadline = new CancellationTokenSource(limits.Deadline);
        return await write(items, deadline.Token).WaitAsync(limits.Deadline);
    }

    // A value that PostgreSQL does not take (22), a constraint (23), a deadlock (40), or a failure of ours. With the database away, one by one would only take longer.
    private static bool IsAboutOne(Exception exception) => exception is PostgresException { SqlState: ['2', '2' or '3', ..] or ['4', '0', ..] }
        || exception is not (NpgsqlException or TimeoutException or OperationCanceledException);

    private sealed record Caller(TItem Item, object Lane)
    {
        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
