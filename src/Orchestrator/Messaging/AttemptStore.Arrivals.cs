using System.Diagnostics;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The part of it that waits for what is on its way to the vendor.</summary>
public sealed partial class AttemptStore
{
    // Twilio waits 15 s for our answer, and a customer for nothing of it.
    private static readonly TimeSpan LongestArrival = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(40);

    // What left before that has arrived, or nobody knows.
    private static readonly TimeSpan MayBeOnItsWay = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Waits until the vendor has what has left for this number, but not for longer than a second. Whoever is told after it that nothing more comes gets nothing after that word: a text whose last byte
    /// left before the opt-out was stored is still on its way for a moment. A database that is away ends the waiting.
    /// </summary>
    public async Task ArrivedAsync(IEnumerable<Guid> tenants, string phone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(tenants);
        var since = Stopwatch.GetTimestamp();
        try
        {
            foreach (var tenant in tenants)
            {
                while (Stopwatch.GetElapsedTime(since) < LongestArrival && await IsOnItsWayAsync(tenant, phone, cancel))
                {
                    await Task.Delay(LookAgain, cancel);
                }
            }
        }
        catch (NpgsqlException)
        {
            // The opt-out is stored, and is what counts.
        }
    }

    private async Task<bool> IsOnItsWayAsync(Guid tenantId, string phone, CancellationToken cancel) => await database.FirstOrDefaultAsync<bool>(tenantId, """
        SELECT true FROM message_attempts
        WHERE tenant_id = @tenantId AND address = @phone AND channel = 'sms' AND started_at > @since AND status = 'handed_over'
        LIMIT 1
        """, new { phone, since = clock.GetUtcNow() - MayBeOnItsWay }, cancel);
}
