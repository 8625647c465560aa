using System.Security.Claims;
using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>/api/vendor-credentials: a franchise's own accounts. They go in and are never read back.</summary>
internal static partial class VendorCredentialEndpoints
{
    public static void MapVendorCredentials(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/vendor-credentials").WithTags("Vendor credentials").OnlyFor(Roles.PlatformAdmin, Roles.Owner);
        group.MapGet("", ListAsync);
        group.MapPut("/shopmonkey", SaveShopmonkeyAsync);
        group.MapPut("/twilio", SaveTwilioAsync);
        group.MapPut("/sendgrid", SaveSendGridAsync);
        group.MapPut("/{vendor}", (string vendor) => UnknownVendor(vendor)).ExcludeFromDescription();
        group.MapDelete("/{vendor}", RemoveAsync);
    }

    private static async Task<Ok<Page<VendorCredentialState>>> ListAsync(
        ClaimsPrincipal staff, VendorCredentialStore store, VendorAccounts accounts, TenantConditions conditions, CancellationToken cancel)
    {
        var tenantId = staff.TenantId();
        var stored = (await store.OfTenantAsync(tenantId, cancel)).ToDictionary(credential => credential.Vendor);
        var unusable = await accounts.UnusableAsync(tenantId, cancel);
        var isOn = new Dictionary<string, bool>
        {
            [VendorNames.Shopmonkey] = await accounts.ShopmonkeyAsync(tenantId, cancel) is not null,
            [VendorNames.Twilio] = await accounts.TwilioAsync(tenantId, cancel) is not null,
            [VendorNames.SendGrid] = await accounts.SendGridAsync(tenantId, cancel) is not null,
        };
        return TypedResults.Ok(new Page<VendorCredentialState>(
        [
            .. VendorNames.All.Select(vendor => new VendorCredentialState(
                vendor,
                stored.ContainsKey(vendor) ? "tenant" : isOn[vendor] ? "environment" : "none",
                unusable.Contains(vendor) ? "unreadable" : !isOn[vendor] ? "off" : conditions.Of(vendor, tenantId)?.State ?? "ok",
                stored.GetValueOrDefault(vendor)?.UpdatedAt)),
        ], null));
    }

    private static async Task<Results<Ok<SavedVendorCredential>, ValidationProblem, ProblemHttpResult>> SaveShopmonkeyAsync(
        ShopmonkeyCredentials request, ClaimsPrincipal staff, VendorCredentials credentials, VendorCheck check, DefaultTenant defaultTenant, PlatformSettings platform,
        PollStore polls, CancellationToken cancel)
    {
        if (request.WebhookSecrets?.Any(secret => secret is null || !WebhookSecret().IsMatch(secret)) == true)
        {
            return Invalid("webhookSecrets", "Each is 16 to 200 printable ASCII characters without blanks.");
        }

        if (!credentials.CanSeal)
        {
            return WithoutKey();
        }

        var (isVerified, companyId) = await check.ShopmonkeyAsync(staff.TenantId(), request.ApiKey, cancel);
        if (request.CompanyId is { } given && companyId is not null && given != companyId)
        {
            return Invalid("companyId", "It is not the company of this key. Leave it out, and the CRM is asked.");
        }

        companyId ??= request.CompanyId;
        if (companyId is not null && staff.TenantId() == defaultTenant.Id && platform.ShopmonkeyCompanyId is { } fixedOne && fixedOne != companyId)
        {
            return Conflict("SHOPMONKEY_TENANT_ID names another company for this tenant. Change it there, or give the new franchise a tenant of its own.");
        }

        if (!await credentials.SaveShopmonkeyAsync(staff.TenantId(), staff.UserId(), request.ApiKey, request.WebhookSecrets, companyId, cancel))
        {
            return Conflict("This company of Shopmonkey belongs to another tenant: one company is one tenant.");
        }

        await polls.MakeDueAsync(staff.TenantId(), cancel);
        return TypedResults.Ok(new SavedVendorCredential(VendorNames.Shopmonkey, isVerified, companyId));
    }

    private static async Task<Results<Ok<SavedVendorCredential>, ProblemHttpResult>> SaveTwilioAsync(
        TwilioCredentials request, ClaimsPrincipal staff, VendorCredentials credentials, VendorCheck check, CancellationToken cancel)
    {
        if (!credentials.CanSeal)
        {
            return WithoutKey();
        }

        var isVerified = await check.TwilioAsync(staff.TenantId(), request.AccountSid, request.AuthToken, cancel);
        await credentials.SaveAsync(
            staff.TenantId(), staff.UserId(), new TwilioSecret(request.AccountSid, request.AuthToken, request.PhoneNumber, request.MessagingServiceSid, request.SegmentsPerSecond, request.DailySegments), cancel);
        return TypedResults.Ok(new SavedVendorCredential(VendorNames.Twilio, isVerified, null));
    }

    private static async Task<Results<Ok<SavedVendorCredential>, ValidationProblem, ProblemHttpResult>> SaveSendGridAsync(
        SendGridCredentials request, ClaimsPrincipal staff, VendorCredentials credentials, VendorCheck check, CancellationToken cancel)
    {
        if (request.WebhookPublicKey is { } key && !SendGridSignature.IsKey(key))
        {
            return Invalid("webhookPublicKey", "It is no public key of ECDSA in base64. SendGrid shows it under Settings, Mail Settings, Event Webhook, Security.");
        }

        if (!credentials.CanSeal)
        {
            return WithoutKey();
        }

        var isVerified = await check.SendGridAsync(staff.TenantId(), request.ApiKey, cancel);
        await credentials.SaveAsync(
            staff.TenantId(), staff.UserId(), new SendGridSecret(request.ApiKey, request.FromEmail, request.FromName, request.WebhookPublicKey), cancel);
        return TypedResults.Ok(new SavedVendorCredential(VendorNames.SendGrid, isVerified, null));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(string vendor, ClaimsPrincipal staff, VendorCredentials credentials, CancellationToken cancel)
    {
        if (!VendorNames.All.Contains(vendor))
        {
            return UnknownVendor(vendor);
        }

        return await credentials.RemoveAsync(staff.TenantId(), staff.UserId(), vendor, cancel)
            ? TypedResults.NoContent()
            : TypedResults.Problem("No account of this vendor is stored.", statusCode: StatusCodes.Status404NotFound);
    }

    private static ProblemHttpResult UnknownVendor(string vendor)
    {
        _ = vendor;
        return TypedResults.Problem($"There is no such vendor. There are: {string.Join(", ", VendorNames.All)}.", statusCode: StatusCodes.Status404NotFound);
    }

    private static ProblemHttpResult WithoutKey() => Conflict(
        "DATA_ENCRYPTION_KEY is not set, so no credentials can be stored. Set it for all Orchestrators (openssl rand -base64 32) and restart them.");

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    private static ValidationProblem Invalid(string field, string message) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    [GeneratedRegex(VendorCredentialRules.WebhookSecret)]
    private static partial Regex WebhookSecret();
}
