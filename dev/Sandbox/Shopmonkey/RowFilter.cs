using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The filter grammar of the CRM, silences included: what it does not know it ignores. Read once, asked of thousands of rows.</summary>
internal static class RowFilter
{
    /// <summary>Makes a <c>where</c> a question to a row.</summary>
    public static Predicate<CrmRow> Read(JsonObject where)
    {
        Predicate<CrmRow>[] parts = [.. where.Select(condition => Condition(condition.Key, condition.Value))];
        return row => Array.TrueForAll(parts, part => part(row));
    }

    /// <summary>A row's field, its time known where it is one of the row's own dates.</summary>
    public static Operand ValueOf(CrmRow row, string field) => field switch
    {
        "createdDate" => new Operand(row.Data[field], row.Created),
        "updatedDate" => new Operand(row.Data[field], row.Updated),
        _ => new Operand(row.Data[field]),
    };

    /// <summary>Less than 0, 0, more than 0; null when the two cannot be compared. Times are compared as times: a filter may say +00:00 where the row says Z.</summary>
    public static int? Compare(Operand left, Operand right)
    {
        if (left.Ticks is { } earlier && right.Ticks is { } later)
        {
            return earlier.CompareTo(later);
        }

        if (left.Node.Text() is { } a && right.Node.Text() is { } b)
        {
            return string.CompareOrdinal(a, b);
        }

        return Number(left.Node) is { } one && Number(right.Node) is { } other ? one.CompareTo(other) : null;
    }

    // A number that came as text and one that was made here are of different types.
    private static double? Number(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.Deserialize<double>() : null;

    private static Predicate<CrmRow> Condition(string name, JsonNode? value)
    {
        switch (name, value)
        {
            case ("AND", JsonArray all):
                var each = Parts(all);
                return row => each.All(part => part(row));
            case ("OR", JsonArray any):
                var some = Parts(any);
                return row => some.Any(part => part(row));
            case ("NOT", JsonObject not):
                var inner = Read(not);
                return row => !inner(row);
            case ("AND" or "OR" or "NOT" or "deleted", _):
                return _ => true;
            case ("createdDate", JsonObject window) when Between(window) is var (first, last):
                var made = General(name, window);
                return row => row.Created is { } date ? date >= first && date <= last : made(row);
            case ("updatedDate", JsonObject window) when Between(window) is var (first, last):
                var changed = General(name, window);
                return row => row.Updated is { } date ? date >= first && date <= last : window.Count == 0 || (!row.WasNeverUpdated && changed(row));
            case ("id", JsonObject { Count: 1 } listed) when listed["in"] is JsonArray list && list.All(item => item.Text() is not null):
                var ids = list.Select(item => item.Text()!).ToHashSet(StringComparer.Ordinal);
                return row => ids.Contains(row.Id);
            default:
                return General(name, value);
        }
    }

    private static Predicate<CrmRow> General(string name, JsonNode? value)
    {
        var field = Field(value);
        return row => !row.Data.ContainsKey(name) || field(ValueOf(row, name));
    }

    // The question that polls ask of thousands of rows: two times, each row's date known already. Null: it is another one.
    private static (long First, long Last)? Between(JsonObject window)
    {
        var (first, last) = (long.MinValue, long.MaxValue);
        foreach (var (name, value) in window)
        {
            switch (name, Json.Ticks(value.Text()))
            {
                case ("gte", { } ticks):
                    first = Math.Max(first, ticks);
                    break;
                case ("gt", { } ticks):
                    first = Math.Max(first, ticks + 1);
                    break;
                case ("lte", { } ticks):
                    last = Math.Min(last, ticks);
                    break;
                case ("lt", { } ticks):
                    last = Math.Min(last, ticks - 1);
                    break;
                default:
                    return null;
            }
        }

        return (first, last);
    }

    private static List<Predicate<CrmRow>> Parts(JsonArray list) => [.. list.OfType<JsonObject>().Select(Read)];

    private static Predicate<Operand> Field(JsonNode? condition)
    {
        if (condition is not JsonObject operators)
        {
            var same = new Operand(condition);
            return value => Same(value, same);
        }

        var insensitive = operators["mode"].Text() == "insensitive";
        Predicate<Operand>[] parts = [.. operators.Select(part => Operator(part.Key, part.Value, insensitive)).OfType<Predicate<Operand>>()];
        return value => Array.TrueForAll(parts, part => part(value));
    }

    private static Predicate<Operand>? Operator(string name, JsonNode? node, bool insensitive)
    {
        var wanted = new Operand(node);
        return name switch
        {
            "equals" => value => Same(value, wanted, insensitive),
            "not" => value => !Same(value, wanted, insensitive),
            "in" when node is JsonArray list => In(list),
            "notIn" when node is JsonArray list && In(list) is var listed => value => !listed(value),
            "gt" => value => Compare(value, wanted) is > 0,
            "gte" => value => Compare(value, wanted) is >= 0,
            "lt" => value => Compare(value, wanted) is < 0,
            "lte" => value => Compare(value, wanted) is <= 0,
            "contains" => value => Holds(value, (text, search, rule) => text.Contains(search, rule)),
            "startsWith" => value => Holds(value, (text, search, rule) => text.StartsWith(search, rule)),
            "endsWith" => value => Holds(value, (text, search, rule) => text.EndsWith(search, rule)),
            _ => null,
        };

        bool Holds(Operand text, Func<string, string, StringComparison, bool> test) =>
            text.Node.Text() is { } left && wanted.Node.Text() is { } right
            && test(left, right, insensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    // A hundred ids are looked up, not compared one by one.
    private static Predicate<Operand> In(JsonArray list)
    {
        Operand[] items = [.. list.Select(item => new Operand(item))];
        if (items.All(item => item.Ticks is null && item.Node.Text() is not null))
        {
            var texts = items.Select(item => item.Node.Text()!).ToHashSet(StringComparer.Ordinal);
            return value => value.Node.Text() is { } text && texts.Contains(text);
        }

        return value => Array.Exists(items, item => Same(value, item));
    }

    private static bool Same(Operand left, Operand right, bool insensitive = false) =>
        insensitive && left.Node.Text() is { } a && right.Node.Text() is { } b
            ? string.Equals(a, b, StringComparison.OrdinalIgnoreCase)
            : JsonNode.DeepEquals(left.Node, right.Node) || Compare(left, right) == 0;

    /// <summary>A value that is compared, and the time it says, if it says one.</summary>
    internal readonly record struct Operand(JsonNode? Node, long? Ticks)
    {
        public Operand(JsonNode? node)
            : this(node, Json.Ticks(node.Text()))
        {
        }
    }
}
