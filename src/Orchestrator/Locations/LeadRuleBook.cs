using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>What a shop's lead rules mean on its board at the CRM, and how they are changed.</summary>
public sealed class LeadRuleBook(
    LeadDatabase database, LocationStore locations, InboxStore inbox, AuditStore audit, WorkflowColumns columns, ShopmonkeyClient shopmonkey, VendorAccounts accounts, LocationSync shops, TimeProvider clock)
{
    // Orders that were no leads under the old rules are looked at again as far back as the poller's sweep looks.
    private static readonly TimeSpan LookedAtAgain = TimeSpan.FromHours(48);

    // Not before every process goes by the new rules.
    private static readonly TimeSpan UntilEveryoneKnows = LocationSync.KnownFor + TimeSpan.FromSeconds(2);

    /// <summary>The columns that count now. A CRM that is away or switched off shows none, and the explanation says so.</summary>
    public async Task<ChosenColumns> ChosenAsync(Guid tenantId, Location location, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(location);
        try
        {
            return LeadColumns.Choose(location.Rules, location.ExternalId, await BoardAsync(tenantId, cancel));
        }
        catch (ShopmonkeyException)
        {
            return new ChosenColumns([], false, "The CRM cannot be asked for its columns now; ask again in a minute.");
        }
    }

    /// <summary>Null, or a sentence about columns that this shop does not have. What the CRM does not show cannot be judged.</summary>
    /// <exception cref="ShopmonkeyException">The CRM is away.</exception>
    public async Task<string?> UnknownColumnsAsync(Guid tenantId, Location location, LocationRules rules, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.WorkflowStatusIds is not { Length: > 0 } ids || LeadColumns.OfLocation(location.ExternalId, await BoardAsync(tenantId, cancel)) is not { Count: > 0 } board)
        {
            return null;
        }

        var unknown = ids.Except(board.Select(column => column.Id)).ToList();
        return unknown.Count == 0 ? null
            : $"This shop has no column {string.Join(", ", unknown)}. Its columns: {string.Join("; ", board.Select(column => $"{column.Id} = {column.Name}"))}.";
    }

    /// <summary>Replaces the rules, notes who did it, and puts back the orders of the last two days that were no leads under the old ones.</summary>
    public async Task ChangeAsync(Guid tenantId, Guid actorId, Location location, LocationRules rules, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(location);
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await locations.SaveRulesAsync(transaction, location.Id, rules, cancel);
        await audit.AddAsync(transaction, actorId, "lead_rules_changed", $"locations/{location.Id}", cancel);
        if (location.ExternalId is { } externalId)
        {
            await inbox.LookAgainAsync(transaction, externalId, clock.GetUtcNow() - LookedAtAgain, UntilEveryoneKnows, cancel);
        }

        await transaction.CommitAsync(cancel);
        shops.Forget(tenantId, location.ExternalId);
    }

    /// <summary>Judges an order of the CRM by the rules as they are stored; null when the CRM has no such order.</summary>
    /// <exception cref="ShopmonkeyException">The CRM is away or switched off.</exception>
    public async Task<LeadPreview?> PreviewAsync(Guid tenantId, Location location, string orderId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (await shopmonkey.OrderAsync(tenantId, orderId, cancel) is not { } order)
        {
            return null;
        }

        var all = await BoardAsync(tenantId, cancel);
        var reason = order.LocationId == location.ExternalId ? LeadRules.WhyNotALead(order, location.Rules, all) : "order_of_another_location";
        var name = ShopmonkeyMapping.Clean(order.Name ?? order.CoalescedName, 200);
        var explanation = reason is null
            ? $"It is a lead. {LeadColumns.Choose(location.Rules, location.ExternalId, all).Explanation}"
            : EventReasons.Explain(reason)!;
        return new LeadPreview(
            orderId, reason is null, reason, explanation, name, order.Status, LeadColumns.OfLocation(order.LocationId, all).FirstOrDefault(column => column.Id == order.WorkflowStatusId),
            name.Contains(location.TestMarker, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<IReadOnlyList<WorkflowStatusRow>> BoardAsync(Guid tenantId, CancellationToken cancel) =>
        await accounts.ShopmonkeyAsync(tenantId, cancel) is null ? [] : await columns.GetAsync(tenantId, cancel);
}
