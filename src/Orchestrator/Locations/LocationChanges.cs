using System.ComponentModel.DataAnnotations;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>
/// Changes of a shop: a field that is left out stays as it is; one that is given is ours, and null gives it back to the CRM. Phone and address of a shop that the CRM has are the CRM's to change.
/// </summary>
public sealed record LocationChanges
{
    private readonly List<string> _given = [];

    /// <summary>1–100 characters in one line.</summary>
    [StringLength(100, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The name must be one line with something in it.")]
    public string? Name { get; init => field = Given(value, "name"); }

    /// <summary>IANA name, such as <c>America/Chicago</c>.</summary>
    [StringLength(64, MinimumLength = 1)]
    public string? Timezone { get; init => field = Given(value, "timezone"); }

    /// <summary>As people in the US write it, or E.164. Only of a shop that the CRM does not have.</summary>
    [StringLength(40)]
    public string? Phone { get; init => field = Given(value, "phone"); }

    /// <summary>One that a letter would reach: each email shows it. Only of a shop that the CRM does not have.</summary>
    [StringLength(NewLocation.LongestAddress), RegularExpression(CatalogLimits.Line, ErrorMessage = "The address must be one line.")]
    public string? Address { get; init => field = Given(value, "address"); }

    internal string Fields => string.Join(", ", _given);

    /// <summary>The shop with the changes; null when it cannot have them (<see cref="Errors"/>).</summary>
    internal LocationRecord? Apply(LocationRecord location) => Errors(location).Count > 0 ? null : location with
    {
        Name = _given.Contains("name") ? Name ?? location.CrmName! : location.Name,
        NameIsOurs = _given.Contains("name") ? Name is not null : location.NameIsOurs,
        Timezone = _given.Contains("timezone") ? Timezone ?? location.CrmTimezone! : location.Timezone,
        TimezoneIsOurs = _given.Contains("timezone") ? Timezone is not null : location.TimezoneIsOurs,
        Phone = _given.Contains("phone") ? NewLocation.PhoneOf(Phone) : location.Phone,
        Address = _given.Contains("address") ? NewLocation.LineOf(Address) : location.Address,
    };

    internal Dictionary<string, string[]> Errors(LocationRecord location)
    {
        var errors = new Dictionary<string, string[]>();
        if (_given.Contains("name") && (Name ?? location.CrmName) is null)
        {
            errors["name"] = ["The CRM has told no name for this shop: give one."];
        }

        if (_given.Contains("timezone") && (Timezone ?? location.CrmTimezone) is null)
        {
            errors["timezone"] = ["The CRM has told no zone for this shop: give one."];
        }
        else if (Timezone is not null && !NewLocation.IsZone(Timezone))
        {
            errors["timezone"] = [NewLocation.NoZone];
        }

        foreach (var field in _given.Intersect(["phone", "address"]).Where(_ => location.ExternalId is not null))
        {
            errors[field] = ["The CRM has this shop: change it there."];
        }

        if (Phone is not null && NewLocation.PhoneOf(Phone) is null)
        {
            errors["phone"] = [NewLocation.NoPhone];
        }

        return errors;
    }

    // A field that is not in the body is never set: this is how null is told from nothing.
    private T Given<T>(T value, string name)
    {
        _given.Add(name);
        return value;
    }
}
