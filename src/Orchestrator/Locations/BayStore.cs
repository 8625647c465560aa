using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>A place for one car.</summary>
public sealed record Bay(Guid Id, string Name);

/// <summary>The table <c>bays</c>.</summary>
public sealed class BayStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>A shop's bays that are in use, in their order.</summary>
    public Task<IReadOnlyList<Bay>> ReadAsync(Guid tenantId, Guid locationId, CancellationToken cancel) => database.QueryAsync<Bay>(tenantId, """
        SELECT id, name FROM bays WHERE tenant_id = @tenantId AND location_id = @locationId AND active ORDER BY position, created_at, id
        """, new { locationId }, cancel);

    /// <summary>The shop has these bays from now on: one without an id is new, one that is not named is given up. Its appointments stay.</summary>
    /// <returns>False: an id is none of the shop's.</returns>
    public async Task<bool> ReplaceAsync(TenantTransaction transaction, Guid locationId, IReadOnlyList<(Guid? Id, string Name)> bays, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(bays);
        var now = clock.GetUtcNow();
        var known = bays.Where(bay => bay.Id is not null).Select(bay => bay.Id!.Value).ToArray();
        var (ids, names) = (bays.Select(bay => bay.Id ?? Guid.CreateVersion7()).ToArray(), bays.Select(bay => bay.Name).ToArray());
        var kept = await transaction.ExecuteAsync("""
            UPDATE bays b SET name = n.name, position = n.position, active = true, updated_at = @now
            FROM unnest(@ids, @names) WITH ORDINALITY AS n (id, name, position)
            WHERE b.tenant_id = @tenantId AND b.location_id = @locationId AND b.id = n.id
            """, new { locationId, now, ids, names }, cancel);
        if (kept != known.Length)
        {
            return false;
        }

        await transaction.ExecuteAsync("""
            UPDATE bays SET active = false, updated_at = @now
            WHERE tenant_id = @tenantId AND location_id = @locationId AND active AND NOT (id = ANY(@ids))
            """, new { locationId, now, ids }, cancel);
        await transaction.ExecuteAsync("""
            INSERT INTO bays (tenant_id, id, location_id, name, position, created_at, updated_at)
            SELECT @tenantId, n.id, @locationId, n.name, n.position, @now, @now
            FROM unnest(@ids, @names) WITH ORDINALITY AS n (id, name, position)
            WHERE NOT (n.id = ANY(@known))
            """, new { locationId, now, ids, names, known }, cancel);
        return true;
    }
}
