using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Why a lead is not texted, as far as its number and its person tell.</summary>
internal static class Silence
{
    /// <summary>Those that end when a number comes that takes texts.</summary>
    public static readonly string[] OfThePhone = ["no_phone", "missing_phone", "invalid_phone", "landline_phone", "foreign_phone"];

    /// <summary>Who said no, whatever is to be sent: the person to us, or the CRM for them. Null = neither.</summary>
    public static string? OfTheNo(DateTimeOffset? optedOutAt, DateTimeOffset? crmOptOutAt, string leadStatus) =>
        optedOutAt is not null || leadStatus == "opted_out" ? "opted_out" : crmOptOutAt is not null ? "crm_opt_out" : null;

    /// <summary>One machine word, or null: nothing speaks against a text.</summary>
    public static string? Of(Phone phone, bool saidNoAtTheShop, bool isOptedOut) => phone switch
    {
        { Type: PhoneTypes.Missing } => "no_phone",
        { Type: var type } when !PhoneTypes.TakesTexts(type) => $"{type}_phone",
        _ when saidNoAtTheShop => "crm_opt_out",
        _ when isOptedOut => "opted_out",
        _ => null,
    };
}
