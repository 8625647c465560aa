using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The calls that it has begun, until they have ended.</summary>
public sealed partial class TextDelivery
{
    // A call that takes longer is one of an account that hangs: it goes on, and its slot is somebody else's.
    private static readonly TimeSpan LongestSlot = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private int _underWay;

    /// <summary>Waits until no call is under way, but not for longer than this: before a process ends, so that none of them becomes unknown.</summary>
    public async Task EndedAsync(TimeSpan atMost)
    {
        for (var since = Stopwatch.GetTimestamp(); Volatile.Read(ref _underWay) > 0 && Stopwatch.GetElapsedTime(since) < atMost;)
        {
            await Task.Delay(LookAgain);
        }
    }

    private Task Begin(Allowed text, CallStart start, Action ended)
    {
        pauses.Began(text.HandedOver.Claim.TenantId, text.Account);
        Interlocked.Increment(ref _underWay);
        _ = CallAsync(text, start, ended);
        return start.Decided;
    }

    private async Task CallAsync(Allowed text, CallStart start, Action ended)
    {
        using var activity = Telemetry.Continue("send text", text.HandedOver.Touch.TraceParent, ActivityKind.Producer);
        var tenantId = text.HandedOver.Claim.TenantId;
        var call = twilio.SendAsync(tenantId, text.Account, text.Text, start);
        var isSlow = false;
        SendOutcome outcome;
        try
        {
            outcome = await call.WaitAsync(LongestSlot);
        }
        catch (TimeoutException)
        {
            isSlow = true;
            ended();
            outcome = await call;
        }

        outcomes.Add(new EndedCall(text.HandedOver, outcome, clock.GetUtcNow()));
        Interlocked.Decrement(ref _underWay);
        if (pauses.Ended(tenantId, text.Account, outcome))
        {
            signal.Wake();
        }

        if (!isSlow)
        {
            ended();
        }
    }

    private sealed record Allowed(HandedOver HandedOver, TwilioAccount Account, NewAttempt Attempt, OutgoingText Text);
}
