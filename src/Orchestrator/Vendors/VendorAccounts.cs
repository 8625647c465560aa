using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>How a tenant reaches its CRM.</summary>
/// <param name="BaseUrl">Includes <c>/v3</c>.</param>
/// <param name="CompanyId">Its company at Shopmonkey, when known.</param>
/// <param name="WebhookSecrets">One secret, or two during a rotation; none = every webhook is refused.</param>
public sealed record ShopmonkeyAccount(Uri BaseUrl, string ApiKey, string? CompanyId, IReadOnlyList<string> WebhookSecrets);

/// <summary>Which account of a vendor a tenant uses. The environment's are the default tenant's.</summary>
public sealed class VendorAccounts(DefaultTenant defaultTenant, ShopmonkeySettings shopmonkey, PlatformSettings platform)
{
    /// <summary>The tenant's CRM, or null when it is switched off.</summary>
    public ValueTask<ShopmonkeyAccount?> ShopmonkeyAsync(Guid tenantId, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult(tenantId == defaultTenant.Id && shopmonkey.ApiKey is { } key
            ? new ShopmonkeyAccount(shopmonkey.BaseUrl, key, platform.ShopmonkeyCompanyId, shopmonkey.WebhookSecrets)
            : null);
    }
}
