using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>How a tenant reaches its CRM.</summary>
/// <param name="BaseUrl">Includes <c>/v3</c>.</param>
/// <param name="CompanyId">Its company at Shopmonkey, when known.</param>
/// <param name="WebhookSecrets">One secret, or two during a rotation; none = every webhook is refused.</param>
public sealed record ShopmonkeyAccount(Uri BaseUrl, string ApiKey, string? CompanyId, IReadOnlyList<string> WebhookSecrets);

/// <summary>How a tenant sends email.</summary>
/// <param name="BaseUrl">Bare host.</param>
/// <param name="FromEmail">The sender, an identity that SendGrid has verified.</param>
public sealed record SendGridAccount(Uri BaseUrl, string ApiKey, string FromEmail)
{
    /// <summary>The host that means real mailboxes.</summary>
    public const string RealHost = "sendgrid.com";

    /// <summary>Is mail sent to real mailboxes?</summary>
    public bool IsReal => PlatformSettings.IsAt(BaseUrl, RealHost);
}

/// <summary>Which account of a vendor a tenant uses. The environment's are the default tenant's.</summary>
public sealed class VendorAccounts(DefaultTenant defaultTenant, ShopmonkeySettings shopmonkey, SendGridSettings sendGrid, PlatformSettings platform)
{
    /// <summary>The tenant's CRM, or null when it is switched off.</summary>
    public ValueTask<ShopmonkeyAccount?> ShopmonkeyAsync(Guid tenantId, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult(tenantId == defaultTenant.Id && shopmonkey.ApiKey is { } key
            ? new ShopmonkeyAccount(shopmonkey.BaseUrl, key, platform.ShopmonkeyCompanyId, shopmonkey.WebhookSecrets)
            : null);
    }

    /// <summary>The tenant's sender of email, or null when it is switched off.</summary>
    public ValueTask<SendGridAccount?> SendGridAsync(Guid tenantId, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult(tenantId == defaultTenant.Id && sendGrid.ApiKey is { } key ? new SendGridAccount(sendGrid.BaseUrl, key, sendGrid.FromEmail) : null);
    }
}
