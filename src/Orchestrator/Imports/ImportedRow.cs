using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>Why a row is not taken: one machine word, and a sentence for people.</summary>
public sealed record RowRefusal(string Reason, string Explanation);

/// <summary>A row as a lead, or why it is none. Pure.</summary>
public sealed record ImportedRow
{
    private const int LongestName = 100;
    private const int LongestVehicle = 200;
    private const int LongestService = 500;
    private const int LongestId = 200;

    /// <summary>Where it stood in the file.</summary>
    public required int Line { get; init; }

    /// <summary>Null when it is a lead.</summary>
    public RowRefusal? Refusal { get; init; }

    /// <summary>The lead; null when it was refused.</summary>
    public NewLead? Lead { get; init; }

    /// <summary>The file says when the person asked.</summary>
    public bool HasCreated { get; init; }

    /// <summary>The words of a consent, and when it was given.</summary>
    public (string Wording, DateTimeOffset? At)? Consent { get; init; }

    /// <summary>The file says that the person wants no messages. What is no clear "no" in that column counts as such; that of a row with too many fields may belong elsewhere.</summary>
    public bool IsOptedOut { get; init; }

    /// <summary>E.164, also of a row that was refused; null when none could be read.</summary>
    public string? Phone { get; init; }

    /// <summary>The address that mail could be sent to, also of a row that was refused.</summary>
    public string? Email { get; init; }

    /// <summary>A sentence about something that was not understood and did not stop the row; empty = nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>Reads a row.</summary>
    /// <param name="import">Stands in for what the row does not say.</param>
    /// <param name="now">Business time.</param>
    public static ImportedRow Read(CsvRow row, ImportToWork import, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(import);
        string? Field(ImportColumn column) => row.Fields.GetValueOrDefault(column.ToString());
        var (phone, hasPhone) = PhoneOf(Field(ImportColumn.Mobile), Field(ImportColumn.Phone));
        var written = Field(ImportColumn.Email);
        var email = EmailAddress.Read(written);
        var isOptedOut = Field(ImportColumn.OptedOut) is { } said && (row.Fields.ContainsKey(CsvFile.Surplus) ? IsYes(said) : !IsNo(said));
        if (Refuse(row, phone, hasPhone, written, email) is { } refusal)
        {
            return new ImportedRow { Line = row.Line, Refusal = refusal, IsOptedOut = isOptedOut, Phone = phone.E164, Email = email };
        }

        var created = ImportDates.Read(Field(ImportColumn.Created), import.Timezone, now + TimeSpan.FromDays(1));
        var (first, last) = NameOf(Field(ImportColumn.FirstName), Field(ImportColumn.LastName), Field(ImportColumn.Name));
        var lead = new NewLead
        {
            Source = "import", ExternalId = Field(ImportColumn.ExternalId) ?? "", ExternalVersion = 1, ExternalCreatedAt = created ?? import.CreatedAt,
            LocationId = import.LocationId, Timezone = import.Timezone, FirstName = first, LastName = last, Phone = phone, SaidNoAtTheShop = false, Email = email,
            Vehicle = Field(ImportColumn.Vehicle) ?? "", ServiceInterest = Field(ImportColumn.Service) ?? "",
            IsTest = Field(ImportColumn.Test) is { } test ? IsYes(test) : LocationRules.IsTest(import.TestMarker, $"{first} {last}"),
        };
        return new ImportedRow
        {
            Line = row.Line, Lead = lead.ExternalId.Length > 0 ? lead : lead with { ExternalId = IdOf(lead, Field(ImportColumn.Created)) },
            HasCreated = created is not null, IsOptedOut = isOptedOut, Phone = phone.E164, Email = email,
            Consent = ImportedConsent.Read(Field(ImportColumn.Consent), Field(ImportColumn.ConsentWording)) is { } wording
                ? (wording, ImportDates.Read(Field(ImportColumn.ConsentDate), import.Timezone, now) ?? created) : null,
            Note = string.Join(' ', new[]
            {
                NoteOf(Field(ImportColumn.Created), created, written, email, phone, hasPhone), ImportedConsent.NoteOf(Field(ImportColumn.Consent), Field(ImportColumn.ConsentWording)),
            }.Where(note => note is { Length: > 0 })),
        };
    }

    private static RowRefusal? Refuse(CsvRow row, Phone phone, bool hasPhone, string? writtenEmail, string? email) => row.Fields switch
    {
        var fields when fields.ContainsKey(CsvFile.Surplus) => new("too_many_fields", "The row has more fields than the heading: is a comma in a field that is not quoted?"),
        var fields when fields.Any(field => field.Key is not (nameof(ImportColumn.ConsentWording) or nameof(ImportColumn.Consent)) && field.Value.Any(char.IsControl)) || fields.Values.Any(value => value.Contains('\0', StringComparison.Ordinal)) =>
            new("control_character", $"The row holds a control character or a line break in {fields.First(field => field.Value.Any(char.IsControl)).Key}."),
        var fields when TooLong(fields) is { } column => new("field_too_long", $"{column} is too long."),
        _ when phone.E164 is null && email is null => hasPhone
            ? new("phone_unreadable", "The phone is not a number that anybody could have, and there is no email that mail could be sent to.")
            : writtenEmail is not null
                ? new("email_unreadable", "The email is not an address that mail could be sent to, and there is no phone.")
                : new("no_phone_or_email", "The row has neither a phone nor an email."),
        _ => null,
    };

    private static string? TooLong(IReadOnlyDictionary<string, string> fields) => fields.FirstOrDefault(field => field.Value.Length > (field.Key switch
    {
        nameof(ImportColumn.FirstName) or nameof(ImportColumn.LastName) or nameof(ImportColumn.Name) => LongestName,
        nameof(ImportColumn.Vehicle) => LongestVehicle,
        nameof(ImportColumn.Service) => LongestService,
        nameof(ImportColumn.ConsentWording) or nameof(ImportColumn.Consent) => int.MaxValue,
        _ => LongestId,
    })).Key;

    // A mobile that can be read comes first: it takes texts.
    private static (Phone Phone, bool HasPhone) PhoneOf(string? mobile, string? other)
    {
        var first = PhoneNumberReader.Read(mobile, "Mobile");
        return (first.E164 is not null ? first : PhoneNumberReader.Read(other ?? mobile), mobile is not null || other is not null);
    }

    private static (string First, string Last) NameOf(string? first, string? last, string? whole)
    {
        if (first is not null || last is not null || whole is null)
        {
            return (first ?? "", last ?? "");
        }

        var space = whole.LastIndexOf(' ');
        return space < 0 ? (whole, "") : (whole[..space].TrimEnd(), whole[(space + 1)..]);
    }

    private static string NoteOf(string? created, DateTimeOffset? createdRead, string? email, string? emailRead, Phone phone, bool hasPhone) => string.Join(' ', new[]
    {
        created is not null && createdRead is null ? "Created could not be read as a date." : null,
        email is not null && emailRead is null ? "The email is not an address that mail could be sent to, and was left out." : null,
        hasPhone && phone.E164 is null ? "The phone is not a number that anybody could have, and was left out." : null,
    }.OfType<string>());

    // Without an id of its own a row is known by what it says, so that the same file twice changes nothing.
    private static string IdOf(NewLead lead, string? created)
    {
        var said = string.Join('\u001f', lead.LocationId, lead.Phone.E164, lead.Email, lead.FirstName, lead.LastName, lead.Vehicle, lead.ServiceInterest, created);
        return $"row-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)).AsSpan(0, 16))}";
    }

    internal static bool IsNo(string text) => text.Trim().ToLowerInvariant() is "" or "no" or "n" or "false" or "0" or "f" or "-" or "none";

    internal static bool IsYes(string? text) => text?.Trim().ToLowerInvariant() is "yes" or "y" or "true" or "1" or "t" or "x";
}
