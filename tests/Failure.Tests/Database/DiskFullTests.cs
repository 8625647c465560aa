using LeadOrchestrator.Rig;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Database;

/// <summary>Not a byte is left on the database's disk.</summary>
public sealed class DiskFullTests(DiskFullTests.SmallDisk system) : IClassFixture<DiskFullTests.SmallDisk>
{
    public sealed class SmallDisk : WholeSystem
    {
        protected override RigOptions Options => new() { DiskMegabytes = 96, ChatApis = 0 };
    }

    [Fact]
    public async Task A_full_disk_is_503_and_never_2xx_and_work_goes_on_by_itself_when_there_is_space_again()
    {
        var before = await system.QuoteAsync();
        await system.TouchAsync(before.OrderId, TimeSpan.FromSeconds(40), "delivered");

        await system.Rig.Postgres.FillDiskAsync();
        await using var flow = WebhookFlow.Start(system.Rig, 50);
        // The last pages still have room for a few.
        await Eventually.TrueAsync(() => flow.Sent.Count(webhook => webhook.Status == 503) > 20, "webhooks to be refused", TimeSpan.FromSeconds(40));
        await system.Rig.Postgres.FreeDiskAsync();
        var free = flow.Elapsed;
        await Eventually.TrueAsync(() => flow.Sent.Any(webhook => webhook.At > free && webhook.IsAccepted), "a webhook to be accepted");
        await flow.StopAsync();

        var kept = (await system.Rig.Postgres.ColumnAsync<string>("SELECT external_id FROM webhook_events WHERE external_id IS NOT NULL")).ToHashSet();
        flow.Sent.Where(webhook => webhook.IsAccepted && !kept.Contains(webhook.OrderId)).ShouldBeEmpty();
        flow.Sent.Where(webhook => webhook.Status is not (200 or 503)).ShouldBeEmpty();
        await flow.RepeatRefusedAsync();
        (await system.Judge.AtRestAsync(TimeSpan.FromSeconds(100))).Problems.ShouldBeEmpty();
    }
}
