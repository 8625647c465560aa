using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Hours;

/// <summary>Reads the tables <c>location_hours</c> and <c>location_hours_exceptions</c>.</summary>
public sealed class HoursStore(LeadDatabase database)
{
    /// <summary>A shop's hours; without days when none are known.</summary>
    /// <param name="timezone">The shop's, from its row in <c>locations</c>.</param>
    public async Task<LocationHours> ReadAsync(Guid tenantId, Guid locationId, string timezone, CancellationToken cancel) =>
        (await ReadAsync(tenantId, [(locationId, timezone)], cancel))[locationId];

    /// <summary>The hours of several shops by the shops' ids, in one round trip.</summary>
    public async Task<IReadOnlyDictionary<Guid, LocationHours>> ReadAsync(
        Guid tenantId, IReadOnlyList<(Guid Id, string Timezone)> locations, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(locations);
        return Read(await database.QueryAsync<Row>(tenantId, Rows, Asked(locations), cancel), locations);
    }

    /// <summary>A shop's hours, for who has a connection already: whoever holds one and waits for another starves the rest.</summary>
    /// <param name="timezone">The shop's, from its row in <c>locations</c>.</param>
    public static async Task<LocationHours> ReadAsync(TenantTransaction transaction, Guid locationId, string timezone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        (Guid Id, string Timezone)[] locations = [(locationId, timezone)];
        return Read(await transaction.QueryAsync<Row>(Rows, Asked(locations), cancel), locations)[locationId];
    }

    // One statement, so that the week and its exceptions are of the same moment. A time of .NET ends before 24:00: there midnight is 00:00.
    private const string Rows = """
        SELECT location_id, weekday, NULL::date AS date, false AS closed, opens, CASE WHEN closes = '24:00' THEN '00:00' ELSE closes END AS closes, NULL AS note
        FROM location_hours
        WHERE tenant_id = @tenantId AND location_id = ANY (@ids)
        UNION ALL
        SELECT location_id, NULL, date, closed, opens, CASE WHEN closes = '24:00' THEN '00:00' ELSE closes END, note
        FROM location_hours_exceptions
        WHERE tenant_id = @tenantId AND location_id = ANY (@ids)
        ORDER BY 2, 3, 5
        """;

    private static object Asked(IReadOnlyList<(Guid Id, string Timezone)> locations) => new { ids = locations.Select(location => location.Id).ToArray() };

    private static Dictionary<Guid, LocationHours> Read(IReadOnlyList<Row> rows, IReadOnlyList<(Guid Id, string Timezone)> locations)
    {
        var rowsOf = rows.ToLookup(row => row.LocationId);
        return locations.ToDictionary(location => location.Id, location => new LocationHours(
            location.Timezone,
            [.. rowsOf[location.Id].Where(row => row.Date is null).Select(row => new OpenSpan(row.Weekday!.Value, row.Opens!.Value, row.Closes!.Value))])
        {
            Exceptions = [.. rowsOf[location.Id].Where(row => row.Date is not null).Select(row => new SpecialDay(row.Date!.Value, row.Closed, row.Opens, row.Closes, row.Note))],
        });
    }

    private sealed record Row
    {
        public Guid LocationId { get; init; }

        public short? Weekday { get; init; }

        public DateOnly? Date { get; init; }

        public bool Closed { get; init; }

        public TimeOnly? Opens { get; init; }

        public TimeOnly? Closes { get; init; }

        public string? Note { get; init; }
    }
}
