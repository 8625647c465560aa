using System.Data.Common;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Hours;

/// <summary>The table <c>location_hours</c>.</summary>
public sealed class HoursStore(LeadDatabase database)
{
    /// <summary>A shop's hours; without days when none are known.</summary>
    /// <param name="timezone">The shop's, from its row in <c>locations</c>.</param>
    public async Task<LocationHours> ReadAsync(Guid tenantId, Guid locationId, string timezone, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<Row>(tenantId, """
            SELECT weekday, opens, closes FROM location_hours
            WHERE tenant_id = @tenantId AND location_id = @locationId
            ORDER BY weekday, opens
            """, new { locationId }, cancel);
        return new LocationHours(timezone, [.. rows.Select(row => new OpenSpan(row.Weekday, row.Opens, row.Closes))]);
    }

    /// <summary>Asks for the hours of the shop of a chat session; <see cref="ReadOfSessionAsync"/> reads them.</summary>
    /// <param name="batch">In the session's tenant.</param>
    public static void AddOfSession(TenantBatch batch, Guid sessionId)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Add("""
            SELECT h.weekday, h.opens, h.closes
            FROM chat_sessions s
            JOIN leads l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id
            JOIN location_hours h ON h.tenant_id = l.tenant_id AND h.location_id = l.location_id
            WHERE s.tenant_id = $1 AND s.id = $2
            ORDER BY h.weekday, h.opens
            """, TenantBatch.Value(sessionId));
    }

    /// <summary>The hours of <see cref="AddOfSession"/>. The reader stands on the result before.</summary>
    public static async Task<IReadOnlyList<OpenSpan>> ReadOfSessionAsync(DbDataReader reader, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        var days = new List<OpenSpan>();
        while (await reader.ReadAsync(cancel))
        {
            days.Add(new OpenSpan(reader.GetInt16(0), reader.GetFieldValue<TimeOnly>(1), reader.GetFieldValue<TimeOnly>(2)));
        }

        return days;
    }

    private sealed record Row
    {
        public short Weekday { get; init; }

        public TimeOnly Opens { get; init; }

        public TimeOnly Closes { get; init; }
    }
}
