using System.Globalization;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>
/// One claim of a batch, fair over 500 tenants, with few and with very many touch points due: by the product's own store, as its own role. Each claim is committed and
/// the next one goes on behind it, as in a shop; after 30 what was claimed is put back.
/// </summary>
internal sealed class ClaimBench(TestBed bed, BenchOptions options)
{
    private const int Batch = 100;
    private const int Few = 10_000;
    private const int Many = 1_000_000;
    private const int VeryMany = 10_000_000;

    // A third of the few at most, so that the few stay few and all tenants have some left.
    private const int MostClaims = 30;
    private const int WarmUpClaims = 20;

    // So a round has 150 claims, some tenths of a second: fewer would be one neighbour's whim.
    private const int Passes = 5;

    private readonly Samples _samples = new("claim");

    /// <summary>Measures, and gives one line for each amount: the product's figure is with many due, the limit's with few.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        List<Queue> queues = [];
        try
        {
            foreach (var due in options.IsFull ? new[] { Few, Many, VeryMany } : [Few, Many])
            {
                Benchmarks.Say($"claim: writing {Words(due)} due touch points of {ClaimSeed.Tenants} tenants");
                queues.Add(await Queue.OpenAsync(bed.Databases, due, cancel));
                await ClaimSeed.WriteAsync(queues[^1].Database, due, cancel);
            }

            foreach (var queue in queues)
            {
                await ClaimAsync(queue, WarmUpClaims, cancel);
                await queue.PutBackAsync(cancel);
            }

            await Rounds.InterleaveAsync(options.Rounds, queues, "claim", async queue =>
            {
                List<double> times = [];
                for (var pass = 0; pass < Passes; pass++)
                {
                    times.AddRange(await ClaimAsync(queue, MostClaims, cancel));
                    await queue.PutBackAsync(cancel);
                }

                Note(queue, times);
            });
        }
        finally
        {
            foreach (var queue in queues)
            {
                await queue.DisposeAsync();
            }
        }

        return [.. queues.Skip(1).SelectMany(queue => _samples.Against(Targets.Few, queue.Name, $", {Words(queue.Due)} due against {Words(Few)}"))];
    }

    private static async Task<IReadOnlyList<double>> ClaimAsync(Queue queue, int claims, CancellationToken cancel)
    {
        var times = new List<double>(claims);
        while (times.Count < claims)
        {
            var start = MonotonicClock.Now;
            var claimed = await queue.Touches.ClaimAsync(Batch, [], cancel);
            times.Add((MonotonicClock.Now - start) / 1000.0);
            if (claimed.Count != Batch)
            {
                throw new BenchException($"A claim of {Batch} with {Words(queue.Due)} due took {claimed.Count}, so nothing is reported.");
            }
        }

        return times;
    }

    private void Note(Queue queue, List<double> times)
    {
        _samples.Add(Metric.Milliseconds($"one claim of {Batch}, mean"), queue.Name, times.Average());
        _samples.Add(Metric.Milliseconds($"one claim of {Batch}, p50"), queue.Name, times.Order().ElementAt(times.Count / 2));
    }

    private static string Words(int count) => count >= 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{count / 1_000_000} M")
        : string.Create(CultureInfo.InvariantCulture, $"{count / 1000} k");

    private sealed class Queue : IAsyncDisposable
    {
        private readonly NpgsqlDataSource _source;

        private Queue(int due, string database)
        {
            (Due, Database, _source) = (due, database, ProductConnections.To(database));
            Touches = new TouchPointStore(new LeadDatabase(_source), TimeProvider.System, new ServiceInstance(Guid.CreateVersion7(), "orchestrator"));
        }

        public int Due { get; }

        public string Database { get; }

        public string Name => Due == Few ? Targets.Few : Words(Due);

        public TouchPointStore Touches { get; }

        public static async Task<Queue> OpenAsync(Databases databases, int due, CancellationToken cancel) =>
            new(due, await databases.AddProductAsync(string.Create(CultureInfo.InvariantCulture, $"bench_claim_{due}"), cancel));

        // Dead rows of earlier rounds would make the many slower than the few for a reason that is not their number: both are vacuumed, as autovacuum does.
        public async Task PutBackAsync(CancellationToken cancel)
        {
            await Databases.ExecuteAsync(Database, """
                UPDATE touch_points SET status = 'scheduled', claimed_by = NULL, lease_until = NULL, handed_over_at = NULL WHERE status = 'sending'
                """, cancel);
            await Databases.ExecuteAsync(Database, "VACUUM touch_points", cancel);
        }

        public ValueTask DisposeAsync() => _source.DisposeAsync();
    }
}
