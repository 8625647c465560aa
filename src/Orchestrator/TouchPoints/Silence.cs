using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Why a lead is not texted, as far as its number and its person tell.</summary>
internal static class Silence
{
    /// <summary>Whoever has the number says that it is not our customer's.</summary>
    public const string WrongNumber = "wrong_number";

    /// <summary>Those that end when a number comes that takes texts.</summary>
    public static readonly string[] OfThePhone = ["no_phone", "missing_phone", "invalid_phone", "landline_phone", "foreign_phone", WrongNumber];

    /// <summary>Who said no, whatever is to be sent: the person to us, or the CRM for them. Null = neither.</summary>
    /// <param name="isWrongNumber">The no to us is that of a stranger, who has the number.</param>
    public static string? OfTheNo(DateTimeOffset? optedOutAt, DateTimeOffset? crmOptOutAt, string leadStatus, bool isWrongNumber) => (optedOutAt, isWrongNumber) switch
    {
        _ when leadStatus == "opted_out" => "opted_out",
        (not null, false) => "opted_out",
        _ when crmOptOutAt is not null => "crm_opt_out",
        (not null, true) => WrongNumber,
        _ => null,
    };

    /// <summary>One machine word, or null: nothing speaks against a text.</summary>
    public static string? Of(Phone phone, bool saidNoAtTheShop, bool isOptedOut, bool isWrongNumber) => phone switch
    {
        { Type: PhoneTypes.Missing } => "no_phone",
        { Type: var type } when !PhoneTypes.TakesTexts(type) => $"{type}_phone",
        _ when saidNoAtTheShop => "crm_opt_out",
        _ when isOptedOut => "opted_out",
        _ when isWrongNumber => WrongNumber,
        _ => null,
    };
}
