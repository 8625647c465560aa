using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>The email that somebody answers.</summary>
/// <param name="Email">The address that it went to.</param>
/// <param name="Sent">What it said, with the placeholders of its links.</param>
public sealed record AnsweredEmail(string Email, Guid AttemptId, Guid LeadId, string Sent);

/// <summary>What comes back from addresses: answers, and that they take no mail.</summary>
public sealed partial class EmailAddressStore
{
    /// <summary>The email that somebody answers: by a token in an address, else by its id in a line of the answer that comes from where it went. Null when it is none of ours.</summary>
    /// <param name="messageIds">SendGrid's ids of emails that the answer names.</param>
    public async Task<(Guid TenantId, Guid AttemptId)?> FindAnsweredAsync(
        IReadOnlyList<byte[]> hashes, IReadOnlyList<string> messageIds, string? from, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        ArgumentNullException.ThrowIfNull(messageIds);
        foreach (var hash in hashes)
        {
            if (await database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM find_reply_token(@hash)", new { hash }, cancel) is [var found, ..])
            {
                return found;
            }
        }

        foreach (var id in from is null ? [] : messageIds)
        {
            if (await database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM find_mailed_attempt(@id, @from)", new { id, from }, cancel) is [var found, ..])
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>What an answer needs to know of its email.</summary>
    public Task<AnsweredEmail?> AnsweredAsync(Guid tenantId, Guid attemptId, CancellationToken cancel) => database.FirstOrDefaultAsync<AnsweredEmail>(tenantId, """
        SELECT m.address AS email, m.id AS attempt_id, l.id AS lead_id, m.body AS sent
        FROM message_attempts m
        JOIN touch_points t ON t.tenant_id = m.tenant_id AND t.id = m.touch_point_id
        JOIN leads l ON l.tenant_id = m.tenant_id AND l.id = t.lead_id
        WHERE m.tenant_id = @tenantId AND m.id = @attemptId
        """, new { attemptId }, cancel);

    /// <summary>Has the tenant ever heard of this address, from a lead or otherwise?</summary>
    /// <param name="email">In small letters.</param>
    public Task<bool> IsKnownAsync(Guid tenantId, string email, CancellationToken cancel) => database.FirstOrDefaultAsync<bool>(tenantId, """
        SELECT EXISTS (SELECT 1 FROM email_addresses WHERE tenant_id = @tenantId AND email = @email)
            OR EXISTS (SELECT 1 FROM person_keys WHERE tenant_id = @tenantId AND kind = 'email' AND value = @email)
        """, new { email }, cancel);

    /// <summary>The newest lead with this address, or null.</summary>
    /// <param name="email">In small letters.</param>
    public Task<Guid?> NewestLeadAsync(TenantTransaction transaction, string email, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Guid?>(NewestLead, new { email }, cancel);
    }

    /// <summary>The same outside of a transaction.</summary>
    public Task<Guid?> NewestLeadAsync(Guid tenantId, string email, CancellationToken cancel) => database.FirstOrDefaultAsync<Guid?>(tenantId, NewestLead, new { email }, cancel);

    private const string NewestLead = """
        SELECT l.id
        FROM person_keys k JOIN leads l ON l.tenant_id = k.tenant_id AND l.person_id = k.person_id
        WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = @email AND lower(trim(l.email)) = @email
        ORDER BY l.created_at DESC, l.id DESC
        LIMIT 1
        """;

    /// <summary>The numbers of the leads with this address, in the order in which they are locked.</summary>
    /// <param name="email">In small letters.</param>
    public Task<IReadOnlyList<Guid>> ContactsAsync(TenantTransaction transaction, string email, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<Guid>("""
            SELECT DISTINCT l.contact_id
            FROM person_keys k JOIN leads l ON l.tenant_id = k.tenant_id AND l.person_id = k.person_id
            WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = @email AND lower(trim(l.email)) = @email AND l.contact_id IS NOT NULL
            ORDER BY l.contact_id
            """, new { email }, cancel);
    }

    /// <summary>All numbers of whoever answers an email: their lead's, their person's, and those of the leads with the address that it went to. They are locked, in the order of their ids.</summary>
    public Task<IReadOnlyList<Guid>> NumbersAsync(TenantTransaction transaction, AnsweredEmail answered, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(answered);
        return transaction.QueryAsync<Guid>("""
            WITH theirs AS MATERIALIZED (
                SELECT l.person_id, l.contact_id FROM leads l WHERE l.tenant_id = @tenantId AND l.id = @LeadId
                UNION
                SELECT l.person_id, l.contact_id
                FROM person_keys k JOIN leads l ON l.tenant_id = k.tenant_id AND l.person_id = k.person_id
                WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = @Email AND lower(trim(l.email)) = @Email
            )
            SELECT c.id FROM contacts c
            WHERE c.tenant_id = @tenantId AND (c.id = ANY (ARRAY(SELECT contact_id FROM theirs))
                OR c.phone = ANY (ARRAY(SELECT k.value FROM theirs JOIN person_keys k ON k.tenant_id = @tenantId AND k.person_id = theirs.person_id AND k.kind = 'phone')))
            ORDER BY c.id
            FOR NO KEY UPDATE
            """, new { answered.LeadId, answered.Email }, cancel);
    }

    /// <summary>Mail to an address may go on, if a person had ended it. One that takes none stays so.</summary>
    /// <returns>The address's id; null when nobody had ended it.</returns>
    public Task<Guid?> ResubscribeAsync(TenantTransaction transaction, string email, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<Guid?>("""
            UPDATE email_addresses SET unsubscribed_at = NULL, updated_at = @now WHERE tenant_id = @tenantId AND email = @email AND unsubscribed_at IS NOT NULL RETURNING id
            """, new { email, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Nobody's no comes in between until the transaction ends.</summary>
    /// <param name="email">In small letters.</param>
    public Task LockAsync(TenantTransaction transaction, string email, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("SELECT 1 FROM email_addresses WHERE tenant_id = @tenantId AND email = @email FOR NO KEY UPDATE", new { email }, cancel);
    }

    /// <summary>The addresses that ended with the same words as this entry of the ledger.</summary>
    public Task<IReadOnlyList<string>> EndedWithAsync(TenantTransaction transaction, Guid consentEventId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<string>("""
            SELECT DISTINCT a.email
            FROM consent_events e JOIN email_addresses a ON a.tenant_id = e.tenant_id AND a.id = e.email_address_id
            WHERE e.tenant_id = @tenantId AND (e.id = @consentEventId OR e.said_id = @consentEventId)
            ORDER BY a.email
            """, new { consentEventId }, cancel);
    }

    /// <summary>From the commit on, no email to this address starts: it takes none.</summary>
    /// <param name="why">One machine word.</param>
    /// <returns>False when that was known.</returns>
    public async Task<bool> SuppressAsync(TenantTransaction transaction, string email, string why, CancellationToken cancel)
    {
        var id = (await EnsureAsync(transaction, [email], cancel))[email];
        return await transaction.ExecuteAsync("""
            UPDATE email_addresses SET suppressed_at = @now, suppression = @why, updated_at = @now WHERE tenant_id = @tenantId AND id = @id AND suppressed_at IS NULL
            """, new { id, why, now = clock.GetUtcNow() }, cancel) == 1;
    }
}
