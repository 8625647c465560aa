using System.Data.Common;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Catalog;

/// <summary>A service that a shop offers.</summary>
/// <param name="PriceCents">US cents.</param>
/// <param name="DurationMinutes">Null when nobody said.</param>
/// <param name="Bookable">May the customer book it by themselves?</param>
/// <param name="VehicleClass">The price is for this class only; null = for all.</param>
public sealed record CatalogItem(
    Guid Id, string Name, string Description, long PriceCents, int? DurationMinutes, bool Bookable, string? VehicleClass);

/// <summary>The table <c>service_catalog</c>.</summary>
public sealed class CatalogStore(LeadDatabase database)
{
    /// <summary>What the shop offers now, by name.</summary>
    public Task<IReadOnlyList<CatalogItem>> ReadActiveAsync(Guid tenantId, Guid locationId, DateTimeOffset now, CancellationToken cancel) =>
        database.QueryAsync<CatalogItem>(tenantId, """
            SELECT id, name, description, price_cents, duration_minutes, bookable, vehicle_class FROM service_catalog
            WHERE tenant_id = @tenantId AND location_id = @locationId AND active AND valid_from <= @now
            ORDER BY name, id
            """, new { locationId, now }, cancel);

    /// <summary>Asks for what the shop of a chat session offers now; <see cref="ReadOfSessionAsync"/> reads it.</summary>
    /// <param name="batch">In the session's tenant.</param>
    public static void AddOfSession(TenantBatch batch, Guid sessionId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Add("""
            SELECT c.id, c.name, c.description, c.price_cents, c.duration_minutes, c.bookable, c.vehicle_class
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            JOIN service_catalog c ON c.tenant_id = l.tenant_id AND c.location_id = l.location_id
            WHERE s.tenant_id = $1 AND s.id = $2 AND c.active AND c.valid_from <= $3
            ORDER BY c.name, c.id
            """, TenantBatch.Value(sessionId), TenantBatch.Value(now.UtcDateTime));
    }

    /// <summary>The services of <see cref="AddOfSession"/>, by name. The reader stands on the result before.</summary>
    public static async Task<IReadOnlyList<CatalogItem>> ReadOfSessionAsync(DbDataReader reader, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        var items = new List<CatalogItem>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(new CatalogItem(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetInt32(4),
                reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return items;
    }
}
