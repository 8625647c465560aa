using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Coverage;

/// <summary>A page of shops, and what holds for all of them.</summary>
public sealed record CoverageReport(IReadOnlyList<LocationCoverage> Items, string? NextCursor, TenantCoverage Tenant);

/// <summary>/api/coverage: how complete each shop knows itself to be, and why.</summary>
internal static class CoverageEndpoints
{
    public static IServiceCollection AddCoverage(this IServiceCollection services) => services.AddSingleton<ActivityStore>().AddSingleton<CoverageStore>();

    public static void MapCoverage(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/coverage").WithTags("Coverage").MapGet("", ReadAsync);

    private static async Task<Results<Ok<CoverageReport>, ProblemHttpResult>> ReadAsync(
        ClaimsPrincipal staff, CoverageStore coverage, TenantStore tenants, TimeProvider clock, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var after))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var now = clock.GetUtcNow();
        var tenant = await coverage.ReadAsync(staff.TenantId(), cancel);
        var shops = await coverage.LocationsAsync(staff.TenantId(), tenant, after, Paging.RowsFor(limit), cancel);
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull((await tenants.GetAsync(staff.TenantId(), cancel)).Timezone) ?? DateTimeZone.Utc;
        var page = Paging.Of(shops, limit, shop => shop.LocationId.ToString());
        return TypedResults.Ok(new CoverageReport([.. page.Items.Select(shop => CoverageWords.Describe(shop, now, zone))], page.NextCursor, tenant));
    }
}
