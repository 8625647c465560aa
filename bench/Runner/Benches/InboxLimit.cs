using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Vendors;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// The most that this PostgreSQL takes of the product's own INSERT: the same statement by the same store, on as many prepared connections as there are
/// requests, without HTTP, signature and workers. The product cannot be faster than that.
/// </summary>
internal sealed class InboxLimit : IAsyncDisposable
{
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private readonly NpgsqlDataSource _source;
    private readonly InboxArrivals _inbox;
    private long _number;

    private InboxLimit(NpgsqlDataSource source)
    {
        _source = source;
        var store = new InboxStore(new LeadDatabase(source), TimeProvider.System, new ServiceInstance(Guid.CreateVersion7(), "orchestrator"));
        _inbox = new InboxArrivals(store, new InboxHand(), new RightOfWay());
    }

    /// <summary>Makes a tenant to write for.</summary>
    public static async Task<InboxLimit> OpenAsync(string database, CancellationToken cancel)
    {
        await Bed.Databases.ExecuteAsync(database, $"""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ('{Tenant}', 'bench', 'Bench', 'America/Chicago', now(), now())
            """, cancel);
        return new InboxLimit(ProductConnections.To(database));
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Inserts for so long.</summary>
    /// <returns>Events per second.</returns>
    public async Task<double> RunAsync(int connections, TimeSpan duration, CancellationToken cancel)
    {
        var start = MonotonicClock.Now;
        var end = start + (long)duration.TotalMicroseconds;
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => InsertAsync(end, cancel), cancel)));
        return counts.Sum() / ((MonotonicClock.Now - start) / 1e6);
    }

    private async Task<long> InsertAsync(long end, CancellationToken cancel)
    {
        var count = 0L;
        while (MonotonicClock.Now < end)
        {
            var number = Interlocked.Increment(ref _number);
            await _inbox.AddAsync(new NewInboxEvent(
                Tenant, "shopmonkey", $"{number:x64}", $"whd_{number}", "order", "INSERT", $"b0000000-0000-4000-8000-{number:000000000000}",
                OrderDeliveries.SampleBody, null), cancel);
            count++;
        }

        return count;
    }
}

/// <summary>Connections as the product's services have them.</summary>
internal static class ProductConnections
{
    /// <summary>A pool of them.</summary>
    public static NpgsqlDataSource To(string database) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database)
    {
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 2,
        Options = "-c role=lead_app",
    });
}
