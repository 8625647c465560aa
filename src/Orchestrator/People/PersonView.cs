using System.Globalization;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.People;

/// <summary>A person: the leads that have a phone or an email in common, and why each was taken for theirs.</summary>
public sealed record PersonView(Guid Id, IReadOnlyList<PersonLead> Leads, IReadOnlyList<PersonMatchView> Matches);

/// <summary>A lead of a person. <c>status</c> as in the lead itself.</summary>
public sealed record PersonLead
{
    public required Guid Id { get; init; }

    /// <summary>shopmonkey, api, import.</summary>
    public required string Source { get; init; }
    public required string ExternalId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string Status { get; init; }
}

/// <summary>Why a lead is this person's. <c>matchedBy</c>: phone, email. <c>otherLeadId</c> is the lead that was there before.</summary>
public sealed record PersonMatchView(Guid LeadId, Guid OtherLeadId, string MatchedBy, string Explanation);

/// <summary>A match with what its explanation is made of.</summary>
public sealed record ExplainedMatch
{
    public required Guid LeadId { get; init; }
    public required Guid OtherLeadId { get; init; }
    public required string MatchedBy { get; init; }

    /// <summary>The key is this person's; false = another's, whose email it is.</summary>
    public required bool IsTheirs { get; init; }
    public string? Phone { get; init; }
    public string? Email { get; init; }
    public required string OtherSource { get; init; }
    public required DateTimeOffset OtherCreatedAt { get; init; }
    public required string OtherTimezone { get; init; }

    /// <summary>As the API shows it. No full number and no full address in it: it is read over shoulders.</summary>
    public PersonMatchView Show()
    {
        var other = $"as the lead of {Day()} from {Source()}";
        var same = MatchedBy == PersonKey.Phone ? $"Same phone, ending in {Ending()}, {other}" : $"Same email, {Masked()}, {other}";
        return new PersonMatchView(LeadId, OtherLeadId, MatchedBy, IsTheirs ? $"{same}." : $"{same}, who is another person by phone: the two were not joined.");
    }

    private string Ending() => Phone is { Length: > 2 } phone ? phone[^2..] : "??";

    private string Masked() => EmailParts() is [var name, var host] ? $"{name[..1]}…@{host}" : "…";

    private string[] EmailParts() => Email?.Trim().ToLowerInvariant().Split('@', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private string Day()
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(OtherTimezone) ?? DateTimeZone.Utc;
        return Instant.FromDateTimeOffset(OtherCreatedAt).InZone(zone).Date.ToString("d MMM yyyy", CultureInfo.InvariantCulture);
    }

    private string Source() => OtherSource switch
    {
        "shopmonkey" => "the CRM",
        "api" => "the API",
        _ => "an import",
    };
}
