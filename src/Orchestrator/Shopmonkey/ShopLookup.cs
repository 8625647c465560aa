using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>How a shop calls itself to a customer.</summary>
public sealed record Shop(string Name, string? Phone);

/// <summary>The shop behind a lead; the franchise itself when there is no lead.</summary>
public sealed class ShopLookup(LocationStore locations, TenantStore tenants)
{
    /// <summary>The shop of this lead.</summary>
    public async Task<Shop> OfLeadAsync(TenantTransaction transaction, Guid? leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return leadId is { } id && await locations.ShopOfLeadAsync(transaction, id, cancel) is { } shop
            ? shop
            : new Shop((await tenants.GetAsync(transaction.TenantId, cancel)).Name, null);
    }
}
