using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What staff do with one lead: write to it, close it, and ask why something was sent or not.</summary>
internal static class StaffMessageEndpoints
{
    private const string OtherWon = "other_request_won";

    public static void MapLeadWork(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/leads/{id:guid}").WithTags("Leads");
        group.MapPost("/messages", WriteAsync).Produces<StaffMessageAnswer>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesValidationProblem();
        group.MapPost("/closure", CloseAsync);
        group.MapGet("/explain", ExplainAsync);
    }

    private static async Task<IResult> WriteAsync(
        Guid id, StaffMessageRequest request, ClaimsPrincipal staff, HttpContext context, StaffMessages messages,
        [FromHeader(Name = "Idempotency-Key"), StringLength(255, MinimumLength = 1)] string? idempotencyKey, CancellationToken cancel)
    {
        if (request is { Channel: "sms", Content.Length: > StaffTextStore.Longest } or { Channel: "sms", Subject: not null })
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]>
            {
                [request.Subject is null ? "content" : "subject"] = [request.Subject is null ? $"A text has at most {StaffTextStore.Longest} characters." : "A text has no subject."],
            });
        }

        if (string.IsNullOrWhiteSpace(PlainText.Clean(request.Content)))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["content"] = ["The message is empty."] });
        }

        switch (await messages.WriteAsync(staff.TenantId(), staff.UserId(), id, request, idempotencyKey, cancel))
        {
            case StaffMessageResult.Made made:
                context.Response.Headers.Location = $"/api/touch-points?leadId={id}";
                return TypedResults.Text(made.Body, "application/json", statusCode: StatusCodes.Status201Created);
            case StaffMessageResult.Refused refused:
                return TypedResults.Problem(
                    TouchReasons.Say(refused.Reason), statusCode: StatusCodes.Status409Conflict, title: "The message may not go out.",
                    extensions: new Dictionary<string, object?> { ["reason"] = refused.Reason });
            case StaffMessageResult.KeyIsTaken:
                return TypedResults.Problem("This Idempotency-Key was used for another message. Use a new key for each.", statusCode: StatusCodes.Status422UnprocessableEntity);
            default:
                return TypedResults.NotFound();
        }
    }

    private static async Task<Results<Ok<LeadDetail>, NotFound>> CloseAsync(
        Guid id, ClosureRequest request, ClaimsPrincipal staff, LeadDatabase database, LeadStore leads, PersonStore people, TouchPointStore touchPoints, HandoverStore handovers,
        AuditStore audit, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await leads.LockForStaffAsync(transaction, id, cancel) is null)
        {
            return TypedResults.NotFound();
        }

        await leads.CloseAsync(transaction, id, request.Outcome, request.Note, cancel);
        await touchPoints.CancelAsync(transaction, [(id, $"lead_{request.Outcome}")], cancel);
        await handovers.TakeAsync(transaction, id, staff.UserId(), cancel); // what is over waits for nobody
        if (request.Outcome == "won")
        {
            // Who has bought is not asked any more whether they want to. One request that is lost says nothing of another.
            await touchPoints.CancelStepsAsync(transaction, await leads.EndOthersAsync(transaction, [id], OtherWon, cancel), OtherWon, cancel);
        }

        await audit.AddAsync(transaction, staff.UserId(), $"lead_{request.Outcome}", $"lead {id}", cancel);
        var lead = await leads.GetAsync<LeadDetail>(transaction, id, cancel);
        var person = await people.OfLeadAsync(transaction, id, cancel) is { PersonId: { } personId } ? await people.ReadAsync(transaction, personId, cancel) : null;
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(lead! with { Person = person });
    }

    private static async Task<Results<Ok<LeadExplanation>, NotFound>> ExplainAsync(Guid id, ClaimsPrincipal staff, LeadExplainer explainer, CancellationToken cancel) =>
        await explainer.ExplainAsync(staff.TenantId(), id, cancel) is { } explanation ? TypedResults.Ok(explanation) : TypedResults.NotFound();
}

/// <summary>What to write to a lead.</summary>
/// <param name="Channel">sms or email.</param>
/// <param name="Content">Plain text: at most 1,600 characters by text, 10,000 by email.</param>
/// <param name="Subject">Of an email; null = one that names the shop.</param>
public sealed record StaffMessageRequest(
    [Required, AllowedValues("sms", "email", ErrorMessage = "The channel is sms or email.")] string Channel,
    [Required, StringLength(10_000, MinimumLength = 1)] string Content,
    [StringLength(200), PlainText] string? Subject);

/// <summary>How a lead ended.</summary>
/// <param name="Outcome">won or lost.</param>
/// <param name="Note">For the shop; at most 1,000 characters.</param>
public sealed record ClosureRequest(
    [Required, AllowedValues("won", "lost", ErrorMessage = "The outcome is won or lost.")] string Outcome,
    [StringLength(1000), RegularExpression(@"[^\u0000]*", ErrorMessage = "The note holds a NUL.")] string? Note);
