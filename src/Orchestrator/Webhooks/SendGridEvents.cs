using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary><c>POST /webhooks/sendgrid/events</c>: what became of emails, in signed batches, in any order and many times.</summary>
/// <remarks>
/// A batch comes from one account of SendGrid and is signed with that account's key. An event counts for the tenant whose email it is about when that tenant's key signed;
/// all others are kept, and of no use, for the tenant whose door it is.
/// </remarks>
public sealed class SendGridEvents(
    VendorAccounts accounts, DefaultTenant defaultTenant, TenantStore tenants, AttemptStore attempts, MailEventWork work, WebhookRefusals refusals, TimeProvider clock)
{
    // Before a signature is known to be good, so many emails are looked up to find whose key it could be.
    private const int MostAskedUnsigned = 20;
    private const int AtOnce = 100;
    private static readonly TimeSpan StoringDeadline = TimeSpan.FromSeconds(8);

    /// <summary>Maps both of its routes: the tenant with an account of its own may be named, so that batches without any email of ours are known, too.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/webhooks/sendgrid/events", (HttpContext context, SendGridEvents door) => door.ReceiveAsync(context, null)).AllowAnonymous().WithTags("Webhooks");
        routes.MapPost("/webhooks/sendgrid/events/{tenant}", (HttpContext context, SendGridEvents door, string tenant) => door.ReceiveAsync(context, tenant)).AllowAnonymous().WithTags("Webhooks");
    }

    private async Task<IResult> ReceiveAsync(HttpContext context, string? pathTenant)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(WebhookBody.Deadline);
        if (await WebhookBody.ReadAsync(context, deadline.Token) is not { } body)
        {
            return Refuse("sendgrid_too_large", StatusCodes.Status413PayloadTooLarge, "The body is larger than 1 MiB.");
        }

        deadline.CancelAfter(StoringDeadline);
        try
        {
            var batch = MailEvent.ReadBatch(body);
            var signature = SendGridSignature.Of(context.Request.Headers, body, clock.GetUtcNow());
            if (await SignerAsync(pathTenant, batch ?? [], signature, deadline.Token) is not { } signer)
            {
                return Refuse("sendgrid_bad_signature", StatusCodes.Status401Unauthorized, "The signature is missing, wrong or not of now.");
            }

            return batch is null
                ? Refuse("sendgrid_not_json", StatusCodes.Status400BadRequest, "The body is not a JSON array in UTF-8 with at most 64 levels.")
                : await KeepAsync(signer, batch, signature, deadline.Token);
        }
        catch (Exception exception) when (WebhookRefusals.IsNotStored(exception, context))
        {
            return refusals.NotStored(exception, context);
        }
    }

    // The tenant of the path, else the default one, else the one of an email that the batch is about: whose key signed.
    private async Task<Guid?> SignerAsync(string? pathTenant, IReadOnlyList<MailEvent> batch, SendGridSignature signature, CancellationToken cancel)
    {
        var door = pathTenant is null ? defaultTenant.Id : await tenants.FindAsync(pathTenant, cancel);
        if (door is { } tenantId && await IsSignerAsync(tenantId, signature, cancel))
        {
            return tenantId;
        }

        var asked = batch.DistinctBy(one => (one.AttemptId, one.AttemptId is null ? Named(one) : null)).Take(MostAskedUnsigned).ToList();
        foreach (var owner in (await OwnersAsync(asked, cancel)).Values.Select(email => email.TenantId).Distinct())
        {
            if (pathTenant is null && await IsSignerAsync(owner, signature, cancel))
            {
                return owner;
            }
        }

        return null;
    }

    private async Task<IResult> KeepAsync(Guid signer, IReadOnlyList<MailEvent> batch, SendGridSignature signature, CancellationToken cancel)
    {
        var owners = await OwnersAsync(batch, cancel);
        var signers = new HashSet<Guid> { signer };
        foreach (var owner in owners.Values.Select(email => email.TenantId).Distinct())
        {
            if (await IsSignerAsync(owner, signature, cancel))
            {
                signers.Add(owner);
            }
        }

        var fresh = 0;
        foreach (var tenant in batch.GroupBy(one => IsSigned(one, out var owner) ? owner.TenantId : signer, one => IsSigned(one, out var owner) ? one with { AttemptId = owner.AttemptId } : one))
        {
            // Piece by piece: what is done stays done when a large batch takes longer than its sender waits, and the next delivery goes on from there.
            foreach (var piece in tenant.Chunk(AtOnce))
            {
                fresh += await work.DoAsync(tenant.Key, piece, cancel);
            }
        }

        refusals.Accepted("sendgrid");
        Measures.WebhookAccepted("sendgrid", fresh > 0);
        return TypedResults.Ok(new WebhookAnswer(fresh > 0 || batch.Count == 0 ? "accepted" : "duplicate"));

        bool IsSigned(MailEvent one, out (Guid TenantId, Guid AttemptId) owner) => owners.TryGetValue(one.Id, out owner) && signers.Contains(owner.TenantId);
    }

    // The emails that events are about, by the events' ids: by our own argument, else (from an account that strips or renames those) by SendGrid's id and the address.
    private async Task<IReadOnlyDictionary<string, (Guid TenantId, Guid AttemptId)>> OwnersAsync(IReadOnlyList<MailEvent> events, CancellationToken cancel)
    {
        var tenantOf = await attempts.FindTenantsAsync([.. events.Select(one => one.AttemptId).OfType<Guid>().Distinct()], cancel);
        var mailed = await attempts.FindMailedAsync([.. events.Where(one => one.AttemptId is null).Select(Named).OfType<(string, string)>().Distinct()], cancel);
        Dictionary<string, (Guid, Guid)> owners = [];
        foreach (var one in events)
        {
            if (one.AttemptId is { } id && tenantOf.TryGetValue(id, out var tenantId))
            {
                owners.Add(one.Id, (tenantId, id));
            }
            else if (one.AttemptId is null && Named(one) is { } named && mailed.TryGetValue(named, out var email))
            {
                owners.Add(one.Id, email);
            }
        }

        return owners;
    }

    private static (string MessageId, string Email)? Named(MailEvent one) => one is { MessageId: { } id, Email: { } email } ? (id, email) : null;

    private async Task<bool> IsSignerAsync(Guid tenantId, SendGridSignature signature, CancellationToken cancel) =>
        signature.IsBy((await accounts.SendGridAsync(tenantId, cancel))?.WebhookPublicKey);

    private JsonHttpResult<WebhookRefusal> Refuse(string cause, int status, string detail)
    {
        refusals.Refused(cause);
        return WebhookRefusal.Answer(status, detail);
    }
}
