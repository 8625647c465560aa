using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>Plans what a customer is told after each change of an appointment, once for each.</summary>
public sealed class AppointmentFollowUp(
    LeadDatabase database, LeadStore leads, AppointmentStore appointments, TouchPointStore touchPoints, TouchPointSignal texts, EmailSignal emails, TimeProvider clock)
{
    /// <summary>Brings the messages in line with the appointment. Nothing happens when the claim is lost, or when it has changed since it was read: it is taken again then.</summary>
    public async Task PlanAsync(AppointmentClaim claim, FollowedAppointment appointment, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(appointment);
        await using var transaction = await database.BeginAsync(claim.TenantId, cancel);
        var lead = await leads.LockForStaffAsync(transaction, appointment.LeadId, cancel);
        if (!await AppointmentStore.MarkPlannedAsync(transaction, claim, appointment.Revision, cancel))
        {
            return;
        }

        var stands = appointment.Status == AppointmentStatuses.Confirmed;
        await appointments.EndMessagesAsync(transaction, appointment.Id, stands ? "appointment_moved" : $"appointment_{appointment.Status}", cancel);
        if (lead is not null && ChannelOf(lead) is { } channel)
        {
            var (isNew, now) = (appointment.PlannedRevision == 0, clock.GetUtcNow());
            var plan = stands ? AppointmentTexts.Plan(appointment, isNew && !appointment.HasMoved, channel == "email", now)
                : IsTakenBack(appointment) && !isNew ? AppointmentTexts.TakenBack(appointment, channel == "email", now) : [];
            await touchPoints.PlanForAppointmentAsync(transaction, appointment.LeadId, appointment.Id, channel, plan, cancel);
        }

        await transaction.CommitAsync(cancel);
        texts.Wake();
        emails.Wake();
    }

    // By the shop, here or in the CRM. Whoever cancels or replaces it in the chat has read so there.
    private static bool IsTakenBack(FollowedAppointment appointment) => appointment is { Status: AppointmentStatuses.Cancelled, StatusReason: CancelReasons.Staff or CancelReasons.Crm };

    // Who said stop is told nothing here; the gate asks again at the instant of sending.
    private static string? ChannelOf(LeadToWriteTo lead) => lead switch
    {
        { SaidNo: not null } => null,
        { Phone: not null, WrongNumberAt: null } when PhoneTypes.TakesTexts(lead.PhoneType) => "sms",
        { UnsubscribedAt: null } when EmailAddress.Read(lead.Email) is not null => "email",
        _ => null,
    };
}
