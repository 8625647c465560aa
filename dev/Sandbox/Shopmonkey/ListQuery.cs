using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>A list as the CRM answers it on a good day: filtered, ordered by what <c>orderby</c> asks, a hundred rows at most.</summary>
internal static class ListQuery
{
    public const int LargestPage = 100;
    private static int _turn;

    /// <returns>The page and its <c>meta</c>, or the message of a 400.</returns>
    public static (JsonArray? Page, JsonObject? Meta, string? Error) Run(
        IReadOnlyList<CrmRow> rows, IQueryCollection query, bool ignoreFilter)
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

        var named = OfIds(rows, query);
        var found = ignoreFilter || where is null ? named : Where(named, where);
        var limit = Math.Clamp(Number(query["limit"], LargestPage), 0, LargestPage);
        var skip = Math.Max(0, Number(query["skip"], 0));
        var sorted = order is null ? Unsorted(found, limit) : Sorted(found, order);
        return Answer(sorted.Skip(skip).Take(limit), found.Count, skip);
    }

    /// <summary>The rows that a filter leaves.</summary>
    public static IReadOnlyList<CrmRow> Where(IReadOnlyList<CrmRow> rows, JsonObject where)
    {
        var matches = RowFilter.Read(where);
        return [.. rows.Where(row => matches(row))];
    }

    /// <summary>The rows that the <c>ids</c> of a query name; all when it names none.</summary>
    public static IReadOnlyList<CrmRow> OfIds(IReadOnlyList<CrmRow> rows, IQueryCollection query)
    {
        if (query["ids"].ToString() is not { Length: > 0 } ids)
        {
            return rows;
        }

        var wanted = ids.Split(',').ToHashSet(StringComparer.Ordinal);
        return [.. rows.Where(row => wanted.Contains(row.Id))];
    }

    /// <summary>The page as it leaves: copies, and the true total.</summary>
    public static (JsonArray? Page, JsonObject? Meta, string? Error) Answer(IEnumerable<CrmRow> page, int total, int skip)
    {
        var rows = page.Select(row => (JsonNode?)row.Copy()).ToArray();
        return (new JsonArray(rows), new JsonObject { ["total"] = total, ["hasMore"] = skip + rows.Length < total }, null);
    }

    /// <summary>A whole number of a query.</summary>
    public static int Number(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <summary>Reads a parameter that is a JSON object; one that is not there is null.</summary>
    public static bool TryParse(string? text, out JsonObject? value)
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

    private static IEnumerable<CrmRow> Sorted(IReadOnlyList<CrmRow> rows, JsonObject order)
    {
        if (order.Count == 1 && order.First() is { Key: "createdDate" or "updatedDate" } only)
        {
            return ByDate(rows, only.Key == "createdDate" ? row => row.Created : row => row.Updated, only.Value.Text() == "desc");
        }

        var comparer = Comparer<RowFilter.Operand>.Create((left, right) =>
            RowFilter.Compare(left, right) ?? (left.Node is null ? right.Node is null ? 0 : -1 : 1));
        IOrderedEnumerable<CrmRow>? sorted = null;
        foreach (var (field, direction) in order)
        {
            var descending = direction.Text() == "desc";
            sorted = (sorted, descending) switch
            {
                (null, false) => rows.OrderBy(row => RowFilter.ValueOf(row, field), comparer),
                (null, true) => rows.OrderByDescending(row => RowFilter.ValueOf(row, field), comparer),
                (not null, false) => sorted.ThenBy(row => RowFilter.ValueOf(row, field), comparer),
                (not null, true) => sorted.ThenByDescending(row => RowFilter.ValueOf(row, field), comparer),
            };
        }

        return sorted ?? (IEnumerable<CrmRow>)rows;
    }

    // Rows are made in the order of their dates, mostly: then there is nothing to sort.
    private static IEnumerable<CrmRow> ByDate(IReadOnlyList<CrmRow> rows, Func<CrmRow, long?> date, bool descending)
    {
        var isInOrder = true;
        for (var index = 1; isInOrder && index < rows.Count; index++)
        {
            isInOrder = (date(rows[index - 1]) ?? long.MinValue) <= (date(rows[index]) ?? long.MinValue);
        }

        return descending ? rows.OrderByDescending(row => date(row) ?? long.MinValue) : isInOrder ? rows : rows.OrderBy(row => date(row) ?? long.MinValue);
    }

    // Without orderby the vendor promises no order, and pages have been seen to overlap: each call starts elsewhere.
    private static IEnumerable<CrmRow> Unsorted(IReadOnlyList<CrmRow> rows, int limit)
    {
        if (rows.Count <= limit)
        {
            return rows;
        }

        var start = (int)((uint)Interlocked.Increment(ref _turn) * 7 % (uint)rows.Count);
        return rows.Skip(start).Concat(rows.Take(start));
    }
}
