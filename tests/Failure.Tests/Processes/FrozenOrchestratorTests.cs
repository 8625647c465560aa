using LeadOrchestrator.Rig;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Processes;

/// <summary>An Orchestrator stands still between the hand-over of a text and its call, for longer than its claim lasts, and then goes on where it was.</summary>
public sealed class FrozenOrchestratorTests(FrozenOrchestratorTests.Two system) : IClassFixture<FrozenOrchestratorTests.Two>
{
    private static readonly TimeSpan LongerThanALease = TimeSpan.FromSeconds(60);

    public sealed class Two : WholeSystem
    {
        protected override RigOptions Options => new() { Orchestrators = 2, AreStopped = true, ChatApis = 0 };
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task What_it_had_in_hand_goes_out_once_at_most_and_not_after_a_stop(bool saysStop, int texts)
    {
        var (frozen, other) = (system.Rig.Orchestrators[0], system.Rig.Orchestrators[1]);
        await frozen.KillAsync();
        await other.KillAsync();
        await frozen.StartAsync(("FAILPOINT", $"{Failpoint.RequestConnecting}:stop"));
        var phone = system.Rig.NewPhone();
        var order = (await system.QuoteAsync(phone)).OrderId;
        await system.TouchAsync(order, LongerThanALease, "sending");
        await Eventually.TrueAsync(() => system.Rig.Postgres.ScalarAsync<bool>("SELECT bool_and(seen_at < clock_timestamp() - interval '3 seconds') FROM service_instances"), "it to stand still", LongerThanALease);
        await other.StartAsync();
        // Who spoke with the frozen one would wait for it.
        system.Rig.Sandbox.DeliverTo = other.Url;

        if (saysStop)
        {
            // The lock that the frozen one holds ends with its session. In words that the carrier does not know: it would keep back by itself what comes after STOP.
            await Eventually.TrueAsync(async () => (await system.Rig.Sandbox.Twilio.ReceiveAsync(phone, "please stop texting me")).Delivery.Succeeded, "the stop to be acknowledged");
        }

        await Eventually.TrueAsync(
            () => system.Rig.Postgres.ScalarAsync<bool>("SELECT bool_and(handed_over_at < clock_timestamp() - interval '31 seconds') FROM touch_points t JOIN leads l ON l.id = t.lead_id WHERE l.external_id = $1 AND step = 'greeting'", order),
            "its claim to be over", LongerThanALease);
        (await system.TouchAsync(order, LongerThanALease, "unknown"))["reason"].ShouldBe("worker_died_after_hand_over");
        await frozen.ContinueAsync();
        system.Rig.Sandbox.DeliverTo = null;

        await system.TouchAsync(order, LongerThanALease, saysStop ? "suppressed" : "delivered");
        system.Rig.Sandbox.Ledger.Of(Vendor.Twilio, "messages.create").Count(call => call.Request?["To"]?.ToString() == phone).ShouldBe(texts, "no call may begin, also none that is refused");
    }
}
