using System.Text.Json.Serialization;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What an event comes to.</summary>
/// <param name="Event">The claimed event that ends with it.</param>
public abstract record Intake(InboxEvent Event)
{
    /// <summary>The order is a lead.</summary>
    public sealed record Lead(InboxEvent Event, NewLead New) : Intake(Event);

    /// <summary>The order is no lead (any more): what was planned for it ends.</summary>
    public sealed record NoLead(InboxEvent Event, LostOrder Order, string Reason) : Intake(Event)
    {
        /// <summary>The shop it is of, when that is known.</summary>
        public Guid? LocationId { get; init; }
    }

    /// <summary>Another row of the CRM changed.</summary>
    /// <param name="Seen">Which one, and how new.</param>
    public abstract record Row(InboxEvent Event, RowVersion Seen) : Intake(Event);

    /// <summary>A customer: their leads follow.</summary>
    /// <param name="Facts">Null when the row is gone, or when no lead of theirs was known.</param>
    public sealed record Customer(InboxEvent Event, RowVersion Seen, CustomerFacts? Facts) : Row(Event, Seen);

    /// <summary>A car.</summary>
    /// <param name="Text">Year, make and model; null when the row is gone.</param>
    public sealed record Vehicle(InboxEvent Event, RowVersion Seen, string? Text) : Row(Event, Seen);

    /// <summary>An appointment at the shop.</summary>
    /// <param name="Stands">False: it is gone, or the customer declined.</param>
    public sealed record Appointment(InboxEvent Event, RowVersion Seen, string? OrderId, string? CustomerId, DateTimeOffset? StartsAt, bool Stands) : Row(Event, Seen)
    {
        /// <summary>Until when; null when the CRM does not say.</summary>
        public DateTimeOffset? EndsAt { get; init; }

        /// <summary>The shop's id at the CRM.</summary>
        public string? ExternalLocationId { get; init; }

        /// <summary>The booking of ours whose mark it bears.</summary>
        public Guid? OwnId { get; init; }
    }

    /// <summary>Something that a shop sells.</summary>
    public sealed record Service(InboxEvent Event, RowVersion Seen, CannedServiceRow Content) : Row(Event, Seen);

    /// <summary>There is nothing to do.</summary>
    public sealed record Nothing(InboxEvent Event, string Reason) : Intake(Event);
}

/// <summary>A lead as a source describes it.</summary>
public sealed record NewLead
{
    public required string Source { get; init; }
    public required string ExternalId { get; init; }

    /// <summary>The source's version: an older one changes nothing.</summary>
    public required long ExternalVersion { get; init; }

    /// <summary>When the person asked.</summary>
    public required DateTimeOffset ExternalCreatedAt { get; init; }

    /// <summary>Read from the source because the event told no version of its own: then the same version counts as news too.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>The person's and the car's rows at the source, and the versions of them that were read; 0 = none was.</summary>
    public string? ExternalCustomerId { get; init; }
    public long ExternalCustomerVersion { get; init; }
    public string? ExternalVehicleId { get; init; }
    public long ExternalVehicleVersion { get; init; }
    public required Guid LocationId { get; init; }
    public required string Timezone { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public required Phone Phone { get; init; }

    /// <summary>The CRM has a "no" to texts for this number.</summary>
    public required bool SaidNoAtTheShop { get; init; }

    /// <summary>The person has said no to us by another number of theirs, and has not agreed to be written to at this one since.</summary>
    public bool HasSaidNoElsewhere { get; init; }
    public required string? Email { get; init; }

    /// <summary>The CRM has a "no" to emails for this address.</summary>
    public bool SaidNoToEmails { get; init; }

    /// <summary>The person's row could not be read: what it says of texts and emails is not known.</summary>
    public bool IsCustomerUnread { get; init; }
    public required string Vehicle { get; init; }
    public required string ServiceInterest { get; init; }
    public required bool IsTest { get; init; }

    /// <summary>The state of the person's address, as the source has it; null when it tells none.</summary>
    public string? AddressState { get; init; }
}

/// <summary>An order that is no lead (any more).</summary>
/// <param name="IsGone">It was deleted, not merely moved on.</param>
/// <param name="End">What the lead that it was is now: won, lost, or null = it stays what it is.</param>
/// <param name="Reason">One machine word.</param>
/// <param name="IsConfirmed">As in <see cref="NewLead.IsConfirmed"/>.</param>
public sealed record LostOrder(string ExternalId, long Version, bool IsGone, string? End = null, string? Reason = null, bool IsConfirmed = false);

/// <summary>How new a row of the CRM is.</summary>
/// <param name="Kind">customer, vehicle, appointment or canned_service.</param>
/// <param name="IsGone">It was deleted: nothing brings it back.</param>
/// <param name="IsConfirmed">It was read from the CRM just now, and not only told by an event.</param>
/// <param name="Hash">SHA-256 of what we read in it; null when nothing of it was needed.</param>
public sealed record RowVersion(string Kind, string ExternalId, long Version, bool IsGone, bool IsConfirmed, byte[]? Hash);

/// <summary>A person as the CRM knows them.</summary>
/// <param name="SaidNoAtTheShop">The CRM has a "no" to texts for this number.</param>
/// <param name="State">Of their address, a code or a name; null when the CRM has none.</param>
public sealed record CustomerFacts(string FirstName, string LastName, Phone Phone, bool SaidNoAtTheShop, string? Email,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State = null)
{
    /// <summary>An order that names nobody.</summary>
    public static readonly CustomerFacts Nobody = new("", "", new Phone(null, PhoneTypes.Missing), false, null);

    /// <summary>The CRM has a "no" to emails for this address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SaidNoToEmails { get; init; }

    /// <summary>Whether the CRM has any name.</summary>
    public bool HasName => FirstName.Length + LastName.Length > 0;
}
