using System.ComponentModel.DataAnnotations;
using LeadOrchestrator.Orchestrator.Locations;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>A booking by a member of staff: it stands at once. The price is the catalog's.</summary>
/// <param name="LeadId">Whose it is.</param>
/// <param name="LocationId">The shop.</param>
/// <param name="ServiceId">From the shop's catalog; it must be bookable and say how long it takes.</param>
/// <param name="StartsAt">A whole minute within the opening hours.</param>
/// <param name="BayId">Null = any that is free.</param>
public sealed record AppointmentRequest(
    [property: Required] Guid? LeadId, [property: Required] Guid? LocationId, [property: Required] Guid? ServiceId, [property: Required] DateTimeOffset? StartsAt, Guid? BayId = null);

/// <summary>Another time for an appointment.</summary>
/// <param name="StartsAt">A whole minute within the opening hours.</param>
/// <param name="BayId">Null = any that is free.</param>
public sealed record ReschedulingRequest([property: Required] DateTimeOffset? StartsAt, Guid? BayId = null);

/// <summary>Whether the customer came.</summary>
/// <param name="Outcome">completed or no_show.</param>
public sealed record OutcomeRequest([property: Required, RegularExpression("^(completed|no_show)$", ErrorMessage = "outcome must be completed or no_show.")] string Outcome);

/// <summary>The bays of a shop, in their order.</summary>
/// <param name="Bays">1–50.</param>
public sealed record BayPlan([property: Required, MinLength(1), MaxLength(50)] IReadOnlyList<BayEntry> Bays);

/// <summary>A place for one car.</summary>
/// <param name="Id">Null = a new one.</param>
/// <param name="Name">1–60 characters in one line.</param>
public sealed record BayEntry(Guid? Id, [property: Required, StringLength(60, MinimumLength = 1), RegularExpression(CatalogLimits.Filled, ErrorMessage = "The name must be one line with something in it.")] string Name);
