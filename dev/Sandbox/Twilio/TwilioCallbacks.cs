using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Sandbox.Twilio;

/// <summary>The life of an accepted text: queued, sent, delivered, each told to its StatusCallback.</summary>
internal sealed class TwilioCallbacks(
    SandboxSettings settings, SandboxClock clock, Faults faults, Outbound outbound, Phones phones, TwilioVendor twilio, IReadOnlyList<Crm> companies)
{
    private const int UnreachableOrLandline = 30006;
    private const int UnreachableHandset = 30003;

    /// <summary>Hangs the callbacks onto the answer: usually after it, by fault before it.</summary>
    public VendorAnswer Attach(VendorAnswer answer, Text text)
    {
        var fault = faults.Take(Vendor.Twilio, "messages.create", FaultKind.OfTexts);
        var steps = Steps(text, fault);
        return fault?.Kind == FaultKind.CallbackFirst
            ? answer with { BeforeAnswer = () => RunAsync(text, steps, told: true) }
            : answer with { AfterAnswer = () => RunAsync(text, steps, told: fault?.Kind != FaultKind.CallbacksOff) };
    }

    private List<(string Status, int? ErrorCode)> Steps(Text text, Fault? fault)
    {
        var error = fault?.Kind == FaultKind.Undelivered ? fault.Status == 0 ? UnreachableHandset : fault.Status
            : IsLandline(text.To) ? UnreachableOrLandline : (int?)null;
        List<(string, int?)> steps = [("queued", null), ("sent", null), error is null ? ("delivered", null) : ("undelivered", error)];
        if (fault?.Kind == FaultKind.CallbacksReversed)
        {
            steps.Reverse();
        }

        return fault is { Kind: FaultKind.CallbacksTwice, Times: { } times }
            ? [.. steps.SelectMany(step => Enumerable.Repeat(step, times))]
            : steps;
    }

    private async Task RunAsync(Text text, List<(string Status, int? ErrorCode)> steps, bool told)
    {
        var last = steps.Count - 1;
        for (var index = 0; index <= last; index++)
        {
            if (settings.CallbackDelay > TimeSpan.Zero)
            {
                await Task.Delay(settings.CallbackDelay, outbound.Stopping);
            }

            var (status, errorCode) = steps[index];
            // Callbacks may come in any order, the handset itself only ever moves forward.
            if (Rank(status) > Rank(phones.Find(text.Sid)!.Status))
            {
                phones.SetStatus(text.Sid, status, errorCode, clock.Now);
            }

            if (told && text.StatusCallback is not null)
            {
                await twilio.CallBackAsync(text, status, errorCode);
            }
        }
    }

    private bool IsLandline(string number) => companies.Any(crm => crm.Tables.IsLandline(number));

    private static int Rank(string status) => status switch
    {
        "queued" => 0,
        "sent" => 1,
        _ => 2,
    };
}
