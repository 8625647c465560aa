namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>Work with vendors that goes on beside the rounds that begin it, so much at once for each tenant: whose vendor hangs holds up nobody else. For one loop of rounds; what runs reports its own failures.</summary>
/// <param name="mostOfATenant">At once.</param>
internal sealed class TenantLanes(int mostOfATenant)
{
    private readonly List<(Guid TenantId, Task Work)> _running = [];

    /// <summary>Begins something, unless the tenant has as much as it may under way.</summary>
    public bool TryBegin(Guid tenantId, Func<Task> work)
    {
        _running.RemoveAll(one => one.Work.IsCompleted);
        if (_running.Count(one => one.TenantId == tenantId) >= mostOfATenant)
        {
            return false;
        }

        _running.Add((tenantId, work()));
        return true;
    }

    /// <summary>Waits for all that was begun.</summary>
    public async Task EndAsync() => await Task.WhenAll(_running.Select(one => one.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
