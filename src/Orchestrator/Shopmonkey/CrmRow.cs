using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>A row of any of the CRM's lists, as far as it has to be understood to be kept: which one it is, when it was made and changed, and its version.</summary>
/// <param name="CreatedAt">Milliseconds since 1970 by the CRM's clock; null = it does not say.</param>
/// <param name="UpdatedAt">The same; null until the first change.</param>
/// <param name="Version">Grows with each change: <c>meta.version</c>, else the time of the last change in milliseconds.</param>
/// <param name="Data">The row itself.</param>
public sealed record CrmRow(string Id, long? CreatedAt, long? UpdatedAt, long Version, string? LocationId, bool IsDeleted, JsonElement Data)
{
    private const int LongestId = 64;

    /// <summary>Reads a row; null = it has no id that could be kept, or a field whose name is no text.</summary>
    public static CrmRow? Read(JsonElement data)
    {
        try
        {
            return ReadObject(data);
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    /// <summary>The row as one of its table; null = it cannot be read.</summary>
    public static T? As<T>(JsonElement data, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return data.Deserialize(type);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static CrmRow? ReadObject(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object || Text(data, "id") is not { Length: > 0 and <= LongestId } id)
        {
            return null;
        }

        var (created, updated) = (Time(data, "createdDate"), Time(data, "updatedDate"));
        return new CrmRow(
            id, created, updated, MetaVersion(data) ?? updated ?? created ?? 0, Text(data, "locationId"),
            data.TryGetProperty("deleted", out var deleted) && deleted.ValueKind == JsonValueKind.True, data);
    }

    /// <summary>The date that a list is looked at by: <c>createdDate</c> or <c>updatedDate</c>.</summary>
    public long? DateOf(string field) => field == "createdDate" ? CreatedAt : UpdatedAt;

    /// <summary>Any other date of the row, in milliseconds since 1970; null when it has none.</summary>
    public long? TimeOf(string field) => Time(Data, field);

    private static long? MetaVersion(JsonElement data) =>
        data.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("version", out var version)
            ? version.ValueKind switch
            {
                JsonValueKind.Number when version.TryGetInt64(out var number) => number,
                JsonValueKind.String when long.TryParse(version.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
                _ => null,
            }
            : null;

    private static long? Time(JsonElement data, string field) => Text(data, field) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : null;

    private static string? Text(JsonElement data, string field) =>
        data.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>One answer of a list.</summary>
/// <param name="Rows">At most 100, in any order.</param>
/// <param name="Total">How many rows fit the question; <see cref="UnknownTotal"/> when the CRM does not say and there may be more.</param>
public sealed record CrmPage(IReadOnlyList<CrmRow> Rows, long Total)
{
    /// <summary>Nobody can say that such a list is complete.</summary>
    public const long UnknownTotal = long.MaxValue;

    /// <summary>Most rows of one answer, whatever was asked for.</summary>
    public const int Most = 100;

    /// <summary>Rows without an id that could be kept. They are counted in <see cref="Total"/>: one of them shall not make a list incomplete for ever.</summary>
    public int Unreadable { get; init; }

    /// <summary>The CRM itself says how many there are.</summary>
    public bool SaysTotal { get; init; }

    /// <summary>Reads the envelope <c>{data, meta}</c>.</summary>
    /// <exception cref="JsonException">It is no list.</exception>
    public static CrmPage Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("Not a list");
        }

        var rows = data.EnumerateArray().Select(CrmRow.Read).OfType<CrmRow>().ToList();
        var (count, said) = (data.GetArrayLength(), SaidTotal(answer));
        return new CrmPage(rows, said ?? (count < Most && !SaysMore(answer) ? count : UnknownTotal)) { Unreadable = count - rows.Count, SaysTotal = said is not null };
    }

    private static long? SaidTotal(JsonElement answer) =>
        answer.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object
        && meta.TryGetProperty("total", out var total) && total.ValueKind == JsonValueKind.Number && total.TryGetInt64(out var number) && number >= 0 ? number : null;

    private static bool SaysMore(JsonElement answer) =>
        answer.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("hasMore", out var more) && more.ValueKind == JsonValueKind.True;
}
