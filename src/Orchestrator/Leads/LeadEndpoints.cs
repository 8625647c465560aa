using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>/api/leads: read leads and what happened with them.</summary>
internal static class LeadEndpoints
{
    public static void MapLeads(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/leads").WithTags("Leads");
        group.MapGet("", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapGet("/{id:guid}/timeline", TimelineAsync).WithSummary("What happened with the lead, oldest first; 200 entries where no limit is given.");
    }

    private static async Task<Results<Ok<Page<LeadView>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, LeadStore leads,
        [AllowedValues(null, "new", "contacted", "engaged", "booked", "won", "lost", "opted_out", "unreachable",
            ErrorMessage = "The status is new, contacted, engaged, booked, won, lost, opted_out or unreachable.")] string? status,
        [StringLength(100)] string? q, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!TryCursor(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await leads.ListAsync(staff.TenantId(), status, q, before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, lead => $"{lead.CreatedAt:O}|{lead.Id}"));
    }

    private static async Task<Results<Ok<LeadDetail>, NotFound>> GetAsync(
        ClaimsPrincipal staff, LeadDatabase database, LeadStore leads, PersonStore people, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await leads.GetAsync<LeadDetail>(transaction, id, cancel) is not { } lead)
        {
            return TypedResults.NotFound();
        }

        var person = await people.OfLeadAsync(transaction, id, cancel) is { PersonId: { } personId } ? await people.ReadAsync(transaction, personId, cancel) : null;
        return TypedResults.Ok(lead with { Person = person });
    }

    private static async Task<Results<Ok<Page<TimelineEntry>>, NotFound, ProblemHttpResult>> TimelineAsync(
        ClaimsPrincipal staff, LeadStore leads, Guid id, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        var after = TimelinePlace.Read(Paging.Decode(cursor));
        if (!Paging.IsNone(cursor) && after is null)
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var most = limit ?? Paging.Most;
        var entries = await leads.TimelineAsync(staff.TenantId(), id, after, Paging.RowsFor(most), cancel);
        return entries.Count > 0 || (after is not null && (await leads.TimelineAsync(staff.TenantId(), id, null, 1, cancel)).Count > 0)
            ? TypedResults.Ok(Paging.Of(entries, most, entry => entry.Place.ToString()))
            : TypedResults.NotFound();
    }

    private static bool TryCursor(string? cursor, out (DateTimeOffset, Guid)? before)
    {
        before = null;
        if (Paging.Decode(cursor)?.Split('|') is [var at, var id]
            && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var createdAt) && Guid.TryParse(id, out var leadId))
        {
            before = (createdAt, leadId);
        }

        return Paging.IsNone(cursor) || before is not null;
    }
}
