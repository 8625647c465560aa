using LeadOrchestrator.Orchestrator.Cadences;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>How the call for an email ended, and what that makes of its touch point. Pure.</summary>
/// <param name="At">Business time of the end.</param>
public sealed record EndedEmail(TouchPointClaim Claim, DueEmail Touch, Guid AttemptId, SendOutcome Outcome, DateTimeOffset At)
{
    private const int LongestWaitSeconds = 30;

    /// <summary>The attempt's end.</summary>
    public AttemptEnd Attempt => Outcome switch
    {
        SendOutcome.Accepted accepted => new(AttemptId, "accepted", NullIfEmpty(accepted.Sid), null, At),
        SendOutcome.Refused refused => new(AttemptId, "refused", null, ReasonOf(refused), At),
        SendOutcome.NotSent notSent => new(AttemptId, "not_sent", null, notSent.Reason, At),
        SendOutcome.Unknown unknown => new(AttemptId, "unknown", null, unknown.Reason, At),
        _ => throw new InvalidOperationException("Unknown outcome"),
    };

    /// <summary>How the touch point goes on. One that is sent has the reason why it went by email, where it was planned as a text.</summary>
    public TouchPointChange Change => Outcome switch
    {
        SendOutcome.Accepted accepted => To("sent", Touch.Step == Cadence.Greeting || Touch.Step.EndsWith("-by-email", StringComparison.Ordinal) ? WhyByEmail(Touch.PhoneType) : null, NullIfEmpty(accepted.Sid)),
        // The key, the sender's identity, the account: a person must mend it. All else is about this email.
        SendOutcome.Refused { Code: 401 or 403 } refused => To("needs_review", ReasonOf(refused)),
        SendOutcome.Refused refused => To("failed", ReasonOf(refused)),
        SendOutcome.NotSent notSent when Touch.Attempts + 1 >= Touch.MaxAttempts => To("failed", notSent.Reason),
        SendOutcome.NotSent notSent => To("scheduled", notSent.Reason, dueAt: At + (notSent.RetryAfter ?? Backoff(Touch.Attempts + 1))),
        SendOutcome.Unknown unknown => To("unknown", unknown.Reason),
        _ => throw new InvalidOperationException("Unknown outcome"),
    };

    /// <summary>Why a lead with such a phone is written to by email: one machine word. Null when it takes texts.</summary>
    public static string? WhyByEmail(string phoneType) => phoneType switch
    {
        PhoneTypes.Missing => "no_phone",
        _ when !PhoneTypes.TakesTexts(phoneType) => $"{phoneType}_phone",
        _ => null,
    };

    private static string ReasonOf(SendOutcome.Refused refused) => $"sendgrid_{refused.Code}";

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;

    private static TimeSpan Backoff(int tries) => TimeSpan.FromSeconds(Math.Min(LongestWaitSeconds, 5 * Math.Pow(2, Math.Min(tries, 10))));

    private TouchPointChange To(string status, string? reason, string? providerId = null, DateTimeOffset? dueAt = null) =>
        new(Claim, status, reason, providerId, dueAt, At);
}
