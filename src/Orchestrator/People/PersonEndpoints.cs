using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.People;

/// <summary>/api/people: who is behind leads, and taking back what was joined by mistake.</summary>
internal static class PersonEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/people").WithTags("People").MapGet("/{id:guid}", GetAsync);
        routes.MapGroup("/api/leads").WithTags("People").MapPost("/{id:guid}/separation", SeparateAsync).OnlyFor(Roles.PlatformAdmin, Roles.Owner, Roles.Manager);
    }

    private static async Task<Results<Ok<PersonView>, NotFound>> GetAsync(ClaimsPrincipal staff, LeadDatabase database, PersonStore people, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        return await people.ReadAsync(transaction, id, cancel) is { } person ? TypedResults.Ok(person) : TypedResults.NotFound();
    }

    private static async Task<Results<Ok<PersonView>, NotFound>> SeparateAsync(
        ClaimsPrincipal staff, LeadDatabase database, LeadStore leads, PersonStore people, TouchPointStore touchPoints, TouchPointSignal signal, AuditStore audit, Guid id,
        CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        var isDue = false;
        if (await people.OfLeadAsync(transaction, id, cancel) is not { } before)
        {
            return TypedResults.NotFound();
        }

        await leads.LockAsync(transaction, "", [], PersonKey.Of(before.Phone, before.Email), cancel);
        if (await people.SeparateAsync(transaction, id, staff.UserId(), cancel))
        {
            await audit.AddAsync(transaction, staff.UserId(), "lead_separated", $"lead {id} from person {before.PersonId}", cancel);
            isDue = await touchPoints.ReviveAsync(transaction, [id], cancel);
        }

        var after = await people.OfLeadAsync(transaction, id, cancel);
        var person = await people.ReadAsync(transaction, after!.Value.PersonId!.Value, cancel);
        await transaction.CommitAsync(cancel);
        if (isDue)
        {
            signal.Wake();
        }

        return TypedResults.Ok(person!);
    }
}
