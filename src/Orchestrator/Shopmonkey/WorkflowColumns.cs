using System.Collections.Concurrent;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>Each tenant's columns at the CRM, read again after five minutes. They change a few times a year.</summary>
public sealed class WorkflowColumns(ShopmonkeyClient shopmonkey, TimeProvider clock)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    // What stands in for columns that were not shown is asked about again sooner: by it orders are let go for good.
    private static readonly TimeSpan StandsInFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Read> _read = [];
    private readonly ConcurrentDictionary<Guid, IReadOnlyList<WorkflowStatusRow>> _shown = [];

    /// <summary>All columns that the tenant's key can see; empty when the CRM does not show them to this key.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not answer, and has not shown them before.</exception>
    public async Task<IReadOnlyList<WorkflowStatusRow>> GetAsync(Guid tenantId, CancellationToken cancel)
    {
        while (true)
        {
            var read = _read.GetOrAdd(tenantId, id => new Read(clock.GetTimestamp(), new(() => ReadAsync(id))));
            var isOver = read.Board is { IsValueCreated: true, Value.IsFaulted: true } || clock.GetElapsedTime(read.At) >= FreshFor;
            // Many orders ask at once: one of them asks the CRM, and who leaves does not end the others' question.
            if (!isOver && await read.Board.Value.WaitAsync(cancel) is var board && !(board.StandsIn && clock.GetElapsedTime(read.At) >= StandsInFor))
            {
                return board.Rows;
            }

            _read.TryRemove(KeyValuePair.Create(tenantId, read));
        }
    }

    // A key that fails for a moment, or an answer that nobody can read, changes no column; where none was ever shown, the order waits.
    private async Task<Board> ReadAsync(Guid tenantId)
    {
        try
        {
            return new Board(_shown[tenantId] = await shopmonkey.WorkflowStatusesAsync(tenantId, CancellationToken.None), StandsIn: false);
        }
        catch (ShopmonkeyException failure) when (failure.Failure != ShopmonkeyFailure.Outage && _shown.ContainsKey(tenantId))
        {
            return new Board(_shown[tenantId], StandsIn: true);
        }
        catch (ShopmonkeyException failure) when (failure is { Failure: ShopmonkeyFailure.Denied, Message: "shopmonkey_403" } or { Message: "shopmonkey_404" })
        {
            return new Board([], StandsIn: true); // The key may not read columns, or the CRM has none to show: the order's name decides.
        }
    }

    private sealed record Read(long At, Lazy<Task<Board>> Board);

    private sealed record Board(IReadOnlyList<WorkflowStatusRow> Rows, bool StandsIn);
}
