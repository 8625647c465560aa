using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>A service of a seeded shop: price in cents, time in hours.</summary>
internal sealed record SeedService(string Name, string Note, int Cents, double Hours)
{
    /// <summary>Shown as the shop's choice.</summary>
    public bool IsRecommended { get; init; }
}

/// <summary>A shop that a CRM starts with: its address, its five columns from the request to the end, its services.</summary>
internal sealed record SeedShop(string Id, string Name, string Timezone, string Phone)
{
    /// <summary>When all seeded rows were made.</summary>
    public const string Created = "2026-01-05T15:00:00.000Z";

    public required string Street { get; init; }

    public required string City { get; init; }

    public required string State { get; init; }

    public required string PostalCode { get; init; }

    /// <summary>Of its website and its mail.</summary>
    public required string Domain { get; init; }

    /// <summary>Names of the columns: requests arrive in the first, the next two are work, the last two are to be paid.</summary>
    public required string[] Columns { get; init; }

    /// <summary>The id of a column, by its place.</summary>
    public required Func<int, string> ColumnId { get; init; }

    public required SeedService[] Services { get; init; }

    /// <summary>The id of a service, by its place.</summary>
    public required Func<int, string> ServiceId { get; init; }

    /// <summary>Id and cents an hour of the shop's labor.</summary>
    public required (string Id, int Cents) Labor { get; init; }

    /// <summary>The shop as rows.</summary>
    public IEnumerable<(string Table, JsonObject Row)> Rows(string company)
    {
        yield return ("location", Location(company));
        for (var index = 0; index < Columns.Length; index++)
        {
            yield return ("workflow_status", Column(company, index));
        }

        for (var index = 0; index < Services.Length; index++)
        {
            yield return ("canned_service", Service(company, index));
        }

        yield return ("labor_rate", new JsonObject { ["id"] = Labor.Id, ["companyId"] = company, ["locationId"] = Id, ["name"] = "Standard", ["valueCents"] = Labor.Cents });
    }

    private JsonObject Location(string company) => new()
    {
        ["id"] = Id,
        ["companyId"] = company,
        ["name"] = Name,
        ["address1"] = Street,
        ["address2"] = null,
        ["city"] = City,
        ["state"] = State,
        ["postalCode"] = PostalCode,
        ["country"] = "US",
        ["phone"] = Phone,
        ["email"] = $"hello@{Domain}",
        ["timezone"] = Timezone,
        ["website"] = $"https://{Domain}",
        ["createdDate"] = Created,
        ["updatedDate"] = null,
    };

    private JsonObject Column(string company, int index) => new()
    {
        ["id"] = ColumnId(index),
        ["companyId"] = company,
        ["locationId"] = Id,
        ["name"] = Columns[index],
        ["position"] = index + 1,
        ["invoiceWorkflow"] = index >= 3,
        ["repairOrderWorkflow"] = index is 1 or 2,
        ["archiveWhenInactive"] = false,
        ["archiveWhenPaid"] = index == 4,
        ["daysToArchive"] = null,
        ["createdDate"] = Created,
        ["updatedDate"] = null,
    };

    private JsonObject Service(string company, int index)
    {
        var (id, service) = (ServiceId(index), Services[index]);
        return new JsonObject
        {
            ["id"] = id,
            ["companyId"] = company,
            ["locationId"] = Id,
            ["name"] = service.Name,
            ["note"] = service.Note,
            ["pricing"] = "FixedPrice",
            ["fixedPriceCents"] = service.Cents,
            ["totalCents"] = service.Cents,
            ["bookable"] = true,
            ["bookableOrdinal"] = index + 1,
            ["lumpSum"] = true,
            ["recommended"] = service.IsRecommended,
            ["express"] = service.Hours < 1,
            ["deleted"] = false,
            ["labors"] = new JsonArray(new JsonObject { ["id"] = id + "-1", ["name"] = "Labor", ["hours"] = service.Hours, ["rateCents"] = Labor.Cents, ["rateId"] = Labor.Id }),
            ["createdDate"] = Created,
            ["updatedDate"] = null,
        };
    }
}
