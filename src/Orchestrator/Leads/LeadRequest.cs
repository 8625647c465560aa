using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A lead from a web form or a partner. A phone or an email is needed.</summary>
public sealed record LeadRequest
{
    /// <summary>The shop that is asked.</summary>
    [Required]
    public Guid? LocationId { get; init; }

    [StringLength(100), PlainText]
    public string? FirstName { get; init; }

    [StringLength(100), PlainText]
    public string? LastName { get; init; }

    /// <summary>As people in the US write it, or E.164.</summary>
    [StringLength(40), PlainText]
    public string? Phone { get; init; }

    [StringLength(EmailAddress.Longest), PlainText]
    public string? Email { get; init; }

    [StringLength(200), PlainText]
    public string? Vehicle { get; init; }

    [StringLength(500), PlainText]
    public string? ServiceInterest { get; init; }

    /// <summary>Who hands it in, in a word of their own, such as <c>website</c>.</summary>
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}", ErrorMessage = "source is a word of at most 60 letters, figures, spaces, dots, hyphens and underscores.")]
    public string? Source { get; init; }

    /// <summary>The lead's id over there: the same <c>source</c> and <c>externalId</c> again are the same lead.</summary>
    [StringLength(200, MinimumLength = 1), PlainText]
    public string? ExternalId { get; init; }

    /// <summary>When the person asked; null = now. Who asked more than a day ago is not greeted, unless they agreed to it since.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Marks a test: with DEMO_MODE only those are written to. Null = the shop's mark in the name says so (usually [test]).</summary>
    public bool? IsTest { get; init; }

    /// <summary>What the person agreed to, for the ledger.</summary>
    public ConsentRequest? Consent { get; init; }

    /// <summary>What makes two requests the same, however they were written.</summary>
    internal byte[] Hash() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, LeadJson.Options));
}

/// <summary>Evidence of a consent: the words that were agreed to, where, when, from which address.</summary>
public sealed record ConsentRequest
{
    /// <summary>The words of the form, as they were shown.</summary>
    [Required, StringLength(4000, MinimumLength = 1)]
    public string? Wording { get; init; }

    /// <summary>Where they stood, such as the form's address.</summary>
    [Required, StringLength(500, MinimumLength = 1), PlainText]
    public string? Source { get; init; }

    [Required]
    public DateTimeOffset? ObtainedAt { get; init; }

    [StringLength(45, MinimumLength = 2), PlainText]
    public string? Ip { get; init; }
}

/// <summary>What became of a lead that was handed in.</summary>
public sealed record AcceptedLead : LeadDetail
{
    /// <summary>What is planned for it, as it stood when the lead came in.</summary>
    public PlannedGreeting? Greeting { get; init; }
}

/// <summary>The first message to the lead. <c>status</c>: scheduled, or suppressed when there will be none; <c>reason</c> is a machine word.</summary>
public sealed record PlannedGreeting(string Status, string Channel, string? Reason, DateTimeOffset DueAt, string Explanation);

/// <summary>JSON as the API writes it.</summary>
internal static class LeadJson
{
    public static readonly JsonSerializerOptions Options = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        JsonNames.Configure(options);
        return options;
    }
}
