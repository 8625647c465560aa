using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Failure.Tests.Vendors;

/// <summary>Every way in which Twilio fails, each with a customer of its own.</summary>
internal sealed class TwilioCases(VendorFaults system)
{
    // Of the reconcile: it looks once at least before the list shows it.
    private const int LongerThanARound = 12;

    public async Task BeginAsync()
    {
        // The first call opens the connection: the drops below strike one that was used before, which an HTTP client may try to repeat by itself.
        await system.StrikeAsync("callback_first", Twilio(FaultKind.CallbackFirst));
        await system.StrikeAsync("hang", Twilio(FaultKind.Hang) with { Seconds = 30, Operation = "messages.create" });
        await system.StrikeAsync("hang_accepted", Twilio(FaultKind.Hang) with { Seconds = 30, Accepted = true, Operation = "messages.create" });
        await system.StrikeAsync("accept_then_drop", Twilio(FaultKind.AcceptThenDrop));
        await system.StrikeAsync("accept_then_500", Twilio(FaultKind.AcceptThen500));
        await system.StrikeAsync("drop_before_accept", Twilio(FaultKind.DropBeforeAccept) with { Operation = "messages.create" });
        await system.StrikeAsync("trickle", Twilio(FaultKind.Trickle) with { Seconds = 3, Operation = "messages.create" });
        await system.StrikeAsync("reset_at_byte", Twilio(FaultKind.ResetAtByte) with { AtByte = 40, Operation = "messages.create" });
        await system.StrikeAsync("429", Twilio(FaultKind.RateLimited) with { RetryAfter = 1, Operation = "messages.create" });
        // The only one that calls again: its second try must not meet a fault of somebody else.
        await system.EndOfAsync("429", "delivered");
        await system.StrikeAsync("callbacks_twice", Twilio(FaultKind.CallbacksTwice));
        await system.StrikeAsync("callbacks_reversed", Twilio(FaultKind.CallbacksReversed));
        await system.StrikeAsync("undelivered", Twilio(FaultKind.Undelivered));
        // Nobody tells of this one, and the list fails for more than two rounds of the reconcile before it does.
        await system.StrikeAsync("list_500", Twilio(FaultKind.List500) with { ForSeconds = 25 }, Twilio(FaultKind.AcceptThen500), Twilio(FaultKind.CallbacksOff));
        await system.StrikeAsync("no_callbacks", Twilio(FaultKind.CallbacksOff));
    }

    /// <summary>The faults that stay until they are taken away, and would disturb the others.</summary>
    public async Task EndAsync()
    {
        await system.StrikeForLongAsync("denied", Twilio(FaultKind.Denied), "messages.create");
        await system.EndOfAsync("denied", "needs_review", "failed", "scheduled", "unknown");
        system.Rig.Sandbox.Faults.Clear();
        system.Rig.Sandbox.Faults.Add(Twilio(FaultKind.ListLag) with { Seconds = LongerThanARound });
        await system.StrikeAsync("list_lag", Twilio(FaultKind.AcceptThenDrop), Twilio(FaultKind.CallbacksOff));
    }

    private static Fault Twilio(string kind) => new() { Vendor = Vendor.Twilio, Kind = kind };
}
