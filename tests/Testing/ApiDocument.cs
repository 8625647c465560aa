using System.Text.Json.Nodes;

namespace LeadOrchestrator.Testing;

/// <summary>Reads an OpenAPI document as a client would.</summary>
public static class ApiDocument
{
    /// <summary>Where a time is told without saying that it is text.</summary>
    public static IEnumerable<string> TimesWithoutType(JsonNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Nodes(document).OfType<JsonObject>()
            .Where(node => node["format"] is JsonValue format && format.TryGetValue<string>(out var word) && word == "date-time" && node["type"]?.ToJsonString().Contains("string", StringComparison.Ordinal) != true)
            .Select(node => node.GetPath());
    }

    /// <summary>The operations that ask for no sign-in.</summary>
    public static IEnumerable<string> Open(JsonNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
            .Where(operation => operation.Value is JsonObject told && !told.ContainsKey("security") && !path.Key.StartsWith("/health", StringComparison.Ordinal) && !path.Key.StartsWith("/c/", StringComparison.Ordinal))
            .Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));
    }

    /// <summary>The schemes by which one signs in for an operation.</summary>
    public static IEnumerable<string> Ways(JsonNode document, string method, string path)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document["paths"]![path]![method]!["security"]!.AsArray().SelectMany(way => way!.AsObject().Select(scheme => scheme.Key));
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => new[] { node }.Concat(node switch
    {
        JsonObject members => members.Select(member => member.Value).OfType<JsonNode>().SelectMany(Nodes),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Nodes),
        _ => [],
    });
}
