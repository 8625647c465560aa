using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>A question to a list.</summary>
/// <param name="Table">Such as <c>order</c>.</param>
/// <param name="Where">The filter as JSON. The CRM ignores what it does not know, so the caller looks at each row again.</param>
/// <param name="OrderBy">The order as JSON, in small letters' <c>orderby</c>; it may be ignored as well.</param>
/// <param name="Include">Rows to be given along, such as <c>customer</c>.</param>
public sealed record CrmQuestion(string Table, string? Where = null, string? OrderBy = null, int Skip = 0, IReadOnlyList<string>? Ids = null, IReadOnlyList<string>? Include = null)
{
    /// <summary>For rows by their ids, at most a page of them. The filter may be ignored: only what was asked for counts.</summary>
    public static CrmQuestion ByIds(string table, IReadOnlyList<string> ids) =>
        new(table, $$$"""{"id":{"in":{{{JsonSerializer.Serialize(ids, ShopmonkeyJson.Default.IReadOnlyListString)}}}}}""", Ids: ids);
}

/// <summary>Reads from Shopmonkey's API v3, and keeps our bookings in it, at the pace of the tenant's key. Its rows are facts; what they mean for us is in <see cref="ShopmonkeyMapping"/>.</summary>
public sealed partial class ShopmonkeyClient(HttpClient http, VendorAccounts accounts, CrmPaces paces)
{
    /// <summary>How long one request may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // A CRM that gives the same page for ever is not asked for ever.
    private const int MostColumns = 1_000;

    /// <summary>The order, or null when the CRM does not know the id.</summary>
    public Task<OrderRow?> OrderAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"order/{Escape(id)}", ShopmonkeyJson.Default.AnswerOrderRow, cancel);

    /// <summary>The appointment, or null.</summary>
    public Task<AppointmentRow?> AppointmentAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"appointment/{Escape(id)}", ShopmonkeyJson.Default.AnswerAppointmentRow, cancel);

    /// <summary>The service, or null.</summary>
    public Task<CannedServiceRow?> CannedServiceAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"canned_service/{Escape(id)}", ShopmonkeyJson.Default.AnswerCannedServiceRow, cancel);

    /// <summary>The customer, or null when the CRM does not know the id.</summary>
    public Task<CustomerRow?> CustomerAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"customer/{Escape(id)}", ShopmonkeyJson.Default.AnswerCustomerRow, cancel);

    /// <summary>The vehicle, or null.</summary>
    public Task<VehicleRow?> VehicleAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"vehicle/{Escape(id)}", ShopmonkeyJson.Default.AnswerVehicleRow, cancel);

    /// <summary>The shop, or null.</summary>
    public Task<LocationRow?> LocationAsync(Guid tenantId, string id, CancellationToken cancel) =>
        GetAsync(tenantId, $"location/{Escape(id)}", ShopmonkeyJson.Default.AnswerLocationRow, cancel);

    /// <summary>The columns of all boards the key can see; empty when the account has none to show. One that cannot be read keeps no other one away.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not give them.</exception>
    public async Task<IReadOnlyList<WorkflowStatusRow>> WorkflowStatusesAsync(Guid tenantId, CancellationToken cancel)
    {
        var rows = new Dictionary<string, WorkflowStatusRow>();
        for (var skip = 0; skip < MostColumns; skip += CrmPage.Most)
        {
            var page = await ListAsync(tenantId, new CrmQuestion("workflow_status", Skip: skip), CrmPriority.Customer, cancel);
            foreach (var column in page.Rows.Select(row => CrmRow.As(row.Data, ShopmonkeyJson.Default.WorkflowStatusRow)).OfType<WorkflowStatusRow>())
            {
                rows[column.Id] = column;
            }

            if (page.Rows.Count + page.Unreadable < CrmPage.Most || skip + CrmPage.Most >= page.Total)
            {
                break;
            }
        }

        return [.. rows.Values];
    }

    /// <summary>A page of the services of all shops that the key can see. Pages overlap on bad days, and their order means nothing.</summary>
    /// <param name="skip">How many rows come before the page.</param>
    /// <returns>At most 100 rows. Of one that cannot be read there is the id alone, and the shop: nobody can offer it, and it is not missing.</returns>
    public async Task<(IReadOnlyList<CannedServiceRow> Rows, CrmPage Page)> CannedServicesAsync(Guid tenantId, int skip, CrmPriority priority, CancellationToken cancel)
    {
        var page = await ListAsync(tenantId, new CrmQuestion("canned_service", OrderBy: """{"createdDate":"asc"}""", Skip: skip), priority, cancel);
        return ([.. page.Rows.Select(row => CrmRow.As(row.Data, ShopmonkeyJson.Default.CannedServiceRow) ?? new CannedServiceRow { Id = row.Id, LocationId = row.LocationId })], page);
    }

    /// <summary>One page of a list with its true total: at most 100 rows, in any order, whatever was asked.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not give it.</exception>
    public async Task<CrmPage> ListAsync(Guid tenantId, CrmQuestion question, CrmPriority priority, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(question);
        return await AskAsync(tenantId, PathOf(question), priority, async (stream, stop) =>
            CrmPage.Read(await JsonSerializer.DeserializeAsync(stream, ShopmonkeyJson.Default.JsonElement, stop)), cancel)
            ?? throw new ShopmonkeyException("shopmonkey_404", ShopmonkeyFailure.Refused, null);
    }

    /// <summary>One row as it is, or null when it is gone.</summary>
    public async Task<CrmRow?> RowAsync(Guid tenantId, string table, string id, CrmPriority priority, CancellationToken cancel) =>
        await AskAsync(tenantId, $"{table}/{Escape(id)}", priority, async (stream, stop) =>
            (await JsonSerializer.DeserializeAsync(stream, ShopmonkeyJson.Default.AnswerJsonElement, stop))?.Data is { } data ? CrmRow.Read(data) : null, cancel);

    private Task<T?> GetAsync<T>(Guid tenantId, string path, JsonTypeInfo<Answer<T>> type, CancellationToken cancel) where T : class =>
        AskAsync(tenantId, path, CrmPriority.Customer, async (stream, stop) => (await JsonSerializer.DeserializeAsync(stream, type, stop))?.Data, cancel);

    // Null = the CRM does not know it.
    private async Task<T?> AskAsync<T>(
        Guid tenantId, string path, CrmPriority priority, Func<Stream, CancellationToken, Task<T?>> read, CancellationToken cancel, HttpMethod? method = null, HttpContent? content = null) where T : class
    {
        var account = await accounts.ShopmonkeyAsync(tenantId, cancel) ?? throw new ShopmonkeyException("shopmonkey_is_switched_off", ShopmonkeyFailure.Denied, null);
        using var turn = await paces.Of(tenantId, account.ApiKey).EnterAsync(priority, cancel);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri($"{account.BaseUrl.AbsoluteUri.TrimEnd('/')}/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.ApiKey);
        request.Content = content;
        request.ActFor(tenantId);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Timeout);
        try
        {
            var begun = Stopwatch.GetTimestamp();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            Hear(turn, response, Stopwatch.GetElapsedTime(begun));
            if (response.StatusCode != HttpStatusCode.NotFound)
            {
                ThrowUnlessOk(response);
            }

            // Read to its end in any case: a body that is cut off is an outage.
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            var answer = response.StatusCode == HttpStatusCode.NotFound ? null : await read(stream, deadline.Token);
            turn.Succeeded();
            return answer;
        }
        catch (Exception exception) when (Translate(exception, cancel) is { } failure)
        {
            Tell(turn, failure);
            throw failure;
        }
    }

    private static ShopmonkeyException? Translate(Exception exception, CancellationToken cancel) => exception switch
    {
        ShopmonkeyException failure => failure,
        HttpRequestException or IOException => new ShopmonkeyException("shopmonkey_unreachable", ShopmonkeyFailure.Outage, null),
        JsonException => new ShopmonkeyException("shopmonkey_answer_unreadable", ShopmonkeyFailure.Refused, null),
        OperationCanceledException when !cancel.IsCancellationRequested => new ShopmonkeyException("shopmonkey_timeout", ShopmonkeyFailure.Outage, null),
        _ => null,
    };

    private static void Tell(CrmTurn turn, ShopmonkeyException failure)
    {
        if (failure.Message == Throttled)
        {
            turn.Throttled(failure.RetryAfter);
        }
        else if (failure.Failure == ShopmonkeyFailure.Outage)
        {
            turn.Out();
        }
        else
        {
            turn.Succeeded();
        }
    }

    private const string Throttled = "shopmonkey_429";

    private static void Hear(CrmTurn turn, HttpResponseMessage response, TimeSpan took) => turn.Pace.Heard(
        Number(response, "X-RateLimit-Limit-Minute"), Number(response, "X-RateLimit-Remaining-Minute"), response.Headers.Date, took);

    private static int? Number(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

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
        throw new ShopmonkeyException($"shopmonkey_{status}", failure, RetryAfter(response));
    }

    // Seconds, or a date by the clock of whoever sent it.
    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when response.Headers.Date is { } now => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private static string PathOf(CrmQuestion question)
    {
        var path = $"{question.Table}?limit={CrmPage.Most}";
        path += question.Skip > 0 ? string.Create(CultureInfo.InvariantCulture, $"&skip={question.Skip}") : "";
        path += question.Ids is { Count: > 0 } ids ? $"&ids={string.Join(',', ids.Select(Escape))}" : "";
        path += question.Where is { } where ? $"&where={Escape(where)}" : "";
        path += question.OrderBy is { } order ? $"&orderby={Escape(order)}" : "";
        return path + string.Concat((question.Include ?? []).Select(name => $"&include[{name}]=true"));
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
