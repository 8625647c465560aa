using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>One company's CRM from its own side: what a visitor, a clerk or the vendor itself does in it.</summary>
public sealed class Crm : IDisposable
{
    private readonly SandboxClock _clock;
    private readonly LiveEvents _live;
    private readonly CrmWebhooks _webhooks;

    internal Crm(CrmAccount account, RequestBudget budget, SandboxClock clock, LiveEvents live, CrmRegistrations registrations, CrmWebhooks webhooks, CrmTables tables)
    {
        Account = account;
        Budget = budget;
        _clock = clock;
        _live = live;
        Registrations = registrations;
        _webhooks = webhooks;
        Tables = tables;
    }

    /// <summary>Id of the shop "Acme Tint Austin".</summary>
    public static string AustinId => CrmSeed.Austin;

    /// <summary>Id of the shop "Acme Tint Phoenix".</summary>
    public static string PhoenixId => CrmSeed.Phoenix;

    /// <summary>Id of the shop "Bright Detail Brooklyn", the second company's.</summary>
    public static string BrooklynId => BrightSeed.Brooklyn;

    /// <summary>Id of Austin's column "Website Leads".</summary>
    public static string WebsiteLeadsId => CrmSeed.WebsiteLeads;

    /// <summary>Id of Austin's column "In Progress".</summary>
    public static string InProgressId => CrmSeed.InProgress;

    /// <summary>Id of the order of the sample webhook; it is there from the start.</summary>
    public static string SampleOrderId => "9b1d2c3e-0000-4000-8000-000000000001";

    /// <summary>The company, its key and its secret.</summary>
    public CrmAccount Account { get; }

    /// <summary>Requests its key may make in a rolling minute. A change counts at once.</summary>
    public int RequestsPerMinute
    {
        get => Budget.PerMinute;
        set => Budget.PerMinute = value;
    }

    /// <summary>Requests of its key that were within the budget, since the start.</summary>
    public long Requests => Budget.Served;

    /// <summary>Requests of its key that were answered 429 by the budget, since the start.</summary>
    public long RefusedRequests => Budget.Refused;

    internal CrmTables Tables { get; }

    internal RequestBudget Budget { get; }

    internal CrmRegistrations Registrations { get; }

    /// <summary>A copy of a row, or null. Tables: <c>order</c>, <c>customer</c>, <c>vehicle</c>, <c>location</c>, …</summary>
    public JsonObject? Row(string table, string id) => Tables.Find(table, id);

    /// <summary>Copies of all rows of a table.</summary>
    public IReadOnlyList<JsonObject> Rows(string table) => Tables.All(table);

    /// <summary>Stores a row as it is, without a webhook.</summary>
    public void Put(string table, JsonObject row) => Tables.Put(table, row);

    /// <summary>A visitor asks for a quote: customer, vehicle and order appear, and the webhook goes out.</summary>
    /// <returns>After the delivery was tried, at most four times.</returns>
    public async Task<Quote> AddQuoteAsync(NewQuote quote)
    {
        ArgumentNullException.ThrowIfNull(quote);
        var row = Enter(quote, out var customerId, out var vehicleId);
        var deliveries = quote.Deliver ? await DeliverAsync(new CrmEvent("INSERT", "order", row)) : [];
        return new Quote(row["id"]!.GetValue<string>(), customerId, vehicleId, deliveries);
    }

    /// <summary>A clerk makes a row of any table; the INSERT goes out. Id, company and dates are the CRM's.</summary>
    /// <returns>The row as it is kept, and the tries to tell of it.</returns>
    public async Task<(JsonObject Row, IReadOnlyList<Delivery> Deliveries)> InsertAsync(string table, JsonObject row, bool deliver = true)
    {
        ArgumentNullException.ThrowIfNull(row);
        var made = (JsonObject)row.DeepClone();
        made["id"] ??= CrmRows.NewId();
        made["companyId"] = Account.CompanyId;
        made["createdDate"] ??= Json.Time(_clock.Now);
        made["updatedDate"] = null;
        Tables.Put(table, made);
        return (made, deliver ? await DeliverAsync(new CrmEvent("INSERT", table, made)) : []);
    }

    /// <summary>A clerk changes a row of any table; the UPDATE goes out.</summary>
    /// <returns>The tries to tell of it.</returns>
    /// <exception cref="KeyNotFoundException">There is no such row.</exception>
    public async Task<IReadOnlyList<Delivery>> UpdateAsync(string table, string id, Action<JsonObject> change, bool deliver = true)
    {
        var (row, diff) = Tables.Change(table, id, _clock.Now, change) ?? throw new KeyNotFoundException($"No {table} {id}.");
        if (table == "order")
        {
            PublishOrder(row);
        }

        return deliver ? await DeliverAsync(new CrmEvent("UPDATE", table, row, diff)) : [];
    }

    /// <summary>A clerk deletes a row of any table; a DELETE goes out.</summary>
    /// <param name="leavesRow">Whether it stays as a row marked deleted, as orders and services do; else nothing of it is left.</param>
    /// <returns>The tries to tell of it.</returns>
    /// <exception cref="KeyNotFoundException">There is no such row.</exception>
    public async Task<IReadOnlyList<Delivery>> DeleteAsync(string table, string id, bool leavesRow, bool deliver = true)
    {
        JsonObject? row;
        if (leavesRow)
        {
            await UpdateAsync(table, id, gone => gone["deleted"] = true, deliver: false);
            row = Row(table, id);
        }
        else
        {
            row = Tables.Remove(table, id);
        }

        return row is null ? throw new KeyNotFoundException($"No {table} {id}.") : deliver ? await DeliverAsync(new CrmEvent("DELETE", table, row)) : [];
    }

    /// <summary>A clerk changes an order; the UPDATE goes out.</summary>
    /// <exception cref="KeyNotFoundException">There is no such order.</exception>
    public Task<IReadOnlyList<Delivery>> UpdateOrderAsync(string orderId, Action<JsonObject> change, bool deliver = true) =>
        UpdateAsync("order", orderId, change, deliver);

    /// <summary>A clerk moves an order to another column.</summary>
    public Task<IReadOnlyList<Delivery>> MoveOrderAsync(string orderId, string workflowStatusId, bool deliver = true) =>
        UpdateOrderAsync(
            orderId,
            row =>
            {
                row["workflowStatusId"] = workflowStatusId;
                row["workflowStatusDate"] = Json.Time(_clock.Now);
            },
            deliver);

    /// <summary>A clerk deletes an order: it stays as a deleted row, and a DELETE goes out.</summary>
    public Task<IReadOnlyList<Delivery>> DeleteOrderAsync(string orderId, bool deliver = true) => DeleteAsync("order", orderId, leavesRow: true, deliver);

    /// <summary>Sends the webhook of an event, real or made up, as the vendor does: signed, with retries.</summary>
    public Task<IReadOnlyList<Delivery>> DeliverAsync(CrmEvent crmEvent, DeliveryOptions? options = null) =>
        _webhooks.DeliverAsync(crmEvent, options);

    /// <summary>Posts any bytes as if they were a webhook, once.</summary>
    public async Task<Delivery> DeliverRawAsync(byte[] body, DeliveryOptions? options = null) =>
        (await _webhooks.DeliverRawAsync("raw", body, (options ?? new DeliveryOptions()) with { MaxAttempts = 1 }))[0];

    /// <summary>The headers of a webhook with this body, signature included.</summary>
    public IReadOnlyDictionary<string, string> HeadersOf(byte[] body, DeliveryOptions? options = null) =>
        _webhooks.Headers(body, options ?? new DeliveryOptions(), attempt: 1);

    public void Dispose() => Tables.Dispose();

    internal string CompanyId => Account.CompanyId;

    internal void PublishOrder(JsonObject row)
    {
        if (_live.HasListeners)
        {
            _live.Publish("order", CrmView.Card(this, row));
        }
    }

    /// <summary>The id of the first column of a shop: there new requests arrive.</summary>
    internal string FirstColumn(string locationId) => Tables.Read("workflow_status")
        .Where(row => row.Data["locationId"].Text() == locationId)
        .MinBy(row => row.Data["position"]?.GetValue<int>())?.Data["id"].Text() ?? CrmSeed.WebsiteLeads;

    /// <summary>The shop that is meant when none is named: the company's first.</summary>
    internal string FirstLocation => Tables.Read("location")[0].Data["id"].Text()!;

    private JsonObject Enter(NewQuote quote, out string customerId, out string? vehicleId)
    {
        var location = quote.LocationId ?? FirstLocation;
        var created = Json.Time(quote.CreatedDate ?? _clock.Now);
        customerId = CrmRows.NewId();
        Tables.Put("customer", CrmRows.Customer(customerId, CompanyId, location, quote, created));
        vehicleId = null;
        if (quote.Vehicle is { Length: > 0 } vehicle)
        {
            vehicleId = CrmRows.NewId();
            Tables.Put("vehicle", CrmRows.Vehicle(vehicleId, CompanyId, location, customerId, vehicle, created));
        }

        var ids = new CrmRows.OrderIds(
            Guid.CreateVersion7().ToString(), CrmRows.NewId(), CompanyId, location, customerId, vehicleId, FirstColumn(location));
        var name = $"New Quote - {quote.Service ?? "Window Tint"}{(quote.Test ? " [test]" : "")}";
        var customer = $"{quote.FirstName} {quote.LastName}".Trim();
        var row = CrmRows.Order(
            ids, Tables.NextOrderNumber(), name, customer.Length == 0 ? null : customer, quote.Vehicle, created, Tables.NextVersion());
        quote.Customize?.Invoke(row);
        Tables.Put("order", row);
        PublishOrder(row);
        return row;
    }
}
