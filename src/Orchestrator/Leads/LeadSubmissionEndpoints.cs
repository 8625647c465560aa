using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Phones;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>POST /api/leads: leads from web forms and partners.</summary>
internal static class LeadSubmissionEndpoints
{
    // Two clocks are never quite the same.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void MapLeadSubmission(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/leads").WithTags("Leads").MapPost("", SubmitAsync)
        .AlsoForKeys(KeyScopes.LeadsWrite)
        .WithSummary("Hands a lead in. The same Idempotency-Key again gets the same answer, and makes no second lead.")
        .Produces<AcceptedLead>(StatusCodes.Status201Created).Produces<LeadDetail>().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesValidationProblem();

    private static async Task<IResult> SubmitAsync(
        ClaimsPrincipal staff, HttpContext context, LeadSubmission submission, TimeProvider clock, LeadRequest request,
        [FromHeader(Name = "Idempotency-Key"), StringLength(255, MinimumLength = 1)] string? idempotencyKey, CancellationToken cancel)
    {
        var problems = ProblemsOf(request, idempotencyKey, clock.GetUtcNow());
        if (problems.Count > 0)
        {
            return TypedResults.ValidationProblem(problems);
        }

        return await submission.SubmitAsync(staff.TenantId(), staff.UserId(), request, idempotencyKey, cancel) switch
        {
            SubmissionResult.Made made => Made(context, made),
            SubmissionResult.Known known => TypedResults.Ok(known.Lead),
            SubmissionResult.KeyIsTaken => Refused(StatusCodes.Status422UnprocessableEntity, "This Idempotency-Key was used for another request. Use a new key for each lead."),
            SubmissionResult.IdIsTaken => Refused(StatusCodes.Status409Conflict, "externalId belongs to a lead with another phone and another email. Send an id that is this lead's own."),
            _ => Refused(StatusCodes.Status404NotFound, "locationId is no shop of this franchise. GET /api/locations lists them."),
        };
    }

    private static ContentHttpResult Made(HttpContext context, SubmissionResult.Made made)
    {
        context.Response.Headers.Location = $"/api/leads/{made.LeadId}";
        return TypedResults.Text(made.Body, "application/json", statusCode: StatusCodes.Status201Created);
    }

    private static ProblemHttpResult Refused(int status, string detail) => TypedResults.Problem(detail, statusCode: status);

    // What no single field can know.
    private static Dictionary<string, string[]> ProblemsOf(LeadRequest request, string? key, DateTimeOffset now)
    {
        Dictionary<string, string[]> problems = [];
        var email = string.IsNullOrWhiteSpace(request.Email) ? null : request.Email;
        if (email is not null && EmailAddress.Read(email) is null)
        {
            problems["email"] = ["email is not an address that mail could be sent to."];
        }
        else if (email is null && PhoneNumberReader.Read(request.Phone) is { E164: null, Type: var type })
        {
            problems["phone"] = [type == PhoneTypes.Missing ? "A phone or an email is needed." : "phone is not a number that anybody could have, and there is no email."];
        }

        if (request.CreatedAt is { } createdAt && (createdAt > now + Skew || createdAt < Earliest))
        {
            problems["createdAt"] = ["createdAt lies in the future, or before the year 2000."];
        }

        if (request.Consent?.ObtainedAt is { } obtainedAt && (obtainedAt > now + Skew || obtainedAt < Earliest))
        {
            problems["consent.obtainedAt"] = ["obtainedAt lies in the future, or before the year 2000."];
        }

        if (request.Consent?.Wording?.Contains('\0', StringComparison.Ordinal) == true)
        {
            problems["consent.wording"] = ["wording holds a NUL."];
        }

        if (key?.Any(letter => letter is < ' ' or > '~') == true)
        {
            problems["Idempotency-Key"] = ["Idempotency-Key is at most 255 visible ASCII characters."];
        }

        return problems;
    }
}
