using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Appointments;

/// <content>Who is to be told of bookings: the lead's conversation.</content>
public sealed partial class AppointmentStore
{
    /// <summary>The conversation that a booking's lead has; null when nobody has spoken with them yet.</summary>
    internal static Task<BookingListener?> FindListenerAsync(TenantTransaction transaction, Appointment appointment, CancellationToken cancel) =>
        transaction.FirstOrDefaultAsync<BookingListener>("""
            SELECT s.id AS session_id, s.language, o.timezone
            FROM chat_sessions s JOIN locations o ON o.tenant_id = s.tenant_id AND o.id = @LocationId
            WHERE s.tenant_id = @tenantId AND s.lead_id = @LeadId
            """, new { appointment.LeadId, appointment.LocationId }, cancel);
}

/// <summary>A conversation that is told of a booking.</summary>
/// <param name="Language">One of <see cref="Messages.Languages"/>; null = nobody knows.</param>
/// <param name="Timezone">The shop's.</param>
internal sealed record BookingListener(Guid SessionId, string? Language, string Timezone);
