using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>New rows in the CRM's own field names.</summary>
internal static class CrmRows
{
    public sealed record OrderIds(
        string Id, string PublicId, string Company, string Location, string? Customer, string? Vehicle, string Column);

    /// <summary>24 hex digits, as migrated rows have them.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(24, lowercase: true);

    public static JsonObject Order(
        OrderIds ids, string number, string name, string? customer, string? vehicle, string created, long version) => new()
    {
        ["id"] = ids.Id,
        ["publicId"] = ids.PublicId,
        ["number"] = number,
        ["name"] = name,
        ["coalescedName"] = name,
        ["generatedName"] = null,
        ["generatedCustomerName"] = customer,
        ["generatedVehicleName"] = vehicle,
        ["customerId"] = ids.Customer,
        ["vehicleId"] = ids.Vehicle,
        ["companyId"] = ids.Company,
        ["locationId"] = ids.Location,
        ["conversationId"] = null,
        ["workflowStatusId"] = ids.Column,
        ["workflowStatusDate"] = created,
        ["workflowStatusPosition"] = int.Parse(number, CultureInfo.InvariantCulture),
        ["status"] = "Estimate",
        ["authorized"] = false,
        ["authorizedDate"] = null,
        ["invoiced"] = false,
        ["invoicedDate"] = null,
        ["paid"] = false,
        ["fullyPaidDate"] = null,
        ["completedDate"] = null,
        ["archived"] = false,
        ["deleted"] = false,
        ["appointmentDates"] = new JsonArray(),
        ["assignedTechnicianIds"] = new JsonArray(),
        ["messageCount"] = 0,
        ["messagedDate"] = null,
        ["shopUnreadMessageCount"] = 0,
        ["complaint"] = null,
        ["recommendation"] = null,
        ["emailId"] = null,
        ["phoneNumberId"] = null,
        ["serviceWriterId"] = null,
        ["totalCostCents"] = 0,
        ["paidCostCents"] = 0,
        ["remainingCostCents"] = 0,
        ["imported"] = false,
        ["readOnly"] = false,
        ["labels"] = new JsonObject(),
        ["metadata"] = null,
        ["customFields"] = null,
        ["orderCreatedDate"] = created,
        ["createdDate"] = created,
        ["updatedDate"] = null,
        ["meta"] = new JsonObject { ["userId"] = "system", ["sessionId"] = "f69a584b8d43e6ab12487a5f19dc9b4d", ["version"] = version },
    };

    public static JsonObject Customer(string id, string company, string location, NewQuote quote, string created)
    {
        var emails = new JsonArray();
        if (quote.Email is { Length: > 0 } email)
        {
            emails.Add(new JsonObject { ["id"] = NewId(), ["customerId"] = id, ["email"] = email, ["primary"] = true, ["subscribed"] = true });
        }

        var phones = new JsonArray();
        if (quote.Phone is { Length: > 0 } phone)
        {
            phones.Add(new JsonObject { ["id"] = NewId(), ["customerId"] = id, ["number"] = phone, ["primary"] = true, ["type"] = quote.PhoneType, ["optIn"] = null, ["country"] = "US" });
        }

        return new JsonObject
        {
            ["id"] = id,
            ["companyId"] = company,
            ["locationIds"] = new JsonArray(location),
            ["customerType"] = "Customer",
            ["firstName"] = quote.FirstName,
            ["lastName"] = quote.LastName,
            ["marketingOptIn"] = true,
            ["preferredContactMethod"] = "SMS",
            ["state"] = quote.State,
            ["emails"] = emails,
            ["phoneNumbers"] = phones,
            ["createdDate"] = created,
            ["updatedDate"] = null,
        };
    }

    /// <param name="name">Year, make and model in one text, such as <c>2021 Honda Civic</c>.</param>
    public static JsonObject Vehicle(string id, string company, string location, string owner, string name, string created)
    {
        var words = name.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var year = words.Length > 0 && int.TryParse(words[0], CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        var rest = year is null ? words : words[1..];
        return new JsonObject
        {
            ["id"] = id,
            ["companyId"] = company,
            ["locationIds"] = new JsonArray(location),
            ["owners"] = new JsonArray(new JsonObject { ["customerId"] = owner }),
            ["year"] = year,
            ["make"] = rest.ElementAtOrDefault(0),
            ["model"] = rest.Length > 1 ? string.Join(' ', rest[1..]) : null,
            ["submodel"] = null,
            ["vin"] = null,
            ["licensePlate"] = null,
            ["licensePlateState"] = null,
            ["licensePlateCountry"] = null,
            ["color"] = null,
            ["mileage"] = null,
            ["mileageUnit"] = "Mile",
            ["size"] = "LightDuty",
            ["type"] = "Car",
            ["note"] = null,
            ["createdDate"] = created,
            ["updatedDate"] = null,
        };
    }
}
