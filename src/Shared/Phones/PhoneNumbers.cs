using PhoneNumbers;

namespace LeadOrchestrator.Shared.Phones;

/// <summary>What a phone number is to us. Only <see cref="Mobile"/>, <see cref="Voip"/> and <see cref="Unknown"/> are texted.</summary>
public static class PhoneTypes
{
    /// <summary>A mobile.</summary>
    public const string Mobile = "mobile";

    /// <summary>A landline: it goes by email.</summary>
    public const string Landline = "landline";

    /// <summary>A number on the internet; most take texts.</summary>
    public const string Voip = "voip";

    /// <summary>Outside the United States, whose rules are the only ones this product knows.</summary>
    public const string Foreign = "foreign";

    /// <summary>Not a number that anybody could have.</summary>
    public const string Invalid = "invalid";

    /// <summary>There is none.</summary>
    public const string Missing = "missing";

    /// <summary>A US number; nobody told its kind (in the US the number itself does not show it).</summary>
    public const string Unknown = "unknown";

    /// <summary>May such a number be texted at all?</summary>
    public static bool TakesTexts(string type) => type is Mobile or Voip or Unknown;
}

/// <summary>A number as it was read: E.164 (null when it is none) and its type.</summary>
public sealed record Phone(string? E164, string Type);

/// <summary>Reads phone numbers with libphonenumber.</summary>
public static class PhoneNumberReader
{
    private static readonly PhoneNumberUtil Util = PhoneNumberUtil.GetInstance();
    private static readonly HashSet<string> UnitedStates = ["US", "PR", "VI", "GU", "AS", "MP"];

    /// <summary>Reads a number as somebody in the US wrote it.</summary>
    /// <param name="told">What the CRM or the carrier says its type is: Mobile, Landline, VoIP, Other, or null.</param>
    /// <remarks>
    /// A US number that is possible but not in the library's tables is taken: new area codes come faster than new tables,
    /// and the carrier answers at once (Twilio 21211) when nobody has it. docs/decisions/0005.
    /// </remarks>
    public static Phone Read(string? text, string? told = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new(null, PhoneTypes.Missing);
        }

        PhoneNumber number;
        try
        {
            number = Util.Parse(text, "US");
        }
        catch (NumberParseException)
        {
            return new(null, PhoneTypes.Invalid);
        }

        // Seven digits are possible too, but only for neighbours: "possible" alone would text +1 and half a number.
        if (Util.IsPossibleNumberWithReason(number) != PhoneNumberUtil.ValidationResult.IS_POSSIBLE)
        {
            return new(null, PhoneTypes.Invalid);
        }

        var e164 = Util.Format(number, PhoneNumberFormat.E164);
        return new(e164, TypeOf(number, told));
    }

    private static string TypeOf(PhoneNumber number, string? told)
    {
        var region = Util.GetRegionCodeForNumber(number);
        if (number.CountryCode != 1 || (region is not null && !UnitedStates.Contains(region)))
        {
            return PhoneTypes.Foreign;
        }

        if (string.Equals(told, "Landline", StringComparison.OrdinalIgnoreCase)
            || Util.GetNumberType(number) is PhoneNumberType.FIXED_LINE or PhoneNumberType.PREMIUM_RATE or PhoneNumberType.TOLL_FREE)
        {
            return PhoneTypes.Landline;
        }

        return told?.ToLowerInvariant() switch
        {
            "mobile" => PhoneTypes.Mobile,
            "voip" => PhoneTypes.Voip,
            _ => PhoneTypes.Unknown,
        };
    }
}
