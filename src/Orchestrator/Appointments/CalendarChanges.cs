using System.Text.Json;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>What the CRM's calendar tells: bookings of ours that were moved or deleted there, and the time that its own appointments take.</summary>
public sealed class CalendarChanges(AppointmentStore appointments, CrmAppointmentStore taken, BookingNews bookingNews, ReviewItemStore reviews, AppointmentSignal signal, TimeProvider clock)
{
    // The CRM demands an end; a row without one is of an older kind.
    private static readonly TimeSpan UsualLength = TimeSpan.FromHours(1);

    /// <summary>Brings the news in, inside the transaction of an intake. Each is newer than what was taken in before.</summary>
    /// <exception cref="NotYetThereException">A booking of ours is said to have moved or ended, and the row itself was not read.</exception>
    public async Task ApplyAsync(TenantTransaction transaction, IReadOnlyList<Intake.Appointment> news, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(news);
        if (news.Count == 0)
        {
            return;
        }

        // Who books here at the same moment would not see these, nor we what they book: the lead, the shop, its appointments, in the order of everywhere.
        var (ids, marks) = (news.Select(one => one.Seen.ExternalId).ToArray(), news.Select(one => one.OwnId).OfType<Guid>().ToArray());
        await AppointmentStore.LockTwinsLeadsAsync(transaction, ids, marks, cancel);
        await AppointmentStore.LockShopsAsync(transaction, [.. news.Where(one => one.Stands).Select(one => one.ExternalLocationId).OfType<string>().Distinct()], cancel);
        var twins = await AppointmentStore.LockTwinsAsync(transaction, ids, marks, cancel);
        var foreign = new List<Intake.Appointment>();
        foreach (var one in news)
        {
            if (TwinOf(one, twins) is { } twin)
            {
                await FollowAsync(transaction, one, twin, cancel);
            }
            else
            {
                foreign.Add(one);
            }
        }

        var takes = foreign.Where(one => one is { Stands: true, StartsAt: not null, ExternalLocationId: not null }).ToList();
        await taken.WriteAsync(transaction, [.. takes.Select(one => new CrmAppointment(one.Seen.ExternalId, one.ExternalLocationId!, one.StartsAt!.Value, EndOf(one)))], cancel);
        await CrmAppointmentStore.RemoveAsync(transaction, [.. news.Except(takes).Select(one => one.Seen.ExternalId)], cancel);
        foreach (var over in await AppointmentStore.BookedOverAsync(transaction, [.. takes.Select(one => one.Seen.ExternalId)], cancel))
        {
            await reviews.AddAsync(transaction, ReviewKinds.AppointmentConflict, over.LeadId, null, null, "booked_over_in_crm",
                JsonSerializer.Serialize(new { appointmentId = over.Id, startsAt = over.StartsAt, endsAt = over.EndsAt, crmAppointmentId = over.CrmAppointmentId }), cancel);
        }
    }

    // A copy of ours in the CRM bears our mark too, and another id: it is one of the CRM's own. So is one that ended here with the CRM's knowledge, and stands there again.
    private static CrmTwin? TwinOf(Intake.Appointment one, IReadOnlyList<CrmTwin> twins) =>
        twins.FirstOrDefault(twin => twin.ExternalId == one.Seen.ExternalId)
        ?? twins.FirstOrDefault(twin => twin.Id == one.OwnId && twin.ExternalId is null && (twin.Status == AppointmentStatuses.Confirmed || !twin.IsInLine));

    private async Task FollowAsync(TenantTransaction transaction, Intake.Appointment one, CrmTwin twin, CancellationToken cancel)
    {
        if (!one.Stands)
        {
            MustBeRead(one, twin);
            // Not there any more, whether or not our last change has arrived.
            await appointments.FollowCrmAsync(transaction, twin.Id, null, cancel);
            await reviews.SettleFollowedAsync(transaction, twin.LeadId, cancel);
            var isOver = twin.EndsAt <= clock.GetUtcNow(); // a shop that tidies its calendar cancels nothing
            if (!isOver)
            {
                await appointments.ReleaseLeadAsync(transaction, twin.LeadId, cancel);
            }

            await TellAsync(transaction, twin, isOver ? null : BookingEvent.Cancelled, cancel);
            signal.Wake();
            return;
        }

        if (twin.ExternalId is null)
        {
            await AppointmentStore.LinkAsync(transaction, twin.Id, one.Seen.ExternalId, cancel);
            signal.Wake();
            return;
        }

        if (!twin.IsInLine || one.StartsAt is not { } startsAt || twin.Status != AppointmentStatuses.Confirmed)
        {
            return;
        }

        if (one.ExternalLocationId is { } shop && twin.ExternalLocationId is { } ours && shop != ours)
        {
            MustBeRead(one, twin);
            await reviews.AddConflictAsync(transaction, twin.LeadId, "moved_to_another_shop_in_crm",
                JsonSerializer.Serialize(new { appointmentId = twin.Id, startsAt, endsAt = EndOf(one), crmLocationId = shop }), cancel);
            return;
        }

        if (startsAt != twin.StartsAt || EndOf(one) != twin.EndsAt)
        {
            MustBeRead(one, twin);
            await MoveAsync(transaction, one, twin, startsAt, cancel);
        }
    }

    private async Task MoveAsync(TenantTransaction transaction, Intake.Appointment one, CrmTwin twin, DateTimeOffset startsAt, CancellationToken cancel)
    {
        await appointments.LetGoAsync(transaction, twin.LocationId, null, cancel);
        var calendar = await appointments.CalendarAsync(transaction, twin.LocationId, startsAt, EndOf(one), twin.Id, null, cancel);
        if (Slots.BayFor(calendar, startsAt, EndOf(one), twin.BayId) is { } bay)
        {
            await appointments.FollowCrmAsync(transaction, twin.Id, new Slot(startsAt, EndOf(one), bay), cancel);
            // How long the shop takes for it is no other time to the customer.
            await TellAsync(transaction, twin, startsAt == twin.StartsAt ? null : BookingEvent.Moved, cancel);
            signal.Wake();
            return;
        }

        await reviews.AddConflictAsync(transaction, twin.LeadId, "moved_onto_another_in_crm",
            JsonSerializer.Serialize(new { appointmentId = twin.Id, startsAt, endsAt = EndOf(one) }), cancel);
    }

    // What is told may be older than our own last change, which the CRM has by now: only the row as it is moves or ends a booking.
    private static void MustBeRead(Intake.Appointment one, CrmTwin twin)
    {
        if (!one.Seen.IsGone && !one.Seen.IsConfirmed && twin.Status == AppointmentStatuses.Confirmed)
        {
            throw new NotYetThereException("changed_in_the_crm");
        }
    }

    // What did not stand before is nobody's news.
    private async Task TellAsync(TenantTransaction transaction, CrmTwin twin, BookingEvent? what, CancellationToken cancel)
    {
        if (twin.Status == AppointmentStatuses.Confirmed && await AppointmentStore.LockAsync(transaction, twin.Id, null, cancel) is { } now)
        {
            await bookingNews.TellAsync(transaction, now, what, cancel);
        }
    }

    private static DateTimeOffset EndOf(Intake.Appointment one) => one.EndsAt is { } end && end > one.StartsAt ? end : one.StartsAt!.Value + UsualLength;
}
