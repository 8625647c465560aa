using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The rows of one company. Each change is on disk before anyone is told of it.</summary>
internal sealed class CrmTables : IDisposable
{
    public static readonly string[] Names =
    [
        "order", "customer", "vehicle", "location", "workflow_status", "canned_service",
        "labor_rate", "user", "webhook", "appointment", "message",
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, OrderedDictionary<string, CrmRow>> _tables =
        Names.ToDictionary(name => name, _ => new OrderedDictionary<string, CrmRow>());

    private readonly Dictionary<string, string?> _phoneTypes = [];
    private readonly Journal _journal;
    private long _version = 244_977_319_089;
    private int _number = 1008;

    /// <param name="file">Name of the journal in the folder.</param>
    public CrmTables(string? folder, string file, IEnumerable<(string Table, JsonObject Row)> seed)
    {
        foreach (var (table, row) in seed)
        {
            Apply(table, row);
        }

        _journal = Journal.Open(folder, file, out var lines);
        foreach (var line in lines)
        {
            if (line["row"] is JsonObject row)
            {
                Apply(line["table"]!.GetValue<string>(), (JsonObject)row.DeepClone());
            }
            else
            {
                _tables[line["table"]!.GetValue<string>()].Remove(line["removed"]!.GetValue<string>());
            }
        }
    }

    /// <summary>Since when a row is there.</summary>
    public Ages Ages { get; } = new();

    /// <summary>All rows of a table in the order they were made; copies.</summary>
    public IReadOnlyList<JsonObject> All(string table) => [.. Read(table).Select(row => row.Copy())];

    /// <summary>All rows of a table in the order they were made, as they are kept: a list looks at thousands, and copies only its page.</summary>
    public IReadOnlyList<CrmRow> Read(string table)
    {
        lock (_lock)
        {
            return [.. _tables[table].Values];
        }
    }

    /// <summary>A copy of one row, or null.</summary>
    public JsonObject? Find(string table, string? id)
    {
        lock (_lock)
        {
            return id is not null && _tables[table].TryGetValue(id, out var row) ? row.Copy() : null;
        }
    }

    /// <summary>Whether some customer says that this number is a landline.</summary>
    public bool IsLandline(string number)
    {
        lock (_lock)
        {
            return _phoneTypes.GetValueOrDefault(number) == "Landline";
        }
    }

    /// <summary>Stores a row as it is.</summary>
    public void Put(string table, JsonObject row)
    {
        lock (_lock)
        {
            Ages.Begin(row["id"]!.GetValue<string>());
            if (_journal.IsKept)
            {
                _journal.Append(new JsonObject { ["table"] = table, ["row"] = row.DeepClone() });
            }

            Apply(table, (JsonObject)row.DeepClone());
        }
    }

    /// <summary>Changes a row. The top-level fields that changed are returned, or null when there is no such row.</summary>
    public (JsonObject Row, IReadOnlyList<string> Diff)? Change(string table, string id, DateTimeOffset now, Action<JsonObject> change)
    {
        lock (_lock)
        {
            if (!_tables[table].TryGetValue(id, out var before))
            {
                return null;
            }

            var row = before.Copy();
            change(row);
            row["id"] = id;
            row["updatedDate"] = Json.Time(now);
            if (row["meta"] is JsonObject meta)
            {
                meta["version"] = NextVersion();
            }

            Put(table, row);
            var diff = row.Where(field => !JsonNode.DeepEquals(field.Value, before.Data[field.Key])).Select(field => field.Key).ToList();
            return (row, diff);
        }
    }

    /// <summary>Takes a row away, and leaves nothing of it.</summary>
    /// <returns>A copy of what it was, or null.</returns>
    public JsonObject? Remove(string table, string id)
    {
        lock (_lock)
        {
            if (!_tables[table].Remove(id, out var row))
            {
                return null;
            }

            _journal.Append(new JsonObject { ["table"] = table, ["removed"] = id });
            return row.Copy();
        }
    }

    /// <summary>A number that grows with every change of any row.</summary>
    public long NextVersion()
    {
        lock (_lock)
        {
            return _version += 138_782;
        }
    }

    public string NextOrderNumber()
    {
        lock (_lock)
        {
            return (++_number).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => _journal.Dispose();

    private void Apply(string table, JsonObject row)
    {
        _tables[table][row["id"]!.GetValue<string>()] = new CrmRow(row);
        if (row["meta"] is JsonObject meta && meta["version"] is JsonValue version && version.TryGetValue<long>(out var seen))
        {
            _version = Math.Max(_version, seen);
        }

        switch (table)
        {
            case "order" when int.TryParse(row["number"]?.ToString(), out var number):
                _number = Math.Max(_number, number);
                break;
            case "customer":
                foreach (var phone in (row["phoneNumbers"] as JsonArray ?? []).OfType<JsonObject>())
                {
                    _phoneTypes[phone["number"].Text() ?? ""] = phone["type"].Text();
                }

                break;
        }
    }
}
