using LeadOrchestrator.Orchestrator.Leads;

namespace LeadOrchestrator.Orchestrator.People;

/// <summary>Something by which a person is known again.</summary>
/// <param name="Kind">phone or email.</param>
/// <param name="Value">E.164, or the address in small letters.</param>
public readonly record struct PersonKey(string Kind, string Value)
{
    /// <summary>The kind of a number.</summary>
    public const string Phone = "phone";

    /// <summary>The kind of an address.</summary>
    public const string Email = "email";

    /// <summary>The keys in a lead, the phone first: where both are known and lead to two people, the phone decides.</summary>
    public static IEnumerable<PersonKey> Of(string? phone, string? email)
    {
        if (phone is not null)
        {
            yield return new(Phone, phone);
        }

        if (EmailAddress.Read(email) is { } address)
        {
            yield return new(Email, address);
        }
    }

    /// <summary>The keys in a lead that comes in.</summary>
    public static IEnumerable<PersonKey> Of(NewLead lead)
    {
        ArgumentNullException.ThrowIfNull(lead);
        return Of(lead.Phone.E164, lead.Email);
    }
}
