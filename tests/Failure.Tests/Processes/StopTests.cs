using System.Diagnostics;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Processes;

/// <summary>SIGTERM to one of two under load, as in every deployment.</summary>
public sealed class StopTests(StopTests.SlowVendor system) : IClassFixture<StopTests.SlowVendor>
{
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(40);

    public sealed class SlowVendor : WholeSystem;

    [Fact]
    public async Task A_stop_under_load_fails_no_webhook_and_finishes_what_it_began()
    {
        var (leaving, staying) = (system.Rig.Orchestrators[0], system.Rig.Orchestrators[1]);
        // Every text takes three seconds, so that some are on their way when the stop comes.
        system.Rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Hang, Seconds = 3, Accepted = true, Operation = "messages.create", Count = 10_000 });
        await using var flow = WebhookFlow.Start(system.Rig, 20, system.Rig.Door.Url, staying.Url);
        await Eventually.ValueAsync(
            async () => (Texts: system.Rig.Sandbox.Twilio.Sent.Count, Webhooks: flow.Sent.Count, States: string.Join(", ", await system.Rig.Postgres.ColumnAsync<string>(
                "SELECT concat_ws(' ', status, reason, count(*)) FROM touch_points GROUP BY status, reason"))),
            known => known.Texts > 10, "texts to be on their way");

        var stopping = Stopwatch.StartNew();
        leaving.Terminate();
        var sentBefore = flow.Sent.Count;
        await Eventually.TrueAsync(async () => leaving.IsRunning && !await leaving.IsReadyAsync(), "the one that leaves to say so");
        await leaving.EndedAsync();
        var took = stopping.Elapsed;
        await Eventually.TrueAsync(() => flow.Sent.Count > sentBefore + 20, "webhooks to go on");
        await flow.StopAsync();
        system.Rig.Sandbox.Faults.Clear();

        took.ShouldBeLessThan(StopsWithin);
        leaving.ExitCode.ShouldBe(0);
        flow.Sent.Where(webhook => !webhook.IsAccepted).ShouldBeEmpty();
        var verdict = await system.Judge.AtRestAsync(TimeSpan.FromSeconds(100));
        verdict.Problems.ShouldBeEmpty();
        verdict.Undecided.ShouldBeEmpty();
        (await system.Rig.Postgres.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE reason LIKE 'worker_died%'")).ShouldBe(0);
    }
}
