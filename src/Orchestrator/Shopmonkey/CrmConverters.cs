using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>A text that old rows have as a number.</summary>
public sealed class CrmText : JsonConverter<string>
{
    /// <inheritdoc />
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? JsonElement.ParseValue(ref reader).GetRawText() : reader.GetString();

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value);
    }
}

/// <summary>A date as <see cref="CrmRow"/> reads it; what is none counts as not told.</summary>
public class CrmDate : JsonConverter<DateTimeOffset?>
{
    /// <inheritdoc />
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? Unreadable(JsonElement.ParseValue(ref reader).GetRawText())
        : reader.GetString() is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : Unreadable(text);

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value is { } time ? CrmInstant.Format(time) : null);
    }

    /// <summary>What a text comes to that is no date.</summary>
    private protected virtual DateTimeOffset? Unreadable(string text) => null;
}

/// <summary>A date that its row is nothing without.</summary>
public sealed class CrmTime : CrmDate
{
    private protected override DateTimeOffset? Unreadable(string text) => throw new JsonException("Not a date");
}

/// <summary>A date of ours, written as the CRM writes its own.</summary>
public sealed class CrmInstant : JsonConverter<DateTimeOffset>
{
    /// <summary>Such as <c>2026-11-24T16:00:00.000Z</c>.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Format(value));
    }
}

/// <summary>Yes or no, perhaps as text.</summary>
public sealed class CrmFlag : JsonConverter<bool?>
{
    /// <inheritdoc />
    public override bool? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.String ? reader.GetBoolean()
        : bool.TryParse(reader.GetString(), out var flag) ? flag
        : null;

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteBooleanValue(value == true);
    }
}

/// <summary>A number that decides nothing, perhaps as text; what is none counts as not told.</summary>
public sealed class CrmDecimal : JsonConverter<decimal?>
{
    /// <inheritdoc />
    public override decimal? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetDecimal()
        : decimal.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, decimal? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value.GetValueOrDefault());
    }
}

/// <summary>The version of a row; what is no number counts as none, as at the door and in lists.</summary>
public sealed class CrmVersion : JsonConverter<long?>
{
    /// <inheritdoc />
    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? (reader.TryGetInt64(out var version) ? version : null)
        : long.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told
        : null;

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value.GetValueOrDefault());
    }
}
