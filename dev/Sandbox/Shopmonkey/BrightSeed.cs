using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>What every company but the first starts with: one shop in New York that details cars.</summary>
internal static class BrightSeed
{
    public const string Brooklyn = "bright-1";

    private static readonly SeedShop Shop = new(Brooklyn, "Bright Detail Brooklyn", "America/New_York", "+17185550140")
    {
        Street = "81 Kent Ave",
        City = "Brooklyn",
        State = "NY",
        PostalCode = "11249",
        Domain = "bright-detail.example",
        Columns = ["Quote Requests", "Booked In", "Detailing", "Ready", "Closed"],
        ColumnId = index => $"bright-c{index + 1}",
        Services =
        [
            new("Interior Detail", "Seats, carpets and trim, steamed and dried", 18900, 3),
            new("Exterior Detail", "Hand wash, clay and sealant", 14900, 2),
            new("Ceramic Coating", "One layer, three years, paint correction included", 89900, 8) { IsRecommended = true },
        ],
        ServiceId = index => $"bright-s{index + 1}",
        Labor = ("bright-r1", 8500),
    };

    public static IEnumerable<(string Table, JsonObject Row)> Rows(string company) => Shop.Rows(company);
}
