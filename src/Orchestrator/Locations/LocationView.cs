namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>A shop, as staff see it.</summary>
/// <param name="ExternalId">Its id at the CRM; null for a shop that the CRM does not have.</param>
/// <param name="Phone">E.164.</param>
/// <param name="Timezone">IANA name.</param>
/// <param name="OpenNow">Null: its hours are not known.</param>
/// <param name="NextOpening">The next instant at which it opens; null when it is open, or when none is known.</param>
/// <param name="SyncedAt">When the CRM last told about it; null = it never did.</param>
public sealed record LocationView(
    Guid Id, string? ExternalId, string Name, string? Phone, string? Address, string Timezone, bool? OpenNow, DateTimeOffset? NextOpening, DateTimeOffset? SyncedAt,
    LocationSources Sources);

/// <summary>
/// Whose word each field is. crm: the CRM's. override: staff's, which no sync undoes. manual: the shop was made here. tenant: the CRM does not show the shop,
/// and the franchise's own name and zone stand in. none: nobody told.
/// </summary>
public sealed record LocationSources(string Name, string Phone, string Address, string Timezone);

/// <summary>A shop's row.</summary>
public sealed record LocationRecord
{
    public required Guid Id { get; init; }
    public string? ExternalId { get; init; }
    public required string Name { get; init; }
    public string? Phone { get; init; }
    public string? Address { get; init; }
    public required string Timezone { get; init; }
    public DateTimeOffset? SyncedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Staff chose the name.</summary>
    public bool NameIsOurs { get; init; }

    /// <summary>Staff chose the zone.</summary>
    public bool TimezoneIsOurs { get; init; }
    public string? CrmName { get; init; }
    public string? CrmTimezone { get; init; }

    /// <summary>Whose word each field is.</summary>
    public LocationSources Sources()
    {
        var origin = ExternalId is null ? "manual" : SyncedAt is null ? "tenant" : "crm";
        return new LocationSources(
            NameIsOurs ? "override" : origin, Phone is null ? "none" : origin, Address is null ? "none" : origin, TimezoneIsOurs ? "override" : origin);
    }
}
