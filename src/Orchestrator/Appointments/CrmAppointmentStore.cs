using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>An appointment that the shop made in the CRM itself.</summary>
public sealed record CrmAppointment(string ExternalId, string ExternalLocationId, DateTimeOffset StartsAt, DateTimeOffset EndsAt);

/// <summary>The table <c>crm_appointments</c>: the time that the CRM's calendar has taken and we did not.</summary>
public sealed class CrmAppointmentStore(TimeProvider clock)
{
    /// <summary>Takes the newest of each. One of a shop that we do not know takes no time of anybody's.</summary>
    public Task WriteAsync(TenantTransaction transaction, IReadOnlyList<CrmAppointment> appointments, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(appointments);
        return appointments.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            INSERT INTO crm_appointments (tenant_id, id, location_id, external_id, starts_at, ends_at, updated_at)
            SELECT @tenantId, n.id, o.id, n.external_id, n.starts_at, n.ends_at, @now
            FROM unnest(@ids, @externalIds, @locations, @startsAt, @endsAt) AS n (id, external_id, location, starts_at, ends_at)
            JOIN locations o ON o.tenant_id = @tenantId AND o.external_id = n.location
            ON CONFLICT (tenant_id, external_id) DO UPDATE
            SET location_id = excluded.location_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at, updated_at = excluded.updated_at
            """,
            new
            {
                ids = appointments.Select(_ => Guid.CreateVersion7()).ToArray(), externalIds = appointments.Select(one => one.ExternalId).ToArray(),
                locations = appointments.Select(one => one.ExternalLocationId).ToArray(), startsAt = appointments.Select(one => one.StartsAt.UtcDateTime).ToArray(),
                endsAt = appointments.Select(one => one.EndsAt.UtcDateTime).ToArray(), now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>They are gone, declined, or ours after all.</summary>
    public static Task RemoveAsync(TenantTransaction transaction, string[] externalIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return externalIds.Length == 0 ? Task.CompletedTask : transaction.ExecuteAsync(
            "DELETE FROM crm_appointments WHERE tenant_id = @tenantId AND external_id = ANY(@externalIds)", new { externalIds }, cancel);
    }
}
