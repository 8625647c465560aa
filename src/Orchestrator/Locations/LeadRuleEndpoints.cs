using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>/api/locations/{id}/lead-rules: which of a shop's orders are leads.</summary>
internal static class LeadRuleEndpoints
{
    public static void MapLeadRules(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/locations/{id:guid}/lead-rules").WithTags("Locations");
        group.MapGet("", GetAsync);
        group.MapPut("", PutAsync).RequireAuthorization(new AuthorizeAttribute { Roles = Roles.Managing });
        group.MapPost("/previews", PreviewAsync);
    }

    private static async Task<Results<Ok<LeadRulesView>, NotFound, ProblemHttpResult>> GetAsync(
        ClaimsPrincipal staff, LocationStore locations, LeadRuleBook book, Guid id, CancellationToken cancel) =>
        await locations.FindAsync(staff.TenantId(), id, cancel) is { } location
            ? TypedResults.Ok(LeadRulesView.Of(location.Rules, await book.ChosenAsync(staff.TenantId(), location, cancel)))
            : TypedResults.NotFound();

    private static async Task<Results<Ok<LeadRulesView>, NotFound, ValidationProblem, ProblemHttpResult>> PutAsync(
        ClaimsPrincipal staff, LocationStore locations, LeadRuleBook book, Guid id, LeadRulesRequest request, CancellationToken cancel)
    {
        if (await locations.FindAsync(staff.TenantId(), id, cancel) is not { } location)
        {
            return TypedResults.NotFound();
        }

        if (request.Faults() is { Count: > 0 } faults)
        {
            return TypedResults.ValidationProblem(faults);
        }

        var rules = request.ToRules();
        try
        {
            if (await book.UnknownColumnsAsync(staff.TenantId(), location, rules, cancel) is { } unknown)
            {
                return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["workflowStatusIds"] = [unknown] });
            }
        }
        catch (ShopmonkeyException)
        {
            return CrmIsAway();
        }

        await book.ChangeAsync(staff.TenantId(), staff.UserId(), location, rules, cancel);
        return TypedResults.Ok(LeadRulesView.Of(rules, await book.ChosenAsync(staff.TenantId(), location with
        {
            LeadWorkflowStatusIds = rules.WorkflowStatusIds, LeadWorkflowNames = rules.WorkflowNames, LeadNamePrefix = rules.NamePrefix,
        }, cancel)));
    }

    private static async Task<Results<Ok<LeadPreview>, NotFound, ProblemHttpResult>> PreviewAsync(
        ClaimsPrincipal staff, LocationStore locations, LeadRuleBook book, Guid id, LeadPreviewRequest request, CancellationToken cancel)
    {
        if (await locations.FindAsync(staff.TenantId(), id, cancel) is not { } location)
        {
            return TypedResults.NotFound();
        }

        try
        {
            return await book.PreviewAsync(staff.TenantId(), location, request.OrderId, cancel) is { } preview
                ? TypedResults.Ok(preview)
                : TypedResults.Problem("The CRM has no order with this id.", statusCode: StatusCodes.Status404NotFound);
        }
        catch (ShopmonkeyException)
        {
            return CrmIsAway();
        }
    }

    private static ProblemHttpResult CrmIsAway() => TypedResults.Problem(
        "The CRM cannot be asked now. Nothing was changed; try again in a minute, and look at /health if it stays so.", statusCode: StatusCodes.Status503ServiceUnavailable);
}

/// <summary>What counts as a lead in a shop. <c>chosen</c>: the columns that count now, and <c>explanation</c> why it is these.</summary>
public sealed record LeadRulesView(
    IReadOnlyList<string>? WorkflowStatusIds, IReadOnlyList<string>? WorkflowNames, IReadOnlyList<string> Statuses, string NamePrefix, IReadOnlyList<string> Exclusions,
    string TestMarker, IReadOnlyList<LeadColumn> Chosen, string Explanation)
{
    internal static LeadRulesView Of(LocationRules rules, ChosenColumns chosen) => new(
        rules.WorkflowStatusIds, rules.WorkflowNames, rules.Statuses, rules.NamePrefix, rules.Exclusions, rules.TestMarker, chosen.Columns, chosen.Explanation);
}

/// <summary>An order to be judged by the rules as they are now.</summary>
/// <param name="OrderId">The order's id at the CRM.</param>
public sealed record LeadPreviewRequest([Required, StringLength(64, MinimumLength = 1), PlainText] string OrderId);

/// <summary>Whether an order is a lead, and why. <c>reason</c> is a machine word, null for a lead; <c>column</c> is where it stands on the board.</summary>
public sealed record LeadPreview(string OrderId, bool IsLead, string? Reason, string Explanation, string? Name, string? Status, LeadColumn? Column, bool IsTest);

/// <summary>A shop's rules, replaced as a whole: what is left out is found by itself or as usual.</summary>
/// <param name="WorkflowStatusIds">Ids of the columns whose orders are leads.</param>
/// <param name="WorkflowNames">Their names instead, compared without case and plural.</param>
/// <param name="Statuses">Statuses of an order that may be a lead: Estimate (usual), RepairOrder, Invoice.</param>
/// <param name="NamePrefix">Orders whose name begins so are leads where no column was found (usual: New Quote); any other beginning counts in every column. Empty = no name counts.</param>
/// <param name="Exclusions">Words in an order's name, or in its column's, that make it no lead.</param>
/// <param name="TestMarker">Marks a test lead in the order's or the customer's name (usual: [test]).</param>
public sealed record LeadRulesRequest(
    string[]? WorkflowStatusIds, string[]? WorkflowNames, string[]? Statuses, string? NamePrefix, string[]? Exclusions, string? TestMarker)
{
    private const int MostEntries = 50;
    private const int LongestText = 100;
    private static readonly string[] KnownStatuses = ["Estimate", "RepairOrder", "Invoice"];

    internal Dictionary<string, string[]> Faults()
    {
        Dictionary<string, string[]> faults = [];
        Note("workflowStatusIds", List(WorkflowStatusIds, 64));
        Note("workflowNames", List(WorkflowNames, LongestText) ?? (WorkflowStatusIds is { Length: > 0 } && WorkflowNames is { Length: > 0 } ? "Choose columns by id or by name, not both." : null));
        Note("statuses", Statuses is { Length: 0 } ? "At least one status is needed; leave the field out for Estimate."
            : Statuses?.Except(KnownStatuses).Any() == true ? "A status is one of Estimate, RepairOrder, Invoice." : null);
        Note("namePrefix", NamePrefix is null ? null : Text(NamePrefix));
        Note("exclusions", List(Exclusions, LongestText));
        Note("testMarker", TestMarker is null ? null : TestMarker.Trim().Length < 2 ? "A marker has at least two characters, or every lead would be a test." : Text(TestMarker));
        return faults;

        void Note(string field, string? fault)
        {
            if (fault is not null)
            {
                faults[field] = [fault];
            }
        }
    }

    internal LocationRules ToRules() => new(
        OrNull(WorkflowStatusIds), OrNull(WorkflowNames), Statuses is { Length: > 0 } ? [.. Statuses.Distinct()] : LocationRules.Usual.Statuses,
        (NamePrefix ?? LocationRules.UsualPrefix).Trim(), OrNull(Exclusions) ?? [], (TestMarker ?? LocationRules.UsualTestMarker).Trim());

    private static string[]? OrNull(string[]? values) => values is { Length: > 0 } ? [.. values.Select(value => value.Trim()).Distinct()] : null;

    private static string? List(string[]? values, int longest) => values switch
    {
        null => null,
        { Length: > MostEntries } => $"At most {MostEntries} entries are taken.",
        _ when Array.Exists(values, value => string.IsNullOrWhiteSpace(value) || value.Length > longest) => $"Each entry has between 1 and {longest} characters.",
        _ when Array.Exists(values, HasControl) => "An entry holds a control character.",
        _ => null,
    };

    private static string? Text(string value) =>
        value.Length > LongestText ? $"At most {LongestText} characters are taken." : HasControl(value) ? "The text holds a control character." : null;

    private static bool HasControl(string value) => value.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter));
}
