using System.ComponentModel.DataAnnotations;
using LeadOrchestrator.Shared.Phones;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>A shop that the CRM does not have. It has one bay from its beginning, and no hours until somebody gives them.</summary>
/// <param name="Name">1–100 characters in one line.</param>
/// <param name="Timezone">IANA name, such as <c>America/Chicago</c>.</param>
/// <param name="Phone">As people in the US write it, or E.164.</param>
/// <param name="Address">One that a letter would reach: each email shows it, and without one none is sent.</param>
public sealed record NewLocation(
    [property: Required, StringLength(NewLocation.LongestName, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The name must be one line with something in it.")] string Name,
    [property: Required, StringLength(NewLocation.LongestZone, MinimumLength = 1)] string Timezone,
    [property: StringLength(40)] string? Phone,
    [property: StringLength(NewLocation.LongestAddress), RegularExpression(CatalogLimits.Line, ErrorMessage = "The address must be one line.")] string? Address)
{
    internal const int LongestName = 100;
    internal const int LongestZone = 64;
    internal const int LongestAddress = 300;
    internal const string NoZone = "This is no IANA name of a time zone. Give one such as America/Chicago.";
    internal const string NoPhone = "This is no number that anybody could have.";

    internal Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        if (!IsZone(Timezone))
        {
            errors["timezone"] = [NoZone];
        }

        if (!string.IsNullOrWhiteSpace(Phone) && PhoneOf(Phone) is null)
        {
            errors["phone"] = [NoPhone];
        }

        return errors;
    }

    internal LocationRecord Record() => new() { Id = Guid.CreateVersion7(), Name = Name.Trim(), Timezone = Timezone, Phone = PhoneOf(Phone), Address = LineOf(Address) };

    internal static bool IsZone(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;

    internal static string? PhoneOf(string? phone) => PhoneNumberReader.Read(phone).E164;

    internal static string? LineOf(string? line) => string.IsNullOrWhiteSpace(line) ? null : line.Trim();
}
