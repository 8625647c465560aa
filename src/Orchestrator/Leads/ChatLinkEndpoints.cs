using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>POST /api/leads/{id}/chat-links/revocation: somebody else has the customer's link.</summary>
internal static class ChatLinkEndpoints
{
    public static void MapChatLinks(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/leads").WithTags("Leads").MapPost("/{id:guid}/chat-links/revocation", RevokeAsync)
        .WithSummary("Takes back every link to this lead's conversation, and ends what they have opened. The next text or email brings a new one.");

    private static async Task<Results<NoContent, NotFound>> RevokeAsync(
        ClaimsPrincipal staff, LeadDatabase database, LeadStore leads, AttemptStore attempts, AuditStore audit, Guid id, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await leads.GetAsync<LeadView>(transaction, id, cancel) is null)
        {
            return TypedResults.NotFound();
        }

        var count = await attempts.RevokeLinksAsync(transaction, id, cancel);
        await audit.AddAsync(transaction, staff.UserId(), "chat_links_revoked", $"lead {id}: {count}", cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }
}
