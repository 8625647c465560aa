using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Leads;

namespace LeadOrchestrator.Shared.Appointments;

/// <content>Who is to be told of bookings: the lead's conversation, and the customer by what is planned about one.</content>
public sealed partial class AppointmentStore
{
    /// <summary>The conversation that a booking's lead has; null when nobody has spoken with them yet.</summary>
    internal static Task<BookingListener?> FindListenerAsync(TenantTransaction transaction, Appointment appointment, CancellationToken cancel) =>
        transaction.FirstOrDefaultAsync<BookingListener>("""
            SELECT s.id AS session_id, s.language, o.timezone
            FROM chat_sessions s JOIN locations o ON o.tenant_id = s.tenant_id AND o.id = @LocationId
            WHERE s.tenant_id = @tenantId AND s.lead_id = @LeadId
            """, new { appointment.LeadId, appointment.LocationId }, cancel);

    /// <summary>
    /// What was planned about an appointment ends, and what waits for a person. What is claimed and not handed over is taken from its worker, what is handed over is not tried again. In the transaction that changes it: what comes
    /// instead is planned by a worker, and until then nobody is reminded of a time that is none any more.
    /// </summary>
    public Task EndMessagesAsync(TenantTransaction transaction, Guid id, string reason, CancellationToken cancel) => EndMessagesAsync(transaction, id, null, reason, cancel);

    // But for what still tells the truth: with this slot it begins when it did.
    private Task<int> EndMessagesAsync(TenantTransaction transaction, Guid id, Slot? slot, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync(EngagementStore.EndMessages, new { id, startsAt = slot?.StartsAt, reason, now = clock.GetUtcNow() }, cancel);
    }
}

/// <summary>A conversation that is told of a booking.</summary>
/// <param name="Language">One of <see cref="Messages.Languages"/>; null = nobody knows.</param>
/// <param name="Timezone">The shop's.</param>
internal sealed record BookingListener(Guid SessionId, string? Language, string Timezone);
