using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>A step that has ended, as the planning of the next one needs it.</summary>
/// <param name="ArrivedAt">When the lead came in.</param>
/// <param name="EndedAt">When the step ended.</param>
/// <param name="Timezone">The shop's.</param>
public sealed record EndedStep(Guid LeadId, string Step, DateTimeOffset ArrivedAt, DateTimeOffset EndedAt, string Timezone, string? TraceParent);

/// <summary>What is known of a lead when one of its later steps is due.</summary>
/// <param name="Planned">The step in its cadence; null = it has none of this name.</param>
/// <param name="GreetingStatus">How the first step stands.</param>
/// <param name="IsTakenOver">A member of staff speaks with them.</param>
public sealed record FollowUpFacts(string Step, Step? Planned, string LeadStatus, string? GreetingStatus, bool IsTakenOver, bool HasEmail, string PhoneType)
{
    /// <summary>Null, or why the order is no lead at the moment: one machine word.</summary>
    public string? LeftAs { get; init; }

    /// <summary>Null, or why nothing more of the sequence comes, whatever the lead's state says: one machine word.</summary>
    public string? EndedAs { get; init; }
}

/// <summary>The conditions that a step can have. The first two hold for every step: a reply and a booking stop a cadence in any case.</summary>
public static class StepConditions
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = ["not_replied", "not_booked", "has_email", "takes_texts", "greeting_delivered"];

    /// <summary>Null, or why a step with these conditions is left out.</summary>
    internal static string? Unmet(IReadOnlyList<string> conditions, FollowUpFacts facts) => conditions switch
    {
        _ when conditions.Contains("has_email") && !facts.HasEmail => "no_email",
        _ when conditions.Contains("takes_texts") && !PhoneTypes.TakesTexts(facts.PhoneType) => facts.PhoneType == PhoneTypes.Missing ? "no_phone" : $"{facts.PhoneType}_phone",
        _ when conditions.Contains("greeting_delivered") && facts.GreetingStatus != "delivered" => "greeting_not_delivered",
        _ => null,
    };
}

/// <summary>What follows a step, and what ends the sequence. Pure: sending, the safety round and simulations all decide by it.</summary>
public static class FollowUps
{
    private static readonly string[] PassingSilences =
        ["no_phone", "missing_phone", "invalid_phone", "landline_phone", "foreign_phone", "no_email", "unsubscribed", "crm_unsubscribed", "address_bounced", "address_invalid",
         "email_switched_off", "no_postal_address", "greeting_not_delivered", Silence.WrongNumber];

    /// <summary>Whether the next step comes after a step that ended so. What a person must decide, or somebody has said no to, ends or holds the sequence.</summary>
    public static bool GoesOn(string status, string? reason) => status switch
    {
        "sent" or "delivered" or "failed" or "expired" => true,
        "suppressed" => PassingSilences.Contains(reason),
        _ => false,
    };

    /// <summary>The step that comes after an ended one; null = it was the last.</summary>
    public static NewTouchPoint? Next(Cadence cadence, EndedStep ended)
    {
        ArgumentNullException.ThrowIfNull(cadence);
        ArgumentNullException.ThrowIfNull(ended);
        if (cadence.After(ended.Step) is not { } step)
        {
            return null;
        }

        var due = CadenceTimes.DueOf(step, ended.ArrivedAt, ended.EndedAt, ended.Timezone, cadence.Find(ended.Step));
        return new NewTouchPoint(ended.LeadId, step, due, null, null, ended.TraceParent)
        {
            CadenceId = cadence.Id, Variant = step.VariantFor(ended.LeadId).Name, IsLast = cadence.After(step.Name) is null,
        };
    }

    /// <summary>Why a due step does not go out, as far as its cadence tells; null = nothing speaks against it. The first step has no conditions but that its order is a lead.</summary>
    /// <remarks>What is planned ends at once when somebody replies or an order leaves its column; this is for what was planned, or came back unsent, at that very moment.</remarks>
    public static GateDecision.End? WhyNot(FollowUpFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts switch
        {
            { LeftAs: { } reason } => new GateDecision.End("cancelled", reason),
            { EndedAs: CrmChanges.CustomerDeleted } => new GateDecision.End("cancelled", CrmChanges.CustomerDeleted),
            // Of another request of theirs it answers what they asked there; one of their own that is out when they are taken over ends with its call.
            { Step: Cadence.Greeting } => null,
            { IsTakenOver: true } => new GateDecision.End("cancelled", "human_takeover"),
            { EndedAs: { } reason } => new GateDecision.End("cancelled", reason),
            { LeadStatus: "engaged" } => new GateDecision.End("cancelled", "replied"),
            { Planned: null } => new GateDecision.End("suppressed", "step_not_in_cadence"),
            { Planned: { } step } => StepConditions.Unmet(step.Conditions, facts) is { } reason ? new GateDecision.End("suppressed", reason) : null,
        };
    }
}
