using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>What the first company starts with: two shops that differ in zone, columns, services and prices, and one old order.</summary>
internal static class CrmSeed
{
    public const string Austin = "6287a4044d1a723b10eff1b0";
    public const string Phoenix = "6287a4044d1a723b10eff1b1";
    public const string WebsiteLeads = "6287a4364d1a727554e091bf";
    public const string InProgress = "6287a4364d1a727554e091c0";

    private const string Domain = "acme-tint.example";
    private const string Ann = "6287a4384d1a7226ffe091e8";
    private const string Civic = "6287a4384d1a7226ffe091e9";
    private const string AnnCame = "2026-11-22T21:13:57.000Z";

    public static IEnumerable<(string Table, JsonObject Row)> Rows(string company) =>
    [
        .. AustinShop.Rows(company),
        .. PhoenixShop.Rows(company),
        ("user", new JsonObject { ["id"] = "6287a4384d1a7226ffe0b001", ["companyId"] = company, ["locationIds"] = new JsonArray(Austin, Phoenix), ["firstName"] = "Dana", ["lastName"] = "Reyes", ["email"] = $"dana@{Domain}", ["active"] = true, ["createdDate"] = SeedShop.Created }),
        ("customer", AnnOf(company)),
        ("vehicle", CrmRows.Vehicle(Civic, company, Austin, Ann, "2021 Honda Civic", AnnCame)),
        ("order", CrmRows.Order(
            new CrmRows.OrderIds("9b1d2c3e-0000-4000-8000-000000000001", "cf907101f7916eb76c6963d6d14684f5d5a56b0b", company, Austin, Ann, Civic, WebsiteLeads),
            "1008", "New Quote - Window Tint", "Ann Example", "2021 Honda Civic", "2026-11-22T21:13:58.108Z", 244977319089)),
    ];

    private static readonly SeedShop AustinShop = new(Austin, "Acme Tint Austin", "America/Chicago", "+15125550100")
    {
        Street = "2310 S Lamar Blvd",
        City = "Austin",
        State = "TX",
        PostalCode = "78704",
        Domain = Domain,
        Columns = ["Website Leads", "In Progress", "Scheduled", "Ready for Pickup", "Completed"],
        ColumnId = index => ColumnId("91", index),
        Services =
        [
            new("Full Car Carbon Tint", "Sedan or coupe, all side windows and the rear glass, carbon film", 24900, 3),
            new("Full Car Ceramic Tint", "Sedan or coupe, all side windows and the rear glass, ceramic film", 39900, 4) { IsRecommended = true },
            new("Full SUV Carbon Tint", "SUV, van or truck with a cap, carbon film", 31900, 4),
            new("Full SUV Ceramic Tint", "SUV, van or truck with a cap, ceramic film", 47900, 5),
            new("Front Two Windows", "Driver and passenger window, carbon film", 12900, 1),
            new("Windshield Ceramic Tint", "Whole windshield, clear ceramic film against heat", 19900, 1.5),
            new("Windshield Strip", "The legal strip along the top", 5900, 0.5),
            new("Sunroof Tint", "Ceramic film on a sunroof up to standard size", 8900, 1),
            new("Old Tint Removal", "Steam removal of old film, all windows", 14900, 2.5),
            new("Paint Protection Film, Front Bumper", "Clear self-healing film", 69900, 6),
        ],
        ServiceId = index => ServiceId("a", index),
        Labor = ("6287a4384d1a7226ffe0a001", 9500),
    };

    // Hotter, dearer, and with films of its own.
    private static readonly SeedShop PhoenixShop = new(Phoenix, "Acme Tint Phoenix", "America/Phoenix", "+16025550100")
    {
        Street = "4120 N 7th St",
        City = "Phoenix",
        State = "AZ",
        PostalCode = "85014",
        Domain = Domain,
        Columns = ["New Quotes", "Booked", "In the Bay", "Pickup", "Done"],
        ColumnId = index => ColumnId("92", index),
        Services =
        [
            new("Full Car Carbon Tint", "Sedan or coupe, all side windows and the rear glass, carbon film", 27900, 3),
            new("Full Car Desert Ceramic Tint", "Sedan or coupe, ceramic film that keeps out most of the heat", 45900, 4) { IsRecommended = true },
            new("Full Truck Desert Ceramic Tint", "Crew cab, SUV or van, ceramic film that keeps out most of the heat", 54900, 5),
            new("Windshield Heat Shield", "Whole windshield, clear film that keeps out most of the heat", 24900, 1.5),
            new("Panoramic Roof Tint", "Ceramic film on a glass roof of any size", 18900, 2),
            new("Old Tint Removal", "Steam removal of old film, all windows", 16900, 2.5),
        ],
        ServiceId = index => ServiceId("b", index),
        Labor = ("6287a4384d1a7226ffe0a002", 10500),
    };

    // The real account's ids are fixed for Austin; the other shop differs in two digits.
    private static string ColumnId(string shop, int index) => $"6287a4364d1a727554e0{shop}{0xbf + index:x2}";

    private static string ServiceId(string shop, int index) => $"6287a4394d1a7226ffe0{shop}{index + 1:x2}0";

    private static JsonObject AnnOf(string company) => new()
    {
        ["id"] = Ann,
        ["companyId"] = company,
        ["locationIds"] = new JsonArray(Austin),
        ["customerType"] = "Customer",
        ["firstName"] = "Ann",
        ["lastName"] = "Example",
        ["marketingOptIn"] = true,
        ["preferredContactMethod"] = "SMS",
        ["emails"] = new JsonArray(new JsonObject { ["id"] = "e1", ["customerId"] = Ann, ["email"] = "ann@example.com", ["primary"] = true, ["subscribed"] = true }),
        ["phoneNumbers"] = new JsonArray(new JsonObject { ["id"] = "p1", ["customerId"] = Ann, ["number"] = "+15005550001", ["primary"] = true, ["type"] = "Mobile", ["optIn"] = null, ["country"] = "US" }),
        ["createdDate"] = AnnCame,
        ["updatedDate"] = null,
    };
}
