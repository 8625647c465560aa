using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Jobs;

/// <summary>/api/job-executions: what each background run saw, did and skipped; by <c>job</c>, <c>status</c> and <c>from</c> (started then or later).</summary>
internal static class JobExecutionEndpoints
{
    public static void MapJobExecutions(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/job-executions").WithTags("Jobs").MapGet("", ListAsync);

    private static async Task<Results<Ok<Page<JobExecution>>, ProblemHttpResult>> ListAsync(
        ClaimsPrincipal staff, JobExecutionStore jobs, string? job, [AllowedValues(null, "running", "succeeded", "failed")] string? status, DateTimeOffset? from, [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return TypedResults.Problem("cursor is not one that this list gave out.", statusCode: StatusCodes.Status400BadRequest);
        }

        var rows = await jobs.ListAsync(staff.TenantId(), new JobFilter(job, status, from), before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, job => job.Id.ToString()));
    }
}
