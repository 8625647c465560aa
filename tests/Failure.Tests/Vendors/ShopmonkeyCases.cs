using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Failure.Tests.Vendors;

/// <summary>Every way in which the CRM fails while a quote request is being read from it, each with a customer of its own.</summary>
internal sealed class ShopmonkeyCases(VendorFaults system)
{
    public async Task BeginAsync()
    {
        await system.StrikeAsync("crm_hang", Crm(FaultKind.Hang) with { Seconds = 30 });
        await system.StrikeAsync("crm_drop", Crm(FaultKind.DropBeforeAccept));
        await system.StrikeAsync("crm_500", Crm(FaultKind.Status) with { Status = 500 });
        await system.StrikeAsync("crm_503_html", Crm(FaultKind.Status) with { Status = 503, Body = "html" });
        await system.StrikeAsync("crm_429", Crm(FaultKind.RateLimited) with { RetryAfter = 1 });
        await system.StrikeAsync("crm_trickle", Crm(FaultKind.Trickle) with { Seconds = 3 });
        await system.StrikeAsync("crm_reset_at_byte", Crm(FaultKind.ResetAtByte) with { AtByte = 60 });
        await system.StrikeAsync("webhooks_twice", Crm(FaultKind.WebhooksTwice) with { Times = 3 });
        await system.StrikeForLongAsync("crm_denied", Crm(FaultKind.Denied), "customer.get");
        system.Rig.Sandbox.Faults.Clear();
    }

    private static Fault Crm(string kind) => new() { Vendor = Vendor.Shopmonkey, Kind = kind };
}
