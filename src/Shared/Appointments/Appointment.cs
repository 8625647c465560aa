using System.Text.Json.Serialization;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>A booking of a bay for a service.</summary>
public sealed record Appointment
{
    /// <summary>Ours; in the chat it is the bookingId.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required Guid LeadId { get; init; }

    /// <summary>The shop.</summary>
    public required Guid LocationId { get; init; }

    /// <summary>What is done, from the shop's catalog.</summary>
    public required Guid ServiceId { get; init; }

    /// <summary>The place for the car.</summary>
    public required Guid BayId { get; init; }

    /// <summary>From when on the bay is taken.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>Until when.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>One of <see cref="AppointmentStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>One machine word: why it is cancelled. Null otherwise.</summary>
    public string? StatusReason { get; init; }

    /// <summary>US cents, as the catalog had it when the slot was taken.</summary>
    public required long PriceCents { get; init; }

    /// <summary>Until when it is held; null when it is not held.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Its id in the CRM's calendar; null as long as it is not there.</summary>
    public string? ExternalId { get; init; }

    /// <summary>When it was booked or held.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The service's name today.</summary>
    public required string ServiceName { get; init; }

    /// <summary>The zone of its shop, an IANA name.</summary>
    [JsonIgnore]
    public string Timezone { get; init; } = "";

    /// <summary>What its shop is called.</summary>
    [JsonIgnore]
    public string ShopName { get; init; } = "";

    /// <summary>The appointment in whose place it comes when it is confirmed.</summary>
    [JsonIgnore]
    public Guid? ReplacesId { get; init; }

    /// <summary>How often it was changed since it stands; 0 = it was only ever held.</summary>
    [JsonIgnore]
    public long Revision { get; init; }

    /// <summary>When it was changed last.</summary>
    [JsonIgnore]
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The shop where an appointment is.</summary>
public sealed record ShopOfAppointment(string Name, string? Address, string? Phone);

/// <summary>Which states an appointment can be in.</summary>
public static class AppointmentStatuses
{
    /// <summary>Kept free for a customer, for a few minutes.</summary>
    public const string Held = "held";

    /// <summary>It stands.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>It does not take place, or was never confirmed.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>It took place.</summary>
    public const string Completed = "completed";

    /// <summary>The customer did not come.</summary>
    public const string NoShow = "no_show";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Held, Confirmed, Cancelled, Completed, NoShow];
}

/// <summary>Why an appointment is cancelled.</summary>
public static class CancelReasons
{
    /// <summary>The customer tapped so.</summary>
    public const string Customer = "cancelled_by_customer";

    /// <summary>A member of staff did it.</summary>
    public const string Staff = "cancelled_by_staff";

    /// <summary>The CRM's calendar does not have it any more, or the customer declined there.</summary>
    public const string Crm = "gone_from_crm";

    /// <summary>Nobody confirmed in time.</summary>
    public const string Expired = "expired";

    /// <summary>The customer took another time instead.</summary>
    public const string Replaced = "replaced";

    /// <summary>It was held, and before the customer confirmed it the shop gave the time to somebody else in the CRM.</summary>
    public const string Taken = "slot_taken";
}

/// <summary>Which slots a shop gives.</summary>
/// <param name="Step">From one possible beginning to the next, from the opening on.</param>
/// <param name="MinimumLead">A slot that begins sooner is not given: the shop needs to know.</param>
/// <param name="Horizon">A slot that begins later is not given.</param>
/// <param name="Hold">For how long an unconfirmed slot is kept, in business time.</param>
public sealed record BookingRules(TimeSpan Step, TimeSpan MinimumLead, TimeSpan Horizon, TimeSpan Hold)
{
    /// <summary>The product's own.</summary>
    public static BookingRules Usual { get; } = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromDays(60), TimeSpan.FromMinutes(10));
}
