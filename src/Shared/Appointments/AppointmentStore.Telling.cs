using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Shared.Appointments;

/// <content>Who is to be told of bookings: the lead's conversation, and the assistant in it.</content>
public sealed partial class AppointmentStore
{
    /// <summary>The conversation that a booking's lead has; null when nobody has spoken with them yet.</summary>
    internal static Task<BookingListener?> FindListenerAsync(TenantTransaction transaction, Appointment appointment, CancellationToken cancel) =>
        transaction.FirstOrDefaultAsync<BookingListener>("""
            SELECT s.id AS session_id, s.language, o.timezone
            FROM chat_sessions s JOIN locations o ON o.tenant_id = s.tenant_id AND o.id = @LocationId
            WHERE s.tenant_id = @tenantId AND s.lead_id = @LeadId
            """, new { appointment.LeadId, appointment.LocationId }, cancel);

    /// <summary>Asks for what a session's customer has booked or holds and is not over; <see cref="ReadKnownAsync"/> reads it.</summary>
    /// <param name="batch">In the session's tenant.</param>
    public static void AddKnown(TenantBatch batch, Guid sessionId, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Add("""
            SELECT c.name, a.starts_at, a.status
            FROM chat_sessions s
            JOIN appointments a ON a.tenant_id = s.tenant_id AND a.lead_id = s.lead_id
            JOIN service_catalog c ON c.tenant_id = a.tenant_id AND c.id = a.service_id
            WHERE s.tenant_id = $1 AND s.id = $2 AND a.ends_at > $3 AND (a.status = 'confirmed' OR (a.status = 'held' AND a.expires_at > $3))
            ORDER BY a.starts_at, a.id
            LIMIT 10
            """, TenantBatch.Value(sessionId), TenantBatch.Value(now.UtcDateTime));
    }

    /// <summary>The bookings of <see cref="AddKnown"/>, in the order of time. The reader stands on the result before.</summary>
    public static async Task<IReadOnlyList<KnownBooking>> ReadKnownAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reader);
        await reader.NextResultAsync(cancel);
        var found = new List<KnownBooking>();
        while (await reader.ReadAsync(cancel))
        {
            found.Add(new KnownBooking(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2)));
        }

        return found;
    }
}

/// <summary>What a customer has booked or holds, as the assistant knows it.</summary>
/// <param name="Status">confirmed or held.</param>
public sealed record KnownBooking(string ServiceName, DateTimeOffset StartsAt, string Status);

/// <summary>A conversation that is told of a booking.</summary>
/// <param name="Language">One of <see cref="Messages.Languages"/>; null = nobody knows.</param>
/// <param name="Timezone">The shop's.</param>
internal sealed record BookingListener(Guid SessionId, string? Language, string Timezone);
