using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>The CRM from its own side: what a visitor, a clerk or the vendor itself does in it.</summary>
public sealed class Crm : IDisposable
{
    private readonly SandboxSettings _settings;
    private readonly SandboxClock _clock;
    private readonly LiveEvents _live;
    private readonly CrmWebhooks _webhooks;

    internal Crm(SandboxSettings settings, SandboxClock clock, LiveEvents live, CrmWebhooks webhooks, CrmTables tables)
    {
        _settings = settings;
        _clock = clock;
        _live = live;
        _webhooks = webhooks;
        Tables = tables;
    }

    /// <summary>Id of the shop "Acme Tint Austin".</summary>
    public static string AustinId => CrmSeed.Austin;

    /// <summary>Id of the shop "Acme Tint Phoenix".</summary>
    public static string PhoenixId => CrmSeed.Phoenix;

    /// <summary>Id of Austin's column "Website Leads".</summary>
    public static string WebsiteLeadsId => CrmSeed.WebsiteLeads;

    /// <summary>Id of the order of the sample webhook; it is there from the start.</summary>
    public static string SampleOrderId => "9b1d2c3e-0000-4000-8000-000000000001";

    internal CrmTables Tables { get; }

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

    /// <summary>A clerk changes an order; the UPDATE goes out.</summary>
    /// <exception cref="KeyNotFoundException">There is no such order.</exception>
    public async Task<IReadOnlyList<Delivery>> UpdateOrderAsync(string orderId, Action<JsonObject> change, bool deliver = true)
    {
        var (row, diff) = Tables.Change("order", orderId, _clock.Now, change)
            ?? throw new KeyNotFoundException($"No order {orderId}.");
        PublishOrder(row);
        return deliver ? await DeliverAsync(new CrmEvent("UPDATE", "order", row, diff)) : [];
    }

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
    public async Task<IReadOnlyList<Delivery>> DeleteOrderAsync(string orderId, bool deliver = true)
    {
        await UpdateOrderAsync(orderId, row => row["deleted"] = true, deliver: false);
        return deliver ? await DeliverAsync(new CrmEvent("DELETE", "order", Row("order", orderId)!)) : [];
    }

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

    internal string CompanyId => _settings.ShopmonkeyCompanyId;

    internal void PublishOrder(JsonObject row) => _live.Publish("order", CrmView.Card(this, row));

    private JsonObject Enter(NewQuote quote, out string customerId, out string? vehicleId)
    {
        var location = quote.LocationId ?? CrmSeed.Austin;
        var created = Json.Time(quote.CreatedDate ?? _clock.Now);
        customerId = CrmRows.NewId();
        Tables.Put("customer", CrmRows.Customer(customerId, CompanyId, location, quote, created));
        vehicleId = null;
        if (quote.Vehicle is { Length: > 0 } vehicle)
        {
            vehicleId = CrmRows.NewId();
            Tables.Put("vehicle", CrmRows.Vehicle(vehicleId, CompanyId, location, customerId, vehicle, created));
        }

        var column = Rows("workflow_status").FirstOrDefault(row =>
            row["locationId"].Text() == location && row["name"].Text() == "Website Leads")?["id"].Text() ?? CrmSeed.WebsiteLeads;
        var ids = new CrmRows.OrderIds(
            Guid.CreateVersion7().ToString(), CrmRows.NewId(), CompanyId, location, customerId, vehicleId, column);
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
