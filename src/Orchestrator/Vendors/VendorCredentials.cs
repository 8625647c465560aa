using System.Security.Cryptography;
using System.Text.Json;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>Keeps tenants' own accounts at vendors: sealed, audited, and known at once in this process.</summary>
public sealed class VendorCredentials(
    LeadDatabase database, VendorCredentialStore store, SecretBox box, VendorAccounts accounts, TenantStore tenants, AuditStore audit, TenantConditions conditions)
{
    private const int SecretBytes = 32;

    /// <summary>Is there a key to seal with?</summary>
    public bool CanSeal => box.CurrentKeyId is not null;

    /// <summary>What the sealed text of a vendor is bound to, beside its tenant.</summary>
    public static string PlaceOf(string vendor) => $"vendor_credentials|secret|{vendor}";

    /// <summary>A fresh secret for a webhook, in the form of Standard Webhooks.</summary>
    public static string MintWebhookSecret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>Keeps the account at the CRM. Without secrets for its webhooks those stay that were there; where there are none, one is made.</summary>
    /// <param name="companyId">The tenant's company from now on; null = it stays as it is.</param>
    /// <returns>False when the company is another tenant's; then nothing is kept.</returns>
    internal async Task<bool> SaveShopmonkeyAsync(
        Guid tenantId, Guid actorId, string apiKey, IReadOnlyList<string>? webhookSecrets, string? companyId, CancellationToken cancel)
    {
        var secrets = webhookSecrets is { Count: > 0 } given ? given : await WebhookSecretsAsync(tenantId, cancel) is { Count: > 0 } kept ? kept : [MintWebhookSecret()];
        var text = JsonSerializer.Serialize(new ShopmonkeySecret(apiKey, secrets), SecretJson.Default.ShopmonkeySecret);
        return await SaveAsync(tenantId, actorId, VendorNames.Shopmonkey, text, null, null, companyId, cancel);
    }

    /// <summary>Keeps the account for texts.</summary>
    internal Task SaveAsync(Guid tenantId, Guid actorId, TwilioSecret secret, CancellationToken cancel) => SaveAsync(
        tenantId, actorId, VendorNames.Twilio, JsonSerializer.Serialize(secret, SecretJson.Default.TwilioSecret), secret.PhoneNumber, secret.AccountSid, null, cancel);

    /// <summary>Keeps the account for emails.</summary>
    internal Task SaveAsync(Guid tenantId, Guid actorId, SendGridSecret secret, CancellationToken cancel) => SaveAsync(
        tenantId, actorId, VendorNames.SendGrid, JsonSerializer.Serialize(secret, SecretJson.Default.SendGridSecret), null, null, null, cancel);

    /// <summary>Forgets a tenant's own account. The default tenant has the environment's again.</summary>
    /// <returns>Was there one?</returns>
    public async Task<bool> RemoveAsync(Guid tenantId, Guid actorId, string vendor, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (!await store.RemoveAsync(transaction, vendor, cancel))
        {
            return false;
        }

        await audit.AddAsync(transaction, actorId, "vendor_credentials_removed", vendor, cancel);
        await transaction.CommitAsync(cancel);
        accounts.Forget(tenantId);
        conditions.Succeeded(vendor, tenantId);
        return true;
    }

    private async Task<bool> SaveAsync(
        Guid tenantId, Guid actorId, string vendor, string text, string? phone, string? account, string? companyId, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await store.SaveAsync(transaction, vendor, box.Seal(tenantId, PlaceOf(vendor), text), phone, account, cancel);
        if (companyId is not null && !await tenants.ChangeAsync(transaction, null, null, companyId, cancel))
        {
            return false;
        }

        await audit.AddAsync(transaction, actorId, "vendor_credentials_saved", vendor, cancel);
        await transaction.CommitAsync(cancel);
        accounts.Forget(tenantId);
        return true;
    }

    private async Task<IReadOnlyList<string>?> WebhookSecretsAsync(Guid tenantId, CancellationToken cancel)
    {
        var stored = (await store.OfTenantAsync(tenantId, cancel)).FirstOrDefault(credential => credential.Vendor == VendorNames.Shopmonkey);
        return stored is not null && box.Open(tenantId, PlaceOf(VendorNames.Shopmonkey), stored.Secret) is { } text
            ? JsonSerializer.Deserialize(text, SecretJson.Default.ShopmonkeySecret)?.WebhookSecrets
            : null;
    }
}
