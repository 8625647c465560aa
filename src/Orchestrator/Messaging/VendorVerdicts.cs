using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>Heeds what an error of the vendor says about the person or about us, whether it comes with a refusal or in a callback.</summary>
public sealed class VendorVerdicts(ContactStore contacts, LeadStore leads, TouchPointStore touchPoints, TenantConditions conditions)
{
    /// <summary>The check that fails while the carriers do not take our number's texts.</summary>
    public const string Check = "twilio_sender";

    /// <summary>Does this error say more than "not this text"?</summary>
    public static bool Concerns(VendorError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Action is not (ErrorAction.Never or ErrorAction.RetryLater or ErrorAction.Person);
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
            case ErrorAction.Alarm or ErrorAction.PauseNumber or ErrorAction.BlockedSender:
                conditions.Failed(Check, transaction.TenantId, $"twilio_{code}", error.Sentence);
                break;
        }
    }

    /// <summary>A text has arrived: the carriers take our number's texts.</summary>
    public void Arrived(Guid tenantId) => conditions.Succeeded(Check, tenantId);
}
