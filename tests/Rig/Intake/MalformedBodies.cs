using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Rig.Intake;

/// <summary>A body of a webhook as it leaves.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="IsValid">Whether nothing is wrong with it: then its order must become a lead.</param>
/// <param name="What">What was done to it, for the log of a failure.</param>
public sealed record GeneratedBody(int Number, byte[] Bytes, bool IsValid, string What);

/// <summary>
/// Bodies that are nearly right: a valid event of its own each time, hurt at one to three places by somebody who knows its structure, and then perhaps as
/// text or as bytes. The same seed gives the same bodies, so that a failure can be repeated.
/// </summary>
/// <param name="valid">A valid event with this number; each has another row.</param>
public sealed class MalformedBodies(Func<int, JsonObject> valid, int seed)
{
    /// <summary>One of so many is left valid.</summary>
    public const int OneValidIn = 100;

    private const int MostHurts = 3;
    private const double ShareHurtAsText = 0.2;
    private const string Placeholder = "@@raw@@";

    // What stands in the place of a value, as it is on the wire: not all of it is JSON.
    private static readonly string[] Fragments =
    [
        "null", "true", "false", "0", "-0", "-1", "1.5", "1e400", "-1e-400", "01", "+1", "0x1F", "NaN", "Infinity", "undefined", "99999999999999999999999999",
        "9223372036854775807", "9223372036854775808", "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u202e\\u200b\\ufeff\"",
        "\"\\x41\"", "\"\\\"", "\"two\nlines\"", "\"\t\u0001\"", "'single'", "\"2026-13-45T99:99:99.999Z\"", "\"0000-00-00T00:00:00Z\"", "\"+275760-09-13T00:00:00Z\"",
        "\"-000001-01-01\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"2026-11-23\"", "1795449600", "\"'; DROP TABLE leads; --\"", "\"{{7*7}}${7*7}<script>\"", "\"\ud83d\ude97\ud83d\ude97\"",
        "[]", "{}", "[null]", "[[]]", "{\"id\":{}}", "[1,2,", "{\"a\":1,\"a\":2}", "/* no */ 1", "1, \"id\": \"twice\", \"z\": 1", "1}, \"data\": {\"id\": \"second\"", "]", "}",
    ];

    private static readonly (string Name, Action<Random, JsonNode> Hurt)[] Hurts =
    [
        ("removed", (_, node) => Remove(node)),
        ("another value", (random, node) => Replace(node, JsonValue.Create(Placeholder + random.Next(Fragments.Length)))),
        ("another value", (random, node) => Replace(node, JsonValue.Create(Placeholder + random.Next(Fragments.Length)))),
        ("very long", (random, node) => Replace(node, JsonValue.Create(new string((char)('a' + random.Next(26)), 1 << random.Next(6, 19))))),
        ("very deep", (random, node) => Replace(node, Nested(random.Next(2, 200), random.Next(2) == 0))),
        ("very wide", (random, node) => Replace(node, new JsonArray([.. Enumerable.Range(0, random.Next(10, 5000)).Select(number => (JsonNode?)number)]))),
        ("swapped with its parent", (_, node) => Replace(node, node.Root.DeepClone())),
        ("renamed", Rename),
    ];

    private static readonly (string Name, Func<Random, byte[], byte[]> Hurt)[] TextHurts =
    [
        ("cut off", (random, bytes) => bytes[..random.Next(bytes.Length)]),
        ("an invalid byte", (random, bytes) => With(bytes, random.Next(bytes.Length), (byte)random.Next(0x80, 0x100))),
        ("a NUL", (random, bytes) => With(bytes, random.Next(bytes.Length), 0)),
        ("a bracket the other way", (random, bytes) => With(bytes, random.Next(bytes.Length), (byte)"{}[]\",:\\"[random.Next(8)])),
        ("twice", (_, bytes) => [.. bytes, .. bytes]),
        ("with a BOM", (_, bytes) => [0xEF, 0xBB, 0xBF, .. bytes]),
        ("UTF-16", (_, bytes) => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes))),
        ("empty", (_, _) => []),
        ("blank", (random, _) => Encoding.UTF8.GetBytes(new string(' ', random.Next(1, 1000)))),
        ("in an array", (_, bytes) => [(byte)'[', .. bytes, (byte)']']),
        ("in a string", (_, bytes) => JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(bytes))),
        ("something behind it", (_, bytes) => [.. bytes, .. " extra"u8]),
    ];

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private int _number;

    /// <summary>The next body. Any thread may ask.</summary>
    public GeneratedBody Next()
    {
        lock (_lock)
        {
            var number = ++_number;
            var root = valid(number);
            if (number % OneValidIn == 0)
            {
                return new GeneratedBody(number, JsonSerializer.SerializeToUtf8Bytes(root), true, "valid");
            }

            var hurts = new List<string>();
            for (var left = _random.Next(1, MostHurts + 1); left > 0; left--)
            {
                hurts.Add(HurtOne(root));
            }

            var bytes = Encoding.UTF8.GetBytes(Inserted(root.ToJsonString()));
            if (_random.NextDouble() < ShareHurtAsText && bytes.Length > 0)
            {
                var (name, hurt) = TextHurts[_random.Next(TextHurts.Length)];
                bytes = hurt(_random, bytes);
                hurts.Add(name);
            }

            return new GeneratedBody(number, bytes, false, string.Join(", ", hurts));
        }
    }

    private string HurtOne(JsonObject root)
    {
        var nodes = new List<JsonNode>();
        Collect(root, nodes);
        if (nodes.Count == 0)
        {
            return "nothing left to hurt";
        }

        // Half of the time at a place that matters.
        var vital = nodes.Where(node => node.GetPath() is "$.data" or "$.table" or "$.operation" or "$.data.id" or "$.data.companyId" or "$.data.meta" or "$.data.meta.version"
            or "$.data.customerId" or "$.data.locationId" or "$.data.createdDate").ToList();
        var among = vital.Count > 0 && _random.Next(2) == 0 ? vital : nodes;
        var node = among[_random.Next(among.Count)];
        var (name, hurt) = Hurts[_random.Next(Hurts.Length)];
        var path = node.GetPath();
        hurt(_random, node);
        return $"{path} {name}";
    }

    private static void Collect(JsonNode node, List<JsonNode> nodes)
    {
        var children = node switch { JsonObject item => item.Select(field => field.Value), JsonArray list => list.Take(3), _ => [] };
        foreach (var child in children.OfType<JsonNode>())
        {
            nodes.Add(child);
            Collect(child, nodes);
        }
    }

    private static void Remove(JsonNode node)
    {
        if (node.Parent is JsonObject parent)
        {
            parent.Remove(node.GetPropertyName());
        }
        else
        {
            node.Parent?.AsArray().Remove(node);
        }
    }

    private static void Replace(JsonNode node, JsonNode value) => node.ReplaceWith(value);

    private static void Rename(Random random, JsonNode node)
    {
        if (node.Parent is JsonObject parent)
        {
            var name = node.GetPropertyName();
            parent.Remove(name);
            parent[random.Next(3) switch { 0 => name.ToUpperInvariant(), 1 => name + "\u0000", _ => "" }] = node;
        }
    }

    private static JsonNode Nested(int levels, bool arrays)
    {
        JsonNode inner = JsonValue.Create(1);
        for (var level = 0; level < levels; level++)
        {
            inner = arrays ? new JsonArray(inner) : new JsonObject { ["a"] = inner };
        }

        return inner;
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] = value;
        return changed;
    }

    private static string Inserted(string json)
    {
        for (var index = Fragments.Length - 1; index >= 0; index--)
        {
            json = json.Replace($"\"{Placeholder}{index}\"", Fragments[index], StringComparison.Ordinal);
        }

        return json;
    }
}
