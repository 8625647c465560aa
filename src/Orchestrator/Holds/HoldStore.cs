using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Holds;

/// <summary>A stop of what is sent, as the API shows it.</summary>
public sealed record HoldView
{
    public required Guid Id { get; init; }

    /// <summary>lead, location, tenant, or all: the whole installation.</summary>
    public required string Scope { get; init; }
    public Guid? LeadId { get; init; }
    public Guid? LocationId { get; init; }

    /// <summary>operator: a person took it. database_went_back, vendor_knows_more (all) and unknown_text (tenant): taken by itself, because the database may have forgotten what was sent and who said stop.</summary>
    public required string Cause { get; init; }
    public required string Reason { get; init; }
    public Guid? TakenBy { get; init; }
    public required DateTimeOffset TakenAt { get; init; }
    public Guid? ReleasedBy { get; init; }
    public DateTimeOffset? ReleasedAt { get; init; }

    /// <summary>Was it taken without a person?</summary>
    internal bool IsOwn => Cause != "operator";
}

/// <summary>The tables <c>holds</c> and <c>platform_holds</c>. A claim, and the gate under its locks, ask them in SQL: a hold counts on every process from its commit on.</summary>
public sealed class HoldStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>The reason of what a hold keeps back.</summary>
    public const string Held = "held";

    /// <summary>Is what is planned for a lead <c>l</c> kept back? Asked under the locks of a hand-over.</summary>
    internal const string HoldsLead = """
        NOT (SELECT may_anything_be_sent()) OR EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = l.tenant_id AND h.released_at IS NULL
            AND (h.scope = 'tenant' OR h.lead_id = l.id OR h.location_id = l.location_id))
        """;

    // Those of the tenant, and those of the installation, which everybody may know of: nothing goes out, and nobody shall wonder why.
    private const string All = """
        (SELECT id, scope, lead_id, location_id, cause, reason, taken_by, taken_at, released_by, released_at FROM holds WHERE tenant_id = @tenantId
         UNION ALL
         SELECT id, 'all', NULL, NULL, cause, reason, taken_by, taken_at, released_by, released_at FROM platform_holds) h
        """;

    /// <summary>Is everything about this lead kept back?</summary>
    public Task<bool> HoldsAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<bool>($"SELECT {HoldsLead} FROM leads l WHERE l.tenant_id = @tenantId AND l.id = @leadId", new { leadId }, cancel);
    }

    /// <summary>A page of holds, newest first.</summary>
    /// <param name="isActive">Null = both.</param>
    public Task<IReadOnlyList<HoldView>> ListAsync(Guid tenantId, bool? isActive, string? scope, Guid? leadId, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<HoldView>(tenantId, $"""
            SELECT id, scope, lead_id, location_id, cause, reason, taken_by, taken_at, released_by, released_at FROM {All}
            WHERE (@isActive::boolean IS NULL OR (released_at IS NULL) = @isActive) AND (@scope::text IS NULL OR scope = @scope)
              AND (@leadId::uuid IS NULL OR lead_id = @leadId) AND (@before::uuid IS NULL OR id < @before)
            ORDER BY id DESC
            LIMIT @limit
            """, new { isActive, scope, leadId, before, limit }, cancel);

    /// <summary>What holds a lead now: its own, its shop's, its franchise's and the installation's.</summary>
    public Task<IReadOnlyList<HoldView>> OfLeadAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.QueryAsync<HoldView>(tenantId, $"""
        SELECT h.id, h.scope, h.lead_id, h.location_id, h.cause, h.reason, h.taken_by, h.taken_at, h.released_by, h.released_at
        FROM {All}
        WHERE h.released_at IS NULL AND (h.scope IN ('all', 'tenant') OR h.lead_id = @leadId
            OR h.location_id = (SELECT l.location_id FROM leads l WHERE l.tenant_id = @tenantId AND l.id = @leadId))
        ORDER BY h.id
        """, new { leadId }, cancel);

    /// <summary>One hold, or null.</summary>
    public Task<HoldView?> FindAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<HoldView>($"""
            SELECT id, scope, lead_id, location_id, cause, reason, taken_by, taken_at, released_by, released_at FROM {All} WHERE id = @id
            """, new { id }, cancel);
    }

    /// <summary>The hold that is there for this, or null. Nobody else takes one of this tenant, or of everything, until the transaction ends.</summary>
    public async Task<HoldView?> ActiveAsync(TenantTransaction transaction, string scope, Guid? leadId, Guid? locationId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended(@key, 0))", new { key = scope == "all" ? "holds" : $"{transaction.TenantId}/holds" }, cancel);
        return await transaction.FirstOrDefaultAsync<HoldView>($"""
            SELECT id, scope, lead_id, location_id, cause, reason, taken_by, taken_at, released_by, released_at FROM {All}
            WHERE released_at IS NULL AND scope = @scope AND cause = 'operator' AND lead_id IS NOT DISTINCT FROM @leadId AND location_id IS NOT DISTINCT FROM @locationId
            ORDER BY id LIMIT 1
            """, new { scope, leadId, locationId }, cancel);
    }

    /// <summary>Takes a hold on a lead, a shop or the tenant.</summary>
    /// <returns>Null when the tenant has no such lead or shop.</returns>
    public Task<Guid?> TakeAsync(TenantTransaction transaction, string scope, Guid? leadId, Guid? locationId, string reason, Guid takenBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Guid?>("""
            INSERT INTO holds (tenant_id, id, scope, lead_id, location_id, reason, taken_by, taken_at)
            SELECT @tenantId, @id, @scope, @leadId, @locationId, @reason, @takenBy, @now
            WHERE (@leadId::uuid IS NULL OR EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = @tenantId AND l.id = @leadId))
              AND (@locationId::uuid IS NULL OR EXISTS (SELECT 1 FROM locations o WHERE o.tenant_id = @tenantId AND o.id = @locationId))
            RETURNING id
            """, new { id = Guid.CreateVersion7(), scope, leadId, locationId, reason, takenBy, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Takes a hold on everything, in the name of an operator.</summary>
    public async Task<Guid> TakeAllAsync(TenantTransaction transaction, string reason, Guid takenBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var id = Guid.CreateVersion7();
        await transaction.ExecuteAsync("""
            INSERT INTO platform_holds (id, cause, reason, taken_by, taken_at) VALUES (@id, 'operator', @reason, @takenBy, @now)
            """, new { id, reason, takenBy, now = clock.GetUtcNow() }, cancel);
        return id;
    }

    /// <summary>Takes a hold on everything without a person.</summary>
    /// <param name="seenAt">When the look began that saw the cause (business time): whoever has released a hold of this cause since then has looked at it.</param>
    /// <returns>False when it is there already, or was released since.</returns>
    public async Task<bool> TakeAllAsync(TenantTransaction transaction, string cause, string reason, DateTimeOffset seenAt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await ReleasesAsync(transaction, cancel);
        return await transaction.ExecuteAsync("""
            INSERT INTO platform_holds (id, cause, reason, taken_at)
            SELECT @id, @cause, @reason, @now WHERE NOT EXISTS (SELECT 1 FROM platform_holds WHERE cause = @cause AND released_at > @seenAt)
            ON CONFLICT DO NOTHING
            """, new { id = Guid.CreateVersion7(), cause, reason, seenAt, now = clock.GetUtcNow() }, cancel) == 1;
    }

    /// <summary>Takes a hold on the tenant without a person.</summary>
    /// <param name="seenAt">As of a hold on everything.</param>
    /// <returns>False when it is there already, or was released since.</returns>
    public async Task<bool> TakeOwnAsync(TenantTransaction transaction, string cause, string reason, DateTimeOffset seenAt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await ReleasesAsync(transaction, cancel);
        return await transaction.ExecuteAsync("""
            INSERT INTO holds (tenant_id, id, scope, cause, reason, taken_at)
            SELECT @tenantId, @id, 'tenant', @cause, @reason, @now
            WHERE NOT EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = @tenantId AND h.cause <> 'operator' AND h.released_at > @seenAt)
              AND NOT EXISTS (SELECT 1 FROM platform_holds WHERE cause <> 'operator' AND released_at > @seenAt)
            ON CONFLICT DO NOTHING
            """, new { id = Guid.CreateVersion7(), cause, reason, seenAt, now = clock.GetUtcNow() }, cancel) == 1;
    }

    /// <summary>Ends a hold. One on everything that was taken by itself says with its end that the database is the right one.</summary>
    /// <returns>False when it has ended before.</returns>
    public async Task<bool> ReleaseAsync(TenantTransaction transaction, HoldView hold, Guid releasedBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(hold);
        await ReleasesAsync(transaction, cancel);
        var args = new { hold.Id, releasedBy, now = clock.GetUtcNow() };
        if (hold is { Scope: "all", IsOwn: true })
        {
            await transaction.ExecuteAsync("""
                UPDATE database_identity SET value = coalesce(current_database_identity(), value), confirmed_by = @releasedBy, confirmed_at = @now
                """, args, cancel);
        }

        return await transaction.ExecuteAsync(hold.Scope == "all"
            ? "UPDATE platform_holds SET released_by = @releasedBy, released_at = @now WHERE id = @Id AND released_at IS NULL"
            : "UPDATE holds SET released_by = @releasedBy, released_at = @now WHERE tenant_id = @tenantId AND id = @Id AND released_at IS NULL", args, cancel) == 1;
    }

    // One release after the other, in a statement of its own: two at once would each see the other's hold standing, and both leave its texts marked for ever.
    private static Task<int> ReleasesAsync(TenantTransaction transaction, CancellationToken cancel) =>
        transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('releases', 0))", null, cancel);

    /// <summary>The holds on everything that were taken without a person and still stand: their causes.</summary>
    public Task<IReadOnlyList<string>> OwnCausesAsync(CancellationToken cancel) =>
        database.DoorAsync<string>("SELECT cause FROM platform_holds WHERE released_at IS NULL AND cause <> 'operator' ORDER BY cause", null, cancel);

    /// <summary>The tenants that are held without a person.</summary>
    public Task<IReadOnlyList<Guid>> OwnHeldAsync(CancellationToken cancel) => database.DoorAsync<Guid>("SELECT tenant_id FROM own_holds()", null, cancel);

    /// <summary>When somebody last released a hold of this tenant, or on everything, that was taken without a person (business time): what was to be seen then they have looked at. Null = never.</summary>
    public Task<DateTimeOffset?> LastReleaseAsync(Guid tenantId, CancellationToken cancel) => database.FirstOrDefaultAsync<DateTimeOffset?>(tenantId, """
        SELECT greatest((SELECT max(released_at) FROM holds WHERE tenant_id = @tenantId AND cause <> 'operator'), (SELECT max(released_at) FROM platform_holds WHERE cause <> 'operator'))
        """, null, cancel);

    /// <summary>Which database this is, which one it was when somebody last said that it is well, and how far its log is written. Null = it does not tell.</summary>
    public async Task<DatabaseMark> MarkAsync(CancellationToken cancel) => (await database.DoorAsync<DatabaseMark>("""
        WITH noted AS (
            INSERT INTO database_identity (value, confirmed_at) SELECT i.value, @now FROM (SELECT current_database_identity() AS value) i
            WHERE i.value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM database_identity)
            ON CONFLICT DO NOTHING
        )
        SELECT current_database_identity() AS current, (SELECT value FROM database_identity) AS known, current_wal_position() AS position
        """, new { now = clock.GetUtcNow() }, cancel))[0];
}

/// <summary>By what one knows a database again. Null = it does not tell.</summary>
/// <param name="Position">Of its log, in bytes: it never goes back.</param>
public sealed record DatabaseMark(string? Current, string? Known, long? Position);
