using System.Text.Json;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What an event about an order comes to: asks the CRM for what the event lacks.</summary>
public sealed class OrderEvents(ShopmonkeyClient shopmonkey, CrmLookups lookups, LocationSync locations, WorkflowColumns columns, VendorAccounts accounts, LeadStore leads)
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
            return NoLead(inboxEvent, order, isGone: true, "order_deleted", "lost");
        }

        if (await accounts.ShopmonkeyAsync(inboxEvent.TenantId, cancel) is null)
        {
            throw new UnmappableException("shopmonkey_is_switched_off");
        }

        var (current, isConfirmed) = await CurrentAsync(inboxEvent, order, cancel);
        var location = await locations.EnsureAsync(
            inboxEvent.TenantId, ShopmonkeyMapping.IdOf(current.LocationId) ?? throw new UnmappableException("no_location"), isPatient: inboxEvent.Attempts < PatientFor, cancel);
        var board = await columns.GetAsync(inboxEvent.TenantId, cancel);
        var reason = LeadRules.WhyNotALead(current, location.Rules, board);
        if (reason is not null && InboxStore.IsByTheRules(reason))
        {
            // Not by rules that staff have replaced a moment ago: nobody would look at the order again.
            location = await locations.AsStoredAsync(inboxEvent.TenantId, location, cancel);
            reason = LeadRules.WhyNotALead(current, location.Rules, board);
        }

        if (reason is not null)
        {
            return NoLead(inboxEvent, current, current.Deleted == true, reason, LeadRules.EndOf(current, location.Rules, board), isConfirmed) with { LocationId = location.Id };
        }

        // Both at once: each is a round trip to the CRM, and a customer is waiting.
        var customer = current.CustomerId is { Length: > 0 } customerId ? lookups.CustomerAsync(inboxEvent.TenantId, customerId, cancel) : Task.FromResult<CustomerRow?>(null);
        var vehicle = current.VehicleId is { Length: > 0 } vehicleId ? VehicleAsync(inboxEvent.TenantId, vehicleId, cancel) : Task.FromResult<VehicleRow?>(null);
        await Task.WhenAll(customer, vehicle);
        var lead = ShopmonkeyMapping.ToLead(current, await customer, await vehicle, location.Id, location.Timezone, inboxEvent.ReceivedAt, location.Rules.TestMarker);
        lead = lead with { ExternalId = inboxEvent.ExternalId, IsConfirmed = isConfirmed };
        return new Intake.Lead(inboxEvent, await customer is null && current.CustomerId is { Length: > 0 } unread ? await AsStoredAsync(inboxEvent, lead, unread, cancel) : lead);
    }

    // An event without the CRM's own number is a hint: what the CRM has now is the order. One that cannot be read (yet) stands as it was told.
    private async Task<(OrderRow Order, bool IsConfirmed)> CurrentAsync(InboxEvent inboxEvent, OrderRow told, CancellationToken cancel) =>
        told.Meta?.Version is null && await shopmonkey.OrderAsync(inboxEvent.TenantId, inboxEvent.ExternalId, cancel) is { } current ? (current, true) : (told, false);

    // By the event's id, as its lead was taken in: it is the order's own.
    private static Intake.NoLead NoLead(InboxEvent inboxEvent, OrderRow order, bool isGone, string reason, string? end, bool isConfirmed = false) =>
        new(inboxEvent, new LostOrder(inboxEvent.ExternalId, ShopmonkeyMapping.VersionOf(order), isGone, end, reason, isConfirmed), reason);

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

    // An order may be told before its customer can be read: worth another try, and after some tries somebody should look. A lead that is there keeps the person
    // that it has: their row may be gone from the CRM for good.
    private async Task<NewLead> AsStoredAsync(InboxEvent inboxEvent, NewLead lead, string customerId, CancellationToken cancel)
    {
        var person = inboxEvent.Attempts < PatientFor ? null : await leads.PersonOfOrderAsync(inboxEvent.TenantId, inboxEvent.ExternalId, customerId, cancel);
        return person is null ? throw new NotYetThereException("customer_not_found") : lead with
        {
            FirstName = person.FirstName, LastName = person.LastName, Phone = new Phone(person.Phone, person.PhoneType), Email = person.Email,
            AddressState = person.AddressState, ExternalCustomerVersion = person.ExternalCustomerVersion,
        };
    }

    // The order has the car's name as well. Somebody who waits for an answer is worth more than its model year.
    private async Task<VehicleRow?> VehicleAsync(Guid tenantId, string id, CancellationToken cancel)
    {
        try
        {
            return await lookups.VehicleAsync(tenantId, id, cancel);
        }
        catch (ShopmonkeyException)
        {
            return null;
        }
    }
}
