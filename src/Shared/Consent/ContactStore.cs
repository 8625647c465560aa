using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Consent;

/// <summary>A phone number as the tenant knows it.</summary>
/// <param name="OptedOutAt">Its person said no to us.</param>
/// <param name="CrmOptOutAt">The CRM has a no of theirs.</param>
/// <param name="CrmOptOutBy">The ids of the CRM's customers that say so, one a line; empty = none does.</param>
/// <param name="WrongNumberAt">Its person said that it is not our customer's. They count as one who said no, and spoke for the number alone.</param>
public sealed record Contact(Guid Id, string Phone, DateTimeOffset? OptedOutAt, DateTimeOffset? CrmOptOutAt, string CrmOptOutBy, DateTimeOffset? WrongNumberAt)
{
    /// <summary>Our customer has it, and said no.</summary>
    public bool IsCustomersNo => OptedOutAt is not null && WrongNumberAt is null;
}

/// <summary>What a customer of the CRM says about texts to a number, today.</summary>
/// <param name="Version">The customer's row; of two the newer counts.</param>
public sealed record CrmWord(string Phone, string CustomerId, long Version, bool SaysNo);

/// <summary>Why a consent changed: the channel it came by, the record that proves it, and the words that were used.</summary>
/// <param name="Channel">crm, sms, chat, email, console, api or vendor.</param>
/// <param name="Source">What proves it: a message's SID, an order's id, a user's id.</param>
/// <param name="Wording">The person's own words, or the name of the form.</param>
/// <param name="Ip">Where it came from, when the source knows.</param>
public sealed record ConsentEvidence(string Channel, string Source, string Wording, string? Ip = null)
{
    /// <summary>The words may have been an opt-out, and were taken for one: a person looks at it.</summary>
    public const string Doubtful = "doubtful_opt_out";

    /// <summary>SQL: the line <c>e</c> of the ledger was written for words that may be no no.</summary>
    public const string IsOfDoubt = "(e.reason IS NOT NULL OR e.said_id IS NOT NULL)";

    /// <summary>Null, or <see cref="Doubtful"/>.</summary>
    public string? Reason { get; private init; }

    // Of words that may be no no: the line of the ledger that carries the doubt. That one has it as its id; whatever else the words end names it.
    private Guid? DoubtId { get; init; }

    /// <summary>Nobody has to read the words first.</summary>
    public bool IsClear => DoubtId is null;

    internal Guid LineId => Reason is null ? Guid.CreateVersion7() : DoubtId!.Value;

    internal Guid? SaidId => Reason is null ? DoubtId : null;

    /// <summary>The words may be none: this is the line that makes the item for a person.</summary>
    public ConsentEvidence AsDoubtful() => this with { Reason = Doubtful, DoubtId = Guid.CreateVersion7() };

    /// <summary>The same words for whatever else they end: one line makes the item for a person.</summary>
    public ConsentEvidence Besides() => this with { Reason = null };

    /// <summary>Behind the source of what another number of the same person has said: a START by that number takes it back.</summary>
    public const string ByAnotherNumber = " (another number of theirs)";
}

/// <summary>One line for the ledger: of a number, or of an address when there is no number.</summary>
/// <param name="Kind">inquiry, opted_in or opted_out.</param>
/// <param name="At">When it was said; null = now.</param>
public sealed record ConsentEntry(Guid? ContactId, Guid? EmailAddressId, Guid? LeadId, string Kind, ConsentEvidence Evidence, DateTimeOffset? At = null);

/// <summary>The tables <c>contacts</c> and <c>consent_events</c>: who may be written to, and the evidence.</summary>
/// <remarks>
/// The contact's row is the lock between "stop" and "send": an opt-out updates it, a send holds it locked while it decides and hands over.
/// A plain read let 7 of 5,562 sends start after an acknowledged STOP; with the lock it was 0 of 4,961 (measured).
/// </remarks>
public sealed partial class ContactStore(TimeProvider clock)
{
    private const string Columns = @"id, phone, opted_out_at, crm_opt_out_at, array_to_string(crm_opt_out_by, E'\n') AS crm_opt_out_by, wrong_number_at";

    /// <summary>The contact with this number, made if there is none.</summary>
    public async Task<Contact> EnsureAsync(TenantTransaction transaction, string phone, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // The update without effect makes the row come back on a conflict too, locked.
        return (await transaction.FirstOrDefaultAsync<Contact>($"""
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
            VALUES (@tenantId, @id, @phone, @now, @now)
            ON CONFLICT (tenant_id, phone) DO UPDATE SET phone = excluded.phone
            RETURNING {Columns}
            """, new { id = Guid.CreateVersion7(), phone, now = clock.GetUtcNow() }, cancel))!;
    }

    /// <summary>The contacts with these numbers, made where there is none, by their numbers. Until the transaction ends, no opt-out of theirs comes in between.</summary>
    public async Task<IReadOnlyDictionary<string, Contact>> EnsureAsync(TenantTransaction transaction, IEnumerable<string> phones, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var distinct = phones.Distinct().Order(StringComparer.Ordinal).ToArray();
        // Locked in the order of their ids, as the sender locks them: two that lock several of them never wait for each other in a ring.
        return distinct.Length == 0 ? new Dictionary<string, Contact>() : (await transaction.QueryAsync<Contact>($"""
            WITH known AS MATERIALIZED (
                SELECT {Columns} FROM contacts WHERE tenant_id = @tenantId AND phone = ANY(@phones) ORDER BY id FOR SHARE
            ), made AS (
                INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
                SELECT @tenantId, n.id, n.phone, @now, @now FROM unnest(@ids, @phones) AS n (id, phone)
                WHERE n.phone NOT IN (SELECT phone FROM known)
                ON CONFLICT (tenant_id, phone) DO UPDATE SET phone = excluded.phone
                RETURNING {Columns}
            )
            SELECT id, phone, opted_out_at, crm_opt_out_at, crm_opt_out_by, wrong_number_at FROM known
            UNION ALL SELECT id, phone, opted_out_at, crm_opt_out_at, crm_opt_out_by, wrong_number_at FROM made
            """, new { ids = distinct.Select(_ => Guid.CreateVersion7()).ToArray(), phones = distinct, now = clock.GetUtcNow() }, cancel)).ToDictionary(contact => contact.Phone);
    }

    /// <summary>From the commit on, no send to this number starts. Done for every lead with this number; planned touches end. Of a wrong number it is the number that ends, and no lead.</summary>
    public async Task OptOutAsync(TenantTransaction transaction, Guid contactId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        await transaction.ExecuteAsync("""
            UPDATE contacts SET opted_out_at = coalesce(opted_out_at, @now), updated_at = @now WHERE tenant_id = @tenantId AND id = @contactId
            """, new { contactId, now }, cancel);
        await transaction.ExecuteAsync("""
            WITH out AS (
                UPDATE leads SET status = CASE WHEN status IN ('booked', 'won', 'lost') THEN status ELSE 'opted_out' END,
                    consent = 'opted_out', updated_at = @now
                WHERE tenant_id = @tenantId AND contact_id = @contactId
                  AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.tenant_id = @tenantId AND c.id = @contactId AND c.wrong_number_at IS NOT NULL)
                RETURNING tenant_id, id
            )
            UPDATE touch_points t SET status = 'cancelled', reason = 'opted_out', updated_at = @now
            FROM out WHERE t.tenant_id = @tenantId AND t.tenant_id = out.tenant_id AND t.lead_id = out.id AND t.status = 'scheduled'
            """, new { contactId, now }, cancel);
        await AddEventAsync(transaction, contactId, null, "opted_out", evidence, cancel);
    }

    /// <summary>The same, if they have not said so before. A clear no is news after a doubtful one, and so are other words that may be one: whoever takes the doubt back must find them.</summary>
    /// <returns>Whether it is news: only then is there a line for the ledger.</returns>
    public async Task<bool> OptOutOnceAsync(TenantTransaction transaction, Guid contactId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(evidence);
        var isNews = await IsNewsAsync(transaction, contactId, evidence, cancel);
        if (isNews)
        {
            await OptOutAsync(transaction, contactId, evidence, cancel);
        }

        return isNews;
    }

    private static async Task<bool> IsNewsAsync(TenantTransaction transaction, Guid contactId, ConsentEvidence evidence, CancellationToken cancel)
    {
        // Locked by a statement of its own: the next one sees what was committed while this one waited.
        await LockAsync(transaction, contactId, cancel);
        return await transaction.FirstOrDefaultAsync<bool>($"""
            SELECT c.opted_out_at IS NULL OR {IsNews("e.contact_id = c.id AND e.occurred_at >= c.opted_out_at")}
            FROM contacts c WHERE c.tenant_id = @tenantId AND c.id = @contactId
            """, new { contactId, evidence.IsClear, evidence.Wording }, cancel);
    }

    // SQL: what has ended by words alone that a person is still to read ends now by clear ones, or by others to be read.
    private static string IsNews(string since) => $"""
        coalesce((
            SELECT bool_and({ConsentEvidence.IsOfDoubt}) AND (@IsClear OR bool_and(e.wording <> @Wording)) FROM consent_events e
            WHERE e.tenant_id = @tenantId AND {since} AND e.kind = 'opted_out' AND e.channel <> 'crm'), false)
        """;

    /// <summary>Keeps what the CRM says of these numbers, and lets a no go when none of its customers says it any more. Each change is a line of the ledger.</summary>
    /// <param name="contacts">By phone; locked until the transaction ends, and before any of their leads is.</param>
    /// <returns>The contacts as they are now.</returns>
    public async Task<IReadOnlyDictionary<string, Contact>> HeedCrmAsync(
        TenantTransaction transaction, IReadOnlyDictionary<string, Contact> contacts, IEnumerable<CrmWord> words, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(contacts);
        var now = clock.GetUtcNow();
        List<CrmWord> news = [.. words.GroupBy(word => (word.Phone, word.CustomerId)).Select(said => said.MaxBy(word => word.Version)!)
            .Where(word => word.SaysNo != Naysayers(contacts[word.Phone]).Contains(word.CustomerId))];
        if (news.Count == 0)
        {
            return contacts;
        }

        List<Contact> changed = [.. news.GroupBy(word => word.Phone).Select(said => After(contacts[said.Key], [.. said], now))];
        await transaction.ExecuteAsync("""
            UPDATE contacts c SET crm_opt_out_at = n.at, crm_opt_out_by = string_to_array(n.customers, E'\n'), updated_at = @now
            FROM unnest(@ids, @ats, @customers) AS n (id, at, customers)
            WHERE c.tenant_id = @tenantId AND c.id = n.id
            """,
            new
            {
                ids = changed.Select(contact => contact.Id).ToArray(), ats = changed.Select(contact => contact.CrmOptOutAt?.UtcDateTime).ToArray(),
                customers = changed.Select(contact => contact.CrmOptOutBy).ToArray(), now,
            }, cancel);
        await AddEventsAsync(transaction, [.. news.Select(word => new ConsentEntry(contacts[word.Phone].Id, null, null, word.SaysNo ? "opted_out" : "opted_in",
            new ConsentEvidence("crm", $"shopmonkey customer {word.CustomerId}", word.SaysNo ? "The CRM has a no to texts for this number" : "The CRM has no such no any more")))], cancel);
        var byPhone = changed.ToDictionary(contact => contact.Phone);
        return contacts.ToDictionary(known => known.Key, known => byPhone.GetValueOrDefault(known.Key, known.Value));
    }

    private static Contact After(Contact contact, IReadOnlyList<CrmWord> news, DateTimeOffset now)
    {
        var customers = Naysayers(contact).Except(news.Where(word => !word.SaysNo).Select(word => word.CustomerId)).Concat(news.Where(word => word.SaysNo).Select(word => word.CustomerId)).ToArray();
        var at = customers.Length == 0 ? null : news.Any(word => word.SaysNo) ? contact.CrmOptOutAt ?? now : contact.CrmOptOutAt;
        return contact with { CrmOptOutAt = at, CrmOptOutBy = string.Join('\n', customers) };
    }

    private static string[] Naysayers(Contact contact) => contact.CrmOptOutBy.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>They want to hear from us again. What they say themselves counts more than the CRM's no; what others say for them does not.</summary>
    public async Task OptInAsync(TenantTransaction transaction, Guid contactId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(evidence);
        var now = clock.GetUtcNow();
        await transaction.ExecuteAsync("""
            UPDATE contacts SET opted_out_at = NULL, wrong_number_at = NULL, crm_opt_out_at = CASE WHEN @isTheirs THEN NULL ELSE crm_opt_out_at END, updated_at = @now WHERE tenant_id = @tenantId AND id = @contactId
            """, new { contactId, now, isTheirs = evidence.Channel is "sms" or "email" or "chat" }, cancel);
        await transaction.ExecuteAsync("""
            UPDATE leads SET consent = 'opted_in', status = CASE WHEN status = 'opted_out' OR (status = 'unreachable' AND status_reason = 'wrong_number') THEN 'engaged' ELSE status END, updated_at = @now
            WHERE tenant_id = @tenantId AND contact_id = @contactId
            """, new { contactId, now }, cancel);
        await FreeOthersAsync(transaction, contactId, cancel);
        await RemindAgainAsync(transaction, contactId, null, cancel);
        await AddEventAsync(transaction, contactId, null, "opted_in", evidence, cancel);
    }

    /// <summary>They have not said no after all: a person has read their words. That is no consent: whoever had not agreed before is an inquiry again.</summary>
    /// <param name="contactId">The number that was silent; the lead may have another by now.</param>
    public async Task TakeBackAsync(TenantTransaction transaction, Guid contactId, Guid? leadId, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var args = new { contactId, leadId, now = clock.GetUtcNow() };
        await transaction.ExecuteAsync("UPDATE contacts SET opted_out_at = NULL, wrong_number_at = NULL, updated_at = @now WHERE tenant_id = @tenantId AND id = @contactId", args, cancel);
        await transaction.ExecuteAsync("""
            UPDATE leads SET status = 'engaged', updated_at = @now WHERE tenant_id = @tenantId AND contact_id = @contactId AND status = 'unreachable' AND status_reason = 'wrong_number'
            """, args, cancel);
        await transaction.ExecuteAsync("""
            UPDATE leads l SET status = CASE WHEN l.status = 'opted_out' THEN 'engaged' ELSE l.status END, updated_at = @now,
                consent = CASE WHEN EXISTS (
                    SELECT 1 FROM consent_events e
                    WHERE e.tenant_id = @tenantId AND e.contact_id = @contactId AND e.kind = 'opted_in' AND e.channel NOT IN ('console', 'crm') AND (e.lead_id IS NULL OR e.lead_id = l.id))
                    THEN 'opted_in' ELSE 'inquiry' END
            WHERE l.tenant_id = @tenantId AND l.consent = 'opted_out' AND (l.contact_id = @contactId
                OR (l.id = @leadId AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.tenant_id = @tenantId AND c.id = l.contact_id AND c.opted_out_at IS NOT NULL)))
            """, args, cancel);
        await FreeOthersAsync(transaction, contactId, cancel);
        await RemindAgainAsync(transaction, contactId, leadId, cancel);
        await AddEventAsync(transaction, contactId, null, "opted_in", evidence, cancel);
    }

    // Requests of the same person by other numbers that were silent for this one's no (SaidNoElsewhereAsync) are so no more, unless another number of theirs has one.
    private Task<int> FreeOthersAsync(TenantTransaction transaction, Guid contactId, CancellationToken cancel) => transaction.ExecuteAsync("""
        UPDATE leads l SET consent = 'inquiry', status = CASE WHEN l.status = 'opted_out' THEN 'engaged' ELSE l.status END, updated_at = @now
        FROM contacts n JOIN person_keys k ON k.tenant_id = @tenantId AND k.kind = 'phone' AND k.value = n.phone
        WHERE n.tenant_id = @tenantId AND n.id = @contactId AND l.tenant_id = @tenantId AND l.consent = 'opted_out' AND l.contact_id <> @contactId
          AND (l.person_id = k.person_id OR l.external_customer_id IN (SELECT o.external_customer_id FROM leads o WHERE o.tenant_id = @tenantId AND o.person_id = k.person_id))
          AND NOT EXISTS (
              SELECT 1 FROM contacts c
              WHERE c.tenant_id = @tenantId AND c.opted_out_at IS NOT NULL AND c.wrong_number_at IS NULL
                AND (c.id = l.contact_id OR c.phone IN (SELECT t.value FROM person_keys t WHERE t.tenant_id = @tenantId AND t.kind = 'phone' AND t.person_id = k.person_id)))
        """, new { contactId, now = clock.GetUtcNow() }, cancel);

    /// <summary>The cadence of who said stop is over. An appointment that stands is not: what was to be said of it and is still to come is said. One that has changed meanwhile has ended those itself, and that is said instead.</summary>
    /// <param name="contactId">Every lead with this number; null = only</param>
    /// <param name="leadId">this lead.</param>
    public async Task RemindAgainAsync(TenantTransaction transaction, Guid? contactId, Guid? leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = clock.GetUtcNow();
        await transaction.ExecuteAsync("""
            UPDATE touch_points t SET status = 'scheduled', reason = NULL, updated_at = @now
            FROM leads l JOIN appointments a ON a.tenant_id = @tenantId AND a.lead_id = l.id AND a.status = 'confirmed' AND a.starts_at > @now
            WHERE l.tenant_id = @tenantId AND (l.contact_id = @contactId OR l.id = @leadId) AND l.consent <> 'opted_out'
              AND t.tenant_id = @tenantId AND t.lead_id = l.id AND t.appointment_id = a.id AND t.status = 'cancelled' AND t.reason IN ('opted_out', 'unsubscribed') AND t.due_at > @now
            """, new { contactId, leadId, now }, cancel);
        await AppointmentStore.PlanUnsaidAsync(transaction, contactId, leadId, now, cancel);
    }

    /// <summary>The numbers that ended with the same words as this entry of the ledger, in the order in which they are locked.</summary>
    public static Task<IReadOnlyList<Guid>> EndedWithAsync(TenantTransaction transaction, Guid consentEventId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<Guid>("""
            SELECT DISTINCT contact_id FROM consent_events
            WHERE tenant_id = @tenantId AND (id = @consentEventId OR said_id = @consentEventId) AND contact_id IS NOT NULL
            ORDER BY contact_id
            """, new { consentEventId }, cancel);
    }

    /// <summary>Nobody's no and no text comes in between until the transaction ends.</summary>
    public static Task LockAsync(TenantTransaction transaction, Guid contactId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("SELECT 1 FROM contacts WHERE tenant_id = @tenantId AND id = @contactId FOR NO KEY UPDATE", new { contactId }, cancel);
    }

    /// <summary>The channel by which this number last opted out with us, as <see cref="ConsentEvidence"/> has it; null = it never did.</summary>
    public static Task<string?> OptedOutByAsync(TenantTransaction transaction, Guid contactId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<string?>("""
            SELECT channel FROM consent_events WHERE tenant_id = @tenantId AND contact_id = @contactId AND kind = 'opted_out' AND channel <> 'crm' ORDER BY occurred_at DESC, id DESC LIMIT 1
            """, new { contactId }, cancel);
    }

    /// <summary>Has what was said then, and is heard of late, been overruled since? A yes is by a later no of whichever way but the CRM's, a no by what they have texted since or by a yes of their own alone.</summary>
    public static Task<bool> HasSaidSinceAsync(TenantTransaction transaction, Guid contactId, bool isNo, DateTimeOffset at, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<bool>("""
            SELECT EXISTS (
                SELECT 1 FROM consent_events
                WHERE tenant_id = @tenantId AND contact_id = @contactId AND occurred_at >= @at
                  AND (kind = 'opted_in' AND channel IN ('sms', 'chat', 'email') OR kind = 'opted_out' AND channel <> 'crm' AND (channel = 'sms' OR NOT @isNo)))
            """, new { contactId, isNo, at }, cancel);
    }

    /// <summary>Adds to the ledger. It is append-only: the service's role may neither change nor delete it.</summary>
    /// <param name="kind">inquiry, opted_in or opted_out.</param>
    public Task AddEventAsync(TenantTransaction transaction, Guid contactId, Guid? leadId, string kind, ConsentEvidence evidence, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(evidence);
        return transaction.ExecuteAsync("""
            INSERT INTO consent_events (tenant_id, id, contact_id, lead_id, kind, channel, source, wording, reason, said_id, occurred_at)
            VALUES (@tenantId, @LineId, @contactId, @leadId, @kind, @Channel, @Source, @Wording, @Reason, @SaidId, greatest(@now,
                (SELECT c.opted_out_at FROM contacts c WHERE c.tenant_id = @tenantId AND c.id = @contactId AND @kind = 'opted_out')))
            """,
            // By the clock of another process the no before it may have been said later: that one would seem to be all that was said.
            new { evidence.LineId, contactId, leadId, kind, evidence.Channel, evidence.Source, evidence.Wording, evidence.Reason, evidence.SaidId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Adds to the ledger what is known of many leads.</summary>
    public Task AddEventsAsync(TenantTransaction transaction, IReadOnlyList<ConsentEntry> entries, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(entries);
        var now = clock.GetUtcNow();
        return entries.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            INSERT INTO consent_events (tenant_id, id, contact_id, email_address_id, lead_id, kind, channel, source, wording, ip, reason, said_id, occurred_at)
            SELECT @tenantId, n.id, n.contact_id, n.email_address_id, n.lead_id, n.kind, n.channel, n.source, n.wording, n.ip, n.reason, n.said_id,
                coalesce(n.at, greatest(@now, (SELECT a.unsubscribed_at FROM email_addresses a WHERE a.tenant_id = @tenantId AND a.id = n.email_address_id AND n.kind = 'opted_out')))
            FROM unnest(@ids, @contactIds, @emailIds, @leadIds, @kinds, @channels, @sources, @wordings, @ips, @reasons, @saidIds, @at)
                AS n (id, contact_id, email_address_id, lead_id, kind, channel, source, wording, ip, reason, said_id, at)
            """,
            new
            {
                now, ids = entries.Select(entry => entry.Evidence.LineId).ToArray(), saidIds = entries.Select(entry => entry.Evidence.SaidId).ToArray(), contactIds = entries.Select(entry => entry.ContactId).ToArray(),
                emailIds = entries.Select(entry => entry.EmailAddressId).ToArray(), leadIds = entries.Select(entry => entry.LeadId).ToArray(),
                kinds = entries.Select(entry => entry.Kind).ToArray(), channels = entries.Select(entry => entry.Evidence.Channel).ToArray(),
                sources = entries.Select(entry => entry.Evidence.Source).ToArray(), wordings = entries.Select(entry => entry.Evidence.Wording).ToArray(),
                ips = entries.Select(entry => entry.Evidence.Ip).ToArray(), reasons = entries.Select(entry => entry.Evidence.Reason).ToArray(), at = entries.Select(entry => entry.At?.UtcDateTime).ToArray(),
            }, cancel);
    }
}
