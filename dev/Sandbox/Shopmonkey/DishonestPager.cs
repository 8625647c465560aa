using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The list as it was measured on bad days: no order, each page another draw; only bare <c>gte</c> and <c>lte</c>, <c>ids</c> and the total can be trusted.</summary>
internal static class DishonestPager
{
    /// <returns>The page and its <c>meta</c>, or the message of a 400.</returns>
    public static (JsonArray? Page, JsonObject? Meta, string? Error) Run(IReadOnlyList<CrmRow> rows, IQueryCollection query)
    {
        if (!ListQuery.TryParse(query["where"], out var where))
        {
            return (null, null, "Invalid Usage: Unable to parse where");
        }

        var found = ListQuery.Where(ListQuery.OfIds(rows, query), Trusted(where));
        var limit = Math.Clamp(ListQuery.Number(query["limit"], ListQuery.LargestPage), 0, ListQuery.LargestPage);
        var skip = Math.Max(0, ListQuery.Number(query["skip"], 0));
        return ListQuery.Answer(Draw(found, Math.Clamp(found.Count - skip, 0, limit)), found.Count, skip);
    }

    // As many as asked, no row twice, each as likely as any other.
    private static IEnumerable<CrmRow> Draw(IReadOnlyList<CrmRow> rows, int count)
    {
        var left = rows.ToArray();
        for (var drawn = 0; drawn < count; drawn++)
        {
            var other = Random.Shared.Next(drawn, left.Length);
            (left[drawn], left[other]) = (left[other], left[drawn]);
            yield return left[drawn];
        }
    }

    private static JsonObject Trusted(JsonObject? where) => new((where ?? []).Where(field => field.Value is JsonObject)
        .Select(field => KeyValuePair.Create(field.Key, (JsonNode?)new JsonObject(((JsonObject)field.Value!)
            .Where(part => part.Key is "gte" or "lte").Select(part => KeyValuePair.Create(part.Key, part.Value?.DeepClone()))))));
}
