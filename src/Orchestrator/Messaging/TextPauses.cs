using LeadOrchestrator.Orchestrator.Vendors;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Lets a tenant's texts wait while its account at Twilio is dead, unreachable or over its limit.</summary>
public sealed class TextPauses(ILogger<TextPauses> logger) : AccountPauses<TwilioAccount>("Twilio", logger)
{
    /// <inheritdoc />
    protected override string? Fault(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotSent { Reason: TwilioClient.ProcessWasFrozen } => null,
        SendOutcome.NotSent notSent => notSent.Reason,
        SendOutcome.Unknown unknown => unknown.Reason,
        SendOutcome.Refused refused when TwilioErrors.Of(refused).Action == ErrorAction.PauseNumber => Denied,
        _ => null,
    };
}
