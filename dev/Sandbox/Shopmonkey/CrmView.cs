using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The CRM as the page shows it.</summary>
internal static class CrmView
{
    public static JsonObject Board(Crm crm) => new()
    {
        ["locations"] = Pick(crm.Rows("location"), "id", "name", "city", "timezone", "phone"),
        ["columns"] = Pick(crm.Rows("workflow_status"), "id", "locationId", "name", "position"),
        ["services"] = Pick(crm.Rows("canned_service"), "id", "locationId", "name", "totalCents"),
        ["orders"] = new JsonArray([.. crm.Rows("order").Where(row => row["deleted"]?.GetValue<bool>() != true).Select(row => Card(crm, row))]),
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

    private static JsonArray Pick(IEnumerable<JsonObject> rows, params string[] fields) =>
        new([.. rows.Select(row => new JsonObject(fields.Select(field => KeyValuePair.Create(field, row[field]?.DeepClone()))))]);
}
