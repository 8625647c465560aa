using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Says in a sentence or two what a plan for a greeting means.</summary>
public static class GreetingWords
{
    /// <summary>The words for a plan.</summary>
    public static string Explain(NewTouchPoint greeting)
    {
        ArgumentNullException.ThrowIfNull(greeting);
        return greeting.Silence is { } silence ? $"No greeting. {TouchReasons.Say(silence)}" : greeting switch
        {
            { Step.Channel: "email", Waits: { } why } => $"The greeting goes by email. {TouchReasons.Say(why)}",
            { Step.Channel: "email" } => "The greeting goes by email.",
            { Waits: Gate.OutsideLegalHours } => "The greeting goes by text, in the first hour in which texting is allowed.",
            _ => "The greeting goes by text, now.",
        };
    }
}
