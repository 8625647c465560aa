using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The shops, columns, services and the one old order that every CRM starts with.</summary>
internal static class CrmSeed
{
    public const string Austin = "6287a4044d1a723b10eff1b0";
    public const string Phoenix = "6287a4044d1a723b10eff1b1";
    public const string WebsiteLeads = "6287a4364d1a727554e091bf";

    private const string Created = "2026-01-05T15:00:00.000Z";

    public static IEnumerable<(string Table, JsonObject Row)> Rows(string company)
    {
        yield return ("location", Location(Austin, company, "Acme Tint Austin", "2310 S Lamar Blvd", "Austin", "TX", "78704", "+15125550100", "America/Chicago"));
        yield return ("location", Location(Phoenix, company, "Acme Tint Phoenix", "4120 N 7th St", "Phoenix", "AZ", "85014", "+16025550100", "America/Phoenix"));
        foreach (var row in Columns(company, Austin, "91").Concat(Columns(company, Phoenix, "92")))
        {
            yield return ("workflow_status", row);
        }

        foreach (var row in Services(company, Austin, "a").Concat(Services(company, Phoenix, "b")))
        {
            yield return ("canned_service", row);
        }

        yield return ("labor_rate", new JsonObject { ["id"] = "6287a4384d1a7226ffe0a001", ["companyId"] = company, ["locationId"] = Austin, ["name"] = "Standard", ["valueCents"] = 9500 });
        yield return ("user", new JsonObject { ["id"] = "6287a4384d1a7226ffe0b001", ["companyId"] = company, ["locationIds"] = new JsonArray(Austin, Phoenix), ["firstName"] = "Dana", ["lastName"] = "Reyes", ["email"] = "dana@acme-tint.example", ["active"] = true, ["createdDate"] = Created });
        yield return ("customer", Ann(company));
        yield return ("vehicle", Civic(company));
        yield return ("order", Sample(company));
    }

    private static JsonObject Location(
        string id, string company, string name, string address, string city, string state, string postalCode, string phone, string zone) => new()
    {
        ["id"] = id,
        ["companyId"] = company,
        ["name"] = name,
        ["address1"] = address,
        ["address2"] = null,
        ["city"] = city,
        ["state"] = state,
        ["postalCode"] = postalCode,
        ["country"] = "US",
        ["phone"] = phone,
        ["email"] = "hello@acme-tint.example",
        ["timezone"] = zone,
        ["website"] = "https://acme-tint.example",
        ["createdDate"] = Created,
        ["updatedDate"] = null,
    };

    // The real account's ids are fixed for Austin; the other shop differs in two digits.
    private static IEnumerable<JsonObject> Columns(string company, string location, string group)
    {
        string[] names = ["Website Leads", "In Progress", "Scheduled", "Ready for Pickup", "Completed"];
        for (var index = 0; index < names.Length; index++)
        {
            yield return new JsonObject
            {
                ["id"] = $"6287a4364d1a727554e0{group}{0xbf + index:x2}",
                ["companyId"] = company,
                ["locationId"] = location,
                ["name"] = names[index],
                ["position"] = index + 1,
                ["invoiceWorkflow"] = index >= 3,
                ["repairOrderWorkflow"] = index is 1 or 2,
                ["archiveWhenInactive"] = false,
                ["archiveWhenPaid"] = index == 4,
                ["daysToArchive"] = null,
                ["createdDate"] = Created,
                ["updatedDate"] = null,
            };
        }
    }

    private static IEnumerable<JsonObject> Services(string company, string location, string group)
    {
        (string Name, string Note, int Cents, double Hours)[] services =
        [
            ("Full Car Carbon Tint", "Sedan or coupe, all side windows and the rear glass, carbon film", 24900, 3),
            ("Full Car Ceramic Tint", "Sedan or coupe, all side windows and the rear glass, ceramic film", 39900, 4),
            ("Full SUV Carbon Tint", "SUV, van or truck with a cap, carbon film", 31900, 4),
            ("Full SUV Ceramic Tint", "SUV, van or truck with a cap, ceramic film", 47900, 5),
            ("Front Two Windows", "Driver and passenger window, carbon film", 12900, 1),
            ("Windshield Ceramic Tint", "Whole windshield, clear ceramic film against heat", 19900, 1.5),
            ("Windshield Strip", "The legal strip along the top", 5900, 0.5),
            ("Sunroof Tint", "Ceramic film on a sunroof up to standard size", 8900, 1),
            ("Old Tint Removal", "Steam removal of old film, all windows", 14900, 2.5),
            ("Paint Protection Film, Front Bumper", "Clear self-healing film", 69900, 6),
        ];
        for (var index = 0; index < services.Length; index++)
        {
            var (name, note, cents, hours) = services[index];
            var id = $"6287a4394d1a7226ffe0{group}{index + 1:x2}0";
            yield return new JsonObject
            {
                ["id"] = id,
                ["companyId"] = company,
                ["locationId"] = location,
                ["name"] = name,
                ["note"] = note,
                ["pricing"] = "FixedPrice",
                ["fixedPriceCents"] = cents,
                ["totalCents"] = cents,
                ["bookable"] = true,
                ["bookableOrdinal"] = index + 1,
                ["lumpSum"] = true,
                ["recommended"] = index == 1,
                ["express"] = hours < 1,
                ["deleted"] = false,
                ["labors"] = new JsonArray(new JsonObject { ["id"] = id[..^1] + "1", ["name"] = "Labor", ["hours"] = hours, ["rateCents"] = 9500, ["rateId"] = "6287a4384d1a7226ffe0a001" }),
                ["createdDate"] = Created,
                ["updatedDate"] = null,
            };
        }
    }

    private static JsonObject Ann(string company) => new()
    {
        ["id"] = "6287a4384d1a7226ffe091e8",
        ["companyId"] = company,
        ["locationIds"] = new JsonArray(Austin),
        ["customerType"] = "Customer",
        ["firstName"] = "Ann",
        ["lastName"] = "Example",
        ["marketingOptIn"] = true,
        ["preferredContactMethod"] = "SMS",
        ["emails"] = new JsonArray(new JsonObject { ["id"] = "e1", ["customerId"] = "6287a4384d1a7226ffe091e8", ["email"] = "ann@example.com", ["primary"] = true, ["subscribed"] = true }),
        ["phoneNumbers"] = new JsonArray(new JsonObject { ["id"] = "p1", ["customerId"] = "6287a4384d1a7226ffe091e8", ["number"] = "+15005550001", ["primary"] = true, ["type"] = "Mobile", ["optIn"] = null, ["country"] = "US" }),
        ["createdDate"] = "2026-11-22T21:13:57.000Z",
        ["updatedDate"] = null,
    };

    private static JsonObject Civic(string company) => CrmRows.Vehicle(
        "6287a4384d1a7226ffe091e9", company, Austin, "6287a4384d1a7226ffe091e8", "2021 Honda Civic", "2026-11-22T21:13:57.000Z");

    private static JsonObject Sample(string company) => CrmRows.Order(
        new CrmRows.OrderIds("9b1d2c3e-0000-4000-8000-000000000001", "cf907101f7916eb76c6963d6d14684f5d5a56b0b", company, Austin,
            "6287a4384d1a7226ffe091e8", "6287a4384d1a7226ffe091e9", WebsiteLeads),
        "1008", "New Quote - Window Tint", "Ann Example", "2021 Honda Civic", "2026-11-22T21:13:58.108Z", 244977319089);
}
