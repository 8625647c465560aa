using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Bench.Chaos;

/// <summary>What the kills have done; the sum of any number of runs.</summary>
internal sealed record KillTally(int Batches, int Random, int Aimed, int Leads, int Lost, int Doubled, int Disagreements, int Undecided)
{
    /// <summary>Nothing yet.</summary>
    public static KillTally None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Together with another run.</summary>
    public KillTally With(KillTally other) => new(
        Batches + other.Batches, Random + other.Random, Aimed + other.Aimed, Leads + other.Leads, Lost + other.Lost, Doubled + other.Doubled,
        Disagreements + other.Disagreements, Undecided + other.Undecided);
}

/// <summary>Kills Orchestrators, first two of them at random instants under load, then one after the other at the named points; then judges.</summary>
internal sealed class Kills(int random, int atEachPoint)
{
    private const double PerSecond = 10;
    private const double LongestLifeSeconds = 1.2;
    private const int Points = 12;
    private static readonly TimeSpan ClaimsAndLooks = TimeSpan.FromSeconds(150);

    /// <summary>Runs it.</summary>
    public async Task<KillTally> RunAsync(CancellationToken cancel)
    {
        await using var rig = await TestRig.StartAsync(new RigOptions { Orchestrators = 3 });
        // Twilio takes its time, so that texts are on their way whenever somebody dies.
        rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Seconds = 0.3, Accepted = true, Operation = "messages.create", Count = 1_000_000 });
        var atRandom = random > 0 ? await KillAtRandomAsync(rig, cancel) : 0;
        rig.Sandbox.Faults.Clear();
        var aimed = await KillAtPointsAsync(rig, cancel);
        var verdict = await new Judge(rig).AtRestAsync(ClaimsAndLooks);
        foreach (var problem in verdict.Problems.Take(5))
        {
            Benchmarks.Say($"chaos: {problem}");
        }

        return new KillTally(1, atRandom, aimed, verdict.Leads, verdict.Lost.Count, verdict.Doubled.Count, verdict.Disagreements.Count, verdict.Undecided.Count);
    }

    private async Task<int> KillAtRandomAsync(TestRig rig, CancellationToken cancel)
    {
        await rig.Orchestrators[2].KillAsync();
        await using var flow = WebhookFlow.Start(rig, PerSecond);
        var left = random;
        await Task.WhenAll(rig.Orchestrators.Take(2).Select(async victim =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(Random.Shared.NextDouble() * LongestLifeSeconds), cancel);
                await victim.KillAsync();
                await victim.StartAsync();
            }
        }));
        await flow.StopAsync();
        await rig.Orchestrators[2].StartAsync();
        await flow.RepeatRefusedAsync();
        Benchmarks.Say($"chaos: {random} kills at random instants, {flow.Sent.Count} quote requests");
        return random;
    }

    private async Task<int> KillAtPointsAsync(TestRig rig, CancellationToken cancel)
    {
        var killer = new Killer(rig);
        var kills = 0;
        for (var round = 0; round < atEachPoint; round++)
        {
            foreach (var point in Failpoint.Names.Take(Points))
            {
                cancel.ThrowIfCancellationRequested();
                await killer.KillAtAsync(point);
                kills++;
            }

            Benchmarks.Say($"chaos: {kills} kills at named points");
        }

        await killer.EndAsync();
        return kills;
    }
}
