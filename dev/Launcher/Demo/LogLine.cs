using System.Text.Json;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>Reads a service's log line: one JSON object with <c>level</c> (pino's words) and <c>msg</c>.</summary>
internal static class LogLine
{
    /// <summary>Level and message of a warning or worse; the line itself when it is no JSON (a crash); null for everyday news.</summary>
    public static string? Important(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement is { ValueKind: JsonValueKind.Object } entry
                && entry.TryGetProperty("level", out var level)
                && level.GetString() is "warn" or "error" or "fatal"
                && entry.TryGetProperty("msg", out var message)
                ? $"{level.GetString()}: {message.GetString()}"
                : null;
        }
        catch (JsonException)
        {
            return line;
        }
    }
}
