using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The list grammar of the CRM, silences included: what it does not know it ignores.</summary>
internal static class ListQuery
{
    public const int LargestPage = 100;
    private static int _turn;

    /// <returns>The page and its <c>meta</c>, or the message of a 400.</returns>
    public static (JsonArray? Page, JsonObject? Meta, string? Error) Run(
        IReadOnlyList<JsonObject> rows, IQueryCollection query, bool ignoreFilter)
    {
        if (!TryParse(query["where"], out var where))
        {
            return (null, null, "Invalid Usage: Unable to parse where");
        }

        if (!TryParse(query["orderby"], out var order))
        {
            return (null, null, "Invalid Usage: Unable to parse orderby");
        }

        if (where?["number"] is JsonValue number && number.GetValueKind() == JsonValueKind.Number)
        {
            return (null, null, "number: expected a string");
        }

        var found = ignoreFilter || where is null ? rows : [.. rows.Where(row => Matches(row, where))];
        if (query["ids"].ToString() is { Length: > 0 } ids)
        {
            var wanted = ids.Split(',');
            found = [.. found.Where(row => wanted.Contains(row["id"].Text()))];
        }

        var limit = Math.Clamp(Number(query["limit"], LargestPage), 0, LargestPage);
        var skip = Math.Max(0, Number(query["skip"], 0));
        var sorted = order is null ? Unsorted(found, limit) : Sorted(found, order);
        var page = sorted.Skip(skip).Take(limit).ToArray<JsonNode?>();
        var meta = new JsonObject { ["total"] = found.Count, ["hasMore"] = skip + page.Length < found.Count };
        return (new JsonArray(page), meta, null);
    }

    public static bool Matches(JsonObject row, JsonObject where) => where.All(condition => condition.Key switch
    {
        "AND" => condition.Value is not JsonArray all || all.OfType<JsonObject>().All(part => Matches(row, part)),
        "OR" => condition.Value is not JsonArray any || any.OfType<JsonObject>().Any(part => Matches(row, part)),
        "NOT" => condition.Value is not JsonObject not || !Matches(row, not),
        "deleted" => true,
        var field when !row.ContainsKey(field) => true,
        var field => FieldMatches(row[field], condition.Value),
    });

    private static bool FieldMatches(JsonNode? value, JsonNode? condition)
    {
        if (condition is not JsonObject operators)
        {
            return Same(value, condition);
        }

        var insensitive = operators["mode"].Text() == "insensitive";
        return operators.All(part => part.Key switch
        {
            "equals" => Same(value, part.Value, insensitive),
            "not" => !Same(value, part.Value, insensitive),
            "in" => part.Value is not JsonArray list || list.Any(item => Same(value, item)),
            "notIn" => part.Value is not JsonArray list || !list.Any(item => Same(value, item)),
            "gt" => Compare(value, part.Value) is > 0,
            "gte" => Compare(value, part.Value) is >= 0,
            "lt" => Compare(value, part.Value) is < 0,
            "lte" => Compare(value, part.Value) is <= 0,
            "contains" => Holds(value, part.Value, (text, search, rule) => text.Contains(search, rule)),
            "startsWith" => Holds(value, part.Value, (text, search, rule) => text.StartsWith(search, rule)),
            "endsWith" => Holds(value, part.Value, (text, search, rule) => text.EndsWith(search, rule)),
            _ => true,
        });

        bool Holds(JsonNode? text, JsonNode? search, Func<string, string, StringComparison, bool> test) =>
            text.Text() is { } left && search.Text() is { } right
            && test(left, right, insensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    private static bool Same(JsonNode? left, JsonNode? right, bool insensitive = false) =>
        insensitive && left.Text() is { } a && right.Text() is { } b
            ? string.Equals(a, b, StringComparison.OrdinalIgnoreCase)
            : JsonNode.DeepEquals(left, right) || (Compare(left, right) == 0);

    // Times are compared as times: a filter may say +00:00 where the row says Z.
    private static int? Compare(JsonNode? left, JsonNode? right)
    {
        if (left.Text() is { } a && right.Text() is { } b)
        {
            return Time(a) is { } earlier && Time(b) is { } later ? earlier.CompareTo(later) : string.CompareOrdinal(a, b);
        }

        return left is JsonValue && right is JsonValue && left.GetValueKind() == JsonValueKind.Number && right.GetValueKind() == JsonValueKind.Number
            ? left.GetValue<double>().CompareTo(right.GetValue<double>())
            : null;
    }

    private static DateTimeOffset? Time(string text) =>
        text.Length >= 10 && text[4..5] == "-" && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static IEnumerable<JsonObject> Sorted(IReadOnlyList<JsonObject> rows, JsonObject order)
    {
        IOrderedEnumerable<JsonObject>? sorted = null;
        foreach (var (field, direction) in order)
        {
            var comparer = Comparer<JsonNode?>.Create((left, right) => Compare(left, right) ?? (left is null ? right is null ? 0 : -1 : 1));
            var descending = direction.Text() == "desc";
            sorted = (sorted, descending) switch
            {
                (null, false) => rows.OrderBy(row => row[field], comparer),
                (null, true) => rows.OrderByDescending(row => row[field], comparer),
                (not null, false) => sorted.ThenBy(row => row[field], comparer),
                (not null, true) => sorted.ThenByDescending(row => row[field], comparer),
            };
        }

        return sorted ?? (IEnumerable<JsonObject>)rows;
    }

    // Without orderby the vendor promises no order, and pages have been seen to overlap: each call starts elsewhere.
    private static IEnumerable<JsonObject> Unsorted(IReadOnlyList<JsonObject> rows, int limit)
    {
        if (rows.Count <= limit)
        {
            return rows;
        }

        var start = Interlocked.Increment(ref _turn) * 7 % rows.Count;
        return rows.Skip(start).Concat(rows.Take(start));
    }

    private static int Number(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static bool TryParse(string? text, out JsonObject? value)
    {
        value = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        try
        {
            value = JsonNode.Parse(text) as JsonObject;
            return value is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
