using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>Something that a shop sells, as staff see it.</summary>
public sealed record CatalogItemView
{
    public required Guid Id { get; init; }

    /// <summary>The service's id at the CRM; null for one by hand.</summary>
    public string? ExternalId { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }

    /// <summary>US cents.</summary>
    public required long PriceCents { get; init; }

    /// <summary>Null when nobody said.</summary>
    public int? DurationMinutes { get; init; }

    /// <summary>May customers book it by themselves?</summary>
    public required bool Bookable { get; init; }

    /// <summary>The price is for this class of vehicles only; null = for all.</summary>
    public string? VehicleClass { get; init; }

    /// <summary>Is it offered?</summary>
    public required bool Active { get; init; }

    /// <summary>crm: as the CRM has it. override: the CRM's, with fields that staff changed. manual: made by staff.</summary>
    public required string Source { get; init; }

    /// <summary>Since when this is its price; a later instant: it is not sold before.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>The last day of this price, by the shop's calendar; from the day after the CRM's counts again. Null = until it is changed.</summary>
    public DateOnly? ValidUntil { get; init; }

    /// <summary>The price that is planned to follow; null = none.</summary>
    public NextPrice? Next { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The fields that staff changed; no sync undoes them. Give one null to have the CRM's again.</summary>
    public required IReadOnlyList<string> Overridden { get; init; }

    /// <summary>What the CRM says; null for an item by hand.</summary>
    public CrmSide? Crm { get; init; }

    /// <summary>Its price was given for a later instant, and no round has made it today's yet.</summary>
    internal bool IsComing { get; init; }

    /// <summary>With the price of an instant: what was planned for then is its price.</summary>
    internal CatalogItemView At(DateTimeOffset now) => Next is not { } next || next.ValidFrom > now ? this : this with
    {
        PriceCents = next.PriceCents, ValidFrom = next.ValidFrom, ValidUntil = null, Next = null, Source = Source == "manual" ? Source : "override",
        Overridden = Source == "manual" ? Overridden : [.. Overridden.Append(CatalogFields.PriceCents).Distinct().Order(StringComparer.Ordinal)],
    };
}

/// <summary>A price that counts from a later instant on.</summary>
/// <param name="PriceCents">US cents, 0–100,000,000.</param>
public sealed record NextPrice([property: JsonRequired, Range(0, CatalogLimits.PriceCents)] long PriceCents, [property: JsonRequired] DateTimeOffset ValidFrom);

/// <summary>What the CRM says of a service.</summary>
/// <param name="State">offered; missing: its list does not have it any more, or has no price for it; deleted.</param>
public sealed record CrmSide(
    string? Name, string? Description, long? PriceCents, int? DurationMinutes, bool? Bookable, string? VehicleClass, string State);

/// <summary>A change of a service's price, or of whether it is offered. Never changed afterwards.</summary>
/// <param name="Ordinal">1, 2, 3 … in the order of the item's changes; two may bear the same instant.</param>
/// <param name="PriceCents">US cents.</param>
/// <param name="Active">Was it offered from then on?</param>
/// <param name="Source">Who caused it: crm, override (staff, on a service of the CRM), manual.</param>
/// <param name="ValidUntil">The last day that it was given; null = until it is changed.</param>
public sealed record PriceChange(Guid Id, int Ordinal, long PriceCents, bool Active, string Source, DateTimeOffset ValidFrom, DateOnly? ValidUntil);

/// <summary>A service as the CRM offers it.</summary>
public sealed record CrmService
{
    public required string ExternalId { get; init; }

    /// <summary>Grows with each change; 0 = the CRM gives none.</summary>
    public required long Version { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }

    /// <summary>US cents.</summary>
    public required long PriceCents { get; init; }

    /// <summary>False: the row does not say how long it takes, and what was known stays.</summary>
    public required bool KnowsDuration { get; init; }
    public int? DurationMinutes { get; init; }

    /// <summary>Null: the row does not say, and what was known stays.</summary>
    public bool? Bookable { get; init; }
    public string? VehicleClass { get; init; }
}

/// <summary>A service that the CRM no longer offers.</summary>
/// <param name="Version">Up to which version of it this is so; a newer one stays.</param>
/// <param name="State"><see cref="Missing"/> or <see cref="Deleted"/>.</param>
public sealed record LostService(string ExternalId, long Version, string State)
{
    /// <summary>A complete list does not have it, or has no price for it. It may come back as it was.</summary>
    public const string Missing = "missing";

    /// <summary>The CRM says so; only a newer version brings it back.</summary>
    public const string Deleted = "deleted";
}
