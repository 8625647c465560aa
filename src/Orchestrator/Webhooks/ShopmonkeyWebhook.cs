using System.Text;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary><c>POST /webhooks/shopmonkey</c>: verify, keep, answer. The work is done from the inbox.</summary>
public sealed class ShopmonkeyWebhook(
    InboxArrivals arrivals, InboxSignal signal, WebhookRefusals refusals, TenantStore tenants, DefaultTenant defaultTenant,
    PlatformSettings platform, VendorAccounts accounts, Shopmonkey.CrmLookups lookups, TimeProvider clock)
{
    // A database that is silent, not down: the sender is told in time to send again.
    private static readonly TimeSpan StoringDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Maps both of its routes: for the tenant of the body, and for the one that the path names.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/webhooks/shopmonkey", (HttpContext context, ShopmonkeyWebhook door) => door.ReceiveAsync(context, null)).AllowAnonymous().WithTags("Webhooks");
        routes.MapPost("/webhooks/shopmonkey/{tenant}", (HttpContext context, ShopmonkeyWebhook door, string tenant) => door.ReceiveAsync(context, tenant)).AllowAnonymous().WithTags("Webhooks");
    }

    /// <summary>One delivery. Any failure to store is 503: Shopmonkey does not repeat after a 500.</summary>
    public async Task<IResult> ReceiveAsync(HttpContext context, string? pathTenant)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(WebhookBody.Deadline);
        var body = await WebhookBody.ReadAsync(context, deadline.Token);
        if (body is null)
        {
            return Refuse("too_large", StatusCodes.Status413PayloadTooLarge, "The body is larger than 1 MiB.");
        }

        deadline.CancelAfter(StoringDeadline);
        try
        {
            var received = ShopmonkeyEvent.Read(body);
            var (tenantId, isKnown) = await TenantOfAsync(pathTenant, received, deadline.Token);
            if (!await IsSignedAsync(context.Request.Headers, body, tenantId, deadline.Token))
            {
                return Refuse("bad_signature", StatusCodes.Status401Unauthorized, "The signature is missing, wrong or stale.");
            }

            if (received is null)
            {
                return Refuse("not_json", StatusCodes.Status400BadRequest, "The body is not JSON in UTF-8 with at most 64 levels.");
            }

            return await KeepAsync(context.Request.Headers, received, body, tenantId, isKnown, deadline.Token);
        }
        catch (Exception exception) when (WebhookRefusals.IsNotStored(exception, context))
        {
            return refusals.NotStored(exception, context);
        }
    }

    /// <summary>Does all that a delivery needs, and keeps nothing: the first real one finds compiled code, open connections and prepared statements.</summary>
    internal async Task RehearseAsync(HttpContext context, CancellationToken cancel)
    {
        var body = (await WebhookBody.ReadAsync(context, cancel))!;
        var received = ShopmonkeyEvent.Read(body)!;
        var (tenantId, _) = await TenantOfAsync(null, received, cancel);
        _ = await IsSignedAsync(context.Request.Headers, body, tenantId, cancel);
        await arrivals.RehearseAsync(ToKeep(context.Request.Headers, received, body, tenantId, isKnown: true), cancel);
        await TypedResults.Ok(new WebhookAnswer("rehearsed")).ExecuteAsync(context);
    }

    private async Task<IResult> KeepAsync(
        IHeaderDictionary headers, ShopmonkeyEvent received, byte[] body, Guid tenantId, bool isKnown, CancellationToken cancel)
    {
        if (received.Fault is null)
        {
            // Before it is kept: from then on somebody may be working on it.
            lookups.Forget(tenantId, received.Table, received.ExternalId!);
        }

        var isNew = await arrivals.AddAsync(ToKeep(headers, received, body, tenantId, isKnown), cancel);
        Failpoint.Reach(Failpoint.WebhookStored);
        refusals.Accepted();
        Measures.WebhookAccepted("shopmonkey", isNew);
        if (isNew && received.Fault is null)
        {
            signal.Wake();
        }

        return TypedResults.Ok(new WebhookAnswer(isNew ? "accepted" : "duplicate"));
    }

    private static NewInboxEvent ToKeep(IHeaderDictionary headers, ShopmonkeyEvent received, byte[] body, Guid tenantId, bool isKnown) => new(
        tenantId, "shopmonkey", received.DedupeKey, headers["webhook-id"], received.Table, received.Operation,
        received.ExternalId, Encoding.UTF8.GetString(body), received.Fault ?? (isKnown ? null : "unknown_company"));

    private JsonHttpResult<WebhookRefusal> Refuse(string cause, int status, string detail)
    {
        refusals.Refused(cause);
        return WebhookRefusal.Answer(status, detail);
    }

    // The tenant of the path, else of the body's company, else the default one. An unknown company is kept under the default tenant.
    private async Task<(Guid TenantId, bool IsKnown)> TenantOfAsync(string? pathTenant, ShopmonkeyEvent? received, CancellationToken cancel)
    {
        if (pathTenant is not null)
        {
            return await tenants.FindAsync(pathTenant, cancel) is { } named ? (named, true) : (Guid.Empty, false);
        }

        if (received is null or { CompanyId: null } || received.CompanyId == platform.ShopmonkeyCompanyId)
        {
            return (defaultTenant.Id, true);
        }

        return await tenants.FindByCompanyAsync(received.CompanyId!, cancel) is { } owner
            ? (owner, true)
            : (defaultTenant.Id, false);
    }

    // The tenant's own secrets, else (for the default tenant) the environment's. A tenant without any, and nobody's, cost the same time to refuse.
    private async ValueTask<bool> IsSignedAsync(IHeaderDictionary headers, byte[] body, Guid tenantId, CancellationToken cancel) =>
        (await accounts.WebhookSecretsAsync(tenantId, cancel)).IsValid(
            headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body, clock.GetUtcNow());
}

/// <summary>A refused delivery as problem details. One body for a status, to the byte: no trace, no path, nothing that tells one cause from another.</summary>
public sealed record WebhookRefusal(string Title, int Status, string Detail)
{
    /// <summary>The answer.</summary>
    public static JsonHttpResult<WebhookRefusal> Answer(int status, string detail) =>
        TypedResults.Json(new WebhookRefusal("The delivery was refused.", status, detail), contentType: "application/problem+json", statusCode: status);
}

/// <summary>accepted, or duplicate when the event was kept before.</summary>
public sealed record WebhookAnswer(string Status);
