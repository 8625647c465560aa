using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What an event about a customer, a vehicle, an appointment or a service comes to.</summary>
public sealed class RowEvents(ShopmonkeyClient shopmonkey, LeadStore leads, LocationSync locations, VendorAccounts accounts)
{
    // A row may be told before it can be read; after some tries there is nothing to be read.
    private const int PatientFor = 3;

    /// <summary>Reads one event. The row itself is asked for when the event tells no version, not all that is needed, or is looked at again.</summary>
    /// <exception cref="UnmappableException">The event can never be read.</exception>
    /// <exception cref="NotYetThereException">The row is not there yet.</exception>
    /// <exception cref="ShopmonkeyException">The CRM did not answer.</exception>
    public Task<Intake> ReadAsync(InboxEvent inboxEvent, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(inboxEvent);
        return inboxEvent.Topic switch
        {
            "customer" => ReadCustomerAsync(inboxEvent, cancel),
            "vehicle" => ReadAsync(inboxEvent, Payload(inboxEvent, ShopmonkeyJson.Default.RowEnvelopeVehicleRow), shopmonkey.VehicleAsync, IsWhole, OfVehicle, cancel),
            "appointment" => ReadAppointmentAsync(inboxEvent, cancel),
            "canned_service" => ReadAsync(inboxEvent, Payload(inboxEvent, ShopmonkeyJson.Default.RowEnvelopeCannedServiceRow), shopmonkey.CannedServiceAsync, IsWhole, OfService, cancel),
            _ => throw new UnmappableException("unknown_table"),
        };
    }

    // Numbers and emails may be missing from the event. They are only asked for when somebody's lead needs them; the version is noted all the same.
    private async Task<Intake> ReadCustomerAsync(InboxEvent inboxEvent, CancellationToken cancel)
    {
        var row = Payload(inboxEvent, ShopmonkeyJson.Default.RowEnvelopeCustomerRow);
        var isWhole = row is { PhoneNumbers: not null, Emails: not null };
        return isWhole || inboxEvent.Operation == "DELETE" || !HasVersion(row) || await leads.HasLeadAsync(inboxEvent.TenantId, inboxEvent.ExternalId, cancel)
            ? await ReadAsync(inboxEvent, row, shopmonkey.CustomerAsync, _ => isWhole, OfCustomer, cancel)
            : new Intake.Customer(inboxEvent, VersionOf<CustomerFacts>(inboxEvent, row, isGone: false, isConfirmed: false, null), null);
    }

    // It takes time of its shop, which may have no order yet: what is dropped now is never told again.
    private async Task<Intake> ReadAppointmentAsync(InboxEvent inboxEvent, CancellationToken cancel)
    {
        var read = await ReadAsync(inboxEvent, Payload(inboxEvent, ShopmonkeyJson.Default.RowEnvelopeAppointmentRow), shopmonkey.AppointmentAsync, _ => true, OfAppointment, cancel);
        if (read is Intake.Appointment { Stands: true, StartsAt: not null, ExternalLocationId: { } location })
        {
            await locations.EnsureAsync(inboxEvent.TenantId, location, isPatient: true, cancel);
        }

        return read;
    }

    private async Task<Intake> ReadAsync<T>(
        InboxEvent inboxEvent, T row, Func<Guid, string, CancellationToken, Task<T?>> fetch, Func<T, bool> isWhole, Func<InboxEvent, T, bool, bool, Intake> map, CancellationToken cancel)
        where T : class, ICrmRow
    {
        if (inboxEvent.Operation == "DELETE")
        {
            return map(inboxEvent, row, true, false);
        }

        if (inboxEvent.Attempts <= 1 && HasVersion(row) && isWhole(row))
        {
            return map(inboxEvent, row, false, false);
        }

        if (await accounts.ShopmonkeyAsync(inboxEvent.TenantId, cancel) is null)
        {
            throw new UnmappableException("shopmonkey_is_switched_off");
        }

        return await fetch(inboxEvent.TenantId, inboxEvent.ExternalId, cancel) is { } found ? map(inboxEvent, found, false, true)
            : inboxEvent.Attempts < PatientFor ? throw new NotYetThereException("row_not_found")
            : new Intake.Nothing(inboxEvent, "row_not_found");
    }

    private static Intake OfCustomer(InboxEvent inboxEvent, CustomerRow row, bool isGone, bool isConfirmed)
    {
        var facts = ShopmonkeyMapping.ToFacts(row);
        return new Intake.Customer(inboxEvent, VersionOf(inboxEvent, row, isGone, isConfirmed, facts), isGone ? null : facts);
    }

    private static Intake OfVehicle(InboxEvent inboxEvent, VehicleRow row, bool isGone, bool isConfirmed)
    {
        var text = ShopmonkeyMapping.ToText(row);
        return new Intake.Vehicle(inboxEvent, VersionOf(inboxEvent, row, isGone, isConfirmed, text), isGone ? null : text);
    }

    private static Intake OfAppointment(InboxEvent inboxEvent, AppointmentRow row, bool isGone, bool isConfirmed)
    {
        var stands = !isGone && row.Deleted != true && !string.Equals(row.ConfirmationStatus, "Declined", StringComparison.OrdinalIgnoreCase);
        var (order, customer) = (ShopmonkeyMapping.IdOf(row.OrderId), ShopmonkeyMapping.IdOf(row.CustomerId));
        return new Intake.Appointment(
            inboxEvent, VersionOf(inboxEvent, row, isGone, isConfirmed, (order, customer, row.StartDate, row.EndDate, stands).ToString()), order, customer, row.StartDate, stands)
        {
            EndsAt = row.EndDate, ExternalLocationId = ShopmonkeyMapping.IdOf(row.LocationId), OwnId = CrmBooking.MarkIn(row.Note),
        };
    }

    private static Intake OfService(InboxEvent inboxEvent, CannedServiceRow row, bool isGone, bool isConfirmed) =>
        new Intake.Service(inboxEvent, VersionOf(inboxEvent, row, isGone, isConfirmed, CatalogMapping.ToService(row)?.ToString()), row);

    private static RowVersion VersionOf<T>(InboxEvent inboxEvent, ICrmRow row, bool isGone, bool isConfirmed, T? content) where T : class =>
        new(inboxEvent.Topic, inboxEvent.ExternalId, ShopmonkeyMapping.VersionOf(row), isGone, isConfirmed,
            content is null ? null : SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content)));

    // A row without its own version counts as never changed, and that may be untrue.
    private static bool HasVersion(ICrmRow row) => row.Meta?.Version is not null || row.UpdatedDate is not null;

    private static bool IsWhole(VehicleRow row) => row.Model is not null || row.Make is not null;

    private static bool IsWhole(CannedServiceRow row) => row is { Name: not null, Labors: not null } && CatalogMapping.SaysPrice(row);

    // A row of another shape, or half a surrogate pair in a name: it will read no better tomorrow.
    private static T Payload<T>(InboxEvent inboxEvent, JsonTypeInfo<RowEnvelope<T>> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(inboxEvent.Payload, type)?.Data ?? throw Unreadable(inboxEvent);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Unreadable(inboxEvent);
        }
    }

    private static UnmappableException Unreadable(InboxEvent inboxEvent) => new(inboxEvent.Topic switch
    {
        "customer" => "not_a_customer",
        "vehicle" => "not_a_vehicle",
        "appointment" => "not_an_appointment",
        _ => "not_a_service",
    });
}
