using System.Net;
using System.Text;
using System.Text.Json;

namespace LeadOrchestrator.Launcher.Doctor;

/// <summary>One answer. <paramref name="Status"/> 0 = there was none, and <paramref name="Error"/> says why.</summary>
internal sealed record Answer(int Status, JsonElement? Body, DateTimeOffset? Date, string? Error)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public bool IsDenied => Status is 401 or 403;

    /// <summary>In words, without a secret: the request's own text is never in it.</summary>
    public string Words => Status == 0 ? $"no answer ({Error})" : $"HTTP {Status}";
}

/// <summary>Asks one question each, harmless and with a deadline.</summary>
internal sealed class Wire(HttpClient http)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public Task<Answer> GetAsync(string url, CancellationToken stop, params (string Name, string Value)[] headers) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Get, url), headers, stop);

    public Task<Answer> PostAsync(string url, string json, CancellationToken stop) =>
        AskAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(json, Encoding.UTF8, "application/json") }, [], stop);

    private async Task<Answer> AskAsync(HttpRequestMessage question, (string Name, string Value)[] headers, CancellationToken stop)
    {
        using var request = question;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Deadline);
        try
        {
            using var response = await http.SendAsync(request, deadline.Token);
            return new Answer((int)response.StatusCode, Parse(await response.Content.ReadAsStringAsync(deadline.Token)), response.Headers.Date, null);
        }
        catch (HttpRequestException exception)
        {
            return new Answer(0, null, null, exception.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Answer(0, null, null, $"nothing within {Deadline.TotalSeconds:0} s");
        }
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Reads JSON that may lack what is looked for.</summary>
internal static class Reading
{
    public static JsonElement? At(this JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement? element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool? Flag(this JsonElement? element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    public static IEnumerable<JsonElement?> Items(this JsonElement? element, string name) =>
        element.At(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(item => (JsonElement?)item) : [];
}
