namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>What a column of a file can be.</summary>
public enum ImportColumn
{
    FirstName,
    LastName,
    Name,
    Phone,
    Mobile,
    Email,
    Vehicle,
    Service,
    Created,
    ExternalId,
    Consent,
    ConsentWording,
    ConsentDate,
    OptedOut,
    Test,
}

/// <summary>Knows columns by their headings, in the usual spellings: letters and figures count, case and all else does not.</summary>
public static class ImportColumns
{
    private static readonly Dictionary<string, ImportColumn> Known = new()
    {
        ["firstname"] = ImportColumn.FirstName, ["first"] = ImportColumn.FirstName, ["givenname"] = ImportColumn.FirstName, ["forename"] = ImportColumn.FirstName,
        ["lastname"] = ImportColumn.LastName, ["last"] = ImportColumn.LastName, ["surname"] = ImportColumn.LastName, ["familyname"] = ImportColumn.LastName,
        ["name"] = ImportColumn.Name, ["fullname"] = ImportColumn.Name, ["customer"] = ImportColumn.Name, ["customername"] = ImportColumn.Name, ["contact"] = ImportColumn.Name,
        ["phone"] = ImportColumn.Phone, ["phonenumber"] = ImportColumn.Phone, ["telephone"] = ImportColumn.Phone, ["tel"] = ImportColumn.Phone, ["homephone"] = ImportColumn.Phone,
        ["mobile"] = ImportColumn.Mobile, ["mobilephone"] = ImportColumn.Mobile, ["mobilenumber"] = ImportColumn.Mobile, ["cell"] = ImportColumn.Mobile, ["cellphone"] = ImportColumn.Mobile,
        ["email"] = ImportColumn.Email, ["emailaddress"] = ImportColumn.Email, ["mail"] = ImportColumn.Email,
        ["vehicle"] = ImportColumn.Vehicle, ["car"] = ImportColumn.Vehicle, ["yearmakemodel"] = ImportColumn.Vehicle,
        ["service"] = ImportColumn.Service, ["serviceinterest"] = ImportColumn.Service, ["services"] = ImportColumn.Service, ["interest"] = ImportColumn.Service,
        ["created"] = ImportColumn.Created, ["createdat"] = ImportColumn.Created, ["createddate"] = ImportColumn.Created, ["date"] = ImportColumn.Created, ["leaddate"] = ImportColumn.Created,
        ["externalid"] = ImportColumn.ExternalId, ["id"] = ImportColumn.ExternalId, ["leadid"] = ImportColumn.ExternalId, ["reference"] = ImportColumn.ExternalId,
        ["consent"] = ImportColumn.Consent, ["consentwording"] = ImportColumn.ConsentWording, ["consenttext"] = ImportColumn.ConsentWording,
        ["consentdate"] = ImportColumn.ConsentDate, ["consentat"] = ImportColumn.ConsentDate, ["consentobtainedat"] = ImportColumn.ConsentDate,
        ["optedout"] = ImportColumn.OptedOut, ["optout"] = ImportColumn.OptedOut, ["unsubscribed"] = ImportColumn.OptedOut, ["donotcontact"] = ImportColumn.OptedOut, ["dnc"] = ImportColumn.OptedOut,
        ["test"] = ImportColumn.Test, ["istest"] = ImportColumn.Test,
    };

    /// <summary>What each heading stands for; null = nothing that we know. Of two for the same column the first counts.</summary>
    public static IReadOnlyList<ImportColumn?> Read(IReadOnlyList<string> headings)
    {
        ArgumentNullException.ThrowIfNull(headings);
        HashSet<ImportColumn> seen = [];
        return [.. headings.Select(heading => Known.TryGetValue(Bare(heading), out var column) && seen.Add(column) ? column : (ImportColumn?)null)];
    }

    private static string Bare(string heading) => string.Concat(heading.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
