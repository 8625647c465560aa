using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What a person said to staff, or to another system.</summary>
public sealed record OptOutRequest
{
    private const int Longest = 500;

    /// <summary>Their words, for the ledger; and how they reached you, such as <c>on the phone: no more texts, please</c>. Null = only that they said so. Line breaks become blanks; 500 characters are kept.</summary>
    [MinLength(1)]
    public string? Wording { get; init; }

    // A no is never refused for the form of a note.
    internal string Kept => Wording is { } words && PlainText.Clean(words).ReplaceLineEndings(" ").Replace('\t', ' ').Trim() is { Length: > 0 } clean ? PlainText.Cut(clean, Longest) : "Said to the shop";
}

/// <summary>POST /api/leads/{id}/opt-out: somebody told the shop, not us.</summary>
internal static class OptOutEndpoints
{
    public static void MapOptOuts(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/leads").WithTags("Leads").MapPost("/{id:guid}/opt-out", OptOutAsync)
        .AlsoForKeys(KeyScopes.LeadsWrite)
        .WithSummary("Nothing automated is sent to this person any more, by text or email, for any lead of theirs. Only they themselves can undo it, by texting START.");

    // A no without words is one, and so is that of a lead whose number the CRM has yet to tell.
    private static async Task<Results<Ok<LeadDetail>, NotFound>> OptOutAsync(
        ClaimsPrincipal staff, LeadDatabase database, LeadStore leads, ContactStore contacts, AuditStore audit, Guid id, OptOutRequest? request, CancellationToken cancel) =>
        await Deadlock.RetryAsync(() => OptOutOnceAsync(staff, database, leads, contacts, audit, id, request, cancel)) is { } after ? TypedResults.Ok(after) : TypedResults.NotFound();

    private static async Task<LeadDetail?> OptOutOnceAsync(
        ClaimsPrincipal staff, LeadDatabase database, LeadStore leads, ContactStore contacts, AuditStore audit, Guid id, OptOutRequest? request, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await leads.GetAsync<LeadDetail>(transaction, id, cancel) is null)
        {
            return null;
        }

        var channel = staff.IsKey() ? "api" : "console";
        if (await contacts.OptOutLeadAsync(transaction, id, new ConsentEvidence(channel, $"{(staff.IsKey() ? "key" : "user")} {staff.UserId()}", (request ?? new()).Kept), cancel))
        {
            await audit.AddAsync(transaction, staff.UserId(), "lead_opted_out", $"lead {id}", cancel);
            Measures.OptedOut(channel);
        }

        var after = await leads.GetAsync<LeadDetail>(transaction, id, cancel);
        await transaction.CommitAsync(cancel);
        return after;
    }
}
