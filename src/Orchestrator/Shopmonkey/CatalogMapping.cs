using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Locations;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What the CRM's services mean for our catalog. Pure.</summary>
public static partial class CatalogMapping
{
    private const long HighestPriceCents = 100_000_000;
    private const int LongestMinutes = 24 * 60;
    private const int LongestId = 64;

    private static readonly string[][] Classes = [["sedan", "coupe"], ["suv", "truck", "van"]];

    /// <summary>The service, or null when it cannot be offered: deleted, without a name, or without a price that can be one.</summary>
    public static CrmService? ToService(CannedServiceRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var name = ShopmonkeyMapping.Clean(row.Name, 200);
        if (row.Deleted == true || name.Length == 0 || PriceOf(row) is not (>= 0 and <= HighestPriceCents and var price))
        {
            return null;
        }

        return new CrmService
        {
            ExternalId = row.Id,
            Version = VersionOf(row),
            Name = name,
            Description = ShopmonkeyMapping.Clean(row.Note, 500),
            PriceCents = price,
            KnowsDuration = row.Labors is not null,
            DurationMinutes = MinutesOf(row.Labors),
            Bookable = row.Bookable,
            VehicleClass = VehicleClassOf(name),
        };
    }

    /// <summary>The version of a service, by which an older row is known; 0 when the CRM gives none.</summary>
    public static long VersionOf(CannedServiceRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Meta?.Version ?? row.UpdatedDate?.ToUnixTimeMilliseconds() ?? row.CreatedDate?.ToUnixTimeMilliseconds() ?? 0;
    }

    /// <summary>Has the row an id that can be stored? One without is no service.</summary>
    public static bool HasId(CannedServiceRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Id is { Length: > 0 and <= LongestId } && !row.Id.Any(char.IsControl);
    }

    /// <summary>Is the service one of this shop's? Without a shop it is of all shops of the company.</summary>
    public static bool IsOf(CannedServiceRow row, string locationId)
    {
        ArgumentNullException.ThrowIfNull(row);
        return string.IsNullOrEmpty(row.LocationId) || row.LocationId == locationId;
    }

    /// <summary>
    /// The class of vehicles that a service's name says it is for: words of one class, such as <c>SUV</c> or <c>Sedan/Coupe</c>. Null when it names none or several,
    /// or says for which it is not: then a person decides.
    /// </summary>
    public static string? VehicleClassOf(string name)
    {
        if (Except().IsMatch(name))
        {
            return null;
        }

        var named = VehicleWord().Matches(name).Select(word => word.Groups[1].Value.ToLowerInvariant()).Distinct().ToList();
        var classes = Classes.Where(words => words.Intersect(named).Any()).ToList();
        return classes.Count != 1 ? null : string.Join('/', classes[0].Where(named.Contains).Select(word => word == "suv" ? "SUV" : char.ToUpperInvariant(word[0]) + word[1..]));
    }

    /// <summary>Does the row say its price? A total of nothing counts: it is read, and no price.</summary>
    public static bool SaysPrice(CannedServiceRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return PriceOf(row) is not null || row.TotalCents is not null;
    }

    private static long? PriceOf(CannedServiceRow row) =>
        string.Equals(row.Pricing, "LineItem", StringComparison.OrdinalIgnoreCase) ? SumOf(row) : row.FixedPriceCents ?? SumOf(row);

    // A sum of nothing is a service whose parts nobody has priced, and no gift; what is free has that as its fixed price.
    private static long? SumOf(CannedServiceRow row) => row.TotalCents is 0 ? null : row.TotalCents;

    private static int? MinutesOf(IReadOnlyList<LaborRow>? labors)
    {
        // Each is bounded before they are added: a number from outside may be as large as it likes.
        var hours = labors?.Sum(labor => Math.Clamp(labor?.Hours ?? 0, 0, 24)) ?? 0;
        return hours > 0 ? Math.Min(LongestMinutes, (int)Math.Ceiling(hours * 60)) : null;
    }

    [GeneratedRegex(@"\b(sedan|coupe|suv|truck|van)s?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VehicleWord();

    [GeneratedRegex(@"\b(no|not|non|except|excluding|without|any|all|most)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Except();
}
