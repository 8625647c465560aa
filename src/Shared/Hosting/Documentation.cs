using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>The API described: OpenAPI at <c>/openapi/v1.json</c>, readable at <c>/docs</c>.</summary>
internal static class Documentation
{
    public static void MapDocumentation(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi().AllowAnonymous();
        routes.MapScalarApiReference("/docs", scalar =>
        {
            scalar.Title = "Lead Orchestrator";
            scalar.DefaultFonts = false; // no request to a third party
        }).AllowAnonymous();
    }
}
