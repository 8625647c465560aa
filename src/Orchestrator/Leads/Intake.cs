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
    public required Guid LocationId { get; init; }
    public required string Timezone { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public required Phone Phone { get; init; }

    /// <summary>The CRM has a "no" to texts for this number.</summary>
    public required bool SaidNoAtTheShop { get; init; }
    public required string? Email { get; init; }
    public required string Vehicle { get; init; }
    public required string ServiceInterest { get; init; }
    public required bool IsTest { get; init; }
}

/// <summary>An order that is no lead (any more).</summary>
/// <param name="IsGone">It was deleted, not merely moved on.</param>
public sealed record LostOrder(string ExternalId, long Version, bool IsGone);
