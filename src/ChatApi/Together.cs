namespace LeadOrchestrator.ChatApi;

/// <summary>
/// Work on what a tenant has only one of, asked for by many at the same moment: done for all of them at once. One group runs at a time for each tenant, and while
/// it runs the next one gathers; who asks alone does not wait.
/// </summary>
/// <remarks>A tenant's money of a day is one row. In single file, each answer that begins or ends would wait for the commits of all before it.</remarks>
/// <param name="doAll">Does it for all, or for none and throws; gives one result for each item, in their order.</param>
/// <param name="most">Largest group.</param>
internal sealed class Together<TItem, TResult>(Func<Guid, IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> doAll, int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, List<Waiting>> _tenants = [];

    /// <summary>Does it for one item, together with whoever else asks. It cannot be cancelled: who left would not know whether it was done.</summary>
    /// <exception cref="Exception">What <c>doAll</c> threw.</exception>
    public Task<TResult> DoAsync(Guid tenantId, TItem item)
    {
        var waiting = new Waiting(item);
        lock (_lock)
        {
            if (_tenants.TryGetValue(tenantId, out var group))
            {
                group.Add(waiting);
                return waiting.Done.Task;
            }

            _tenants[tenantId] = [waiting];
        }

        _ = RunAsync(tenantId);
        return waiting.Done.Task;
    }

    private async Task RunAsync(Guid tenantId)
    {
        while (Next(tenantId) is { } group)
        {
            if (!await TryAsync(tenantId, group, isLastTry: group.Count == 1))
            {
                // One of them cannot be done: that shall not be the others' failure.
                foreach (var waiting in group)
                {
                    await TryAsync(tenantId, [waiting], isLastTry: true);
                }
            }
        }
    }

    private List<Waiting>? Next(Guid tenantId)
    {
        lock (_lock)
        {
            var waiting = _tenants[tenantId];
            if (waiting.Count == 0)
            {
                _tenants.Remove(tenantId);
                return null;
            }

            var group = waiting.Take(most).ToList();
            waiting.RemoveRange(0, group.Count);
            return group;
        }
    }

    private async Task<bool> TryAsync(Guid tenantId, IReadOnlyList<Waiting> group, bool isLastTry)
    {
        try
        {
            var results = await doAll(tenantId, [.. group.Select(waiting => waiting.Item)]);
            for (var place = 0; place < group.Count; place++)
            {
                group[place].Done.SetResult(results[place]);
            }
        }
        catch (Npgsql.PostgresException exception) when (!isLastTry && !exception.IsTransient)
        {
            return false;
        }
        catch (Exception exception)
        {
            foreach (var waiting in group)
            {
                waiting.Done.TrySetException(exception);
            }
        }

        return true;
    }

    private sealed record Waiting(TItem Item)
    {
        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
