using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Bookings;

/// <summary>What became of a tap on a booking.</summary>
public abstract record TapResult
{
    /// <summary>It is done, or was before.</summary>
    public sealed record Done(Appointment Appointment) : TapResult;

    /// <summary>The shop has given the time to somebody else since it was held, and it is held no more.</summary>
    /// <param name="Alternatives">Beginnings that were free a moment ago.</param>
    public sealed record Taken(IReadOnlyList<DateTimeOffset> Alternatives) : TapResult;

    /// <summary>It is too late for that.</summary>
    public sealed record TooLate(string Why) : TapResult;

    /// <summary>The customer has no such booking.</summary>
    public sealed record NotFound : TapResult;
}

/// <summary>Bookings in the chat. The assistant only ever holds a slot; the customer's own tap makes a booking of it.</summary>
public sealed class ChatBookings(
    LeadDatabase database, Shared.Appointments.Bookings bookings, AppointmentStore appointments, BookingNews news, ConversationStore conversations, MessageStore messages, LiveSessions live,
    TimeProvider clock)
{
    // A turn takes no longer than two of the ten minutes of a hold.
    private static readonly TimeSpan StillFresh = TimeSpan.FromMinutes(8);

    /// <summary>
    /// Holds a slot for the customer of a session, and shows it to them. What they hold already is given back as it is while it is fresh: a model may ask for it twice. A customer who asks again later
    /// has the whole time again.
    /// </summary>
    /// <param name="replacesId">A booking of theirs that ends when they confirm this one.</param>
    public Task<BookingResult> HoldAsync(SessionKey session, Guid leadId, ServiceToBook service, DateTimeOffset startsAt, Guid? replacesId, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => HoldOnceAsync(session, leadId, service, startsAt, replacesId, cancel));

    private async Task<BookingResult> HoldOnceAsync(SessionKey session, Guid leadId, ServiceToBook service, DateTimeOffset startsAt, Guid? replacesId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(service);
        // As a tap does: what it replaces still stands when the hold is stored, or both would be booked in the end.
        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        await AppointmentStore.LockLeadAsync(transaction, leadId, cancel);
        var current = await appointments.CurrentOfLeadAsync(transaction, leadId, cancel);
        if (replacesId is { } replaced && !current.Any(appointment => appointment.Id == replaced && appointment.Status == AppointmentStatuses.Confirmed))
        {
            return new BookingResult.NotFree("replaced_meanwhile", []);
        }

        var same = current.FirstOrDefault(IsSame);
        if (same is not null && same.ExpiresAt > clock.GetUtcNow() + StillFresh)
        {
            return new BookingResult.Made(same);
        }

        // A shop with two bays would give them a second one at the same time.
        if (current.Any(IsAtThatTime))
        {
            return new BookingResult.NotFree("already_booked", []);
        }

        var result = await bookings.TakeAsync(transaction, service, new SlotWish(leadId, startsAt, IsHold: true, ReplacesId: replacesId), cancel);
        if (result is BookingResult.Made { Appointment: var held })
        {
            var frame = await messages.TellAsync(transaction, session.SessionId, FrameTypes.BookingHeld, new BookingHeld(
                held.Id, held.ServiceId, held.ServiceName, held.StartsAt, held.EndsAt, held.PriceCents, held.ExpiresAt!.Value), cancel);
            await transaction.CommitAsync(cancel);
            live.Publish(session, frame);
        }

        // It begins too soon to be held anew; what they hold stands until it ends.
        return result is BookingResult.NotFree { Reason: "too_soon" } && same is not null ? new BookingResult.Made(same) : result;

        bool IsSame(Appointment appointment) =>
            appointment.Status == AppointmentStatuses.Held && appointment.ServiceId == service.ServiceId && appointment.StartsAt == startsAt && appointment.ReplacesId == replacesId;

        bool IsAtThatTime(Appointment appointment) => appointment.Status == AppointmentStatuses.Confirmed && appointment.Id != replacesId
            && appointment.StartsAt < startsAt + service.Duration && startsAt < appointment.EndsAt;
    }

    /// <summary>The free slots of a service, for a lead: what they hold themselves is free to them.</summary>
    public Task<IReadOnlyList<Slot>> SlotsAsync(ServiceToBook service, Guid leadId, DateTimeOffset from, DateTimeOffset until, int most, CancellationToken cancel) =>
        bookings.SlotsAsync(service, from, until, most, leadId, cancel);

    /// <summary>What an appointment was booked for, at its price and for its time.</summary>
    public Task<ServiceToBook> BookedServiceAsync(Guid tenantId, Appointment appointment, CancellationToken cancel) => bookings.BookedServiceAsync(tenantId, appointment, cancel);

    /// <summary>What the customer of a session has booked or holds.</summary>
    public Task<IReadOnlyList<Appointment>> CurrentAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => appointments.CurrentOfLeadAsync(tenantId, leadId, cancel);

    /// <summary>A booking of the session's customer, or null.</summary>
    public async Task<Appointment?> FindAsync(SessionKey session, Guid bookingId, CancellationToken cancel) =>
        await conversations.FindAsync(session, cancel) is { } conversation
        && await appointments.FindAsync(session.TenantId, bookingId, cancel) is { } appointment && appointment.LeadId == conversation.LeadId ? appointment : null;

    /// <summary>A booking for the customer's own calendar.</summary>
    internal async Task<string> CalendarFileAsync(SessionKey session, Appointment appointment, CancellationToken cancel) => CalendarFile.Write(
        appointment, await appointments.CalendarEntryAsync(session.TenantId, appointment.Id, cancel), await appointments.ShopAsync(session.TenantId, appointment, cancel),
        (await conversations.FindAsync(session, cancel))?.Language, clock.GetUtcNow());

    /// <summary>The customer has tapped Confirm. Twice is once.</summary>
    public async Task<TapResult> ConfirmAsync(SessionKey session, Guid bookingId, CancellationToken cancel)
    {
        var result = await TapAsync(session, bookingId, async (transaction, appointment) =>
        {
            if (appointment.Status == AppointmentStatuses.Confirmed)
            {
                return Tapped.Before(appointment);
            }

            if (appointment.Status != AppointmentStatuses.Held || appointment.ExpiresAt <= clock.GetUtcNow())
            {
                return null;
            }

            // A hold keeps others here away; the shop's own calendar does not know of it.
            if (!await bookings.IsStillFreeAsync(transaction, appointment, cancel))
            {
                return await appointments.CancelAsync(transaction, bookingId, CancelReasons.Taken, cancel) is { } given ? new Tapped(given, BookingEvent.Taken, IsTaken: true) : null;
            }

            await appointments.BookLeadAsync(transaction, appointment.LeadId, cancel);
            return new Tapped(await appointments.ConfirmAsync(transaction, appointment, cancel), appointment.ReplacesId is null ? BookingEvent.Confirmed : BookingEvent.Moved);
        }, "The slot was held for ten minutes and is free again. Ask in the chat for another time.", cancel);
        return result is TapResult.Taken && await appointments.FindAsync(session.TenantId, bookingId, cancel) is { } lost
            ? new TapResult.Taken(await bookings.AlternativesAsync(session.TenantId, lost, cancel)) : result;
    }

    /// <summary>The customer has tapped Cancel, on what they hold or have booked. Twice is once.</summary>
    public Task<TapResult> CancelAsync(SessionKey session, Guid bookingId, CancellationToken cancel) => TapAsync(session, bookingId, async (transaction, appointment) =>
    {
        if (appointment.Status == AppointmentStatuses.Cancelled)
        {
            return Tapped.Before(appointment);
        }

        if (appointment.Status == AppointmentStatuses.Confirmed && appointment.StartsAt <= clock.GetUtcNow()
            || await appointments.CancelAsync(transaction, bookingId, CancelReasons.Customer, cancel) is not { } cancelled)
        {
            return null;
        }

        await appointments.ReleaseLeadAsync(transaction, appointment.LeadId, cancel);
        return new Tapped(cancelled, appointment.Status == AppointmentStatuses.Confirmed ? BookingEvent.Cancelled : null);
    }, "It has begun already. Call the shop.", cancel);

    // The order of locks is the same everywhere: the lead, its appointment, its conversation.
    private Task<TapResult> TapAsync(
        SessionKey session, Guid bookingId, Func<TenantTransaction, Appointment, Task<Tapped?>> tap, string tooLate, CancellationToken cancel) =>
        Deadlock.RetryAsync(() => TapOnceAsync(session, bookingId, tap, tooLate, cancel));

    private async Task<TapResult> TapOnceAsync(
        SessionKey session, Guid bookingId, Func<TenantTransaction, Appointment, Task<Tapped?>> tap, string tooLate, CancellationToken cancel)
    {
        if (await conversations.FindAsync(session, cancel) is not { } conversation)
        {
            return new TapResult.NotFound();
        }

        await using var transaction = await database.BeginAsync(session.TenantId, cancel);
        if (!await AppointmentStore.LockLeadAsync(transaction, conversation.LeadId, cancel)
            || await AppointmentStore.LockAsync(transaction, bookingId, conversation.LeadId, cancel) is not { } appointment)
        {
            return new TapResult.NotFound();
        }

        if (await tap(transaction, appointment) is not { } tapped)
        {
            return new TapResult.TooLate(tooLate);
        }

        if (tapped.IsNews)
        {
            // Pages know the one that it took the place of by its own id.
            var gone = tapped.Note == BookingEvent.Moved ? await AppointmentStore.LockAsync(transaction, tapped.Appointment.ReplacesId!.Value, conversation.LeadId, cancel) : null;
            IReadOnlyList<Frame> frames = [.. gone is not null ? await news.TellAsync(transaction, gone, null, cancel) : [], .. await news.TellAsync(transaction, tapped.Appointment, tapped.Note, cancel)];
            await transaction.CommitAsync(cancel);
            live.Publish(session, frames);
        }

        return tapped.IsTaken ? new TapResult.Taken([]) : new TapResult.Done(tapped.Appointment);
    }

    /// <summary>What a tap has done.</summary>
    /// <param name="Note">Null: nothing that the conversation has to remember.</param>
    /// <param name="IsTaken">It could not be had any more.</param>
    private sealed record Tapped(Appointment Appointment, BookingEvent? Note = null, bool IsTaken = false)
    {
        public bool IsNews { get; private init; } = true;

        /// <summary>It was so before.</summary>
        public static Tapped Before(Appointment appointment) => new(appointment) { IsNews = false };
    }
}
