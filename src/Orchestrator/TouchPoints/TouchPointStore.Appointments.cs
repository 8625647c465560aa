using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Confirmations and reminders of appointments. They have words of their own, go when the appointment goes, and no cadence ends them.</summary>
public sealed partial class TouchPointStore
{
    /// <summary>Plans messages about an appointment.</summary>
    /// <param name="channel">sms or email. A text keeps its subject for when it must become an email.</param>
    public Task PlanForAppointmentAsync(
        TenantTransaction transaction, Guid leadId, Guid appointmentId, string channel, IReadOnlyList<AppointmentMessage> messages, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(messages);
        var now = clock.GetUtcNow();
        return messages.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, subject, content, appointment_id, created_at, updated_at)
            SELECT @tenantId, n.id, @leadId,
                'appointment-' || ((SELECT count(*) FROM touch_points t WHERE t.tenant_id = @tenantId AND t.lead_id = @leadId AND t.appointment_id IS NOT NULL) + n.place) || '-' || n.kind,
                @channel, 'scheduled', n.due_at, n.expires_at, n.subject, n.text, @appointmentId, @now, @now
            FROM unnest(@ids, @kinds, @dueAt, @expireAt, @subjects, @texts) WITH ORDINALITY AS n (id, kind, due_at, expires_at, subject, text, place)
            """,
            new
            {
                leadId, appointmentId, channel, now, ids = messages.Select(_ => Guid.CreateVersion7()).ToArray(), kinds = messages.Select(message => message.Kind).ToArray(),
                dueAt = messages.Select(message => message.DueAt.UtcDateTime).ToArray(), expireAt = messages.Select(message => message.ExpiresAt.UtcDateTime).ToArray(),
                subjects = messages.Select(message => message.Subject).ToArray(), texts = messages.Select(message => message.Text).ToArray(),
            }, cancel);
    }
}
