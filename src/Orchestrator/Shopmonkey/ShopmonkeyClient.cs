using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeadOrchestrator.Orchestrator.Vendors;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>Reads from Shopmonkey's API v3. Its rows are facts; what they mean for us is in <see cref="ShopmonkeyMapping"/>.</summary>
public sealed class ShopmonkeyClient(HttpClient http, VendorAccounts accounts)
{
    /// <summary>How long one request may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The customer, or null when the CRM does not know the id.</summary>
    public Task<CustomerRow?> CustomerAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"customer/{Escape(id)}", ShopmonkeyJson.Default.AnswerCustomerRow, cancel);

    /// <summary>The vehicle, or null.</summary>
    public Task<VehicleRow?> VehicleAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"vehicle/{Escape(id)}", ShopmonkeyJson.Default.AnswerVehicleRow, cancel);

    /// <summary>The shop, or null.</summary>
    public Task<LocationRow?> LocationAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"location/{Escape(id)}", ShopmonkeyJson.Default.AnswerLocationRow, cancel);

    /// <summary>The columns of all boards the key can see; empty when the account has none to show.</summary>
    public async Task<IReadOnlyList<WorkflowStatusRow>> WorkflowStatusesAsync(Guid tenantId, CancellationToken cancel) =>
        await GetAsync(tenantId, "workflow_status?limit=100", ShopmonkeyJson.Default.AnswerListWorkflowStatusRow, cancel) ?? [];

    /// <summary>A page of the services of all shops that the key can see. Pages overlap on bad days, and their order means nothing.</summary>
    /// <param name="skip">How many rows come before the page.</param>
    /// <returns>At most 100 rows, and how many there are in all when the CRM says so.</returns>
    public async Task<(IReadOnlyList<CannedServiceRow> Rows, int? Total)> CannedServicesAsync(Guid tenantId, int skip, CancellationToken cancel)
    {
        var order = Escape("""{"createdDate":"asc"}""");
        var answer = await AskAsync(tenantId, $"canned_service?limit=100&skip={skip}&orderby={order}", ShopmonkeyJson.Default.AnswerListCannedServiceRow, cancel);
        return (answer?.Data ?? [], answer?.Meta?.Total);
    }

    private async Task<T?> GetAsync<T>(Guid tenantId, string path, JsonTypeInfo<Answer<T>> type, CancellationToken cancel) where T : class =>
        (await AskAsync(tenantId, path, type, cancel))?.Data;

    private async Task<Answer<T>?> AskAsync<T>(Guid tenantId, string path, JsonTypeInfo<Answer<T>> type, CancellationToken cancel) where T : class
    {
        var account = await accounts.ShopmonkeyAsync(tenantId, cancel) ?? throw new ShopmonkeyException("shopmonkey_is_switched_off", ShopmonkeyFailure.Denied, null);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{account.BaseUrl.AbsoluteUri.TrimEnd('/')}/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.ApiKey);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Timeout);
        try
        {
            using var response = await http.SendAsync(request, deadline.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            ThrowUnlessOk(response);
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            return await JsonSerializer.DeserializeAsync(stream, type, deadline.Token);
        }
        catch (HttpRequestException)
        {
            throw new ShopmonkeyException("shopmonkey_unreachable", ShopmonkeyFailure.Outage, null);
        }
        catch (JsonException)
        {
            throw new ShopmonkeyException("shopmonkey_answer_unreadable", ShopmonkeyFailure.Refused, null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new ShopmonkeyException("shopmonkey_timeout", ShopmonkeyFailure.Outage, null);
        }
    }

    // In front of the API stands an edge that answers 403 and 429 with a page: that is weather, not a refusal.
    private static void ThrowUnlessOk(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        var status = (int)response.StatusCode;
        var failure = status switch
        {
            408 or 429 or >= 500 => ShopmonkeyFailure.Outage,
            403 when !isJson => ShopmonkeyFailure.Outage,
            401 or 403 => ShopmonkeyFailure.Denied,
            _ => ShopmonkeyFailure.Refused,
        };
        throw new ShopmonkeyException($"shopmonkey_{status}", failure, response.Headers.RetryAfter?.Delta);
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);
}

/// <summary>Why Shopmonkey did not give what was asked.</summary>
public enum ShopmonkeyFailure
{
    /// <summary>It, its edge or the way to it is down or busy: it will be better later.</summary>
    Outage,

    /// <summary>The key is not valid, or may not see this: better when a person has mended the key.</summary>
    Denied,

    /// <summary>It will hardly be better: the question was wrong, or the answer cannot be read.</summary>
    Refused,
}

/// <summary>Shopmonkey did not give what was asked. The message is a code; it holds no data.</summary>
/// <param name="retryAfter">What the CRM asked us to wait.</param>
public sealed class ShopmonkeyException(string code, ShopmonkeyFailure failure, TimeSpan? retryAfter) : Exception(code)
{
    /// <summary>What kind of failure it is.</summary>
    public ShopmonkeyFailure Failure { get; } = failure;

    /// <summary>What the CRM asked us to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
