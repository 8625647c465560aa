using System.Text.Json;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>A shop as the Sandbox's CRM has it.</summary>
internal sealed record CrmShop(string Id, string Name, string? Phone, string? Address, string Timezone, IReadOnlyList<CrmService> Services);

/// <summary>A service with its price in cents and its time in minutes.</summary>
internal sealed record CrmService(string Id, string Name, string Description, long PriceCents, int? DurationMinutes);

/// <summary>Reads the shops over the CRM's own API, so that the demo's prices are the CRM's.</summary>
internal static class CrmShops
{
    public static async Task<IReadOnlyList<CrmShop>> ReadAsync(HttpClient http, string shopmonkeyUrl, string apiKey, CancellationToken cancel)
    {
        var locations = await ListAsync(http, $"{shopmonkeyUrl}/location", apiKey, cancel);
        var services = await ListAsync(http, $"{shopmonkeyUrl}/canned_service", apiKey, cancel);
        return [.. locations.Select(location => new CrmShop(
            Text(location, "id")!, Text(location, "name")!, Text(location, "phone"), Address(location), Text(location, "timezone") ?? "America/Chicago",
            [.. services.Where(service => Text(service, "locationId") == Text(location, "id")).Select(Service)]))];
    }

    private static async Task<List<JsonElement>> ListAsync(HttpClient http, string url, string apiKey, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Authorization = new("Bearer", apiKey) } };
        using var answer = await http.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
        return [.. json.RootElement.GetProperty("data").EnumerateArray().Select(row => row.Clone())];
    }

    private static CrmService Service(JsonElement row) => new(
        Text(row, "id")!, Text(row, "name")!, Text(row, "note") ?? "", row.GetProperty("totalCents").GetInt64(),
        row.GetProperty("labors").EnumerateArray().Sum(labor => labor.GetProperty("hours").GetDouble()) is > 0 and var hours ? (int)(hours * 60) : null);

    private static string? Address(JsonElement row)
    {
        var state = $"{Text(row, "state")} {Text(row, "postalCode")}".Trim();
        var parts = new[] { Text(row, "address1"), Text(row, "city"), state }.Where(part => !string.IsNullOrEmpty(part));
        return string.Join(", ", parts) is { Length: > 0 } address ? address : null;
    }

    private static string? Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
