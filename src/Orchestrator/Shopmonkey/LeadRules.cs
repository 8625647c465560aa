namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>What counts as a lead in a shop.</summary>
/// <param name="WorkflowStatusIds">Its columns by id; none = by <paramref name="WorkflowNames"/>.</param>
/// <param name="WorkflowNames">Its columns by name, compared without case and plural; none = found by what shops usually call them.</param>
/// <param name="Statuses">The CRM's statuses of an order: Estimate, RepairOrder, Invoice.</param>
/// <param name="NamePrefix">Beginning of an order's name; empty = the name does not count.</param>
/// <param name="Exclusions">Words in an order's name, or in its column's, that make it none.</param>
/// <param name="TestMarker">Mark of a test lead in the order's or the customer's name.</param>
public sealed record LocationRules(string[]? WorkflowStatusIds, string[]? WorkflowNames, string[] Statuses, string NamePrefix, string[] Exclusions, string TestMarker)
{
    /// <summary>The beginning of an order's name where nobody chose another.</summary>
    public const string UsualPrefix = "New Quote";

    /// <summary>The mark of a test lead where nobody chose another.</summary>
    public const string UsualTestMarker = "[test]";

    /// <summary>What counts where nobody chose anything.</summary>
    public static readonly LocationRules Usual = new(null, null, ["Estimate"], UsualPrefix, [], UsualTestMarker);

    /// <summary>Does one of these names bear the mark of a test lead?</summary>
    public static bool IsTest(string marker, params ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
        {
            if (name?.Contains(marker, StringComparison.OrdinalIgnoreCase) == true)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Somebody chose a beginning of names: it counts beside the columns that were found. The usual one only stands in for them.</summary>
    public bool HasOwnPrefix => NamePrefix.Length > 0 && !string.Equals(NamePrefix, UsualPrefix, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Decides which orders are leads, and what became of one that is none any more. Pure.</summary>
public static class LeadRules
{
    /// <summary>Is this order a lead for its shop? Null = yes; otherwise one machine word says why not.</summary>
    /// <param name="columns">The CRM's columns; empty when it shows none, and then the name alone decides.</param>
    public static string? WhyNotALead(OrderRow order, LocationRules rules, IReadOnlyList<WorkflowStatusRow> columns)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(columns);
        if (order.Deleted == true)
        {
            return "order_deleted";
        }

        if (!rules.Statuses.Contains(order.Status, StringComparer.OrdinalIgnoreCase))
        {
            return "not_an_estimate";
        }

        if (order.Archived == true || order.Imported == true)
        {
            return order.Archived == true ? "order_archived" : "order_imported";
        }

        if (order.Authorized == true || order.Invoiced == true || order.Paid == true)
        {
            return "order_already_sold";
        }

        return WhyNotByPlaceAndName(order, rules, columns);
    }

    /// <summary>What an order that is no lead (any more) makes of the lead it was: won, lost, or null = it stays what it is.</summary>
    public static string? EndOf(OrderRow order, LocationRules rules, IReadOnlyList<WorkflowStatusRow> columns)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(columns);
        if (order.Deleted == true)
        {
            return "lost";
        }

        var isPastEstimate = order.Status is "RepairOrder" or "Invoice" && !rules.Statuses.Contains(order.Status);
        return order.Authorized == true || order.Invoiced == true || order.Paid == true || isPastEstimate ? "won"
            : order.Archived == true || IsInALostColumn(order, rules, columns) ? "lost"
            : null;
    }

    private static string? WhyNotByPlaceAndName(OrderRow order, LocationRules rules, IReadOnlyList<WorkflowStatusRow> columns)
    {
        var name = order.Name ?? order.CoalescedName ?? "";
        var column = columns.FirstOrDefault(column => column.Id == order.WorkflowStatusId)?.Name ?? "";
        if (rules.Exclusions.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase) || column.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            return "excluded_by_rule";
        }

        var chosen = LeadColumns.Choose(rules, order.LocationId, columns);
        // A column by its id counts even where the key may not see the columns.
        if (rules.WorkflowStatusIds?.Contains(order.WorkflowStatusId) == true ? IsOfThisShop(order, columns) : chosen.Columns.Any(lead => lead.Id == order.WorkflowStatusId))
        {
            return null;
        }

        if (IsInALostColumn(order, rules, columns))
        {
            return "in_a_lost_column";
        }

        var doesTheNameCount = !chosen.IsOwnChoice && rules.NamePrefix.Length > 0 && (rules.HasOwnPrefix || chosen.Columns.Count == 0);
        return doesTheNameCount && name.TrimStart().StartsWith(rules.NamePrefix, StringComparison.OrdinalIgnoreCase) ? null : "not_in_a_lead_column";
    }

    private static bool IsOfThisShop(OrderRow order, IReadOnlyList<WorkflowStatusRow> columns) =>
        columns.FirstOrDefault(column => column.Id == order.WorkflowStatusId) is not { LocationId: { } shop } || shop == order.LocationId;

    private static bool IsInALostColumn(OrderRow order, LocationRules rules, IReadOnlyList<WorkflowStatusRow> columns) =>
        rules.WorkflowStatusIds?.Contains(order.WorkflowStatusId) != true
        && LeadColumns.OfLocation(order.LocationId, columns).Any(column => column.Id == order.WorkflowStatusId && LeadColumns.IsForLost(column.Name));
}
