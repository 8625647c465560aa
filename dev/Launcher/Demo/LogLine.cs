using System.Text.Json;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>Reads a service's log line: one JSON object with <c>level</c> (pino's words) and <c>msg</c>.</summary>
internal static class LogLine
{
    private static readonly string[] Alarming = ["warn", "fail", "error", "exception", "crit"];

    /// <summary>Level and message of a warning or worse; the line itself when it is no JSON but sounds alarming (a crash); null for everyday news.</summary>
    public static string? Important(string line)
    {
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
            return Alarming.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)) ? line : null;
        }
    }
}
