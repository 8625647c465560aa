using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Registrations;

/// <summary>A webhook as the CRM knows it.</summary>
/// <param name="Enabled">Null = the CRM does not say.</param>
/// <param name="Error">Did its latest delivery fail?</param>
/// <param name="LocationId">It tells of this shop only; null = of all.</param>
public sealed record WebhookRow(string? Id, string? Name, string? Url, bool? Enabled, bool? Error, string? ErrorMessage, JsonElement? Triggers, string? LocationId = null)
{
    /// <summary>The names of its triggers, as far as they are names.</summary>
    public IReadOnlyList<string> TriggerNames => Triggers is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
        : [];
}

/// <summary>What we tell the CRM of our webhook. Without a name it keeps the one that it has.</summary>
public sealed record WebhookWish(string? Name, string Url, IReadOnlyList<string> Triggers, bool Enabled, string Secret)
{
    /// <summary>Null in so many words in a change, which keeps what it does not name; a new one is of all shops by itself.</summary>
    public JsonElement? LocationId { get; init; }

    /// <inheritdoc />
    public override string ToString() => nameof(WebhookWish);
}

/// <summary>The webhook resource of Shopmonkey's API v3: <c>GET, POST /webhook</c>, <c>PUT /webhook/:id</c>, which merges.</summary>
public sealed class RegistrationClient(IHttpClientFactory http)
{
    private const int LongestWords = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>The first hundred of the company's webhooks.</summary>
    /// <exception cref="RegistrationException">The CRM did not answer as it should.</exception>
    public async Task<IReadOnlyList<WebhookRow>> ListAsync(Guid tenantId, ShopmonkeyAccount account, CancellationToken cancel) =>
        (await SendAsync(tenantId, account, HttpMethod.Get, "webhook?limit=100", null, WebhookJson.Default.WebhookList, cancel)).Data ?? [];

    /// <summary>Makes one.</summary>
    /// <exception cref="RegistrationException">The CRM refused, or did not answer.</exception>
    public async Task<WebhookRow> AddAsync(Guid tenantId, ShopmonkeyAccount account, WebhookWish wish, CancellationToken cancel) =>
        (await SendAsync(tenantId, account, HttpMethod.Post, "webhook", wish, WebhookJson.Default.WebhookAnswer, cancel)).Data ?? throw Unreadable();

    /// <summary>Changes one.</summary>
    /// <exception cref="RegistrationException">The CRM refused, or did not answer.</exception>
    public Task ChangeAsync(Guid tenantId, ShopmonkeyAccount account, string id, WebhookWish wish, CancellationToken cancel) =>
        SendAsync(tenantId, account, HttpMethod.Put, $"webhook/{Uri.EscapeDataString(id)}", wish with { LocationId = JsonElement.Parse("null") }, WebhookJson.Default.WebhookAnswer, cancel);

    private async Task<T> SendAsync<T>(
        Guid tenantId, ShopmonkeyAccount account, HttpMethod method, string path, WebhookWish? wish, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        using var request = new HttpRequestMessage(method, new Uri($"{account.BaseUrl.AbsoluteUri.TrimEnd('/')}/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.ApiKey);
        // With its length: not every receiver takes a body in chunks.
        request.Content = wish is null ? null : new StringContent(JsonSerializer.Serialize(wish, WebhookJson.Default.WebhookWish), Encoding.UTF8, "application/json");
        request.ActFor(tenantId);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        try
        {
            // The same name as the client's, so that this question, too, teaches how the CRM is.
            using var client = http.CreateClient(nameof(ShopmonkeyClient));
            using var response = await client.SendAsync(request, deadline.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new RegistrationException($"shopmonkey_{(int)response.StatusCode}", await WordsAsync(response, stream, deadline.Token));
            }

            return await JsonSerializer.DeserializeAsync(stream, type, deadline.Token) ?? throw Unreadable();
        }
        catch (JsonException)
        {
            throw Unreadable();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RegistrationException("shopmonkey_unreachable", null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new RegistrationException("shopmonkey_timeout", null);
        }
    }

    // The CRM's own words about a refusal: a trigger that it does not know is named there and nowhere else.
    private static async Task<string?> WordsAsync(HttpResponseMessage response, Stream stream, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            return null;
        }

        var words = (await JsonSerializer.DeserializeAsync(stream, WebhookJson.Default.WebhookRefusal, cancel))?.Message;
        return words is null ? null : PlainText.Cut(words, LongestWords);
    }

    private static RegistrationException Unreadable() => new("shopmonkey_answer_unreadable", null);
}

/// <summary>The CRM did not do what was asked of its webhooks. The message is a code.</summary>
/// <param name="words">What the CRM said about it, for the person who asked; never logged.</param>
public sealed class RegistrationException(string code, string? words) : Exception(code)
{
    /// <summary>What the CRM said about it.</summary>
    public string? Words { get; } = words;
}

internal sealed record WebhookList(IReadOnlyList<WebhookRow>? Data);

internal sealed record WebhookAnswer(WebhookRow? Data);

internal sealed record WebhookRefusal(string? Message);

[JsonSerializable(typeof(WebhookList))]
[JsonSerializable(typeof(WebhookAnswer))]
[JsonSerializable(typeof(WebhookWish))]
[JsonSerializable(typeof(WebhookRefusal))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class WebhookJson : JsonSerializerContext;
