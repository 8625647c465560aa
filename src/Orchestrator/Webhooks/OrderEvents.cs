using System.Text.Json;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What an event about an order comes to: asks the CRM for what the event lacks.</summary>
public sealed class OrderEvents(ShopmonkeyClient shopmonkey, LocationSync locations, WorkflowColumns columns, ShopmonkeySettings settings)
{
    // What is good to know and not needed for a text is waited for this many attempts, a few seconds.
    private const int PatientFor = 3;

    /// <summary>Reads one event. Nothing of ours is locked meanwhile: no connection waits for the CRM.</summary>
    /// <exception cref="UnmappableException">The event can never be a lead.</exception>
    /// <exception cref="NotYetThereException">Something that it names is not there yet.</exception>
    /// <exception cref="ShopmonkeyException">The CRM did not answer.</exception>
    public async Task<Intake> ReadAsync(InboxEvent inboxEvent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(inboxEvent);
        var order = Read(inboxEvent.Payload);
        if (inboxEvent.Operation == "DELETE")
        {
            return NoLead(inboxEvent, order, isGone: true, "order_deleted");
        }

        if (settings.ApiKey is null)
        {
            throw new UnmappableException("shopmonkey_is_switched_off");
        }

        var location = await locations.EnsureAsync(
            inboxEvent.TenantId, order.LocationId ?? throw new UnmappableException("no_location"), isPatient: inboxEvent.Attempts < PatientFor, cancel);
        if (ShopmonkeyMapping.WhyNotALead(order, location.Rules, await columns.GetAsync(cancel)) is { } reason)
        {
            return NoLead(inboxEvent, order, isGone: order.Deleted == true, reason);
        }

        // Both at once: each is a round trip to the CRM, and a customer is waiting.
        var customer = order.CustomerId is { Length: > 0 } customerId ? CustomerAsync(customerId, cancel) : Task.FromResult<CustomerRow?>(null);
        var vehicle = order.VehicleId is { Length: > 0 } vehicleId ? VehicleAsync(vehicleId, cancel) : Task.FromResult<VehicleRow?>(null);
        await Task.WhenAll(customer, vehicle);
        return new Intake.Lead(
            inboxEvent, ShopmonkeyMapping.ToLead(order, await customer, await vehicle, location.Id, location.Timezone, inboxEvent.ReceivedAt));
    }

    // By the event's id, as its lead was taken in: it is the order's own.
    private static Intake.NoLead NoLead(InboxEvent inboxEvent, OrderRow order, bool isGone, string reason) =>
        new(inboxEvent, new LostOrder(inboxEvent.ExternalId, ShopmonkeyMapping.VersionOf(order), isGone), reason);

    // A row of another shape, or half a surrogate pair in a name: it will read no better tomorrow.
    private static OrderRow Read(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, ShopmonkeyJson.Default.OrderEnvelope)?.Data ?? throw new UnmappableException("not_an_order");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new UnmappableException("not_an_order");
        }
    }

    // An order may be told before its customer can be read: worth another try, and after some tries somebody should look.
    private async Task<CustomerRow?> CustomerAsync(string id, CancellationToken cancel) =>
        await shopmonkey.CustomerAsync(id, cancel) ?? throw new NotYetThereException("customer_not_found");

    // The order has the car's name as well. Somebody who waits for an answer is worth more than its model year.
    private async Task<VehicleRow?> VehicleAsync(string id, CancellationToken cancel)
    {
        try
        {
            return await shopmonkey.VehicleAsync(id, cancel);
        }
        catch (ShopmonkeyException)
        {
            return null;
        }
    }
}

/// <summary>The CRM's columns, read again after five minutes. They change a few times a year.</summary>
public sealed class WorkflowColumns(ShopmonkeyClient shopmonkey, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);
    private readonly SemaphoreSlim _oneReader = new(1, 1);
    private (IReadOnlyList<WorkflowStatusRow> Rows, long ReadAt)? _read;

    /// <summary>All columns of the default tenant's key; empty when the CRM does not show them to this key.</summary>
    public async Task<IReadOnlyList<WorkflowStatusRow>> GetAsync(CancellationToken cancel)
    {
        if (_read is { } fresh && clock.GetElapsedTime(fresh.ReadAt) < FreshFor)
        {
            return fresh.Rows;
        }

        await _oneReader.WaitAsync(cancel);
        try
        {
            if (_read is { } other && clock.GetElapsedTime(other.ReadAt) < FreshFor)
            {
                return other.Rows;
            }

            var rows = await shopmonkey.WorkflowStatusesAsync(cancel);
            _read = (rows, clock.GetTimestamp());
            return rows;
        }
        catch (ShopmonkeyException failure) when (failure.Failure != ShopmonkeyFailure.Outage)
        {
            return []; // The key may not read columns: the order's name decides.
        }
        finally
        {
            _oneReader.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _oneReader.Dispose();
}
