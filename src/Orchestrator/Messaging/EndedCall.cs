using LeadOrchestrator.Orchestrator.TouchPoints;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>A touch point that is handed over: from here on its text may be out.</summary>
public sealed record HandedOver(TouchPointClaim Claim, DueTouchPoint Touch, Guid AttemptId)
{
    /// <summary>Which try this is, from 1.</summary>
    public int Number => Touch.Attempts + 1;
}

/// <summary>How the call for a handed-over touch point ended, and what that makes of it. Pure.</summary>
/// <param name="At">Business time of the end.</param>
public sealed record EndedCall(HandedOver HandedOver, SendOutcome Outcome, DateTimeOffset At)
{
    // A vendor that is back shall not be waited for any longer than the contract's minute.
    private const int LongestWaitSeconds = 30;

    // A queue at the vendor that is full is not empty a moment later.
    private static readonly TimeSpan AfterARefusal = TimeSpan.FromMinutes(5);

    // The vendor's own word counts, but not one of many hours, which would be a slip: the text would be too late then.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    /// <summary>The vendor has the text.</summary>
    public bool IsAccepted => Outcome is SendOutcome.Accepted;

    /// <summary>The attempt's end.</summary>
    public AttemptEnd Attempt => Outcome switch
    {
        SendOutcome.Accepted accepted => new(HandedOver.AttemptId, "accepted", accepted.Sid, null, At),
        SendOutcome.Refused refused => new(HandedOver.AttemptId, "refused", null, ReasonOf(refused), At),
        SendOutcome.NotSent notSent => new(HandedOver.AttemptId, "not_sent", null, notSent.Reason, At),
        SendOutcome.Unknown unknown => new(HandedOver.AttemptId, "unknown", null, unknown.Reason, At),
        _ => throw new InvalidOperationException("Unknown outcome"),
    };

    /// <summary>How the touch point goes on.</summary>
    public TouchPointChange Change => Outcome switch
    {
        SendOutcome.Accepted accepted => To("sent", null, providerId: accepted.Sid),
        SendOutcome.Refused refused => TwilioErrors.Of(refused).Action switch
        {
            ErrorAction.OptOut => To("suppressed", "opted_out"),
            ErrorAction.Person or ErrorAction.PauseNumber => To("needs_review", ReasonOf(refused)),
            ErrorAction.RetryLater when HandedOver.Number < HandedOver.Touch.MaxAttempts => To("scheduled", ReasonOf(refused), dueAt: At + AfterARefusal),
            _ => To("failed", ReasonOf(refused)),
        },
        SendOutcome.NotSent notSent when HandedOver.Number >= HandedOver.Touch.MaxAttempts => To("failed", notSent.Reason),
        SendOutcome.NotSent notSent => To("scheduled", notSent.Reason, dueAt: At + RestOf(notSent)),
        SendOutcome.Unknown unknown => To("unknown", unknown.Reason),
        _ => throw new InvalidOperationException("Unknown outcome"),
    };

    private static string ReasonOf(SendOutcome.Refused refused) => $"twilio_{refused.Code}";

    private TimeSpan RestOf(SendOutcome.NotSent notSent) => notSent.RetryAfter is not { } rest ? Backoff(HandedOver.Number) : rest < LongestRest ? rest : LongestRest;

    private static TimeSpan Backoff(int tries) => TimeSpan.FromSeconds(Math.Min(LongestWaitSeconds, 5 * Math.Pow(2, Math.Min(tries, 10))));

    private TouchPointChange To(string status, string? reason, string? providerId = null, DateTimeOffset? dueAt = null) =>
        new(HandedOver.Claim, status, reason, providerId, dueAt, At);
}
