using System.Security.Cryptography;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>What became of something that staff did with an appointment.</summary>
public abstract record StaffBookingResult
{
    /// <summary>It stands; the body is the answer, now and for each repeat under the same key.</summary>
    public sealed record Made(Guid Id, string Body) : StaffBookingResult;

    /// <summary>It is changed, or was so before.</summary>
    /// <param name="IsNews">The customer's open page shows something else from now on.</param>
    /// <param name="News">What the conversation notes of it, if anything.</param>
    public sealed record Changed(Appointment Appointment, bool IsNews = false, BookingEvent? News = null) : StaffBookingResult;

    /// <summary>The time is not to be had.</summary>
    public sealed record NotFree(string Reason, IReadOnlyList<DateTimeOffset> Alternatives) : StaffBookingResult;

    /// <summary>It is in a state in which that cannot be done.</summary>
    public sealed record WrongState(string Status) : StaffBookingResult;

    /// <summary>The key was used for another booking.</summary>
    public sealed record KeyIsTaken : StaffBookingResult;

    /// <summary>There is nothing of that id.</summary>
    public sealed record NotFound(string What) : StaffBookingResult;
}

/// <summary>Bookings by staff: confirmed at once, in one transaction with the lead's state and the end of what was planned to win it.</summary>
public sealed class StaffBookings(
    LeadDatabase database, Bookings bookings, AppointmentStore appointments, BookingNews news, LeadStore leads, IdempotencyStore answers, AuditStore audit, AppointmentSignal signal, TimeProvider clock)
{
    private static readonly StaffBookingResult NoSuchBay = new StaffBookingResult.NotFound("bay of this location");

    /// <summary>Books, once however often it is sent under one key.</summary>
    public Task<StaffBookingResult> BookAsync(Guid tenantId, Guid actorId, AppointmentRequest request, string? key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Deadlock.RetryAsync(() => BookOnceAsync(tenantId, actorId, request, key, cancel));
    }

    private async Task<StaffBookingResult> BookOnceAsync(Guid tenantId, Guid actorId, AppointmentRequest request, string? key, CancellationToken cancel)
    {
        // Read before the transaction: it holds a connection, and many wait for the same shop.
        var service = await bookings.FindServiceAsync(tenantId, request.LocationId!.Value, request.ServiceId!.Value, cancel);
        var (scope, hash) = ($"appointments:{actorId}", SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, LeadJson.Options)));
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (key is not null && await answers.FindAsync(transaction, scope, key, cancel) is { } given)
        {
            return CryptographicOperations.FixedTimeEquals(given.RequestHash, hash) ? Again(given.Answer) : new StaffBookingResult.KeyIsTaken();
        }

        if (await leads.LockForStaffAsync(transaction, request.LeadId!.Value, cancel) is null)
        {
            return new StaffBookingResult.NotFound("lead");
        }

        if (service is null)
        {
            return new StaffBookingResult.NotFound("bookable service of this location");
        }

        switch (await bookings.TakeAsync(transaction, service, new SlotWish(request.LeadId.Value, request.StartsAt!.Value, request.BayId), cancel))
        {
            case BookingResult.NotFree { Reason: Slots.NoSuchBay }:
                return NoSuchBay;
            case BookingResult.NotFree taken:
                return new StaffBookingResult.NotFree(taken.Reason, taken.Alternatives);
            case BookingResult.Made { Appointment: var made }:
                await appointments.BookLeadAsync(transaction, made.LeadId, cancel);
                await news.TellAsync(transaction, made, BookingEvent.Confirmed, cancel);
                await audit.AddAsync(transaction, actorId, "appointment_booked", $"appointments/{made.Id}", cancel);
                var body = JsonSerializer.Serialize(made, LeadJson.Options);
                if (key is not null)
                {
                    await answers.AddAsync(transaction, scope, key, hash, made.Id, body, cancel);
                }

                await transaction.CommitAsync(cancel);
                signal.Wake();
                return new StaffBookingResult.Made(made.Id, body);
            default:
                throw new InvalidOperationException("Unknown result of a booking");
        }
    }

    /// <summary>Cancels. Doing it twice is doing it once.</summary>
    public Task<StaffBookingResult> CancelAsync(Guid tenantId, Guid actorId, Guid id, CancellationToken cancel) =>
        ChangeAsync(tenantId, actorId, id, "appointment_cancelled", async (transaction, appointment) =>
        {
            if (appointment.Status == AppointmentStatuses.Cancelled)
            {
                return new StaffBookingResult.Changed(appointment);
            }

            if (appointment.Status == AppointmentStatuses.Confirmed && appointment.EndsAt <= clock.GetUtcNow())
            {
                return new StaffBookingResult.WrongState("over"); // whether they came is its outcome
            }

            if (await appointments.CancelAsync(transaction, id, CancelReasons.Staff, cancel) is not { } cancelled)
            {
                return new StaffBookingResult.WrongState(appointment.Status);
            }

            await appointments.ReleaseLeadAsync(transaction, appointment.LeadId, cancel);
            return new StaffBookingResult.Changed(cancelled, IsNews: true, appointment.Status == AppointmentStatuses.Confirmed ? BookingEvent.Cancelled : null);
        }, cancel);

    /// <summary>Gives it another time.</summary>
    public async Task<StaffBookingResult> RescheduleAsync(Guid tenantId, Guid actorId, Guid id, ReschedulingRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (await appointments.FindAsync(tenantId, id, cancel) is not { } before)
        {
            return new StaffBookingResult.NotFound("appointment");
        }

        var booked = await bookings.BookedServiceAsync(tenantId, before, cancel);
        return await ChangeAsync(tenantId, actorId, id, "appointment_rescheduled", async (transaction, appointment) =>
        {
            if (appointment.Status != AppointmentStatuses.Confirmed)
            {
                return new StaffBookingResult.WrongState(appointment.Status);
            }

            return await bookings.MoveAsync(transaction, booked, appointment, request.StartsAt!.Value, request.BayId, cancel) switch
            {
                BookingResult.Made made => new StaffBookingResult.Changed(made.Appointment, IsNews: true, BookingEvent.Moved),
                BookingResult.NotFree { Reason: Slots.NoSuchBay } => NoSuchBay,
                BookingResult.NotFree taken => new StaffBookingResult.NotFree(taken.Reason, taken.Alternatives),
                _ => throw new InvalidOperationException("Unknown result of a booking"),
            };
        }, cancel);
    }

    /// <summary>Notes whether the customer came. It may be mended.</summary>
    public Task<StaffBookingResult> EndAsync(Guid tenantId, Guid actorId, Guid id, string outcome, CancellationToken cancel) =>
        ChangeAsync(tenantId, actorId, id, $"appointment_{outcome}", async (transaction, appointment) => appointment switch
        {
            { Status: AppointmentStatuses.Held or AppointmentStatuses.Cancelled } => new StaffBookingResult.WrongState(appointment.Status),
            _ when appointment.StartsAt > clock.GetUtcNow() => new StaffBookingResult.WrongState("not_begun"),
            _ when appointment.Status == outcome => new StaffBookingResult.Changed(appointment),
            _ => new StaffBookingResult.Changed(await appointments.EndAsync(transaction, id, outcome, cancel)),
        }, cancel);

    // The lead is locked before its appointment, as everywhere.
    private Task<StaffBookingResult> ChangeAsync(
        Guid tenantId, Guid actorId, Guid id, string action, Func<TenantTransaction, Appointment, Task<StaffBookingResult>> change, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => ChangeOnceAsync(tenantId, actorId, id, action, change, cancel));

    private async Task<StaffBookingResult> ChangeOnceAsync(
        Guid tenantId, Guid actorId, Guid id, string action, Func<TenantTransaction, Appointment, Task<StaffBookingResult>> change, CancellationToken cancel)
    {
        if (await appointments.FindAsync(tenantId, id, cancel) is not { } known)
        {
            return new StaffBookingResult.NotFound("appointment");
        }

        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await leads.LockForStaffAsync(transaction, known.LeadId, cancel);
        // A move locks the shop too, and the shop comes before its appointments.
        await AppointmentStore.LockShopAsync(transaction, known.LocationId, cancel);
        var result = await change(transaction, (await AppointmentStore.LockAsync(transaction, id, null, cancel))!);
        if (result is StaffBookingResult.Changed changed)
        {
            if (changed.IsNews)
            {
                await news.TellAsync(transaction, changed.Appointment, changed.News, cancel);
            }

            await audit.AddAsync(transaction, actorId, action, $"appointments/{id}", cancel);
            await transaction.CommitAsync(cancel);
            signal.Wake();
        }

        return result;
    }

    private static StaffBookingResult.Made Again(string body)
    {
        using var read = JsonDocument.Parse(body);
        return new StaffBookingResult.Made(read.RootElement.GetProperty("id").GetGuid(), body);
    }
}
