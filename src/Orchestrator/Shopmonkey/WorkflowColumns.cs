using System.Collections.Concurrent;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>Each tenant's columns at the CRM, read again after five minutes. They change a few times a year.</summary>
public sealed class WorkflowColumns(ShopmonkeyClient shopmonkey, TimeProvider clock)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<Guid, Read> _read = [];

    /// <summary>All columns that the tenant's key can see; empty when the CRM does not show them to this key.</summary>
    public Task<IReadOnlyList<WorkflowStatusRow>> GetAsync(Guid tenantId, CancellationToken cancel)
    {
        while (true)
        {
            var read = _read.GetOrAdd(tenantId, id => new Read(clock.GetTimestamp(), new(() => ReadAsync(id))));
            if (read.Rows is { IsValueCreated: true, Value.IsFaulted: true } || clock.GetElapsedTime(read.At) >= FreshFor)
            {
                _read.TryRemove(KeyValuePair.Create(tenantId, read));
                continue;
            }

            // Many orders ask at once: one of them asks the CRM, and who leaves does not end the others' question.
            return read.Rows.Value.WaitAsync(cancel);
        }
    }

    private async Task<IReadOnlyList<WorkflowStatusRow>> ReadAsync(Guid tenantId)
    {
        try
        {
            return await shopmonkey.WorkflowStatusesAsync(tenantId, CancellationToken.None);
        }
        catch (ShopmonkeyException failure) when (failure.Failure != ShopmonkeyFailure.Outage)
        {
            return []; // The key may not read columns: the order's name decides.
        }
    }

    private sealed record Read(long At, Lazy<Task<IReadOnlyList<WorkflowStatusRow>>> Rows);
}
