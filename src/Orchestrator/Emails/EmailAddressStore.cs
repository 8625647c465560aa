using LeadOrchestrator.Shared.Hosting;
using static LeadOrchestrator.Shared.Hosting.TenantBatch;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>The tables <c>email_addresses</c> and <c>unsubscribe_tokens</c>: who is never mailed again, and by which links one says so.</summary>
/// <remarks>The address's row is the lock between "unsubscribe" and "send", as the contact's is for texts.</remarks>
public sealed partial class EmailAddressStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>SQL: why the address <c>e</c> takes no mail, or null. A no that the CRM has is no end of mail that the person told us.</summary>
    internal const string WhyNoMail = "coalesce(e.suppression, CASE WHEN e.crm_opt_out_at IS NOT NULL THEN 'crm_unsubscribed' END)";

    /// <summary>The ids of addresses, made where there is none, by their addresses.</summary>
    /// <param name="emails">In small letters.</param>
    public async Task<IReadOnlyDictionary<string, Guid>> EnsureAsync(TenantTransaction transaction, IEnumerable<string> emails, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // In one order, so that two that make the same ones never wait for each other in a ring.
        var distinct = emails.Distinct().Order(StringComparer.Ordinal).ToArray();
        return distinct.Length == 0 ? new Dictionary<string, Guid>() : (await transaction.QueryAsync<(string Email, Guid Id)>("""
            WITH made AS (
                INSERT INTO email_addresses (tenant_id, id, email, created_at, updated_at)
                SELECT @tenantId, n.id, n.email, @now, @now FROM unnest(@ids, @emails) AS n (id, email)
                ON CONFLICT (tenant_id, email) DO UPDATE SET email = excluded.email
                RETURNING email, id
            )
            SELECT email, id FROM made
            """, new { ids = distinct.Select(_ => Guid.CreateVersion7()).ToArray(), emails = distinct, now = clock.GetUtcNow() }, cancel))
            .ToDictionary(row => row.Email, row => row.Id);
    }

    /// <summary>Adds: the locks under which an email may leave. Two results: the contacts of the lead and of its person, and the address.</summary>
    /// <remarks>Whoever said "stop" by any number of theirs, to us or to the shop, gets no automated email either; that is more than the law asks for. A wrong number is not theirs.</remarks>
    internal static void AddLocks(TenantBatch batch, Guid? contactId, Guid? personId, Guid addressId)
    {
        batch.Add("""
            SELECT CASE WHEN c.wrong_number_at IS NULL THEN c.opted_out_at END, c.crm_opt_out_at FROM contacts c
            WHERE c.tenant_id = $1 AND (c.id = $2 OR c.phone IN (SELECT k.value FROM person_keys k WHERE k.tenant_id = $1 AND k.person_id = $3 AND k.kind = 'phone'))
            ORDER BY c.id
            FOR SHARE OF c
            """, Value(contactId ?? Guid.Empty), Value(personId ?? Guid.Empty));
        batch.Add($"SELECT e.unsubscribed_at, {WhyNoMail} FROM email_addresses e WHERE e.tenant_id = $1 AND e.id = $2 FOR SHARE", Value(addressId));
    }

    /// <summary>Keeps what the CRM says of these addresses, and lets a no go when none of its customers says it any more.</summary>
    /// <returns>What has changed.</returns>
    public async Task<IReadOnlyList<EmailWordHeeded>> HeedCrmAsync(TenantTransaction transaction, IEnumerable<EmailWord> words, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // In one order, as always; and one word of each customer, the newest.
        var said = words.GroupBy(word => (word.Email, word.CustomerId)).Select(all => all.MaxBy(word => word.Version)!).OrderBy(word => word.Email, StringComparer.Ordinal)
            .ThenBy(word => word.CustomerId, StringComparer.Ordinal).ToList();
        var changed = new List<EmailWordHeeded>();
        foreach (var no in said.Where(word => word.SaysNo))
        {
            changed.AddRange((await transaction.QueryAsync<Guid>("""
                INSERT INTO email_addresses AS a (tenant_id, id, email, crm_opt_out_at, crm_opt_out_by, created_at, updated_at)
                VALUES (@tenantId, @id, @Email, @now, ARRAY[@CustomerId::text], @now, @now)
                ON CONFLICT (tenant_id, email) DO UPDATE
                SET crm_opt_out_at = coalesce(a.crm_opt_out_at, @now), crm_opt_out_by = a.crm_opt_out_by || @CustomerId::text, updated_at = @now
                WHERE NOT @CustomerId = ANY(a.crm_opt_out_by)
                RETURNING a.id
                """, new { id = Guid.CreateVersion7(), no.Email, no.CustomerId, now = clock.GetUtcNow() }, cancel)).Select(id => new EmailWordHeeded(id, no.CustomerId, true)));
        }

        List<EmailWord> yes = [.. said.Where(word => !word.SaysNo)];
        changed.AddRange(yes.Count == 0 ? [] : (await transaction.QueryAsync<(Guid Id, string CustomerId)>("""
            UPDATE email_addresses a
            SET crm_opt_out_by = array_remove(a.crm_opt_out_by, n.customer), crm_opt_out_at = CASE WHEN cardinality(a.crm_opt_out_by) > 1 THEN a.crm_opt_out_at END, updated_at = @now
            FROM unnest(@emails, @customers) AS n (email, customer)
            WHERE a.tenant_id = @tenantId AND a.email = n.email AND n.customer = ANY(a.crm_opt_out_by)
            RETURNING a.id, n.customer
            """, new { emails = yes.Select(word => word.Email).ToArray(), customers = yes.Select(word => word.CustomerId).ToArray(), now = clock.GetUtcNow() }, cancel))
            .Select(row => new EmailWordHeeded(row.Id, row.CustomerId, false)));
        return changed;
    }

    /// <summary>The link of an attempt, and the address to which it is answered: only their hashes are kept.</summary>
    public Task AddTokenAsync(TenantTransaction transaction, Guid addressId, Guid attemptId, byte[] hash, byte[] replyHash, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO unsubscribe_tokens (tenant_id, id, email_address_id, attempt_id, token_hash, reply_hash, created_at)
            VALUES (@tenantId, @id, @addressId, @attemptId, @hash, @replyHash, @now)
            """, new { id = Guid.CreateVersion7(), addressId, attemptId, hash, replyHash, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Whose link this is; null when it is nobody's.</summary>
    public async Task<(Guid TenantId, Guid Id)?> FindTokenAsync(byte[] hash, CancellationToken cancel) =>
        await database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM find_unsubscribe_token(@hash)", new { hash }, cancel) is [var found, ..] ? found : null;

    /// <summary>What an unsubscribe link stands for: an address, and the attempt that brought it there.</summary>
    public Task<(string Email, Guid AttemptId)> OfTokenAsync(TenantTransaction transaction, Guid tokenId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<(string, Guid)>("""
            SELECT a.email, u.attempt_id
            FROM unsubscribe_tokens u JOIN email_addresses a ON a.tenant_id = u.tenant_id AND a.id = u.email_address_id
            WHERE u.tenant_id = @tenantId AND u.id = @tokenId
            """, new { tokenId }, cancel);
    }
}

/// <summary>What a customer of the CRM says about emails to an address, today.</summary>
/// <param name="Email">In small letters.</param>
/// <param name="Version">The customer's row; of two the newer counts.</param>
public sealed record EmailWord(string Email, string CustomerId, long Version, bool SaysNo);

/// <summary>Such a word that has changed something.</summary>
public sealed record EmailWordHeeded(Guid AddressId, string CustomerId, bool SaysNo);
