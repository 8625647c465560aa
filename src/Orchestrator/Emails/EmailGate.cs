using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>What is known of the recipient at the instant of sending, read under the locks.</summary>
/// <param name="Address">In small letters; null when the lead has none that mail could be sent to.</param>
/// <param name="SaidStop">By text or otherwise, with any number of theirs.</param>
/// <param name="Suppression">Null, or why the address takes no mail: one machine word.</param>
public sealed record EmailRecipient(string? Address, bool SaidStop, bool IsUnsubscribed, string? Suppression = null);

/// <summary>How an email ends that does not go out.</summary>
/// <param name="Status">suppressed, expired or needs_review.</param>
public sealed record EmailEnd(string Status, string Reason);

/// <summary>Decides whether an email may go out: null = it may. Pure; asked under the locks. There are no legal hours for email.</summary>
public sealed class EmailGate(OrchestratorSettings settings)
{
    /// <summary>The decision at a business time. When in doubt, it does not send.</summary>
    /// <param name="account">Null = the tenant sends no email.</param>
    public EmailEnd? Decide(DueEmail touch, EmailRecipient recipient, SendGridAccount? account, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(touch);
        ArgumentNullException.ThrowIfNull(recipient);
        return touch.ExpiresAt <= now ? new("expired", "too_late") : WhyNever(touch, recipient) ?? WhyNotHere(touch, account);
    }

    private EmailEnd? WhyNever(DueEmail touch, EmailRecipient recipient) => touch switch
    {
        _ when recipient.SaidStop || touch.LeadStatus == "opted_out" => new("suppressed", "opted_out"),
        _ when recipient.IsUnsubscribed => new("suppressed", "unsubscribed"),
        { DeletedAt: not null } => new("suppressed", "order_deleted"),
        { LeadStatus: "booked" or "won" or "lost", Content: null } => new("suppressed", $"lead_{touch.LeadStatus}"),
        { IsTest: false } when settings.IsDemoMode => new("suppressed", "demo_mode"),
        { Content: null } when FollowUps.WhyNot(touch.FollowUp) is { } end => new(end.Status, end.Reason),
        _ when recipient.Address is null => new("suppressed", "no_email"),
        _ when recipient.Suppression is { } why => new("suppressed", why),
        _ => null,
    };

    // The law asks for a postal address in each such email (CAN-SPAM), and the mail clients for an https link to unsubscribe (RFC 8058).
    private EmailEnd? WhyNotHere(DueEmail touch, SendGridAccount? account) => account switch
    {
        null => new("suppressed", "email_switched_off"),
        _ when string.IsNullOrWhiteSpace(touch.LocationAddress) => new("needs_review", "no_postal_address"),
        { IsReal: true } when !settings.Platform.IsHttps => new("needs_review", "public_url_is_not_https"),
        _ => null,
    };
}
