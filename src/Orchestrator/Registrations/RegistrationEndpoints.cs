using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Registrations;

/// <summary>/api/webhook-registrations: our webhook at the franchise's CRM.</summary>
internal static class RegistrationEndpoints
{
    public static IServiceCollection AddRegistrations(this IServiceCollection services) => services
        .AddSingleton<RegistrationClient>().AddSingleton<RegistrationStore>().AddSingleton<WebhookRegistrations>();

    public static void MapRegistrations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/webhook-registrations").WithTags("Webhooks").OnlyFor(Roles.PlatformAdmin, Roles.Owner);
        group.MapGet("", LookAsync);
        group.MapPost("", RegisterAsync);
    }

    private static async Task<Results<Ok<RegistrationReport>, ProblemHttpResult>> LookAsync(ClaimsPrincipal staff, WebhookRegistrations registrations, CancellationToken cancel)
    {
        try
        {
            return await registrations.LookAsync(staff.TenantId(), cancel) is { } report
                ? TypedResults.Ok(report)
                : Refuse("Shopmonkey is switched off for this tenant. Store its key first: PUT /api/vendor-credentials/shopmonkey.");
        }
        catch (RegistrationException exception)
        {
            return BadGateway(exception);
        }
    }

    private static async Task<Results<Created<RegistrationReport>, Ok<RegistrationReport>, ProblemHttpResult>> RegisterAsync(
        ClaimsPrincipal staff, WebhookRegistrations registrations, CancellationToken cancel)
    {
        try
        {
            return await registrations.RegisterAsync(staff.TenantId(), staff.UserId(), cancel) switch
            {
                { Report: { } report, IsNew: true } => TypedResults.Created("/api/webhook-registrations", report),
                { Report: { } report } => TypedResults.Ok(report),
                var refused => Refuse(refused.Refusal!),
            };
        }
        catch (RegistrationException exception)
        {
            return BadGateway(exception);
        }
    }

    private static ProblemHttpResult Refuse(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    private static ProblemHttpResult BadGateway(RegistrationException exception) => TypedResults.Problem(
        $"Shopmonkey did not do it ({exception.Message}). {(exception.Words is { } words ? $"It says: {words}" : "Try again; /health says how it is.")}",
        statusCode: StatusCodes.Status502BadGateway);
}
