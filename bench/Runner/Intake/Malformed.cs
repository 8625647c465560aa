using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Rig.Intake;

namespace LeadOrchestrator.Bench.Intake;

/// <summary>Generated bodies, nearly right and rightly signed, one valid among a hundred: no 5xx, every valid one lands, and memory stays where it was.</summary>
internal sealed class Malformed(TestBed bed, FreshProcesses fresh, bool isFull)
{
    private const int AtOnce = 16;
    // Until the heap has the size that this load wants.
    private const int WarmUpBodies = 10_000;
    private const int Parts = 10;
    private const int Seed = 64;
    private const double MostGrowth = 1.2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<int, int> _statuses = [];
    private readonly ConcurrentBag<int> _valid = [];

    /// <summary>Runs it.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var door = await fresh.StartOrchestratorAsync(cancel);
        var bodies = new MalformedBodies(number => (JsonObject)JsonNode.Parse(bed.Deliveries.Body(Number(number)))!, Seed);
        await SendAsync(door, bodies, WarmUpBodies, cancel);
        List<double> memory = [];
        for (var part = 0; part < Parts; part++)
        {
            await SendAsync(door, bodies, (isFull ? 100_000 : 10_000) / Parts, cancel);
            memory.Add(ProcessTimes.MemoryMiB(door.ProcessId));
        }

        var landed = await LandedAsync(cancel);
        var (early, late) = (Samples.Median(memory[..(Parts / 2)]) ?? 0, Samples.Median(memory[(Parts / 2)..]) ?? 0);
        Benchmarks.Say("intake: malformed: " + string.Join(", ", _statuses.OrderBy(status => status.Key).Select(status => $"{status.Value} answered {status.Key}")));
        return
        [
            Line("malformed: bodies", "count", _statuses.Values.Sum(), null),
            Line("malformed: refused with 4xx", "count", _statuses.Where(status => status.Key is >= 400 and < 500).Sum(status => status.Value), null),
            Line("malformed: 5xx, or no answer", "count", _statuses.Where(status => status.Key is >= 500 or 0).Sum(status => status.Value), 0),
            Line("malformed: valid ones among them", "count", _valid.Count, null),
            Line("malformed: valid ones that did not land", "count", _valid.Count - landed, 0),
            Line("malformed: resident memory, first half of the load", "MiB", early, null),
            Line("malformed: resident memory, second half, at most a fifth more", "MiB", late, early * MostGrowth),
        ];
    }

    // Apart from all that other parts have sent.
    private static long Number(int number) => 800_000_000 + number;

    private async Task SendAsync(Server door, MalformedBodies bodies, int count, CancellationToken cancel)
    {
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            var connection = await Connection.OpenAsync(door.Url);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                cancel.ThrowIfCancellationRequested();
                var body = bodies.Next();
                var status = await AskAsync(connection, bed.Deliveries.Signed(body.Bytes));
                Note(body, status);
                if (status == 0)
                {
                    connection.Dispose();
                    connection = await Connection.OpenAsync(door.Url);
                }
            }

            connection.Dispose();
        }, cancel)));
    }

    private void Note(GeneratedBody body, int status)
    {
        _statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
        if (body.IsValid)
        {
            _valid.Add(body.Number);
        }

        if (status is 0 or >= 500 || (body.IsValid && status is < 200 or >= 300))
        {
            Benchmarks.Say(string.Create(CultureInfo.InvariantCulture, $"intake: malformed: body {body.Number} of seed {Seed} ({body.What}) was answered {status}"));
        }
    }

    /// <returns>0 = no answer.</returns>
    private static async Task<int> AskAsync(Connection connection, byte[] request)
    {
        try
        {
            await connection.SendAsync(request);
            return await connection.ReadAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return 0;
        }
    }

    private async Task<int> LandedAsync(CancellationToken cancel)
    {
        var ids = string.Join(',', _valid.Select(number => $"'b0000000-0000-4000-8000-{Number(number):000000000000}'"));
        var landed = 0L;
        for (var start = MonotonicClock.Now; landed < _valid.Count && MonotonicClock.Now - start < Patience.TotalMicroseconds; await Task.Delay(200, cancel))
        {
            landed = await Databases.ValueAsync<long>(fresh.ProductDatabase, $"SELECT count(*) FROM leads WHERE external_id IN ({ids})", cancel);
        }

        return (int)landed;
    }

    private static ReportLine Line(string what, string unit, double value, double? most) => ReportLine.Promise(IntakeBench.Name, what, unit, Samples.Rounded(value), most);
}
