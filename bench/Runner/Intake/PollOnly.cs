using System.Globalization;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Rig.Intake;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Bench.Intake;

/// <summary>A stretch of changes under one budget of the key.</summary>
/// <param name="Budget">Requests a minute.</param>
/// <param name="PerSecond">Steady changes.</param>
/// <param name="Seconds">How long.</param>
/// <param name="Bursts">How often, in between, 350 orders come within a second.</param>
internal sealed record PollStage(string Name, int Budget, double PerSecond, double Seconds, int Bursts)
{
    /// <summary>Orders of a burst.</summary>
    public const int BurstSize = 350;

    /// <summary>All of its changes.</summary>
    public int Changes => (int)(PerSecond * Seconds) + (Bursts * BurstSize);
}

/// <summary>
/// No webhook at all, a pager that lies, two Orchestrators of which one is killed again and again: the poll alone must bring every order, every changed
/// customer and every move. First within the 300 requests a minute that a key has, then, since those carry no ten thousand changes in minutes, with more.
/// </summary>
internal sealed class PollOnly(bool isFull)
{
    private const int Kills = 20;
    private const int KeyBudget = 300;
    private const int LiftedBudget = 6000;
    private const double MostSecondsVisible = 60;
    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly IReadOnlyList<PollStage> _stages = StagesOf(isFull);

    /// <summary>What is done: 10,000 changes, or 50,000.</summary>
    public static IReadOnlyList<PollStage> StagesOf(bool isFull) => isFull
        ? [new("300 a minute", KeyBudget, 4, 300, 2), new("budget lifted", LiftedBudget, 40, 800, 46)]
        : [new("300 a minute", KeyBudget, 4, 75, 1), new("budget lifted", LiftedBudget, 28, 222, 9)];

    /// <summary>Runs it, with the Sandbox as CRM and the Orchestrators' own interval of 30 s.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var rig = await TestRig.StartAsync(new RigOptions
        {
            ChatApis = 1,
            Variables = [("POLL_INTERVAL_MS", "30000")],
            Sandbox = new RigOptions().Sandbox with { ShopmonkeyRequestsPerMinute = KeyBudget },
        });
        rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = Fault.Always });
        rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.DishonestPager, Count = Fault.Always });
        // What comes back from Twilio is no part of this, and would be half of the traffic.
        rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.CallbacksOff, Count = Fault.Always });
        await PolledOnceAsync(rig);

        var changes = new SilentChanges(rig);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var looking = LookAsync(changes, stop.Token);
        var killed = KillAsync(rig, _stages.Sum(stage => stage.Seconds), stop.Token);
        List<ReportLine> lines = [];
        foreach (var stage in _stages)
        {
            lines.AddRange(await RunStageAsync(rig, changes, stage, cancel));
        }

        var kills = await killed;
        await stop.CancelAsync();
        await looking;
        return [.. lines, .. await JudgeAsync(rig, changes, kills)];
    }

    private static async Task PolledOnceAsync(TestRig rig)
    {
        try
        {
            await Eventually.TrueAsync(
                async () => await rig.Postgres.ScalarAsync<bool>("SELECT bool_or(polled_at IS NOT NULL) FROM poll_states"), "the first complete poll", FirstPoll);
        }
        catch (EventuallyException exception)
        {
            throw new BenchException("The Orchestrators did not poll the CRM to the end once, so nothing is measured.", exception);
        }
    }

    private static async Task<IReadOnlyList<ReportLine>> RunStageAsync(TestRig rig, SilentChanges changes, PollStage stage, CancellationToken cancel)
    {
        var crm = rig.Sandbox.Crm;
        crm.RequestsPerMinute = stage.Budget;
        var (requests, refused, start) = (crm.Requests, crm.RefusedRequests, MonotonicClock.Now);
        var (steady, burst) = ($"steady, {stage.Name}", $"bursts, {stage.Name}");
        var bursts = BurstAsync(changes, stage, burst, cancel);
        using (var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / stage.PerSecond)))
        {
            for (var number = 0; number < stage.PerSecond * stage.Seconds; number++)
            {
                await pace.WaitForNextTickAsync(cancel);
                await changes.ChangeOneAsync(steady);
            }
        }

        await bursts;
        await SeenAsync(changes, stage, cancel);
        var minutes = (MonotonicClock.Now - start) / 60e6;
        return
        [
            Line($"poll only, {stage.Name}: changes", "count", stage.Changes, null),
            .. Visible(changes, steady, MostSecondsVisible),
            // The budget is the limit here, so nothing is promised where it is the vendor's.
            .. Visible(changes, burst, stage.Budget == KeyBudget ? null : MostSecondsVisible),
            Line($"poll only, {stage.Name}: requests a minute", "1/min", (crm.Requests - requests) / minutes, stage.Budget),
            Line($"poll only, {stage.Name}: requests refused by the budget", "count", crm.RefusedRequests - refused, null),
        ];
    }

    private static IEnumerable<ReportLine> Visible(SilentChanges changes, string label, double? most)
    {
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p99", 0.99) })
        {
            if (changes.Log.Latency(label, share) is { } latency)
            {
                yield return Line($"poll only, visible after, {label}, {name}", "s", latency.TotalSeconds, share > 0.9 ? most : null);
            }
        }
    }

    private static async Task BurstAsync(SilentChanges changes, PollStage stage, string label, CancellationToken cancel)
    {
        for (var burst = 0; burst < stage.Bursts; burst++)
        {
            await Task.Delay(TimeSpan.FromSeconds(stage.Seconds / (stage.Bursts + 1)), cancel);
            await changes.BurstAsync(PollStage.BurstSize, label);
        }
    }

    // The next stage, or the judge, begins with nothing under way; what is not there by then is missing.
    private static async Task SeenAsync(SilentChanges changes, PollStage stage, CancellationToken cancel)
    {
        for (var start = MonotonicClock.Now; changes.Log.Pending.Count > 0 && MonotonicClock.Now - start < Patience.TotalMicroseconds;)
        {
            await Task.Delay(LookEvery, cancel);
        }

        Benchmarks.Say(string.Create(CultureInfo.InvariantCulture, $"intake: poll only, {stage.Name}: {changes.Log.Made} changes so far, {changes.Log.Pending.Count} not visible"));
    }

    private static async Task LookAsync(SilentChanges changes, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LookEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await changes.LookAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Everything is judged.
        }
    }

    private static async Task<int> KillAsync(TestRig rig, double seconds, CancellationToken stop)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds / (Kills + 1)), stop);
            var victim = rig.Orchestrators[kill % rig.Orchestrators.Count];
            await victim.KillAsync();
            await victim.StartAsync();
        }

        return Kills;
    }

    private static async Task<IReadOnlyList<ReportLine>> JudgeAsync(TestRig rig, SilentChanges changes, int kills)
    {
        await changes.LookAsync();
        foreach (var missing in changes.Log.Pending.Take(5))
        {
            Benchmarks.Say($"intake: not visible: {missing.Kind} of order {missing.Order} ({missing.Label})");
        }

        var leads = (await rig.Postgres.ColumnAsync<string>("SELECT external_id FROM leads")).ToHashSet();
        var greetedTwice = await rig.Postgres.ScalarAsync<long>("""
            SELECT count(*) FROM (SELECT lead_id FROM touch_points WHERE step = 'greeting' GROUP BY tenant_id, lead_id HAVING count(*) > 1) twice
            """);
        var textedTwice = rig.Sandbox.Twilio.Sent.GroupBy(text => text.To).Count(texts => texts.Count() > 1);
        return
        [
            Line("poll only: changes without a webhook", "count", changes.Log.Made, null),
            Line("poll only: kill -9 of Orchestrators meanwhile", "count", kills, null),
            Line("poll only: missing", "count", changes.Log.Pending.Count + changes.Orders.Count(order => !leads.Contains(order)), 0),
            Line("poll only: greeted or texted twice", "count", greetedTwice + textedTwice, 0),
        ];
    }

    private static ReportLine Line(string what, string unit, double value, double? most) => ReportLine.Promise(IntakeBench.Name, what, unit, Samples.Rounded(value), most);
}
