using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Says in a sentence what a plan for a greeting means.</summary>
public static class GreetingWords
{
    /// <summary>The sentence for a plan.</summary>
    public static string Explain(NewTouchPoint greeting)
    {
        ArgumentNullException.ThrowIfNull(greeting);
        return greeting.Silence is { } silence ? $"No greeting: {Why(silence)}." : greeting switch
        {
            { Step.Channel: "email" } => $"The greeting goes by email: {Why(greeting.Waits ?? "")}.",
            { Waits: Gate.OutsideLegalHours } => "The greeting goes by text, in the first hour in which texting is allowed.",
            _ => "The greeting goes by text, now.",
        };
    }

    private static string Why(string reason) => reason switch
    {
        "order_too_old" or "lead_too_old" => "the person asked more than a day ago",
        "no_phone" => "there is no phone",
        "landline_phone" => "the phone is a landline, which takes no texts",
        "foreign_phone" => "the phone is not in the United States",
        "invalid_phone" => "the phone is not a number that anybody could have",
        "crm_opt_out" => "the CRM has a no to texts",
        "opted_out" => "the person has opted out",
        "same_person_already_greeted" => "the same person was greeted within the last day, as another lead of this shop",
        "import_does_not_greet" => "the import was not asked to greet",
        "no_consent_wording" => "the row has no consent wording",
        "no_created_date" => "the row does not say when the person asked",
        _ => reason.Replace('_', ' '),
    };
}
