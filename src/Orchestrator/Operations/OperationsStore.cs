using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Operations;

/// <summary>Reads how the whole installation stands: numbers alone, through one door.</summary>
public sealed class OperationsStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>All of it, in a few short statements.</summary>
    public async Task<Figures> ReadAsync(CancellationToken cancel)
    {
        var work = (await database.DoorAsync<Work>("""
            SELECT inbox, inbox_oldest_seconds, inbox_dead, due, lateness_seconds, sending, unknown, needs_review, unsettled_oldest_seconds,
                last_webhook_seconds, silent_tenants, ai_spent_micros, ai_fullest_percent, pg_database_size(current_database()) AS bytes
            FROM installation_figures(@now)
            """, new { now = clock.GetUtcNow() }, cancel))[0];
        var intake = (await database.DoorAsync<IntakeFigures>("""
            SELECT poll_oldest_seconds, poll_failing, crm_missing, never_compared, silent_locations, overtaken_locations FROM intake_figures(@now)
            """, new { now = clock.GetUtcNow() }, cancel))[0];
        return new Figures(
            work.Inbox, work.InboxOldestSeconds, work.InboxDead, work.Due, work.LatenessSeconds, work.Sending, work.Unknown, work.NeedsReview,
            work.UnsettledOldestSeconds, work.LastWebhookSeconds, work.SilentTenants, work.AiSpentMicros, work.AiFullestPercent, work.Bytes, 0, 0, 0)
        {
            Intake = intake,
        };
    }

    private sealed record Work(
        long Inbox, long InboxOldestSeconds, long InboxDead, long Due, long LatenessSeconds, long Sending, long Unknown, long NeedsReview,
        long UnsettledOldestSeconds, long LastWebhookSeconds, long SilentTenants, long AiSpentMicros, long AiFullestPercent, long Bytes);
}
