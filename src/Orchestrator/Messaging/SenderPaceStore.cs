using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The table <c>sender_paces</c>. Its row is the lock: however many processes send by a number, they take its places one after the other.</summary>
public sealed class SenderPaceStore(LeadDatabase database)
{
    /// <summary>Takes places for texts, durable when this returns.</summary>
    /// <returns>The decisions, and the database's time at which they were made.</returns>
    public async Task<(IReadOnlyList<PaceDecision> Decisions, DateTimeOffset Now)> TakeAsync(
        Guid tenantId, string sender, IReadOnlyList<PacedText> texts, int? perSecond, int? daily, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var row = (await transaction.FirstOrDefaultAsync<Row>("""
            INSERT INTO sender_paces (tenant_id, id, sender, next_free_at, first_free_at, day)
            VALUES (@tenantId, @id, @sender, clock_timestamp(), clock_timestamp(), (clock_timestamp() AT TIME ZONE 'America/Los_Angeles')::date)
            ON CONFLICT (tenant_id, sender) DO UPDATE SET sender = excluded.sender
            RETURNING id, next_free_at, first_free_at, day, segments, clock_timestamp() AS now
            """, new { id = Guid.CreateVersion7(), sender }, cancel))!;
        var (after, decisions) = new SenderPace(row.NextFreeAt, row.FirstFreeAt, row.Day, row.Segments).Take(texts, perSecond, daily, row.Now);
        await transaction.ExecuteAsync("""
            UPDATE sender_paces SET next_free_at = @NextFreeAt, first_free_at = @FirstFreeAt, day = @Day, segments = @Segments WHERE tenant_id = @tenantId AND id = @id
            """, new { row.Id, after.NextFreeAt, after.FirstFreeAt, after.Day, after.Segments }, cancel);
        await transaction.CommitAsync(cancel);
        return (decisions, row.Now);
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required DateTimeOffset NextFreeAt { get; init; }
        public required DateTimeOffset FirstFreeAt { get; init; }
        public required DateOnly Day { get; init; }
        public required int Segments { get; init; }
        public required DateTimeOffset Now { get; init; }
    }
}
