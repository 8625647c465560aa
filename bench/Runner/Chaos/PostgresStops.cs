using LeadOrchestrator.Rig;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Bench.Chaos;

/// <summary>What became of the webhooks.</summary>
/// <param name="Wrong">Answers that are neither 2xx nor 503, no answer included.</param>
/// <param name="Recoveries">After each start of PostgreSQL: until webhooks were accepted and went on being accepted.</param>
internal sealed record StopTally(int Accepted, int Missing, int Wrong, IReadOnlyList<TimeSpan> Recoveries, IReadOnlyList<string> Problems);

/// <summary>Webhooks at 50 a second, while PostgreSQL is stopped and started again and again: every other time it crashes.</summary>
internal sealed class PostgresStops(int stops)
{
    private const double PerSecond = 50;
    private static readonly TimeSpan StaysAway = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan GoesOn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    public async Task<StopTally> RunAsync(CancellationToken cancel)
    {
        await using var rig = await TestRig.StartAsync();
        await using var flow = WebhookFlow.Start(rig, PerSecond);
        var lives = new List<(TimeSpan From, TimeSpan Until)>();
        await AcceptedAsync(flow, TimeSpan.Zero);
        await Task.Delay(GoesOn, cancel);
        for (var stop = 1; stop <= stops; stop++)
        {
            await (stop % 2 == 0 ? rig.Postgres.CrashAsync() : rig.Postgres.StopAsync());
            await Task.Delay(StaysAway, cancel);
            await rig.Postgres.StartAsync();
            var back = flow.Elapsed;
            await AcceptedAsync(flow, back);
            await Task.Delay(GoesOn, cancel);
            lives.Add((back, flow.Elapsed));
        }

        await flow.StopAsync();
        return await JudgeAsync(rig, flow, lives);
    }

    private static async Task<StopTally> JudgeAsync(TestRig rig, WebhookFlow flow, List<(TimeSpan From, TimeSpan Until)> lives)
    {
        var kept = (await rig.Postgres.ColumnAsync<string>("SELECT external_id FROM webhook_events WHERE external_id IS NOT NULL")).ToHashSet();
        var sent = flow.Sent.OrderBy(webhook => webhook.At).ToList();
        foreach (var wrong in sent.Where(webhook => webhook.Status is not (200 or 503)).Take(3))
        {
            Benchmarks.Say($"chaos: a webhook got {wrong.Status?.ToString(provider: null) ?? "no answer"} after {wrong.Took.TotalSeconds:0.0} s. {wrong.Error}");
        }

        await flow.RepeatRefusedAsync();
        var verdict = await new Judge(rig).AtRestAsync(TimeSpan.FromSeconds(150));
        foreach (var problem in verdict.Problems.Take(3))
        {
            Benchmarks.Say($"chaos: {problem}");
        }

        return new StopTally(
            sent.Count(webhook => webhook.IsAccepted), sent.Count(webhook => webhook.IsAccepted && !kept.Contains(webhook.OrderId)),
            sent.Count(webhook => webhook.Status is not (200 or 503)), [.. lives.Select(life => Recovery(sent, life.From, life.Until))], verdict.Problems);
    }

    // The first that is accepted, and nothing refused any more: whichever is later. What is answered after the next stop has begun says nothing of this start.
    private static TimeSpan Recovery(List<SentWebhook> sent, TimeSpan back, TimeSpan until)
    {
        var answered = sent.Where(webhook => webhook.At >= back && webhook.At + webhook.Took < until).ToList();
        var refused = answered.LastOrDefault(webhook => !webhook.IsAccepted);
        return answered.FirstOrDefault(webhook => webhook.IsAccepted && webhook.At >= (refused?.At ?? back)) is { } first ? first.At + first.Took - back : until - back;
    }

    private static Task AcceptedAsync(WebhookFlow flow, TimeSpan since) =>
        Eventually.TrueAsync(() => flow.Sent.Any(webhook => webhook.At >= since && webhook.IsAccepted), "webhooks to be accepted again", Patience);
}
