using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Bench.Chaos;

/// <summary>What the kills have done; the sum of any number of runs.</summary>
internal sealed record KillTally(int Batches, int Random, int Aimed, int Leads, int Lost, int Doubled, int Disagreements, int Undecided)
{
    /// <summary>Nothing yet.</summary>
    public static KillTally None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>What a judge found after some kills.</summary>
    public static KillTally Of(int random, int aimed, Verdict verdict) => new(
        0, random, aimed, verdict.Leads, verdict.Lost.Count, verdict.Doubled.Count, verdict.Disagreements.Count, verdict.Undecided.Count);

    /// <summary>Together with another run.</summary>
    public KillTally With(KillTally other) => new(
        Batches + other.Batches, Random + other.Random, Aimed + other.Aimed, Leads + other.Leads, Lost + other.Lost, Doubled + other.Doubled,
        Disagreements + other.Disagreements, Undecided + other.Undecided);
}

/// <summary>Kills Orchestrators: in one system two of them at random instants under load, in another one after the other at the named points.</summary>
internal sealed class Kills(int random, int atEachPoint)
{
    private const double PerSecond = 10;
    private const double LongestLifeSeconds = 1.2;
    private const double TwilioSeconds = 0.3;

    // Between claim and callback; the points after these are the inbox's and the chat's.
    private const int Points = 12;

    // A lease of 30 s, a look at Twilio's list every 10 s, and a busy machine.
    private static readonly TimeSpan ClaimsAndLooks = TimeSpan.FromSeconds(150);

    /// <summary>Runs both beside each other: most of it is waiting for processes to start.</summary>
    public async Task<KillTally> RunAsync(CancellationToken cancel)
    {
        var both = await Task.WhenAll(KillAtRandomAsync(cancel), KillAtPointsAsync(cancel));
        return both[0].With(both[1]) with { Batches = 1 };
    }

    private async Task<KillTally> KillAtRandomAsync(CancellationToken cancel)
    {
        if (random == 0)
        {
            return KillTally.None;
        }

        await using var rig = await TestRig.StartAsync();
        // Twilio takes its time, so that texts are on their way whenever somebody dies.
        rig.Sandbox.Faults.Add(new Fault
        {
            Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Seconds = TwilioSeconds, Accepted = true, Operation = "messages.create", Count = 1_000_000,
        });
        await using var flow = WebhookFlow.Start(rig, PerSecond);
        var left = random;
        await Task.WhenAll(rig.Orchestrators.Select(async victim =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(Random.Shared.NextDouble() * LongestLifeSeconds), cancel);
                await victim.KillAsync();
                await victim.StartAsync();
            }
        }));
        await flow.StopAsync();
        await flow.RepeatRefusedAsync();
        Benchmarks.Say($"chaos: {random} kills at random instants, {flow.Sent.Count} quote requests");
        return KillTally.Of(random, 0, await JudgeAsync(rig));
    }

    private async Task<KillTally> KillAtPointsAsync(CancellationToken cancel)
    {
        await using var rig = await TestRig.StartAsync();
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
        return KillTally.Of(0, kills, await JudgeAsync(rig));
    }

    private static async Task<Verdict> JudgeAsync(TestRig rig)
    {
        var verdict = await new Judge(rig).AtRestAsync(ClaimsAndLooks);
        foreach (var problem in verdict.Problems.Take(5))
        {
            Benchmarks.Say($"chaos: {problem}");
        }

        return verdict;
    }
}
