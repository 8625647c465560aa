using LeadOrchestrator.Shared.Hosting;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>A claim on a tenant's poll. The fence is its number: with an old one nothing can be changed.</summary>
public sealed record PollClaim(Guid TenantId, long Fence);

/// <summary>How far a topic was seen.</summary>
/// <param name="At">By the CRM's clock.</param>
/// <param name="UpdatedAt">Business time of the look.</param>
public sealed record PollMark(DateTimeOffset At, DateTimeOffset UpdatedAt);

/// <summary>What is known of a tenant's polls. Times are business time.</summary>
public sealed record PollState
{
    public required TimeSpan ClockSkew { get; init; }
    public required int Failures { get; init; }
    public DateTimeOffset? PolledAt { get; init; }
    public DateTimeOffset? SweptAt { get; init; }
    public DateTimeOffset? ComparedAt { get; init; }
    public required IReadOnlyDictionary<string, PollMark> Marks { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="Reason">Null, or one machine word for why it did not reach its end.</param>
/// <param name="Next">Until the next one (real time).</param>
/// <param name="Marks">How far each topic is complete now; a topic that is not complete is not among them.</param>
public sealed record PollEnding(string? Reason, TimeSpan Next, TimeSpan ClockSkew, IReadOnlyList<(string Topic, DateTimeOffset Mark)> Marks);

/// <summary>The tables <c>poll_states</c> and <c>poll_marks</c>: who polls which tenant, and how far.</summary>
public sealed class PollStore(LeadDatabase database, TimeProvider clock, ServiceInstance instance)
{
    /// <summary>Real time, by the database's clock. It is renewed at a third; a process that died gives way within seconds (its heartbeat is missing).</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>Takes up to <paramref name="limit"/> tenants whose time has come. No two pollers get the same one.</summary>
    public Task<IReadOnlyList<PollClaim>> ClaimAsync(int limit, CancellationToken cancel) => database.DoorAsync<PollClaim>(
        "SELECT tenant_id, fence FROM claim_polls(@worker, @limit, @lease)", new { worker = instance.Id, limit, lease = Lease }, cancel);

    /// <summary>What is known, in one round trip.</summary>
    public async Task<PollState> ReadAsync(Guid tenantId, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<StateRow>(tenantId, """
            SELECT p.clock_skew_ms, p.failures, p.polled_at, p.swept_at, p.compared_at, m.topic, m.mark, m.updated_at
            FROM poll_states p LEFT JOIN poll_marks m ON m.tenant_id = p.tenant_id
            WHERE p.tenant_id = @tenantId AND p.id = @tenantId
            """, null, cancel);
        var first = rows.FirstOrDefault();
        return new PollState
        {
            ClockSkew = TimeSpan.FromMilliseconds(first?.ClockSkewMs ?? 0), Failures = first?.Failures ?? 0, PolledAt = first?.PolledAt, SweptAt = first?.SweptAt,
            ComparedAt = first?.ComparedAt,
            Marks = rows.Where(row => row.Topic is not null).ToDictionary(row => row.Topic!, row => new PollMark(row.Mark!.Value, row.UpdatedAt!.Value)),
        };
    }

    /// <summary>Adds the end of a run: its marks move and its claim ends, if it is still the one that holds the claim. Its result is one row: 1, or 0 when it is not.</summary>
    internal void AddEnding(TenantBatch batch, PollClaim claim, PollEnding ending) => batch.Add("""
        WITH mine AS (
            UPDATE poll_states
            SET next_poll_at = clock_timestamp() + $4, claimed_by = NULL, lease_until = NULL, failures = CASE WHEN $5 IS NULL THEN 0 ELSE failures + 1 END,
                reason = $5, clock_skew_ms = $6, polled_at = CASE WHEN $5 IS NULL THEN $7 ELSE polled_at END
            WHERE tenant_id = $1 AND id = $1 AND claimed_by = $2 AND fence = $3
            RETURNING tenant_id
        ), moved AS (
            INSERT INTO poll_marks (tenant_id, id, topic, mark, updated_at)
            SELECT mine.tenant_id, n.id, n.topic, n.mark, $7 FROM mine CROSS JOIN unnest($8, $9, $10) AS n (id, topic, mark)
            ON CONFLICT (tenant_id, topic) DO UPDATE SET mark = excluded.mark, updated_at = excluded.updated_at
        )
        SELECT count(*) FROM mine
        """,
        Value(instance.Id), Value(claim.Fence), Value(ending.Next), Text(ending.Reason), Value((long)ending.ClockSkew.TotalMilliseconds), Value(clock.GetUtcNow().UtcDateTime),
        Ids([.. ending.Marks.Select(_ => Guid.CreateVersion7())]), Texts([.. ending.Marks.Select(mark => mark.Topic)]),
        Times([.. ending.Marks.Select(mark => (DateTimeOffset?)mark.Mark)]));

    /// <summary>Gives a claim back: a tenant without an account, or a process that stops. Marks stay.</summary>
    /// <param name="reason">One machine word.</param>
    /// <param name="isOff">There is nothing to poll: then nothing is late either.</param>
    public Task GiveBackAsync(PollClaim claim, string? reason, TimeSpan next, bool isOff, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return database.ExecuteAsync(claim.TenantId, """
            UPDATE poll_states
            SET next_poll_at = clock_timestamp() + @next, claimed_by = NULL, lease_until = NULL, reason = @reason,
                failures = CASE WHEN @isOff THEN 0 ELSE failures END, polled_at = CASE WHEN @isOff THEN NULL ELSE polled_at END
            WHERE tenant_id = @tenantId AND id = @tenantId AND claimed_by = @worker AND fence = @Fence
            """, new { next, reason, isOff, worker = instance.Id, claim.Fence }, cancel);
    }

    /// <summary>The run goes on. False = somebody else has the tenant by now.</summary>
    public async Task<bool> RenewAsync(PollClaim claim, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return await database.ExecuteAsync(claim.TenantId, """
            UPDATE poll_states SET lease_until = clock_timestamp() + @lease
            WHERE tenant_id = @tenantId AND id = @tenantId AND claimed_by = @worker AND fence = @Fence
            """, new { lease = Lease, worker = instance.Id, claim.Fence }, cancel) == 1;
    }

    /// <summary>The tenant is polled at the next round, whenever it would have been: its account has changed.</summary>
    public Task MakeDueAsync(Guid tenantId, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE poll_states SET next_poll_at = clock_timestamp(), failures = 0 WHERE tenant_id = @tenantId AND id = @tenantId
        """, null, cancel);

    /// <summary>Takes the tenant's long look (a sweep or a comparison), which goes on beside its polls. False = somebody has it.</summary>
    public async Task<bool> TakeLongLookAsync(Guid tenantId, CancellationToken cancel) => await database.ExecuteAsync(tenantId, """
        UPDATE poll_states p SET looked_by = @worker, look_until = clock_timestamp() + @lease
        WHERE p.tenant_id = @tenantId AND p.id = @tenantId
          AND (p.looked_by IS NULL OR p.look_until < clock_timestamp()
               OR NOT EXISTS (SELECT FROM service_instances s WHERE s.id = p.looked_by AND s.seen_at > clock_timestamp() - interval '5 seconds'))
        """, new { worker = instance.Id, lease = Lease }, cancel) == 1;

    /// <summary>The long look goes on. False = somebody else has it by now.</summary>
    public async Task<bool> RenewLongLookAsync(Guid tenantId, CancellationToken cancel) => await database.ExecuteAsync(tenantId, """
        UPDATE poll_states SET look_until = clock_timestamp() + @lease WHERE tenant_id = @tenantId AND id = @tenantId AND looked_by = @worker
        """, new { worker = instance.Id, lease = Lease }, cancel) == 1;

    /// <summary>The long look ended. What is null keeps its value.</summary>
    public Task EndLongLookAsync(Guid tenantId, DateTimeOffset? sweptAt, DateTimeOffset? comparedAt, long? missing, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE poll_states
        SET looked_by = NULL, look_until = NULL, swept_at = coalesce(@sweptAt, swept_at), compared_at = coalesce(@comparedAt, compared_at), missing = coalesce(@missing, missing)
        WHERE tenant_id = @tenantId AND id = @tenantId AND looked_by = @worker
        """, new { sweptAt, comparedAt, missing, worker = instance.Id }, cancel);

    /// <summary>Of which of these rows do we know this version or a newer one, or that they are gone?</summary>
    public async Task<IReadOnlySet<string>> KnownAsync(Guid tenantId, string table, IReadOnlyList<CrmRow> rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var args = new { table, ids = rows.Select(row => row.Id).ToArray(), versions = rows.Select(row => row.Version).ToArray() };
        return (await database.QueryAsync<string>(tenantId, table == "order" ? """
            SELECT o.id FROM unnest(@ids, @versions) AS o (id, version)
            WHERE EXISTS (SELECT FROM leads l WHERE l.tenant_id = @tenantId AND l.source = 'shopmonkey' AND l.external_id = o.id
                          AND (l.external_version >= o.version OR l.deleted_at IS NOT NULL))
               OR EXISTS (SELECT FROM external_tombstones t WHERE t.tenant_id = @tenantId AND t.source = 'shopmonkey' AND t.external_id = o.id
                          AND (t.external_version >= o.version OR t.is_gone))
            """ : $"""
            SELECT o.id FROM unnest(@ids, @versions) AS o (id, version)
            WHERE EXISTS (SELECT FROM crm_versions v WHERE v.tenant_id = @tenantId AND v.kind = @table AND v.external_id = o.id
                          AND ((v.version >= o.version AND NOT {CrmVersionStore.AreOfTwoKinds("v.version", "o.version")}) OR v.is_gone))
            """, args, cancel)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Which of these orders do we have in no way: no lead, nothing remembered of them, no event under way?</summary>
    public Task<IReadOnlyList<string>> MissingAsync(Guid tenantId, IEnumerable<string> orderIds, CancellationToken cancel) => database.QueryAsync<string>(tenantId, """
        SELECT o.id FROM unnest(@ids) AS o (id)
        WHERE NOT EXISTS (SELECT FROM leads l WHERE l.tenant_id = @tenantId AND l.source = 'shopmonkey' AND l.external_id = o.id)
          AND NOT EXISTS (SELECT FROM external_tombstones t WHERE t.tenant_id = @tenantId AND t.source = 'shopmonkey' AND t.external_id = o.id)
          AND NOT EXISTS (SELECT FROM webhook_events w WHERE w.tenant_id = @tenantId AND w.status = 'received' AND w.topic = 'order' AND w.external_id = o.id)
          AND NOT EXISTS (SELECT FROM webhook_events w WHERE w.tenant_id = @tenantId AND w.status = 'processing' AND w.topic = 'order' AND w.external_id = o.id)
        """, new { ids = orderIds.ToArray() }, cancel);

    /// <summary>The orders of our living leads that came in this span.</summary>
    public Task<IReadOnlyList<string>> LiveOrdersAsync(Guid tenantId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel) => database.QueryAsync<string>(tenantId, """
        SELECT external_id FROM leads
        WHERE tenant_id = @tenantId AND source = 'shopmonkey' AND deleted_at IS NULL AND external_created_at BETWEEN @from AND @to
        """, new { from, to }, cancel);

    /// <summary>The appointments that are still to come and that the CRM had when we last heard of them, ours and its own, the next one first.</summary>
    public Task<IReadOnlyList<string>> UpcomingAppointmentsAsync(Guid tenantId, CancellationToken cancel) => database.QueryAsync<string>(tenantId, """
        SELECT u.external_id FROM (
            SELECT external_id, starts_at FROM appointments WHERE tenant_id = @tenantId AND external_id IS NOT NULL AND status = 'confirmed' AND ends_at > @now
            UNION
            SELECT external_id, starts_at FROM crm_appointments WHERE tenant_id = @tenantId AND ends_at > @now
        ) u
        ORDER BY u.starts_at, u.external_id
        """, new { now = clock.GetUtcNow() }, cancel);

    private sealed record StateRow(
        long ClockSkewMs, int Failures, DateTimeOffset? PolledAt, DateTimeOffset? SweptAt, DateTimeOffset? ComparedAt, string? Topic, DateTimeOffset? Mark, DateTimeOffset? UpdatedAt);
}
