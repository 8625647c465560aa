using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>One hand-over of an email, as its vendor's events are about it.</summary>
/// <param name="Address">Where it went.</param>
public sealed record MailedAttempt(Guid Id, string Address, Guid TouchPointId, Guid LeadId);

/// <summary>How far the vendor says that an email is.</summary>
/// <param name="Word">The vendor's own word.</param>
/// <param name="Rank">Grows along the way. An email that was delivered may still come back; one that came back does not.</param>
/// <param name="Touch">What the touch point is then: sent, delivered or failed.</param>
public sealed record MailStep(string Word, int Rank, string Touch);

/// <summary>The part of it that hears of emails.</summary>
public sealed partial class AttemptStore
{
    /// <summary>The tenants of attempts, by the ids in SendGrid's events. What we never had is not among them.</summary>
    public async Task<IReadOnlyDictionary<Guid, Guid>> FindTenantsAsync(IReadOnlyCollection<Guid> attemptIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(attemptIds);
        return attemptIds.Count == 0
            ? new Dictionary<Guid, Guid>()
            : (await database.DoorAsync<(Guid TenantId, Guid Id)>("SELECT tenant_id, id FROM find_attempts(@ids)", new { ids = attemptIds.ToArray() }, cancel))
                .ToDictionary(found => found.Id, found => found.TenantId);
    }

    /// <summary>The emails that have these ids at SendGrid and went to these addresses, with their tenants.</summary>
    public async Task<IReadOnlyDictionary<(string MessageId, string Email), (Guid TenantId, Guid Id)>> FindMailedAsync(
        IReadOnlyCollection<(string MessageId, string Email)> emails, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(emails);
        return emails.Count == 0
            ? new Dictionary<(string, string), (Guid, Guid)>()
            : (await database.DoorAsync<(Guid TenantId, Guid Id, string MessageId, string Email)>("""
                SELECT f.tenant_id, f.id, n.message_id, n.email
                FROM unnest(@messageIds, @emails) AS n (message_id, email) CROSS JOIN LATERAL find_mailed_attempt(n.message_id, n.email) AS f
                """, new { messageIds = emails.Select(one => one.MessageId).ToArray(), emails = emails.Select(one => one.Email).ToArray() }, cancel))
                .ToDictionary(found => (found.MessageId, found.Email), found => (found.TenantId, found.Id));
    }

    /// <summary>These attempts, as far as they are emails of the tenant.</summary>
    public async Task<IReadOnlyDictionary<Guid, MailedAttempt>> MailedAsync(TenantTransaction transaction, IReadOnlyCollection<Guid> attemptIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(attemptIds);
        return attemptIds.Count == 0 ? new Dictionary<Guid, MailedAttempt>() : (await transaction.QueryAsync<MailedAttempt>("""
            SELECT a.id, a.address, t.id AS touch_point_id, t.lead_id
            FROM message_attempts a JOIN touch_points t ON t.tenant_id = a.tenant_id AND t.id = a.touch_point_id
            WHERE a.tenant_id = @tenantId AND a.id = ANY(@ids) AND a.channel = 'email'
            """, new { ids = attemptIds.ToArray() }, cancel)).ToDictionary(attempt => attempt.Id);
    }

    /// <summary>Moves an email's attempt forward; what is not further on changes nothing. Whatever the order in which events come, the furthest stands in the end.</summary>
    /// <returns>Whether it moved.</returns>
    public async Task<bool> AdvanceEmailAsync(TenantTransaction transaction, Guid id, MailStep step, string? providerId, string? errorCode, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(step);
        return await transaction.ExecuteAsync("""
            UPDATE message_attempts
            SET status = 'accepted', provider_id = coalesce(provider_id, @providerId), provider_status = @Word, provider_rank = @rank,
                error_code = coalesce(@errorCode, error_code), finished_at = coalesce(finished_at, @now)
            WHERE tenant_id = @tenantId AND id = @id AND channel = 'email' AND provider_rank < @rank
            """, new { id, step.Word, rank = (short)step.Rank, providerId, errorCode, now = clock.GetUtcNow() }, cancel) == 1;
    }
}
