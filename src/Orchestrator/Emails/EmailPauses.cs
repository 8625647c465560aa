using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>Lets a tenant's emails wait while its account at SendGrid is refused, unreachable or over its limit.</summary>
public sealed class EmailPauses(ILogger<EmailPauses> logger) : AccountPauses<SendGridAccount>("SendGrid", logger)
{
    /// <inheritdoc />
    protected override string? Fault(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotSent { Reason: TwilioClient.ProcessWasFrozen } => null,
        SendOutcome.NotSent notSent => notSent.Reason,
        SendOutcome.Unknown unknown => unknown.Reason,
        SendOutcome.Refused { Code: 401 or 403 } => Denied,
        _ => null,
    };

    // Each email that such an account spoils is a person's to look after, for SendGrid has no list to find it in: after the first, no more go at once than make it certain.
    /// <inheritdoc />
    protected override int MostNow(int faultsInARow) => faultsInARow == 0 ? MostAtOnce : Math.Max(1, Many - faultsInARow);
}
