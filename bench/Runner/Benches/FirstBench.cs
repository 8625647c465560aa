using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using Npgsql;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>The first webhook of a process that has just said it is ready: whoever says so too early lets the first sender pay for the rest of the start.</summary>
internal sealed class FirstBench(TestBed bed, BenchOptions options)
{
    private const int StartsPerRound = 3; // each gives one figure only, and is soon over
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Metric Ready = Metric.Milliseconds("from the start to ready");
    private static readonly Metric First = Metric.Milliseconds("first webhook after ready");
    private static readonly Metric Second = Metric.Milliseconds("second webhook");
    private static readonly Metric Planned = Metric.Milliseconds("first webhook until its lead is planned");

    private readonly Samples _samples = new("first");

    /// <summary>Measures, and gives one line for each metric.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        var fresh = await FreshProcesses.CreateAsync(bed, "first", cancel);
        List<Target> targets =
        [
            new(Targets.Peer, fresh.PeerDatabase, Databases.PlannedByPeer, () => fresh.StartPeerAsync(cancel)),
            new(Targets.Product, fresh.ProductDatabase, Databases.PlannedByProduct, () => fresh.StartOrchestratorAsync(cancel)),
        ];
        await Rounds.InterleaveAsync(options.Rounds * StartsPerRound, targets, "first", target => MeasureAsync(target, cancel));
        return [.. _samples.Lines(Targets.Peer)];
    }

    private async Task MeasureAsync(Target target, CancellationToken cancel)
    {
        await using var database = new NpgsqlConnection(target.Database);
        await database.OpenAsync(cancel);
        var before = await TouchesAsync(database, target, cancel);
        await using var server = await target.Start();
        using var connection = await Connection.OpenAsync(server.Url);
        var sent = MonotonicClock.Now;
        var first = await SendAsync(connection, target);
        while (await TouchesAsync(database, target, cancel) == before)
        {
            if (MonotonicClock.Now - sent > Patience.TotalMicroseconds)
            {
                throw new BenchException($"{target.Name} had no lead {Patience.TotalSeconds} s after its first webhook, so nothing is reported.");
            }

            await Task.Delay(1, cancel);
        }

        var planned = (MonotonicClock.Now - sent) / 1000.0;
        _samples.Add(Ready, target.Name, server.ReadyAfter.TotalMilliseconds);
        _samples.Add(First, target.Name, first);
        _samples.Add(Planned, target.Name, planned);
        _samples.Add(Second, target.Name, await SendAsync(connection, target));
        for (var start = MonotonicClock.Now; await TouchesAsync(database, target, cancel) < before + 2 && MonotonicClock.Now - start < Patience.TotalMicroseconds;)
        {
            await Task.Delay(20, cancel); // The next process shall not begin with what this one left.
        }
    }

    private async Task<double> SendAsync(Connection connection, Target target)
    {
        var delivery = bed.Deliveries.Next();
        var sent = MonotonicClock.Now;
        await connection.SendAsync(delivery);
        var status = await connection.ReadAsync();
        return status is >= 200 and < 300
            ? (MonotonicClock.Now - sent) / 1000.0
            : throw new BenchException($"{target.Name} answered its first webhook with {status}, so nothing is reported.");
    }

    private static async Task<long> TouchesAsync(NpgsqlConnection database, Target target, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(target.Planned, database);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private sealed record Target(string Name, string Database, string Planned, Func<Task<Server>> Start);
}
