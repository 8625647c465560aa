using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Heeds what an error of the vendor says about the person or about us, whether it comes with a refusal or in a callback.</summary>
public sealed partial class VendorVerdicts(ContactStore contacts, LeadStore leads, TouchPointStore touchPoints, TenantConditions conditions, ILogger<VendorVerdicts> logger)
{
    /// <summary>The check that fails while Twilio does not accept our account or number, or the carriers take none of its texts.</summary>
    public const string Check = "twilio_sender";

    /// <summary>Does this error say more than "not this text"? What was taken for spam is counted (<see cref="SenderHealth"/>).</summary>
    public static bool Concerns(VendorError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Action is not (ErrorAction.Never or ErrorAction.RetryLater or ErrorAction.Person or ErrorAction.Alarm);
    }

    /// <summary>Does what follows, to the number that the vendor speaks of: by now the lead may have another.</summary>
    /// <param name="address">The number that the attempt went to.</param>
    /// <param name="source">What proves it, such as an attempt's id.</param>
    public async Task HeedAsync(TenantTransaction transaction, Guid leadId, string address, VendorError error, string source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(error);
        var code = error.Code;
        switch (error.Action)
        {
            case ErrorAction.OptOut:
                var contact = await contacts.EnsureAsync(transaction, address, cancel);
                if (await contacts.OptOutOnceAsync(transaction, contact.Id, new ConsentEvidence("vendor", source, $"Twilio {code}: the recipient has unsubscribed"), cancel))
                {
                    Measures.OptedOut("vendor");
                }

                break;
            case ErrorAction.Unreachable:
                await leads.MarkUnreachableAsync(transaction, leadId, address, code is 21211 or 30005 ? PhoneTypes.Invalid : PhoneTypes.Landline, cancel);
                // What was refused at once has not ended yet: the round of the cadences comes to it.
                await touchPoints.GreetByEmailAsync(transaction, [leadId], cancel);
                await contacts.RemindByEmailAsync(transaction, null, [leadId], source, cancel);
                break;
            case ErrorAction.PauseNumber or ErrorAction.BlockedSender:
                conditions.Failed(Check, transaction.TenantId, $"twilio_{code}", error.Sentence);
                break;
        }
    }

    /// <summary>Twilio has taken a text: our account and number are well. Whether the carriers take it is another question.</summary>
    public void Accepted(Guid tenantId) => Ended(tenantId, isBlocked: false);

    /// <summary>A text has arrived: the carriers take our number's texts.</summary>
    public void Arrived(Guid tenantId) => Ended(tenantId, isBlocked: true);

    /// <summary>An attempt has moved. That it was one of two which went out is nobody's to mend, and nobody shall find it out from a customer.</summary>
    public void Told(Guid tenantId, MovedAttempt? moved)
    {
        if (moved is { IsTwice: true })
        {
            SentTwice(logger, moved.TouchPointId, tenantId);
            Measures.TextSettled("twice");
        }
    }

    private void Ended(Guid tenantId, bool isBlocked)
    {
        if (conditions.Of(Check, tenantId)?.State is { } state && TwilioErrors.OfABlockedSender.Contains(state) == isBlocked)
        {
            conditions.Succeeded(Check, tenantId, only: state);
        }
    }

    [LoggerMessage(3206, LogLevel.Error, "Touch point {TouchPointId} of tenant {TenantId} went out twice: an earlier attempt that was taken for lost is at Twilio after all, and its console has both")]
    private static partial void SentTwice(ILogger logger, Guid touchPointId, Guid tenantId);
}
