using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What a person said to staff, or to another system.</summary>
public sealed record OptOutRequest
{
    /// <summary>Their words, for the ledger; and how they reached you, such as <c>on the phone: no more texts, please</c>.</summary>
    [Required, StringLength(500, MinimumLength = 1), PlainText]
    public string? Wording { get; init; }
}

/// <summary>POST /api/leads/{id}/opt-out: somebody told the shop, not us.</summary>
internal static class OptOutEndpoints
{
    public static void MapOptOuts(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/leads").WithTags("Leads").MapPost("/{id:guid}/opt-out", OptOutAsync)
        .AlsoForKeys(KeyScopes.LeadsWrite)
        .WithSummary("Nothing automated is sent to this person any more, by text or email, for any lead of theirs. Only they themselves can undo it, by texting START.")
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<LeadDetail>, NotFound, ProblemHttpResult>> OptOutAsync(
        ClaimsPrincipal staff, LeadDatabase database, LeadStore leads, ContactStore contacts, AuditStore audit, Guid id, OptOutRequest request, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await leads.GetAsync<LeadDetail>(transaction, id, cancel) is not { } lead)
        {
            return TypedResults.NotFound();
        }

        if (lead.Phone is null && EmailAddress.Read(lead.Email) is null)
        {
            return TypedResults.Problem("The lead has neither a phone nor an email: nobody can be written to.", statusCode: StatusCodes.Status409Conflict);
        }

        var channel = staff.IsKey() ? "api" : "console";
        if (await contacts.OptOutLeadAsync(transaction, id, new ConsentEvidence(channel, $"{(staff.IsKey() ? "key" : "user")} {staff.UserId()}", request.Wording!), cancel))
        {
            await audit.AddAsync(transaction, staff.UserId(), "lead_opted_out", $"lead {id}", cancel);
            Measures.OptedOut(channel);
        }

        var after = await leads.GetAsync<LeadDetail>(transaction, id, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(after!);
    }
}
