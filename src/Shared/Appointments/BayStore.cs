using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>A place for one car.</summary>
public sealed record Bay(Guid Id, string Name);

/// <summary>The table <c>bays</c>.</summary>
public sealed class BayStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>A shop's bays that are in use, in the order they were made.</summary>
    public Task<IReadOnlyList<Bay>> ReadAsync(Guid tenantId, Guid locationId, CancellationToken cancel) => database.QueryAsync<Bay>(tenantId, """
        SELECT id, name FROM bays WHERE tenant_id = @tenantId AND location_id = @locationId AND active ORDER BY created_at, id
        """, new { locationId }, cancel);

    /// <summary>The shop has these bays from now on: one without an id is new, one that is not named is given up. Its appointments stay.</summary>
    /// <returns>False: an id is none of the shop's.</returns>
    public async Task<bool> ReplaceAsync(TenantTransaction transaction, Guid locationId, IReadOnlyList<(Guid? Id, string Name)> bays, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(bays);
        var now = clock.GetUtcNow();
        var known = bays.Where(bay => bay.Id is not null).ToList();
        var kept = await transaction.ExecuteAsync("""
            UPDATE bays b SET name = n.name, active = true, updated_at = @now
            FROM unnest(@ids, @names) AS n (id, name)
            WHERE b.tenant_id = @tenantId AND b.location_id = @locationId AND b.id = n.id
            """, new { locationId, now, ids = known.Select(bay => bay.Id!.Value).ToArray(), names = known.Select(bay => bay.Name).ToArray() }, cancel);
        if (kept != known.Count)
        {
            return false;
        }

        await transaction.ExecuteAsync("""
            UPDATE bays SET active = false, updated_at = @now
            WHERE tenant_id = @tenantId AND location_id = @locationId AND active AND NOT (id = ANY(@ids))
            """, new { locationId, now, ids = known.Select(bay => bay.Id!.Value).ToArray() }, cancel);
        var added = bays.Where(bay => bay.Id is null).ToList();
        await transaction.ExecuteAsync("""
            INSERT INTO bays (tenant_id, id, location_id, name, created_at, updated_at)
            SELECT @tenantId, n.id, @locationId, n.name, @now, @now FROM unnest(@ids, @names) AS n (id, name)
            """, new { locationId, now, ids = added.Select(_ => Guid.CreateVersion7()).ToArray(), names = added.Select(bay => bay.Name).ToArray() }, cancel);
        return true;
    }
}
