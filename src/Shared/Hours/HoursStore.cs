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

    private sealed record Row
    {
        public short Weekday { get; init; }

        public TimeOnly Opens { get; init; }

        public TimeOnly Closes { get; init; }
    }
}
