using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>The envelope of a Shopmonkey webhook, as far as the door needs it: <c>{apiVersion, operation, table, data, diff}</c>.</summary>
/// <param name="Fault">Why it can never be mapped (one machine word), or null.</param>
public sealed record ShopmonkeyEvent(string Table, string Operation, string? ExternalId, string? CompanyId, string DedupeKey, string? Fault)
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 64;

    /// <summary>Table and operation of what could not be read.</summary>
    public const string Unknown = "unknown";

    private static readonly HashSet<string> Tables = ["order", "customer", "vehicle", "appointment", "canned_service"];
    private static readonly HashSet<string> Operations = ["INSERT", "UPDATE", "DELETE"];
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a body. Null = not JSON (or not UTF-8, or nested too deep). Anything that is JSON comes back, with a fault where it has one.</summary>
    public static ShopmonkeyEvent? Read(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return ReadObject(document.RootElement, body.Span);
        }
        catch (JsonException)
        {
            // Not JSON at all, or JSON that says one thing twice: that one is well-formed, and kept.
            return ReadFaulty(body, "duplicate_keys");
        }
        catch (InvalidOperationException)
        {
            return ReadFaulty(body, "invalid_text"); // half a surrogate pair
        }
    }

    private static ShopmonkeyEvent? ReadFaulty(ReadOnlyMemory<byte> body, string fault)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Lenient);
            return Faulty(document.RootElement, body.Span, fault);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ShopmonkeyEvent ReadObject(JsonElement root, ReadOnlySpan<byte> body)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Faulty(root, body, "not_an_object");
        }

        var table = Text(root, "table");
        var operation = Text(root, "operation");
        if (table is null || operation is null || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
        {
            return Faulty(root, body, "not_an_event");
        }

        var id = Text(data, "id");
        var companyId = Text(data, "companyId");
        var fault = !Tables.Contains(table) ? "unknown_table"
            : !Operations.Contains(operation) ? "unknown_operation"
            : id is not { Length: > 0 and <= 64 } ? "no_row_id"
            : HasControl(id) || HasControl(companyId) ? "invalid_text"
            : null;
        return fault is not null
            ? Faulty(root, body, fault)
            : new ShopmonkeyEvent(table, operation, id, companyId, KeyOf(table, operation, id!, Version(data), body), null);
    }

    // webhook-id names an attempt, not an event. The row's version does; where it has none, only the same bytes are the same event:
    // two changes may share an updatedDate.
    private static string KeyOf(string table, string operation, string id, string? version, ReadOnlySpan<byte> body) => version is null
        ? Hash(body)
        : Hash(Encoding.UTF8.GetBytes($"{table}\0{id}\0{operation}\0{version}"));

    private static string? Version(JsonElement data) =>
        data.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object
            && meta.TryGetProperty("version", out var version) && version.ValueKind is JsonValueKind.Number or JsonValueKind.String
            ? version.ToString()
            : null;

    // Whose it is can be read all the same: their secret signs it, and they are shown it.
    private static ShopmonkeyEvent Faulty(JsonElement root, ReadOnlySpan<byte> body, string fault) => new(Unknown, Unknown, null, CompanyOf(root), Hash(body), fault);

    private static string? CompanyOf(JsonElement root)
    {
        try
        {
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                && Text(data, "companyId") is { } company && !HasControl(company) ? company : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // No id of theirs has one, and PostgreSQL takes no NUL.
    private static bool HasControl(string? text) => text?.Any(char.IsControl) == true;

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
