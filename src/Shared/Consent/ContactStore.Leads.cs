using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Consent;

/// <content>Ends whatever would be sent to a person of whom a lead is known.</content>
public sealed partial class ContactStore
{
    /// <summary>From the commit on, nothing to the lead's number or address starts, nor to another number of the same person, and nothing for this lead by any way at all.</summary>
    /// <returns>Whether it is news for one of them, or for a lead that has neither.</returns>
    public async Task<bool> OptOutLeadAsync(TenantTransaction transaction, Guid leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(evidence);
        var lead = await transaction.FirstOrDefaultAsync<Addresses>("""
            SELECT contact_id, phone, person_id, CASE WHEN lower(trim(email)) ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' THEN lower(trim(email)) END AS email
            FROM leads WHERE tenant_id = @tenantId AND id = @leadId
            """, new { leadId }, cancel) ?? throw new InvalidOperationException($"Lead {leadId} does not exist");

        // The numbers, the address, the lead: in the order in which a send locks them.
        var isNews = false;
        var contactId = lead.ContactId ?? (lead.Phone is { } phone ? (await EnsureAsync(transaction, phone, cancel)).Id : null);
        foreach (var known in await NumbersAsync(transaction, contactId, lead.PersonId, cancel))
        {
            // One entry of the ledger makes the item for a person, however many ways to write to them end.
            isNews |= await OptOutOnceAsync(transaction, known, isNews ? evidence.Besides() : evidence, cancel);
        }

        if (lead.Email is { } email)
        {
            isNews |= await UnsubscribeAsync(transaction, leadId, email, isNews ? evidence.Besides() : evidence, cancel);
        }

        return await EndLeadAsync(transaction, leadId, cancel) | isNews;
    }

    /// <summary>
    /// The number is somebody else's: from the commit on, nothing to it starts. Its leads are not its person's, so they have said no to nothing: they wait for another number, and their emails go on.
    /// </summary>
    public async Task WrongNumberAsync(TenantTransaction transaction, Guid contactId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var args = new { contactId, now = clock.GetUtcNow() };
        await transaction.ExecuteAsync("""
            UPDATE contacts SET opted_out_at = coalesce(opted_out_at, @now), wrong_number_at = coalesce(wrong_number_at, @now), updated_at = @now
            WHERE tenant_id = @tenantId AND id = @contactId
            """, args, cancel);
        await transaction.ExecuteAsync("""
            WITH theirs AS (SELECT id FROM leads WHERE tenant_id = @tenantId AND contact_id = @contactId ORDER BY id FOR NO KEY UPDATE), waiting AS (
                UPDATE leads l SET status = 'unreachable', status_reason = 'wrong_number', status_at = @now, updated_at = @now
                FROM theirs WHERE l.tenant_id = @tenantId AND l.id = theirs.id AND l.status IN ('new', 'contacted', 'engaged', 'unreachable')
            )
            UPDATE touch_points t
            SET status = CASE WHEN t.message_id IS NULL AND t.appointment_id IS NULL THEN 'suppressed' ELSE 'cancelled' END, reason = 'wrong_number',
                fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
            FROM theirs
            WHERE t.tenant_id = @tenantId AND t.lead_id = theirs.id AND t.channel = 'sms' AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL))
            """, args, cancel);
        await RemindByEmailAsync(transaction, contactId, [], null, cancel);
        await AddEventAsync(transaction, contactId, null, "opted_out", evidence, cancel);
    }

    /// <summary>
    /// What was to be said of appointments that stand, and no text can say any more because the number is somebody else's or takes none, is said by email where an address takes some: each once.
    /// </summary>
    /// <param name="contactId">All leads with this number; null = those of <paramref name="leadIds"/>.</param>
    /// <param name="attempt">The text that has failed for the number's sake, as evidence names it; null = none, or another text.</param>
    public Task RemindByEmailAsync(TenantTransaction transaction, Guid? contactId, Guid[] leadIds, string? attempt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // An email of an appointment holds no link: the sentence around it goes.
        return transaction.ExecuteAsync("""
            WITH mute AS MATERIALIZED (
                SELECT t.id, t.lead_id, t.step, t.due_at, t.expires_at, t.subject, regexp_replace(t.content, ' [^:.]+: \{link\}', '') AS content, t.appointment_id, l.phone_type || '_phone' AS why
                FROM leads l
                JOIN appointments a ON a.tenant_id = @tenantId AND a.lead_id = l.id AND a.status = 'confirmed' AND a.starts_at > @now
                JOIN touch_points t ON t.tenant_id = @tenantId AND t.lead_id = l.id AND t.appointment_id = a.id AND t.channel = 'sms' AND t.expires_at > @now
                WHERE l.tenant_id = @tenantId AND (l.contact_id = @contactId OR l.id = ANY(@leadIds)) AND l.consent <> 'opted_out' AND lower(trim(l.email)) ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'
                  AND ((t.status IN ('cancelled', 'suppressed') AND t.reason IN ('wrong_number', 'no_phone', 'missing_phone', 'invalid_phone', 'landline_phone', 'foreign_phone'))
                    OR ((t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL)) AND l.phone_type IN ('missing', 'invalid', 'landline', 'foreign'))
                    OR EXISTS (SELECT 1 FROM message_attempts m WHERE m.tenant_id = @tenantId AND m.touch_point_id = t.id AND 'attempt ' || m.id = @attempt))
                  AND NOT EXISTS (
                      SELECT 1 FROM email_addresses e
                      WHERE e.tenant_id = @tenantId AND e.email = lower(trim(l.email)) AND (e.unsubscribed_at IS NOT NULL OR e.suppression IS NOT NULL OR e.crm_opt_out_at IS NOT NULL))
            ), ended AS (
                UPDATE touch_points t SET status = 'suppressed', reason = mute.why, fence = t.fence + 1, claimed_by = NULL, lease_until = NULL, updated_at = @now
                FROM mute WHERE t.tenant_id = @tenantId AND t.id = mute.id AND (t.status = 'scheduled' OR (t.status = 'sending' AND t.handed_over_at IS NULL))
            )
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, subject, content, appointment_id, created_at, updated_at)
            SELECT @tenantId, uuid_at(@now), lead_id, step || '-by-email', 'email', 'scheduled', greatest(due_at, @now), expires_at, subject, content, appointment_id, @now, @now FROM mute
            ON CONFLICT (tenant_id, lead_id, step) DO NOTHING
            """, new { contactId, leadIds, attempt, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Takes back the links that went to this number, of every lead that has it: a stranger reads them. Those that went by email stay.</summary>
    public Task RevokeLinksOfNumberAsync(TenantTransaction transaction, Guid contactId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE chat_codes c SET revoked_at = @now
            FROM leads l
            WHERE l.tenant_id = @tenantId AND l.contact_id = @contactId AND c.tenant_id = @tenantId AND c.lead_id = l.id AND c.revoked_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM message_attempts a WHERE a.tenant_id = @tenantId AND a.id = c.attempt_id AND a.channel = 'email')
            """, new { contactId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The same for the number of a lead, said in its chat: a stranger has the link, so what went to the number opens nothing any more, unless that is doubtful. Without a number it is the lead that ends.</summary>
    /// <returns>Whether it is news.</returns>
    public async Task<bool> WrongNumberOfLeadAsync(TenantTransaction transaction, Guid leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (await transaction.FirstOrDefaultAsync<Contact>($"""
            SELECT {Columns} FROM contacts
            WHERE tenant_id = @tenantId AND id = (SELECT contact_id FROM leads WHERE tenant_id = @tenantId AND id = @leadId)
            FOR NO KEY UPDATE
            """, new { leadId }, cancel) is not { } contact)
        {
            return await OptOutLeadAsync(transaction, leadId, evidence, cancel);
        }

        if (contact.WrongNumberAt is not null && !await IsNewsAsync(transaction, contact.Id, evidence, cancel))
        {
            return false;
        }

        await WrongNumberAsync(transaction, contact.Id, evidence, cancel);
        if (evidence.Reason is null)
        {
            await RevokeLinksOfNumberAsync(transaction, contact.Id, cancel);
        }

        return true;
    }

    /// <summary>
    /// The numbers of whoever has this one, itself among them, in the order in which a send locks them; until the transaction ends, nothing is sent to any of them. None of a number that is not
    /// known, and only itself of a wrong one.
    /// </summary>
    public static Task<IReadOnlyList<Guid>> NumbersOfAsync(TenantTransaction transaction, string phone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<Guid>("""
            WITH known AS (
                SELECT n.id, l.person_id FROM contacts n
                LEFT JOIN leads l ON l.tenant_id = @tenantId AND l.contact_id = n.id AND n.wrong_number_at IS NULL
                WHERE n.tenant_id = @tenantId AND n.phone = @phone
            )
            SELECT c.id FROM contacts c
            WHERE c.tenant_id = @tenantId AND c.id IN (
                SELECT id FROM known
                UNION SELECT o.contact_id FROM known JOIN leads o ON o.tenant_id = @tenantId AND o.person_id = known.person_id
                UNION SELECT n.id FROM known JOIN person_keys k ON k.tenant_id = @tenantId AND k.person_id = known.person_id AND k.kind = 'phone'
                    JOIN contacts n ON n.tenant_id = @tenantId AND n.phone = k.value)
            ORDER BY c.id
            FOR NO KEY UPDATE OF c
            """, new { phone }, cancel);
    }

    /// <summary>Of those who ask, by their places: who has said no by another number of theirs, and when. They are the person of their phone, else of their email, and the CRM's customer, whatever number it had.</summary>
    /// <remarks>Neither what a stranger with a wrong number said nor what a carrier says of a number is theirs; and who has agreed by the number that they ask with since then has taken it back for that one.</remarks>
    public static Task<IReadOnlyList<(int Place, DateTimeOffset At)>> SaidNoElsewhereAsync(
        TenantTransaction transaction, IReadOnlyList<(string? Phone, string? Email, string? CustomerId)> asking, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<(int, DateTimeOffset)>("""
            SELECT n.place, max(c.opted_out_at)
            FROM unnest(@places, @phones, @emails, @customers) AS n (place, phone, email, customer)
            CROSS JOIN LATERAL (
                SELECT coalesce(
                    (SELECT k.person_id FROM person_keys k WHERE k.tenant_id = @tenantId AND k.kind = 'phone' AND k.value = n.phone),
                    (SELECT k.person_id FROM person_keys k WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = n.email)) AS id
                UNION
                SELECT l.person_id FROM leads l WHERE l.tenant_id = @tenantId AND l.external_customer_id = n.customer
            ) p
            JOIN person_keys k ON k.tenant_id = @tenantId AND k.person_id = p.id AND k.kind = 'phone' AND k.value IS DISTINCT FROM n.phone
            JOIN contacts c ON c.tenant_id = @tenantId AND c.phone = k.value AND c.opted_out_at IS NOT NULL AND c.wrong_number_at IS NULL
            WHERE EXISTS (
                    SELECT 1 FROM consent_events e
                    WHERE e.tenant_id = @tenantId AND e.contact_id = c.id AND e.kind = 'opted_out' AND e.channel NOT IN ('crm', 'vendor') AND e.occurred_at >= c.opted_out_at)
              AND NOT EXISTS (
                    SELECT 1 FROM contacts y JOIN consent_events e ON e.tenant_id = y.tenant_id AND e.contact_id = y.id
                    WHERE y.tenant_id = @tenantId AND y.phone = n.phone AND e.kind = 'opted_in' AND e.channel NOT IN ('crm', 'console') AND e.occurred_at > c.opted_out_at)
            GROUP BY n.place
            """,
            new
            {
                places = Enumerable.Range(0, asking.Count).ToArray(), phones = asking.Select(who => who.Phone).ToArray(), emails = asking.Select(who => who.Email).ToArray(),
                customers = asking.Select(who => who.CustomerId).ToArray(),
            }, cancel);
    }

    /// <summary>Every number of somebody ends of whom another system knows a number or an address: they are the person of their phone, else of their address.</summary>
    /// <returns>Whether it is news for one of them.</returns>
    public async Task<bool> OptOutPersonAsync(TenantTransaction transaction, string? phone, string? email, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // Before the contact itself, in the order in which a send locks them.
        var numbers = await transaction.QueryAsync<Guid>("""
            SELECT c.id FROM contacts c
            WHERE c.tenant_id = @tenantId AND (c.phone = @phone OR (c.wrong_number_at IS NULL AND c.phone IN (
                SELECT k.value FROM person_keys k
                WHERE k.tenant_id = @tenantId AND k.kind = 'phone' AND k.person_id = coalesce(
                    (SELECT p.person_id FROM person_keys p WHERE p.tenant_id = @tenantId AND p.kind = 'phone' AND p.value = @phone
                        AND NOT EXISTS (SELECT 1 FROM contacts w WHERE w.tenant_id = @tenantId AND w.phone = @phone AND w.wrong_number_at IS NOT NULL)),
                    (SELECT p.person_id FROM person_keys p WHERE p.tenant_id = @tenantId AND p.kind = 'email' AND p.value = @email)))))
            ORDER BY c.id
            FOR NO KEY UPDATE OF c
            """, new { phone, email }, cancel);
        var isNews = false;
        foreach (var number in phone is null ? numbers : numbers.Append((await EnsureAsync(transaction, phone, cancel)).Id).Distinct())
        {
            isNews |= await OptOutOnceAsync(transaction, number, evidence, cancel);
        }

        return isNews;
    }

    /// <summary>A number says yes again: what its texts ended for other numbers of the same person is undone. What those have said themselves stays.</summary>
    /// <param name="numbers">Those of the person, locked.</param>
    public async Task TakeBackOthersAsync(TenantTransaction transaction, Guid contactId, IReadOnlyList<Guid> numbers, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(numbers);
        var others = numbers.Where(number => number != contactId).ToArray();
        foreach (var other in others.Length == 0 ? [] : await transaction.QueryAsync<Guid>("""
            SELECT e.contact_id
            FROM consent_events e
            JOIN contacts c ON c.tenant_id = @tenantId AND c.id = e.contact_id
            WHERE e.tenant_id = @tenantId AND e.contact_id = ANY(@others) AND e.kind = 'opted_out' AND e.channel <> 'crm' AND e.occurred_at >= c.opted_out_at
            GROUP BY e.contact_id
            HAVING bool_and(EXISTS (
                SELECT 1 FROM consent_events said
                WHERE said.tenant_id = @tenantId AND said.contact_id = @contactId AND said.kind = 'opted_out' AND said.channel = 'sms' AND said.source || @byAnother = e.source AND said.wording = e.wording))
            ORDER BY e.contact_id
            """, new { contactId, others, byAnother = ConsentEvidence.ByAnotherNumber }, cancel))
        {
            await TakeBackAsync(transaction, other, null, evidence, cancel);
        }
    }

    private static Task<IReadOnlyList<Guid>> NumbersAsync(TenantTransaction transaction, Guid? contactId, Guid? personId, CancellationToken cancel) => transaction.QueryAsync<Guid>("""
        SELECT c.id FROM contacts c
        WHERE c.tenant_id = @tenantId AND (c.id = @contactId
            OR c.phone IN (SELECT k.value FROM person_keys k WHERE k.tenant_id = @tenantId AND k.person_id = @personId AND k.kind = 'phone'))
        ORDER BY c.id
        FOR NO KEY UPDATE
        """, new { contactId, personId }, cancel);

    /// <summary>From the commit on, no email to this address starts.</summary>
    /// <param name="email">In small letters.</param>
    /// <returns>Its id, and whether that is news for the ledger: it had not ended, or by words alone that a person is still to read.</returns>
    public async Task<(Guid Id, bool IsNews)> EndAddressAsync(TenantTransaction transaction, string email, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(evidence);
        var now = clock.GetUtcNow();
        // Locked by a statement of its own, as a number is.
        var id = await transaction.FirstOrDefaultAsync<Guid?>("SELECT id FROM email_addresses WHERE tenant_id = @tenantId AND email = @email FOR NO KEY UPDATE", new { email }, cancel)
            ?? await transaction.FirstOrDefaultAsync<Guid>("""
            INSERT INTO email_addresses (tenant_id, id, email, created_at, updated_at) VALUES (@tenantId, @id, @email, @now, @now)
            ON CONFLICT (tenant_id, email) DO UPDATE SET email = excluded.email
            RETURNING id
            """, new { id = Guid.CreateVersion7(), email, now }, cancel);
        return (id, await transaction.ExecuteAsync($"""
            UPDATE email_addresses a SET unsubscribed_at = coalesce(a.unsubscribed_at, @now), updated_at = @now
            WHERE a.tenant_id = @tenantId AND a.id = @id AND (a.unsubscribed_at IS NULL OR {IsNews("e.email_address_id = a.id AND e.occurred_at >= a.unsubscribed_at")})
            """, new { id, now, evidence.IsClear, evidence.Wording }, cancel) == 1);
    }

    private async Task<bool> UnsubscribeAsync(TenantTransaction transaction, Guid leadId, string email, ConsentEvidence evidence, CancellationToken cancel)
    {
        if (await EndAddressAsync(transaction, email, evidence, cancel) is not { IsNews: true, Id: var addressId })
        {
            return false;
        }

        // Every lead of this address hears nothing by it any more; one that nothing else reaches is over.
        await transaction.ExecuteAsync("""
            WITH met AS (
                SELECT l.id FROM person_keys k JOIN leads l ON l.tenant_id = k.tenant_id AND l.person_id = k.person_id
                WHERE k.tenant_id = @tenantId AND k.kind = 'email' AND k.value = @email AND lower(trim(l.email)) = @email
            ), ended AS (
                UPDATE leads l SET consent = 'opted_out', status = CASE WHEN l.status IN ('booked', 'won', 'lost') THEN l.status ELSE 'opted_out' END, updated_at = @now
                FROM met WHERE l.tenant_id = @tenantId AND l.id = met.id AND l.contact_id IS NULL
            )
            UPDATE touch_points t SET status = 'cancelled', reason = 'opted_out', updated_at = @now
            FROM met WHERE t.tenant_id = @tenantId AND t.lead_id = met.id AND t.channel = 'email' AND t.status = 'scheduled'
            """, new { email, now = clock.GetUtcNow() }, cancel);
        await AddEventsAsync(transaction, [new ConsentEntry(null, addressId, leadId, "opted_out", evidence)], cancel);
        return true;
    }

    // Also one that has neither, or whose address belongs to nobody that we know as a person.
    private async Task<bool> EndLeadAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel) => await transaction.FirstOrDefaultAsync<bool>("""
        WITH was AS (
            SELECT id, consent IS DISTINCT FROM 'opted_out' AS is_news FROM leads WHERE tenant_id = @tenantId AND id = @leadId FOR NO KEY UPDATE
        ), ended AS (
            UPDATE leads l SET consent = 'opted_out', status = CASE WHEN l.status IN ('booked', 'won', 'lost') THEN l.status ELSE 'opted_out' END, updated_at = @now
            FROM was WHERE l.tenant_id = @tenantId AND l.id = was.id AND was.is_news
        ), planned AS (
            UPDATE touch_points SET status = 'cancelled', reason = 'opted_out', updated_at = @now WHERE tenant_id = @tenantId AND lead_id = @leadId AND status = 'scheduled'
        )
        SELECT is_news FROM was
        """, new { leadId, now = clock.GetUtcNow() }, cancel);

    private sealed record Addresses
    {
        public Guid? ContactId { get; init; }

        public string? Phone { get; init; }

        public Guid? PersonId { get; init; }

        public string? Email { get; init; }
    }
}
