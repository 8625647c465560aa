using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The list as it was measured on bad days: no order, each page another draw; only bare <c>gte</c>, <c>lte</c> and the total can be trusted.</summary>
internal static class DishonestPager
{
    /// <returns>The page and its <c>meta</c>, or the message of a 400.</returns>
    public static (JsonArray? Page, JsonObject? Meta, string? Error) Run(IReadOnlyList<JsonObject> rows, IQueryCollection query)
    {
        JsonObject? where = null;
        try
        {
            where = query["where"].ToString() is { Length: > 0 } text ? JsonNode.Parse(text) as JsonObject : null;
        }
        catch (JsonException)
        {
            return (null, null, "Invalid Usage: Unable to parse where");
        }

        var trusted = Trusted(where);
        var found = rows.Where(row => ListQuery.Matches(row, trusted)).ToArray();
        var limit = Math.Clamp(Number(query["limit"], ListQuery.LargestPage), 0, ListQuery.LargestPage);
        var skip = Math.Max(0, Number(query["skip"], 0));
        Random.Shared.Shuffle(found);
        var page = found.Take(Math.Clamp(found.Length - skip, 0, limit)).ToArray<JsonNode?>();
        return (new JsonArray(page), new JsonObject { ["total"] = found.Length, ["hasMore"] = skip + page.Length < found.Length }, null);
    }

    private static JsonObject Trusted(JsonObject? where) => new((where ?? []).Where(field => field.Value is JsonObject)
        .Select(field => KeyValuePair.Create(field.Key, (JsonNode?)new JsonObject(((JsonObject)field.Value!)
            .Where(part => part.Key is "gte" or "lte").Select(part => KeyValuePair.Create(part.Key, part.Value?.DeepClone()))))));

    private static int Number(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
