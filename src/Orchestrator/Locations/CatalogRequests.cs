using System.ComponentModel.DataAnnotations;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>The bounds of a catalog item's fields.</summary>
internal static class CatalogLimits
{
    // PostgreSQL takes no NUL, and a line break in a name would be a line of its own in what the assistant reads.
    public const string Line = @"[^\p{Cc}\u2028\u2029]*";
    public const string Filled = @"[^\p{Cc}\u2028\u2029]*[^\p{Cc}\s][^\p{Cc}\u2028\u2029]*";
    public const int Name = 200;
    public const int Description = 500;
    public const long PriceCents = 100_000_000;
    public const int Minutes = 24 * 60;
    public const int VehicleClass = 40;
}

/// <summary>An item that the CRM does not have.</summary>
/// <param name="Name">What customers read, 1–200 characters in one line.</param>
/// <param name="Description">At most 500 characters in one line.</param>
/// <param name="PriceCents">US cents, 0–100,000,000.</param>
/// <param name="DurationMinutes">1–1440; left out = nobody said.</param>
/// <param name="Bookable">May customers book it by themselves?</param>
/// <param name="VehicleClass">The price is for this class of vehicles only, at most 40 characters; left out = for all.</param>
public sealed record ManualItem(
    [property: Required, StringLength(CatalogLimits.Name, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The name must be one line with something in it.")] string Name,
    [property: StringLength(CatalogLimits.Description), RegularExpression(CatalogLimits.Line, ErrorMessage = "The description must be one line.")] string? Description,
    [property: Required, Range(0, CatalogLimits.PriceCents)] long? PriceCents,
    [property: Range(1, CatalogLimits.Minutes)] int? DurationMinutes,
    bool Bookable,
    [property: StringLength(CatalogLimits.VehicleClass, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The vehicle class must be one line with something in it.")] string? VehicleClass)
{
    /// <summary>From when on it is sold, for this price, at most ten years ahead; left out or over = from now on.</summary>
    public DateTimeOffset? ValidFrom { get; init; }
}

/// <summary>
/// Changes of an item: a field that is left out stays as it is. On a service of the CRM a field becomes ours, and null gives it back; on an item by hand null
/// empties a field that may be empty.
/// </summary>
public sealed record CatalogItemChanges
{
    private HashSet<string> _given = [];

    /// <summary>1–200 characters in one line.</summary>
    [StringLength(CatalogLimits.Name, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The name must be one line with something in it.")]
    public string? Name { get; init => field = Given(value, CatalogFields.Name); }

    /// <summary>At most 500 characters in one line.</summary>
    [StringLength(CatalogLimits.Description), RegularExpression(CatalogLimits.Line, ErrorMessage = "The description must be one line.")]
    public string? Description { get; init => field = Given(value, CatalogFields.Description); }

    /// <summary>US cents, 0–100,000,000.</summary>
    [Range(0, CatalogLimits.PriceCents)]
    public long? PriceCents { get; init => field = Given(value, CatalogFields.PriceCents); }

    /// <summary>The last day of a price of ours, by the shop's calendar; from the day after the CRM's counts again. Null = until it is changed.</summary>
    public DateOnly? ValidUntil { get; init => field = Given(value, CatalogFields.ValidUntil); }

    /// <summary>1–1440.</summary>
    [Range(1, CatalogLimits.Minutes)]
    public int? DurationMinutes { get; init => field = Given(value, CatalogFields.DurationMinutes); }

    /// <summary>May customers book it by themselves?</summary>
    public bool? Bookable { get; init => field = Given(value, CatalogFields.Bookable); }

    /// <summary>At most 40 characters in one line.</summary>
    [StringLength(CatalogLimits.VehicleClass, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The vehicle class must be one line with something in it.")]
    public string? VehicleClass { get; init => field = Given(value, CatalogFields.VehicleClass); }

    /// <summary>False hides the item from customers, true or null shows it again. What the CRM no longer has cannot be shown.</summary>
    public bool? Active { get; init => field = Given(value, CatalogFields.Active); }

    /// <summary>From when on <c>priceCents</c> counts, at most ten years ahead: until then the price of today does, and this one stands in <c>next</c>. Left out or over = from now on.</summary>
    public DateTimeOffset? ValidFrom { get; init => field = Given(value, CatalogFields.ValidFrom); }

    /// <summary>The price that is planned to follow: null lets it go.</summary>
    public NextPrice? Next { get; init => field = Given(value, CatalogFields.Next); }

    /// <summary>The same without its price of today.</summary>
    internal CatalogItemChanges WithoutPrice()
    {
        var rest = this with { PriceCents = null };
        rest._given = [.. _given.Where(name => name != CatalogFields.PriceCents)];
        return rest;
    }

    internal bool Has(string name) => _given.Contains(name);

    internal string Fields => string.Join(", ", _given.Order(StringComparer.Ordinal));

    // A field that is not in the body is never set: this is how null is told from nothing.
    private T Given<T>(T value, string name)
    {
        _given.Add(name);
        return value;
    }
}

/// <summary>The fields of an item that staff can change, as JSON and the column <c>overridden</c> name them. The days of a price are in no <c>overridden</c>: they go with the price.</summary>
internal static class CatalogFields
{
    public const string Name = "name";
    public const string Description = "description";
    public const string PriceCents = "priceCents";
    public const string DurationMinutes = "durationMinutes";
    public const string Bookable = "bookable";
    public const string VehicleClass = "vehicleClass";
    public const string Active = "active";
    public const string ValidUntil = "validUntil";
    public const string ValidFrom = "validFrom";
    public const string Next = "next";
}
