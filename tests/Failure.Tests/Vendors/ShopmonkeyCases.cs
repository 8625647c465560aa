using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Failure.Tests.Vendors;

/// <summary>Every way in which the CRM fails while a quote request is being read from it, each with a customer of its own.</summary>
internal sealed class ShopmonkeyCases(VendorFaults system)
{
    private const string Read = "customer.get";

    public async Task BeginAsync()
    {
        await OneAsync("crm_drop", Crm(FaultKind.DropBeforeAccept));
        await OneAsync("crm_500", Crm(FaultKind.Status) with { Status = 500 });
        await OneAsync("crm_503_html", Crm(FaultKind.Status) with { Status = 503, Body = "html" });
        await OneAsync("crm_429", Crm(FaultKind.RateLimited) with { RetryAfter = 1 });
        await OneAsync("crm_trickle", Crm(FaultKind.Trickle) with { Seconds = 2 });
        await OneAsync("crm_reset_at_byte", Crm(FaultKind.ResetAtByte) with { AtByte = 60 });
        await OneAsync("webhooks_twice", new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.WebhooksTwice, Times = 3 });
        var revoked = await system.StrikeForLongAsync("crm_denied", Crm(FaultKind.Denied), Read);
        system.Rig.Sandbox.Faults.Remove(revoked);
        await system.EndOfAsync("crm_denied", "delivered");
        await OneAsync("crm_hang", Crm(FaultKind.Hang) with { Seconds = 30 });
    }

    // Each calls again: the next fault waits until its text has gone, so as to strike nobody else.
    private async Task OneAsync(string name, Fault fault)
    {
        await system.StrikeAsync(name, fault);
        await system.EndOfAsync(name, "delivered");
    }

    private static Fault Crm(string kind) => new() { Vendor = Vendor.Shopmonkey, Kind = kind, Operation = Read };
}
