using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>/api/appointments: bookings, by staff and by customers.</summary>
internal static class AppointmentEndpoints
{
    public static void MapAppointments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/appointments").WithTags("Appointments");
        group.MapGet("", ListAsync).ProducesValidationProblem();
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPost("", BookAsync).Produces<Appointment>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesValidationProblem();
        group.MapPost("/{id:guid}/cancellation", CancelAsync).Changes();
        group.MapPost("/{id:guid}/rescheduling", RescheduleAsync).Changes().ProducesValidationProblem();
        group.MapPost("/{id:guid}/outcome", EndAsync).Changes().ProducesValidationProblem();
    }

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder route) =>
        route.Produces<Appointment>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Page<Appointment>>, ValidationProblem>> ListAsync(
        ClaimsPrincipal staff, AppointmentStore appointments, Guid? leadId, Guid? locationId, string? status, DateTimeOffset? from, DateTimeOffset? to,
        [Range(1, Paging.Most)] int? limit, string? cursor, CancellationToken cancel)
    {
        if (!Paging.TryId(cursor, out var before))
        {
            return Invalid("cursor", "This is not one that this list gave out.");
        }

        if (status is not null && !AppointmentStatuses.All.Contains(status))
        {
            return Invalid("status", $"status must be one of {string.Join(", ", AppointmentStatuses.All)}.");
        }

        var rows = await appointments.ListAsync(staff.TenantId(), new AppointmentFilter(leadId, locationId, status, from, to), before, Paging.RowsFor(limit), cancel);
        return TypedResults.Ok(Paging.Of(rows, limit, appointment => appointment.Id.ToString()));
    }

    private static async Task<Results<Ok<Appointment>, NotFound>> GetAsync(Guid id, ClaimsPrincipal staff, AppointmentStore appointments, CancellationToken cancel) =>
        await appointments.FindAsync(staff.TenantId(), id, cancel) is { } appointment ? TypedResults.Ok(appointment) : TypedResults.NotFound();

    private static async Task<IResult> BookAsync(
        AppointmentRequest request, ClaimsPrincipal staff, HttpContext context, StaffBookings bookings,
        [FromHeader(Name = "Idempotency-Key"), StringLength(255, MinimumLength = 1)] string? idempotencyKey, CancellationToken cancel)
    {
        var result = await bookings.BookAsync(staff.TenantId(), staff.UserId(), request, idempotencyKey, cancel);
        if (result is StaffBookingResult.Made made)
        {
            context.Response.Headers.Location = $"/api/appointments/{made.Id}";
        }

        return ToAnswer(result);
    }

    private static async Task<IResult> CancelAsync(Guid id, ClaimsPrincipal staff, StaffBookings bookings, CancellationToken cancel) =>
        ToAnswer(await bookings.CancelAsync(staff.TenantId(), staff.UserId(), id, cancel));

    private static async Task<IResult> RescheduleAsync(Guid id, ReschedulingRequest request, ClaimsPrincipal staff, StaffBookings bookings, CancellationToken cancel) =>
        ToAnswer(await bookings.RescheduleAsync(staff.TenantId(), staff.UserId(), id, request, cancel));

    private static async Task<IResult> EndAsync(Guid id, OutcomeRequest request, ClaimsPrincipal staff, StaffBookings bookings, CancellationToken cancel) =>
        ToAnswer(await bookings.EndAsync(staff.TenantId(), staff.UserId(), id, request.Outcome, cancel));

    private static IResult ToAnswer(StaffBookingResult result) => result switch
    {
        StaffBookingResult.Made made => TypedResults.Text(made.Body, "application/json", statusCode: StatusCodes.Status201Created),
        StaffBookingResult.Changed changed => TypedResults.Ok(changed.Appointment),
        StaffBookingResult.NotFree taken => TypedResults.Problem(
            BookingWords.Explain(taken.Reason), statusCode: StatusCodes.Status409Conflict, title: "This time cannot be booked.",
            extensions: new Dictionary<string, object?> { ["reason"] = taken.Reason, ["alternatives"] = taken.Alternatives }),
        StaffBookingResult.WrongState state => TypedResults.Problem(
            state.Status == "not_begun" ? "It has not begun yet." : $"It is {state.Status}.", statusCode: StatusCodes.Status409Conflict, title: "That cannot be done with this appointment."),
        StaffBookingResult.KeyIsTaken => TypedResults.Problem(
            "This Idempotency-Key was used for another booking. Use a new key for each.", statusCode: StatusCodes.Status422UnprocessableEntity),
        StaffBookingResult.NotFound nothing => TypedResults.Problem($"There is no such {nothing.What}.", statusCode: StatusCodes.Status404NotFound, title: "Not found."),
        _ => throw new InvalidOperationException($"Unknown result {result}"),
    };

    private static ValidationProblem Invalid(string field, string why) => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [why] });
}
