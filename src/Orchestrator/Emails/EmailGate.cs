using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>What is known of the recipient at the instant of sending, read under the locks.</summary>
/// <param name="Address">In small letters; null when the lead has none that mail could be sent to.</param>
/// <param name="SaidStop">By text or otherwise, with any number of theirs.</param>
/// <param name="Suppression">Null, or why the address takes no mail: one machine word.</param>
/// <param name="SaidNoInCrm">The CRM has a no of theirs, for any number of theirs.</param>
public sealed record EmailRecipient(string? Address, bool SaidStop, bool IsUnsubscribed, string? Suppression = null, bool SaidNoInCrm = false);

/// <summary>How an email ends that does not go out.</summary>
/// <param name="Status">suppressed, expired or needs_review.</param>
public sealed record EmailEnd(string Status, string Reason);

/// <summary>Decides whether an email may go out: null = it may. Pure; asked under the locks. There are no legal hours for email.</summary>
public sealed class EmailGate(OrchestratorSettings settings)
{
    /// <summary>Why a step by email is left out: its shop has no postal address.</summary>
    public const string NoPostalAddress = "no_postal_address";

    private const string DemoMode = "demo_mode";

    /// <summary>The decision at a business time. When in doubt, it does not send.</summary>
    /// <param name="account">Null = the tenant sends no email.</param>
    public EmailEnd? Decide(DueEmail touch, EmailRecipient recipient, SendGridAccount? account, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(touch);
        ArgumentNullException.ThrowIfNull(recipient);
        return touch.ExpiresAt <= now ? new("expired", "too_late") : WhyNever(touch, recipient) ?? WhyNotHere(touch.LocationAddress, account, isPlanned: touch.Content is null);
    }

    /// <summary>Why no email at all would go to somebody now, whatever its words: one machine word, or null.</summary>
    /// <param name="account">Null = the tenant sends no email.</param>
    public string? WhyNoEmail(EmailRecipient recipient, TextRecipient lead, string? locationAddress, SendGridAccount? account)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(lead);
        return WhyNotAnyMore(recipient, lead.LeadStatus) ?? (IsOutOfTheDemo(lead.IsTest) ? DemoMode : null) ?? WhyNotTo(recipient) ?? WhyNotHere(locationAddress, account, isPlanned: true)?.Reason;
    }

    private EmailEnd? WhyNever(DueEmail touch, EmailRecipient recipient) => touch switch
    {
        _ when WhyNotAnyMore(recipient, touch.LeadStatus) is { } reason => new("suppressed", reason),
        { DeletedAt: not null, Content: null } => new("suppressed", "order_deleted"),
        { LeadStatus: "booked" or "won" or "lost", Content: null } => new("suppressed", $"lead_{touch.LeadStatus}"),
        _ when IsOutOfTheDemo(touch.IsTest) => new("suppressed", DemoMode),
        { Content: null } when FollowUps.WhyNot(touch.FollowUp) is { } end => new(end.Status, end.Reason),
        _ when WhyNotTo(recipient) is { } reason => new("suppressed", reason),
        _ => null,
    };

    private static string? WhyNotAnyMore(EmailRecipient recipient, string leadStatus) => recipient switch
    {
        _ when recipient.SaidStop || leadStatus == "opted_out" => "opted_out",
        { SaidNoInCrm: true } => "crm_opt_out",
        { IsUnsubscribed: true } => "unsubscribed",
        _ => null,
    };

    private bool IsOutOfTheDemo(bool isTest) => settings.IsDemoMode && !isTest;

    private static string? WhyNotTo(EmailRecipient recipient) => recipient.Address is null ? "no_email" : recipient.Suppression;

    // The law asks for a postal address in each such email (CAN-SPAM), and the mail clients for an https link to unsubscribe (RFC 8058). A shop without an address is one thing to mend and
    // a step of each of its leads: those are left out. What somebody has booked or written is a person's to look after.
    private EmailEnd? WhyNotHere(string? locationAddress, SendGridAccount? account, bool isPlanned) => account switch
    {
        null => new("suppressed", "email_switched_off"),
        _ when string.IsNullOrWhiteSpace(locationAddress) => new(isPlanned ? "suppressed" : "needs_review", NoPostalAddress),
        { IsReal: true } when !settings.Platform.IsHttps => new("needs_review", "public_url_is_not_https"),
        _ => null,
    };
}
