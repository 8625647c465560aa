using System.Text.Json;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed partial class LogFormatterTests
{
    [Fact]
    public void In_production_an_event_is_one_line_of_JSON_with_its_fields()
    {
        var line = Write(json: true, logger => Texted(logger, "019ab1c2", "+15125550123"));

        line.ShouldEndWith("\n");
        line.Trim().ShouldNotContain('\n');
        var entry = JsonDocument.Parse(line).RootElement;
        entry.GetProperty("time").GetString().ShouldBe("2026-11-23T16:00:00+00:00");
        entry.GetProperty("level").GetString().ShouldBe("info");
        entry.GetProperty("logger").GetString().ShouldBe("LeadOrchestrator.Tests");
        entry.GetProperty("event").GetInt32().ShouldBe(7);
        entry.GetProperty("msg").GetString().ShouldBe("Texted 019ab1c2 at [phone]");
        entry.GetProperty("TouchPointId").GetString().ShouldBe("019ab1c2");
        entry.GetProperty("Phone").GetString().ShouldBe("[phone]");
        entry.TryGetProperty("{OriginalFormat}", out _).ShouldBeFalse();
    }

    [Fact]
    public void An_exceptions_own_words_are_redacted_and_stay_on_the_line()
    {
        var exception = new InvalidOperationException("To +15125550123 via https://shop.example/c/secret\nsecond line");

        var line = Write(json: true, logger => Failed(logger, exception));

        line.Trim().ShouldNotContain('\n');
        var error = JsonDocument.Parse(line).RootElement.GetProperty("error").GetString()!;
        error.ShouldContain("To [phone] via https://shop.example/c/[redacted]");
        line.ShouldNotContain("5125550123");
        line.ShouldNotContain("secret");
    }

    [Fact]
    public void In_development_an_event_is_a_line_for_people()
    {
        var line = Write(json: false, logger => Texted(logger, "019ab1c2", "+15125550123"));

        line.TrimEnd().ShouldBe("16:00:00.000 info  Tests: Texted 019ab1c2 at [phone]");
    }

    [Theory]
    [InlineData(LogLevel.Trace, "trace")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warn")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "fatal")]
    public void Levels_have_pinos_words(LogLevel level, string word) =>
        JsonDocument.Parse(Write(json: true, logger => Said(logger, level))).RootElement.GetProperty("level").GetString().ShouldBe(word);

    private static string Write(bool json, Action<ILogger> log)
    {
        var output = new StringWriter { NewLine = "\n" };
        log(new FormattingLogger(new LogFormatter(new FakeTimeProvider(HttpClock.MondayMorning), json), output));
        return output.ToString();
    }

    [LoggerMessage(7, LogLevel.Information, "Texted {TouchPointId} at {Phone}")]
    private static partial void Texted(ILogger logger, string touchPointId, string phone);

    [LoggerMessage(8, LogLevel.Error, "It failed")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 9, Message = "Said")]
    private static partial void Said(ILogger logger, LogLevel level);

    private sealed class FormattingLogger(LogFormatter formatter, TextWriter output) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatState) =>
            formatter.Write(new LogEntry<TState>(logLevel, "LeadOrchestrator.Tests", eventId, state, exception, formatState), null, output);
    }
}
