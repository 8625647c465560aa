using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The CRM as the page shows it.</summary>
internal static class CrmView
{
    public static JsonObject Board(IReadOnlyList<Crm> companies) => new()
    {
        ["locations"] = Pick(companies, "location", "id", "companyId", "name", "city", "timezone", "phone"),
        ["columns"] = Pick(companies, "workflow_status", "id", "locationId", "name", "position"),
        ["services"] = Pick(companies, "canned_service", "id", "locationId", "name", "totalCents"),
        ["appointments"] = Pick(companies, "appointment", "id", "locationId", "name", "color", "startDate", "endDate", "confirmationStatus"),
        ["orders"] = new JsonArray([.. companies.SelectMany(crm => crm.Tables.Read("order")
            .Where(row => row.Data["deleted"]?.GetValue<bool>() != true).Select(row => Card(crm, row.Data)))]),
    };

    public static JsonObject Card(Crm crm, JsonObject order)
    {
        var customer = crm.Row("customer", order["customerId"].Text() ?? "");
        return new JsonObject
        {
            ["id"] = order["id"]?.DeepClone(),
            ["number"] = order["number"]?.ToString(),
            ["name"] = order["name"]?.DeepClone(),
            ["customer"] = order["generatedCustomerName"]?.DeepClone(),
            ["vehicle"] = order["generatedVehicleName"]?.DeepClone(),
            ["phone"] = (customer?["phoneNumbers"] as JsonArray)?.FirstOrDefault()?["number"]?.DeepClone(),
            ["locationId"] = order["locationId"]?.DeepClone(),
            ["workflowStatusId"] = order["workflowStatusId"]?.DeepClone(),
            ["createdDate"] = order["createdDate"]?.DeepClone(),
            ["deleted"] = order["deleted"]?.DeepClone(),
        };
    }

    private static JsonArray Pick(IReadOnlyList<Crm> companies, string table, params string[] fields) =>
        new([.. companies.SelectMany(crm => crm.Tables.Read(table)).Select(row => new JsonObject(fields.Select(field => KeyValuePair.Create(field, row.Data[field]?.DeepClone()))))]);
}
