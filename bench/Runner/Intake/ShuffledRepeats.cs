using System.Globalization;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Rig.Intake;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Bench.Intake;

/// <summary>Every event ten times, in no order at all, each delivery under an id of its own: what is left must be what the CRM has, and one greeting for each person.</summary>
internal sealed class ShuffledRepeats(bool isFull)
{
    private const int Times = 10;
    private const int AtOnce = 32;
    private const int Seed = 20_261_123;
    private const int Shown = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs it, with two Orchestrators behind a load balancer.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var rig = await TestRig.StartAsync(new RigOptions { ChatApis = 1 });
        rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.CallbacksOff, Count = Fault.Always });
        var orders = await ShuffledOrders.MakeAsync(rig, isFull ? 10_000 : 1_000, Seed);
        var deliveries = orders.Shuffled(Times, Seed);
        var start = MonotonicClock.Now;
        var refused = await DeliverAsync(rig, deliveries, cancel);
        var seconds = (MonotonicClock.Now - start) / 1e6;
        await AtRestAsync(rig);
        var problems = await orders.ProblemsAsync(rig);
        foreach (var problem in problems.Take(Shown))
        {
            Benchmarks.Say($"intake: shuffle: {problem}");
        }

        var greetedTwice = problems.Count(problem => problem.Contains("greeted", StringComparison.Ordinal));
        return
        [
            Line("shuffled repeats: events", "count", orders.Events.Count, null),
            Line("shuffled repeats: deliveries, each with an id of its own", "count", deliveries.Count, null),
            Line("shuffled repeats: delivered per second", "1/s", Samples.Rounded(deliveries.Count / seconds), null),
            Line("shuffled repeats: answers other than 2xx", "count", refused, 0),
            Line("shuffled repeats: leads that differ from the CRM", "count", problems.Count - greetedTwice, 0),
            Line("shuffled repeats: greeted twice", "count", greetedTwice, 0),
        ];
    }

    private static async Task<int> DeliverAsync(TestRig rig, IReadOnlyList<CrmEvent> deliveries, CancellationToken cancel)
    {
        var refused = 0;
        await Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (crmEvent, _) =>
        {
            var tries = await rig.Sandbox.Crm.DeliverAsync(crmEvent, new DeliveryOptions { MaxAttempts = 1 });
            if (!tries[0].Succeeded && Interlocked.Increment(ref refused) <= Shown)
            {
                Benchmarks.Say(string.Create(CultureInfo.InvariantCulture, $"intake: shuffle: a delivery got {tries[0].Status} {tries[0].Error}"));
            }
        });
        return refused;
    }

    private static Task AtRestAsync(TestRig rig) => Eventually.TrueAsync(
        async () => await rig.Postgres.ScalarAsync<bool>("""
            SELECT NOT EXISTS (SELECT FROM webhook_events WHERE status IN ('received', 'processing'))
                AND NOT EXISTS (SELECT FROM touch_points WHERE step = 'greeting' AND status IN ('scheduled', 'sending'))
            """), "the inbox and the texts to be at rest", Patience);

    private static ReportLine Line(string what, string unit, double value, double? most) => ReportLine.Promise(IntakeBench.Name, what, unit, value, most);
}
