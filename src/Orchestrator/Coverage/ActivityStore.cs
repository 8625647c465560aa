using System.Globalization;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Coverage;

/// <summary>A shop was heard of.</summary>
/// <param name="IsPolled">Found by the poll, and not told by a webhook.</param>
public sealed record ShopHeard(Guid LocationId, bool IsPolled, DateTimeOffset At);

/// <summary>The table <c>location_activity</c>: when each shop was heard of, and by which way.</summary>
public sealed class ActivityStore
{
    /// <summary>Notes it, in the transaction that takes the events in: one statement for all of them.</summary>
    public Task NoteAsync(TenantTransaction transaction, IReadOnlyList<ShopHeard> heard, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(heard);
        if (heard.Count == 0)
        {
            return Task.CompletedTask;
        }

        // In one order: two transactions that touch the same shops crosswise would wait for each other.
        List<Sum> sums = [.. heard.GroupBy(one => one.LocationId).OrderBy(shop => shop.Key).Select(Sum.Of)];
        return transaction.ExecuteAsync("""
            INSERT INTO location_activity AS a (tenant_id, id, location_id, webhook_at, webhook_events, poll_at, poll_events, poll_events_in_a_row)
            SELECT @tenantId, n.id, n.location_id, n.webhook_last, n.webhooks, n.poll_last, n.polls, CASE WHEN n.webhooks = 0 THEN n.polls ELSE 0 END
            FROM unnest(@ids, @locations, @webhookFirst::timestamptz[], @webhookLast::timestamptz[], @webhooks, @pollLast::timestamptz[], @polls)
                AS n (id, location_id, webhook_first, webhook_last, webhooks, poll_last, polls)
            ON CONFLICT (tenant_id, location_id) DO UPDATE
            SET webhook_at = greatest(a.webhook_at, excluded.webhook_at), webhook_events = a.webhook_events + excluded.webhook_events,
                longest_pause_seconds = CASE WHEN excluded.webhook_events = 0 THEN a.longest_pause_seconds ELSE greatest(
                    (a.longest_pause_seconds * power(0.99, excluded.webhook_events))::bigint,
                    extract(epoch FROM (SELECT min(w) FROM unnest(@locations, @webhookFirst::timestamptz[]) AS f (l, w) WHERE f.l = a.location_id) - a.webhook_at)::bigint) END,
                poll_at = greatest(a.poll_at, excluded.poll_at), poll_events = a.poll_events + excluded.poll_events,
                poll_events_in_a_row = CASE WHEN excluded.webhook_events > 0 THEN 0 ELSE a.poll_events_in_a_row + excluded.poll_events END
            WHERE a.tenant_id = @tenantId
            """,
            new
            {
                ids = Each(sums, _ => Guid.CreateVersion7()), locations = Each(sums, sum => sum.LocationId), webhookFirst = Each(sums, sum => sum.WebhookFirst),
                webhookLast = Each(sums, sum => sum.WebhookLast), webhooks = Each(sums, sum => sum.Webhooks), pollLast = Each(sums, sum => sum.PollLast),
                polls = Each(sums, sum => sum.Polls),
            }, cancel);
    }

    private static TValue[] Each<TValue>(IReadOnlyList<Sum> sums, Func<Sum, TValue> field) => [.. sums.Select(field)];

    // Times as text: of an array without a value nobody could tell which kind of time it holds.
    private sealed record Sum(Guid LocationId, string? WebhookFirst, string? WebhookLast, long Webhooks, string? PollLast, long Polls)
    {
        public static Sum Of(IGrouping<Guid, ShopHeard> shop)
        {
            var told = shop.Where(one => !one.IsPolled).Select(one => (DateTimeOffset?)one.At).ToList();
            var found = shop.Where(one => one.IsPolled).Select(one => (DateTimeOffset?)one.At).ToList();
            return new Sum(shop.Key, Text(told.Min()), Text(told.Max()), told.Count, Text(found.Max()), found.Count);
        }

        private static string? Text(DateTimeOffset? at) => at?.ToString("O", CultureInfo.InvariantCulture);
    }
}
