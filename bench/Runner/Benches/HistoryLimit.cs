using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Npgsql;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>The most that this PostgreSQL gives of the product's own query for a page, by the same store, without HTTP, sign-in and JSON.</summary>
internal sealed class HistoryLimit : IAsyncDisposable
{
    private readonly TestBed _bed;
    private readonly IReadOnlyList<Guid> _sessions;
    private readonly NpgsqlDataSource _source;
    private readonly MessageStore _messages;

    public HistoryLimit(TestBed bed, IReadOnlyList<Guid> sessions)
    {
        (_bed, _sessions, _source) = (bed, sessions, ProductConnections.To(bed.Databases.Product));
        var database = new LeadDatabase(_source);
        _messages = new MessageStore(database, new SessionStore(database, TimeProvider.System), new FrameStore(database, TimeProvider.System), TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Reads for so long.</summary>
    /// <returns>Pages per second.</returns>
    public async Task<double> RunAsync(int connections, TimeSpan duration, CancellationToken cancel)
    {
        var start = MonotonicClock.Now;
        var end = start + (long)duration.TotalMicroseconds;
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => ReadAsync(end, cancel), cancel)));
        return counts.Sum() / ((MonotonicClock.Now - start) / 1e6);
    }

    private async Task<long> ReadAsync(long end, CancellationToken cancel)
    {
        var count = 0L;
        while (MonotonicClock.Now < end)
        {
            await _messages.PageAsync(_bed.TenantId, _sessions[Random.Shared.Next(_sessions.Count)], null, ChatSeed.PerSession, cancel);
            count++;
        }

        return count;
    }
}
