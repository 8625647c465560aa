using System.Text;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Who replays: a member of staff in a tenant.</summary>
/// <param name="MayCross">May hand an event to another tenant.</param>
public sealed record Replayer(Guid TenantId, Guid UserId, bool MayCross);

/// <summary>What came of a replay.</summary>
/// <param name="Refusal">Null, or a sentence about why it cannot be put back.</param>
public sealed record ReplayEnd(string Status, bool IsReplayed, string? Refusal = null);

/// <summary>Puts events back, by the hand of somebody who is noted. What waits or is done is left alone, so a replay may be repeated.</summary>
public sealed partial class WebhookReplays(
    LeadDatabase database, InboxStore inbox, InboxSignal signal, TenantStore tenants, AuditStore audit, ILogger<WebhookReplays> logger)
{
    /// <summary>Puts one event back; null when there is none.</summary>
    public async Task<ReplayEnd?> ReplayAsync(Replayer replayer, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(replayer);
        return await inbox.FindReplayableAsync(replayer.TenantId, id, cancel) switch
        {
            null => null,
            { Provider: not "shopmonkey" } other => new ReplayEnd(other.Status, false, "Only the CRM's events can be put back: this one was worked on when it came in."),
            { Status: "dead", Reason: InboxStore.UnknownCompany } stray => await HandOverAsync(replayer, stray, cancel),
            { Reason: InboxStore.HandedOver } given => new ReplayEnd(given.Status, true), // it is not this tenant's
            var found => await PutBackAsync(replayer, found, cancel),
        };
    }

    /// <summary>Puts up to <paramref name="limit"/> events back, the oldest first.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ReplayManyAsync(Replayer replayer, string status, string? reason, string? topic, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(replayer);
        var replayed = 0;
        await using (var transaction = await database.BeginAsync(replayer.TenantId, cancel))
        {
            replayed = await inbox.ReplayManyAsync(transaction, status, reason, topic, limit, cancel);
            if (replayed > 0)
            {
                await audit.AddAsync(transaction, replayer.UserId, "webhook_events_replayed", $"webhook-events?status={status}&reason={reason}&topic={topic}: {replayed}", cancel);
            }

            await transaction.CommitAsync(cancel);
        }

        if (status == "dead" && replayer.MayCross && reason is null or InboxStore.UnknownCompany)
        {
            foreach (var stray in await inbox.OfUnknownCompaniesAsync(replayer.TenantId, topic, limit - replayed, cancel))
            {
                replayed += (await HandOverAsync(replayer, stray, cancel)).IsReplayed ? 1 : 0;
            }
        }

        signal.Wake();
        Replayed(logger, replayed, replayer.TenantId, replayer.UserId);
        return replayed;
    }

    private async Task<ReplayEnd> PutBackAsync(Replayer replayer, ReplayableEvent found, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(replayer.TenantId, cancel);
        if (!await inbox.ReplayAsync(transaction, found.Id, cancel))
        {
            return new ReplayEnd(found.Status, false);
        }

        await audit.AddAsync(transaction, replayer.UserId, "webhook_event_replayed", $"webhook-events/{found.Id}", cancel);
        await transaction.CommitAsync(cancel);
        signal.Wake();
        return new ReplayEnd("received", true);
    }

    // Its signature was the default tenant's, so handing it on is for whoever runs the installation.
    private async Task<ReplayEnd> HandOverAsync(Replayer replayer, ReplayableEvent stray, CancellationToken cancel)
    {
        var read = ShopmonkeyEvent.Read(Encoding.UTF8.GetBytes(stray.Payload));
        if (read is not { Fault: null, CompanyId: { } company } || await tenants.FindByCompanyAsync(company, cancel) is not { } owner)
        {
            return new ReplayEnd(stray.Status, false, "No tenant has the company that this event names. Make the tenant, or give it the company, and replay then.");
        }

        if (owner == replayer.TenantId)
        {
            return await PutBackAsync(replayer, stray, cancel);
        }

        if (!replayer.MayCross)
        {
            return new ReplayEnd(stray.Status, false, "This event belongs to another tenant; a platform administrator can hand it over.");
        }

        var target = $"webhook-events/{stray.Id}";
        await audit.AddAsync(replayer.TenantId, replayer.UserId, "webhook_event_handed_to_its_tenant", target, cancel);
        await audit.AddAsync(owner, replayer.UserId, "webhook_event_handed_to_its_tenant", target, cancel);
        await inbox.HandToAsync(replayer.TenantId, owner, stray.Id, new NewInboxEvent(
            owner, stray.Provider, read.DedupeKey, null, read.Table, read.Operation, read.ExternalId, stray.Payload, null), cancel);
        signal.Wake();
        return new ReplayEnd("ignored", true);
    }

    [LoggerMessage(2250, LogLevel.Information, "{Count} webhook events of tenant {TenantId} were put back by {UserId}")]
    private static partial void Replayed(ILogger logger, int count, Guid tenantId, Guid userId);
}
