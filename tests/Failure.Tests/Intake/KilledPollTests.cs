using LeadOrchestrator.Rig;
using LeadOrchestrator.Rig.Intake;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Intake;

/// <summary>
/// No webhook arrives and the CRM's lists lie, while one Orchestrator after the other is killed in the middle of its polls. The full size is <c>./run bench intake --case poll</c>.
/// </summary>
public sealed class KilledPollTests(KilledPollTests.PollsAlone system) : IClassFixture<KilledPollTests.PollsAlone>
{
    private const int Kills = 2;
    private const int ChangesBetween = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public sealed class PollsAlone : WholeSystem
    {
        protected override RigOptions Options => new() { Orchestrators = 2, ChatApis = 0, Variables = [("POLL_INTERVAL_MS", "1000")] };
    }

    [Fact]
    public async Task A_poller_that_is_killed_again_and_again_misses_nothing_and_greets_nobody_twice()
    {
        system.Rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksOff, Count = Fault.Always });
        system.Rig.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.DishonestPager, Count = Fault.Always });
        var changes = new SilentChanges(system.Rig);

        for (var kill = 0; kill < Kills; kill++)
        {
            await ChangeAsync(changes);
            var victim = system.Rig.Orchestrators[kill % 2];
            // In the middle: a page was asked for after the changes, and its end is not awaited.
            var asked = system.Rig.Sandbox.Crm.Requests;
            await Eventually.TrueAsync(() => system.Rig.Sandbox.Crm.Requests > asked, "a poll to be under way", Patience);
            await victim.KillAsync();
            await ChangeAsync(changes);
            await victim.StartAsync();
        }

        await Eventually.TrueAsync(
            async () =>
            {
                await changes.LookAsync();
                return changes.Log.Pending.Count == 0;
            }, $"all {Kills * 2 * ChangesBetween} changes to be there", Patience);
        await system.Rig.Sandbox.SettledAsync();
        changes.Orders.Except(await system.Rig.Postgres.ColumnAsync<string>("SELECT external_id FROM leads")).ShouldBeEmpty();
        (await system.Rig.Postgres.ScalarAsync<long>("""
            SELECT count(*) FROM (SELECT FROM touch_points WHERE step = 'greeting' GROUP BY tenant_id, lead_id HAVING count(*) > 1) twice
            """)).ShouldBe(0);
        system.Rig.Sandbox.Twilio.Sent.GroupBy(text => text.To).Where(texts => texts.Count() > 1).ShouldBeEmpty();
    }

    private static async Task ChangeAsync(SilentChanges changes)
    {
        for (var change = 0; change < ChangesBetween; change++)
        {
            await changes.ChangeOneAsync("killed");
        }

        await changes.LookAsync();
    }
}
