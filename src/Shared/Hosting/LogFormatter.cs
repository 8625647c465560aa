using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>One event, one line: JSON in Production, readable in Development; redacted in both.</summary>
/// <remarks>The framework's JSON formatter has no place to redact an exception's text, hence this one (docs/decisions/0004).</remarks>
internal sealed class LogFormatter(TimeProvider clock, bool json) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "lead";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = Redaction.Scrub(logEntry.Formatter(logEntry.State, logEntry.Exception));
        var error = logEntry.Exception is { } exception ? Redaction.Scrub(exception.ToString()) : null;
        if (json)
        {
            textWriter.WriteLine(Json(logEntry.LogLevel, logEntry.Category, logEntry.EventId, message, error, logEntry.State as IReadOnlyList<KeyValuePair<string, object?>>));
        }
        else
        {
            textWriter.WriteLine($"{clock.GetUtcNow():HH:mm:ss.fff} {Word(logEntry.LogLevel),-5} {logEntry.Category.Split('.')[^1]}: {message}");
            if (error is not null)
            {
                textWriter.WriteLine(error);
            }
        }
    }

    private string Json(
        LogLevel level, string category, EventId eventId, string message, string? error, IReadOnlyList<KeyValuePair<string, object?>>? fields)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time", clock.GetUtcNow());
            writer.WriteString("level", Word(level));
            writer.WriteString("logger", category);
            writer.WriteNumber("event", eventId.Id);
            writer.WriteString("msg", message);
            if (System.Diagnostics.Activity.Current is { } activity)
            {
                writer.WriteString("traceId", activity.TraceId.ToHexString());
            }

            foreach (var (name, value) in fields ?? [])
            {
                if (value is not null && name != "{OriginalFormat}")
                {
                    writer.WriteString(name, Redaction.Scrub(value.ToString() ?? ""));
                }
            }

            if (error is not null)
            {
                writer.WriteString("error", error);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    // pino's words, as the original system's log readers know them.
    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
