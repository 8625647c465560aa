using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>
/// The table <c>number_paces</c>. Its row is the lock: however many processes and franchises send by a number, they take its places one after the other. An account is part of
/// the key: who enters a number that is another account's slows nobody down.
/// </summary>
public sealed class SenderPaceStore(LeadDatabase database)
{
    /// <summary>Takes places for texts, durable when this returns.</summary>
    /// <returns>The decisions, and the database's time at which they were made.</returns>
    public async Task<(IReadOnlyList<PaceDecision> Decisions, DateTimeOffset Now)> TakeAsync(
        Guid tenantId, TwilioAccount account, IReadOnlyList<PacedText> texts, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(account);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{account.AccountSid}/{account.Sender}"));
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        // A number that is new here goes on where the franchise was in the release before.
        var row = (await transaction.FirstOrDefaultAsync<Row>("""
            INSERT INTO number_paces (sender_hash, next_free_at, first_free_at, carrier_free_at, day, segments)
            SELECT @hash, coalesce(s.next_free_at, clock_timestamp()), coalesce(s.first_free_at, clock_timestamp()), clock_timestamp(),
                coalesce(s.day, (clock_timestamp() AT TIME ZONE 'America/Los_Angeles')::date), coalesce(s.segments, 0)
            FROM (SELECT 1) one LEFT JOIN sender_paces s ON s.tenant_id = @tenantId AND s.sender = @Sender
            ON CONFLICT (sender_hash) DO UPDATE SET sender_hash = excluded.sender_hash
            RETURNING next_free_at, first_free_at, carrier_free_at, day, segments, clock_timestamp() AS now
            """, new { hash, account.Sender }, cancel))!;
        var (after, decisions) = new SenderPace(row.NextFreeAt, row.FirstFreeAt, row.CarrierFreeAt, row.Day, row.Segments).Take(texts, account.Pace, account.DailySegments, row.Now);
        await transaction.ExecuteAsync("""
            UPDATE number_paces SET next_free_at = @NextFreeAt, first_free_at = @FirstFreeAt, carrier_free_at = @CarrierFreeAt, day = @Day, segments = @Segments
            WHERE sender_hash = @hash
            """, new { hash, after.NextFreeAt, after.FirstFreeAt, after.CarrierFreeAt, after.Day, after.Segments }, cancel);
        await transaction.CommitAsync(cancel);
        return (decisions, row.Now);
    }

    private sealed record Row
    {
        public required DateTimeOffset NextFreeAt { get; init; }
        public required DateTimeOffset FirstFreeAt { get; init; }
        public required DateTimeOffset CarrierFreeAt { get; init; }
        public required DateOnly Day { get; init; }
        public required int Segments { get; init; }
        public required DateTimeOffset Now { get; init; }
    }
}
