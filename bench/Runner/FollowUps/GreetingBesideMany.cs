using System.Collections.Concurrent;
using System.Globalization;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.FollowUps;

/// <summary>Quote requests that come in by webhook while the same franchise's many follow-ups go out: from the webhook until Twilio has accepted the greeting.</summary>
internal sealed class GreetingBesideMany(TestBed bed, FollowUpBed follow)
{
    private const int Many = 15_000;
    private const int LatencyMs = 200;
    private const int Webhooks = 200;
    private const double WebhooksPerSecond = 10;
    private const double Within = 2_000;

    // Where it is ten in the morning; the many live elsewhere, so that the two are told apart.
    private const string Area = "512";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(CancellationToken cancel)
    {
        await using var orchestrator = await follow.StartAsync(TouchProcesses.LookEvery, cancel);
        var tenant = await follow.DefaultTenantAsync(cancel);
        await bed.AskVendorsAsync(HttpRequestBytes.Post($"{FakeShopmonkey.AreaPath}?{Area}", "", []));
        await follow.BeginLedgerAsync(LatencyMs);
        await Databases.ExecuteAsync(follow.Database, FollowUpSeed.Write($"""
            SELECT '{tenant}'::uuid AS tenant_id, n, '+1713' || ({FollowUpSeed.FirstNumber} + n) AS phone, '' AS vehicle, {FollowUpSeed.Time(follow.Clock.GetUtcNow())} AS due_at
            FROM generate_series(1, {Many}) n
            """, "next_day"), cancel);
        await follow.AnsweredAsync(Many / 50, Patience, cancel);

        var deliveries = new OrderDeliveries(TestBed.WebhookSecret, follow.Clock);
        var sent = new ConcurrentDictionary<string, long>();
        var start = MonotonicClock.Now + 20_000;
        var refused = 0;
        await Timetable.RunAsync(orchestrator.Url, Webhooks, number => start + (long)(number * 1e6 / WebhooksPerSecond), _ => deliveries.Next(), answer =>
        {
            // The customer of the first delivery has the first number behind FirstNumber.
            sent[string.Create(CultureInfo.InvariantCulture, $"+1{Area}{FollowUpSeed.FirstNumber + answer.Number + 1}")] = answer.IntendedStart;
            refused += answer.Status is >= 200 and < 300 ? 0 : 1;
        });
        var stillMany = await Databases.ValueAsync<long>(follow.Database, "SELECT count(*) FROM touch_points WHERE step = 'next_day' AND status = 'scheduled' AND reason IS NULL", cancel);
        await follow.SettledAsync(Patience, cancel);
        if (stillMany == 0)
        {
            throw new BenchException("The many texts had gone before the last webhook came, so nothing is reported.");
        }

        var greeted = (await follow.TextsAsync()).Where(text => text["To"].StartsWith($"+1{Area}", StringComparison.Ordinal)).ToList();
        var took = greeted.Where(text => text.AnsweredMicros is not null).Select(text => (text.AnsweredMicros!.Value - sent[text["To"]]) / 1000.0).ToList();
        return
        [
            FollowUpsBench.Line("greeting: accepted by Twilio after the webhook, beside many, p50", "ms", Samples.Quantile(took, 0.5), null),
            FollowUpsBench.Line("greeting: accepted by Twilio after the webhook, beside many, p95", "ms", Samples.Quantile(took, 0.95), Within),
            FollowUpsBench.Line("greeting: accepted by Twilio after the webhook, beside many, longest", "ms", took.DefaultIfEmpty().Max(), null),
            FollowUpsBench.Line("greeting: webhooks refused or not greeted", "count", refused + Webhooks - took.Count, 0),
            FollowUpsBench.Line("greeting: of the many still to send at the last webhook", "count", stillMany, null),
        ];
    }
}
