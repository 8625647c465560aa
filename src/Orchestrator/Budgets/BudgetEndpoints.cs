using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Budgets;

/// <summary>/api/budgets: what a franchise's models may cost in a day and in a month.</summary>
internal static class BudgetEndpoints
{
    public static IServiceCollection AddBudgets(this IServiceCollection services) => services.AddSingleton<BudgetLimitStore>();

    public static void MapBudgets(this IEndpointRouteBuilder routes)
    {
        var budgets = routes.MapGroup("/api/budgets").WithTags("Budgets");
        budgets.MapGet("", ListAsync);
        budgets.MapPut("", SetAsync).OnlyFor(Roles.PlatformAdmin, Roles.Owner).ProducesProblem(StatusCodes.Status403Forbidden);
    }

    private static async Task<Ok<Page<BudgetView>>> ListAsync(ClaimsPrincipal staff, BudgetLimitStore budgets, CancellationToken cancel) =>
        TypedResults.Ok(new Page<BudgetView>(await budgets.ReadAsync(staff.TenantId(), cancel), null));

    private static async Task<Ok<BudgetView>> SetAsync(NewBudget budget, ClaimsPrincipal staff, BudgetLimitStore budgets, CancellationToken cancel)
    {
        await budgets.WriteAsync(staff.TenantId(), staff.UserId(), budget.Period!, budget.LimitMicros!.Value, budget.SoftPercent ?? NewBudget.UsualSoftPercent, cancel);
        return TypedResults.Ok((await budgets.ReadAsync(staff.TenantId(), cancel)).Single(view => view.Period == budget.Period));
    }
}

/// <summary>A limit that is to hold.</summary>
/// <param name="Period">day or month.</param>
/// <param name="LimitMicros">Micro-dollars, 1,000,000 = 1 US dollar; 0 = no model is asked at all.</param>
/// <param name="SoftPercent">1–100; default 80.</param>
public sealed record NewBudget(
    [property: Required, AllowedValues("day", "month", ErrorMessage = "period must be day or month.")] string? Period,
    [property: Required, Range(0, 1_000_000_000_000, ErrorMessage = "limitMicros must be 0 to 1,000,000,000,000 micro-dollars.")] long? LimitMicros,
    [property: Range(1, 100, ErrorMessage = "softPercent must be 1 to 100.")] int? SoftPercent)
{
    internal const int UsualSoftPercent = 80;
}
