using LeadOrchestrator.Rig;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Database;

/// <summary>PostgreSQL dies, comes back, falls silent. What was accepted is kept; what was not is told 503, so that it comes again.</summary>
public sealed class AwayTests(AwayTests.Wired system) : IClassFixture<AwayTests.Wired>
{
    private const double PerSecond = 50;

    // Five seconds are promised; a test machine with other things to do gets four times as long.
    private static readonly TimeSpan WorksAgainWithin = TimeSpan.FromSeconds(20);

    public sealed class Wired : WholeSystem
    {
        protected override RigOptions Options => new() { HasWire = true, ChatApis = 0 };
    }

    [Fact]
    public async Task PostgreSQL_crashes_under_50_webhooks_a_second_and_every_2xx_is_in_the_database()
    {
        await using var flow = WebhookFlow.Start(system.Rig, PerSecond);
        await AcceptedAsync(flow, flow.Elapsed);

        await system.Rig.Postgres.CrashAsync();
        var down = flow.Elapsed;
        await Eventually.TrueAsync(() => flow.Sent.Any(webhook => webhook.At > down && webhook.Status == 503), "a webhook to be refused");
        await system.Rig.Postgres.StartAsync();
        await AcceptedAsync(flow, flow.Elapsed);

        await JudgeAsync(flow);
    }

    [Fact]
    public async Task PostgreSQL_restarts_every_few_seconds_under_load_and_nobody_is_lost_or_texted_twice()
    {
        await using var flow = WebhookFlow.Start(system.Rig, PerSecond / 2);
        for (var restart = 0; restart < 3; restart++)
        {
            await AcceptedAsync(flow, flow.Elapsed);
            var before = flow.Sent.Count;
            await Eventually.TrueAsync(() => flow.Sent.Count > before + 25, "a second to pass");
            await (restart % 2 == 0 ? system.Rig.Postgres.CrashAsync() : system.Rig.Postgres.StopAsync());
            await system.Rig.Postgres.StartAsync();
        }

        await AcceptedAsync(flow, flow.Elapsed);
        await JudgeAsync(flow);
    }

    [Fact]
    public async Task PostgreSQL_falls_silent_under_load_and_everything_goes_on_when_it_speaks_again()
    {
        await using var flow = WebhookFlow.Start(system.Rig, PerSecond / 2);
        await AcceptedAsync(flow, flow.Elapsed);

        system.Rig.Postgres.Wire.BlackHole();
        var silent = flow.Elapsed;
        await Eventually.TrueAsync(() => flow.Sent.Any(webhook => webhook.At > silent && webhook.Status == 503), "a webhook to be refused");
        system.Rig.Postgres.Wire.Restore();
        await AcceptedAsync(flow, flow.Elapsed);

        await JudgeAsync(flow);
    }

    private static Task AcceptedAsync(WebhookFlow flow, TimeSpan since) =>
        Eventually.TrueAsync(() => flow.Sent.Any(webhook => webhook.At > since && webhook.IsAccepted), "a webhook to be accepted", WorksAgainWithin);

    private async Task JudgeAsync(WebhookFlow flow)
    {
        await flow.StopAsync();
        var kept = (await system.Rig.Postgres.ColumnAsync<string>("SELECT external_id FROM webhook_events WHERE external_id IS NOT NULL")).ToHashSet();
        flow.Sent.Where(webhook => webhook.IsAccepted && !kept.Contains(webhook.OrderId)).ShouldBeEmpty();
        // An answer in time each, and never a 500, after which Shopmonkey would not repeat.
        flow.Sent.Where(webhook => webhook.Status is not (200 or 503)).ShouldBeEmpty();

        await flow.RepeatRefusedAsync();
        (await system.Judge.AtRestAsync(TimeSpan.FromSeconds(100))).Problems.ShouldBeEmpty();
    }
}
