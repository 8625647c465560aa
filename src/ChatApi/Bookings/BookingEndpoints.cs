using System.Text;
using LeadOrchestrator.ChatApi.Sessions;
using LeadOrchestrator.Shared.Appointments;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LeadOrchestrator.ChatApi.Bookings;

/// <summary>/api/chat/sessions/{id}/bookings: the customer's own taps, and the appointment for their calendar.</summary>
internal static class BookingEndpoints
{
    public static void MapBookings(this RouteGroupBuilder session)
    {
        session.MapPost("/bookings/{bookingId:guid}/confirmation", ConfirmAsync).WithName("ConfirmBooking")
            .WithSummary("The customer takes the slot that is held for them: from now on it is booked.").ProducesProblem(409).ProducesProblem(415);
        session.MapPost("/bookings/{bookingId:guid}/cancellation", CancelAsync).WithName("CancelBooking")
            .WithSummary("The customer gives back a slot that is held, or cancels their appointment.").ProducesProblem(409).ProducesProblem(415);
        session.MapGet("/bookings/{bookingId:guid}/calendar", CalendarAsync).WithName("GetBookingCalendar")
            .WithSummary("An appointment that stands, or was cancelled, as a file for the customer's calendar: it takes the place of what is there of it.").Produces<string>(200, CalendarFile.ContentType);
    }

    private static async Task<Results<Ok<ChatBooking>, ProblemHttpResult>> ConfirmAsync(Guid id, Guid bookingId, HttpContext http, ChatBookings bookings, CancellationToken cancel) =>
        ToAnswer(await bookings.ConfirmAsync(http.Session(), bookingId, cancel));

    private static async Task<Results<Ok<ChatBooking>, ProblemHttpResult>> CancelAsync(Guid id, Guid bookingId, HttpContext http, ChatBookings bookings, CancellationToken cancel) =>
        ToAnswer(await bookings.CancelAsync(http.Session(), bookingId, cancel));

    private static async Task<IResult> CalendarAsync(Guid id, Guid bookingId, HttpContext http, ChatBookings bookings, CancellationToken cancel) =>
        await bookings.FindAsync(http.Session(), bookingId, cancel) is { } appointment && IsOfACalendar(appointment)
            ? TypedResults.File(Encoding.UTF8.GetBytes(await bookings.CalendarFileAsync(http.Session(), appointment, cancel)), CalendarFile.ContentTypeOf(appointment), "appointment.ics")
            : NotFound();

    // Of one that another has replaced, the entry is the other's.
    private static bool IsOfACalendar(Appointment appointment) => appointment.Status == AppointmentStatuses.Confirmed
        || appointment is { Status: AppointmentStatuses.Cancelled, Revision: > 0 } && appointment.StatusReason != CancelReasons.Replaced;

    private static Results<Ok<ChatBooking>, ProblemHttpResult> ToAnswer(TapResult result) => result switch
    {
        TapResult.Done done => TypedResults.Ok(ChatBooking.Of(done.Appointment)),
        TapResult.Taken taken => TypedResults.Problem(
            BookingWords.Explain(CancelReasons.Taken), statusCode: 409, title: "This time cannot be booked.",
            extensions: new Dictionary<string, object?> { ["reason"] = CancelReasons.Taken, ["alternatives"] = taken.Alternatives }),
        TapResult.TooLate late => TypedResults.Problem(late.Why, statusCode: 409, title: "It is too late for that."),
        _ => NotFound(),
    };

    private static ProblemHttpResult NotFound() => TypedResults.Problem("There is no such booking of yours.", statusCode: 404, title: "Not found.");
}

/// <summary>A booking as the customer sees it.</summary>
/// <param name="BookingId">For confirmation and cancellation.</param>
/// <param name="PriceCents">US cents.</param>
/// <param name="Status">held, confirmed or cancelled; completed or no_show when it is over.</param>
/// <param name="ExpiresAt">Until when it is held; null when it is not held.</param>
/// <param name="Timezone">Of the shop where it is, an IANA name: it may be another one than the conversation's.</param>
/// <param name="ReplacesId">The booking whose place it takes when it is confirmed; null when it takes none.</param>
public sealed record ChatBooking(
    Guid BookingId, Guid ServiceId, string ServiceName, DateTimeOffset StartsAt, DateTimeOffset EndsAt, long PriceCents, string Status, DateTimeOffset? ExpiresAt, string Timezone, Guid? ReplacesId)
{
    /// <summary>Makes it of the row.</summary>
    internal static ChatBooking Of(Appointment appointment) => new(
        appointment.Id, appointment.ServiceId, appointment.ServiceName, appointment.StartsAt, appointment.EndsAt, appointment.PriceCents, appointment.Status, appointment.ExpiresAt,
        appointment.Timezone, appointment.ReplacesId);
}
