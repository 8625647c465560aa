using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A lead as the API shows it. <c>phone</c> is E.164.</summary>
public record LeadView
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required Guid LocationId { get; init; }

    /// <summary>Where it comes from: who handed it in, in that party's own word (<see cref="Partner"/>), else <see cref="Door"/>.</summary>
    public required string Source { get; init; }

    /// <summary>Which way it came in: shopmonkey, api, import.</summary>
    public required string Door { get; init; }
    public required string ExternalId { get; init; }

    /// <summary>The <c>source</c> that was sent with it; null when none was.</summary>
    public string? Partner { get; init; }

    /// <summary>new, contacted, engaged, booked, won, lost, opted_out, unreachable.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is in this status, where it is not plain: one machine word.</summary>
    public string? StatusReason { get; init; }
    public required string FirstName { get; init; }
    public required string LastName { get; init; }
    public string? Phone { get; init; }
    public string? Email { get; init; }
    public required string Vehicle { get; init; }
    public required string ServiceInterest { get; init; }
    public required string Timezone { get; init; }

    /// <summary>inquiry, opted_in, opted_out.</summary>
    public required string Consent { get; init; }
    public required bool IsTest { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? FirstContactedAt { get; init; }
    public DateTimeOffset? NextTouchAt { get; init; }
}

/// <summary>A lead with the person behind it; null for leads from before people were known.</summary>
public record LeadDetail : LeadView
{
    public PersonView? Person { get; init; }
}

/// <summary>Whose lead somebody is who texts us.</summary>
public sealed record TextingLead(Guid Id, bool IsTest);

/// <summary>What a lead needs to know of its shop: its IANA zone, and the mark of a test lead in a customer's name.</summary>
public sealed record ShopOfLead(string Timezone, string TestMarker);

/// <summary>The table <c>leads</c>, and <c>external_tombstones</c>: the orders that are none.</summary>
public sealed partial class LeadStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>The source's own id of a lead <c>l</c>: what stands in front of it for a partner's sake is ours.</summary>
    internal const string ExternalIdShown = "CASE WHEN l.partner IS NULL THEN l.external_id ELSE substr(l.external_id, length(l.partner) + 2) END";

    private const string Columns = $"""
        l.id, l.tenant_id, l.location_id, coalesce(l.partner, l.source) AS source, l.source AS door, {ExternalIdShown} AS external_id, l.partner, l.status, l.status_reason, l.first_name, l.last_name, l.phone, l.email, l.vehicle, l.service_interest,
        l.timezone, l.consent, l.is_test, l.created_at, l.updated_at, l.first_contacted_at,
        (SELECT min(t.due_at) FROM touch_points t WHERE t.tenant_id = l.tenant_id AND t.lead_id = l.id AND t.status = 'scheduled') AS next_touch_at
        """;

    /// <summary>What an order that is no lead any more left behind, as a list in SQL: should it come back, the lead goes on where it was.</summary>
    internal const string LeftReasons =
        "('not_an_estimate', 'order_archived', 'order_imported', 'order_already_sold', 'in_a_lost_column', 'not_in_a_lead_column', 'excluded_by_rule')";

    /// <summary>Is this why an order is no lead any more?</summary>
    internal static bool HasLeftAs(string reason) => LeftReasons.Contains($"'{reason}'", StringComparison.Ordinal);

    /// <summary>
    /// SQL: a first message may still go to this lead. That its person has booked or speaks with the shop for another request of theirs ends what comes after that message, and not the message:
    /// it answers what was asked here. The lead that is spoken with itself has a conversation.
    /// </summary>
    internal static string IsOpen(string lead) => $"""
        ({lead}.status IN ('new', 'contacted', 'engaged') AND ({lead}.status_reason IS NULL OR {lead}.status_reason NOT IN {LeftReasons})
            AND ({lead}.sequence_ended_as IS NULL OR ({lead}.sequence_ended_as IN ('{CrmChanges.Booked}', 'human_takeover') AND {lead}.first_contacted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM chat_sessions s WHERE s.tenant_id = {lead}.tenant_id AND s.lead_id = {lead}.id))))
        """;

    // What an order's next event says of its lead, beside what is in the order: whoever has the number now said stop; a number came that may be reached.
    private const string IsOutNow = "(excluded.status = 'opted_out' AND leads.status IN ('new', 'contacted', 'engaged', 'unreachable'))";
    private const string HasNewNumber =
        "(leads.status = 'unreachable' AND leads.phone IS DISTINCT FROM excluded.phone AND excluded.phone IS NOT NULL AND excluded.status_reason IS DISTINCT FROM 'wrong_number')";
    private const string HasWrongNumber = "(leads.status IN ('new', 'contacted', 'engaged') AND leads.phone IS DISTINCT FROM excluded.phone AND excluded.status_reason = 'wrong_number')";

    // How far the lead was before it ended.
    private const string BeforeItsEnd = """
        (CASE
            WHEN EXISTS (SELECT 1 FROM chat_sessions s JOIN chat_messages m ON m.tenant_id = s.tenant_id AND m.session_id = s.id
                WHERE s.tenant_id = leads.tenant_id AND s.lead_id = leads.id AND m.role = 'customer') THEN 'engaged'
            WHEN leads.first_contacted_at IS NOT NULL THEN 'contacted'
            ELSE 'new' END)
        """;

    /// <summary>
    /// One writer at a time for each order, whichever door its events came through, and for each phone and email by which people are known again.
    /// Held until the transaction ends.
    /// </summary>
    public Task LockAsync(TenantTransaction transaction, string source, IEnumerable<string> externalIds, IEnumerable<PersonKey> personKeys, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // In one order: two that lock the same ones crosswise would wait for each other.
        var keys = externalIds.Select(externalId => $"{transaction.TenantId}/{source}/{externalId}")
            .Concat(personKeys.Select(key => $"{transaction.TenantId}/person/{key.Kind}/{key.Value}")).Distinct().Order(StringComparer.Ordinal).ToArray();
        return transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended(o.key, 0)) FROM unnest(@keys) AS o (key)", new { keys }, cancel);
    }

    /// <summary>Those of these that were taken in before, deleted ones included, as they stand.</summary>
    public async Task<IReadOnlyDictionary<(string Source, string ExternalId), LeadBefore>> ThereAsync(
        TenantTransaction transaction, IReadOnlyList<NewLead> leads, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return (await transaction.QueryAsync<LeadBefore>($"""
            SELECT l.source, l.external_id, l.contact_id, coalesce(l.status_reason IN {LeftReasons}, false) AS has_left,
                l.status = 'unreachable' AND coalesce(l.status_reason = 'wrong_number', false) AS had_wrong_number
            FROM unnest(@sources, @externalIds) AS n (source, external_id)
            JOIN leads l ON l.tenant_id = @tenantId AND l.source = n.source AND l.external_id = n.external_id
            """, new { sources = Each(leads, lead => lead.Source), externalIds = Each(leads, lead => lead.ExternalId) }, cancel)).ToDictionary(lead => (lead.Source, lead.ExternalId));
    }

    /// <summary>Writes leads unless a newer version of them is there. Their orders are locked, and no two are of one order.</summary>
    /// <param name="leads">With the id and the person that each has from now on; one that was there keeps both.</param>
    /// <param name="contacts">By phone; a lead without one has none.</param>
    /// <returns>Those that were written, as they stand now.</returns>
    public Task<IReadOnlyList<WrittenLead>> UpsertAsync(
        TenantTransaction transaction, IReadOnlyList<(NewLead New, Guid Id, Guid? PersonId)> leads, IReadOnlyDictionary<string, Contact> contacts, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var news = leads.Select(lead => lead.New).ToList();
        var contactOf = news.Select(lead => lead.Phone.E164 is { } phone ? contacts[phone] : null).ToArray();
        return transaction.QueryAsync<WrittenLead>($"""
            INSERT INTO leads (tenant_id, id, location_id, contact_id, person_id, source, external_id, external_version, status, status_reason, first_name, last_name, phone, phone_type,
                email, vehicle, service_interest, timezone, consent, is_test, external_created_at, created_at, updated_at,
                external_customer_id, external_customer_version, external_vehicle_id, external_vehicle_version, address_state)
            SELECT @tenantId, n.id, n.location_id, n.contact_id, n.person_id, n.source, n.external_id, n.external_version, CASE WHEN n.said_no THEN 'opted_out' WHEN n.is_wrong THEN 'unreachable' ELSE 'new' END,
                CASE WHEN n.is_wrong THEN 'wrong_number' END,
                n.first_name, n.last_name, n.phone, n.phone_type, n.email, n.vehicle, n.service_interest, n.timezone,
                CASE WHEN n.said_no THEN 'opted_out' ELSE 'inquiry' END, n.is_test, n.external_created_at, @now, @now,
                n.customer_id, n.customer_version, n.vehicle_id, n.vehicle_version, n.address_state
            FROM unnest(@ids, @locationIds, @contactIds, @personIds, @sources, @externalIds, @versions, @firstNames, @lastNames, @phones, @phoneTypes,
                    @emails, @vehicles, @interests, @timezones, @saidNo, @areWrong, @areTests, @externalCreatedAt, @customerIds, @customerVersions, @vehicleIds, @vehicleVersions, @states)
                AS n (id, location_id, contact_id, person_id, source, external_id, external_version, first_name, last_name, phone, phone_type,
                    email, vehicle, service_interest, timezone, said_no, is_wrong, is_test, external_created_at, customer_id, customer_version, vehicle_id, vehicle_version, address_state)
            ON CONFLICT (tenant_id, source, external_id) DO UPDATE
            SET location_id = excluded.location_id, contact_id = excluded.contact_id, external_version = excluded.external_version,
                first_name = excluded.first_name, last_name = excluded.last_name, phone = excluded.phone, phone_type = excluded.phone_type,
                email = excluded.email, vehicle = excluded.vehicle, service_interest = excluded.service_interest, timezone = excluded.timezone,
                is_test = excluded.is_test, updated_at = excluded.updated_at, address_state = excluded.address_state,
                external_customer_id = excluded.external_customer_id, external_customer_version = excluded.external_customer_version,
                external_vehicle_id = excluded.external_vehicle_id, external_vehicle_version = excluded.external_vehicle_version,
                consent = CASE WHEN excluded.consent = 'opted_out' THEN 'opted_out' ELSE leads.consent END,
                status = CASE
                    WHEN {IsOutNow} THEN 'opted_out'
                    WHEN leads.status_reason IN {LeftReasons} AND leads.status IN ('won', 'lost') THEN {BeforeItsEnd}
                    WHEN {HasWrongNumber} THEN 'unreachable'
                    WHEN {HasNewNumber} THEN CASE WHEN leads.first_contacted_at IS NULL THEN 'new' ELSE 'contacted' END
                    ELSE leads.status END,
                status_reason = CASE
                    WHEN {IsOutNow} THEN 'new_number_opted_out'
                    WHEN leads.status_reason IN {LeftReasons} THEN 'back_in_a_lead_column'
                    WHEN {HasWrongNumber} THEN 'wrong_number'
                    WHEN {HasNewNumber} THEN 'phone_changed'
                    ELSE leads.status_reason END,
                status_at = CASE WHEN {IsOutNow} OR leads.status_reason IN {LeftReasons} OR {HasNewNumber} OR {HasWrongNumber} THEN excluded.updated_at ELSE leads.status_at END
            WHERE leads.deleted_at IS NULL AND (leads.external_version < excluded.external_version
                OR (leads.external_version = excluded.external_version AND excluded.external_id = ANY(@confirmed)))
            RETURNING leads.id, leads.source, leads.external_id, leads.contact_id, leads.external_created_at, (leads.status = 'opted_out' OR leads.consent = 'opted_out') AS is_opted_out,
                {IsOpen("leads")} AS is_open
            """,
            new
            {
                ids = Each(leads, lead => lead.Id), locationIds = Each(news, lead => lead.LocationId), contactIds = contactOf.Select(contact => contact?.Id).ToArray(),
                personIds = Each(leads, lead => lead.PersonId),
                sources = Each(news, lead => lead.Source), externalIds = Each(news, lead => lead.ExternalId), versions = Each(news, lead => lead.ExternalVersion),
                firstNames = Each(news, lead => lead.FirstName), lastNames = Each(news, lead => lead.LastName),
                phones = Each(news, lead => lead.Phone.E164), phoneTypes = Each(news, lead => lead.Phone.Type), emails = Each(news, lead => lead.Email),
                vehicles = Each(news, lead => lead.Vehicle), interests = Each(news, lead => lead.ServiceInterest), timezones = Each(news, lead => lead.Timezone),
                saidNo = news.Zip(contactOf, (lead, contact) => lead.HasSaidNoElsewhere || contact is { IsCustomersNo: true }).ToArray(), areWrong = contactOf.Select(contact => contact?.WrongNumberAt is not null).ToArray(),
                areTests = Each(news, lead => lead.IsTest),
                externalCreatedAt = Each(news, lead => lead.ExternalCreatedAt.UtcDateTime), now = clock.GetUtcNow(),
                customerIds = Each(news, lead => lead.ExternalCustomerId), customerVersions = Each(news, lead => lead.ExternalCustomerVersion),
                vehicleIds = Each(news, lead => lead.ExternalVehicleId), vehicleVersions = Each(news, lead => lead.ExternalVehicleVersion),
                states = Each(news, lead => lead.AddressState),
                confirmed = news.Where(lead => lead.IsConfirmed).Select(lead => lead.ExternalId).ToArray(),
            }, cancel);
    }

    /// <summary>The orders went elsewhere, or are gone: then the leads are lost, and no late event brings them back.</summary>
    /// <returns>The leads, by their orders. Where there is none, or a newer version said otherwise, there is none here.</returns>
    public async Task<IReadOnlyDictionary<string, Guid>> LetGoAsync(
        TenantTransaction transaction, string source, IReadOnlyList<LostOrder> orders, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var leads = await transaction.QueryAsync<(Guid Id, string ExternalId)>("""
            UPDATE leads l
            SET external_version = greatest(l.external_version, o.version), updated_at = @now,
                deleted_at = CASE WHEN o.is_gone THEN coalesce(l.deleted_at, @now) ELSE l.deleted_at END,
                status = CASE
                    WHEN o.ends_as = 'won' AND l.status <> 'opted_out' THEN 'won'
                    WHEN o.ends_as = 'lost' AND l.status IN ('new', 'contacted', 'engaged', 'booked', 'unreachable') THEN 'lost'
                    ELSE l.status END,
                status_reason = CASE WHEN l.status IN ('opted_out', 'lost', 'won') OR (l.status = 'booked' AND o.ends_as IS NULL)
                    THEN CASE WHEN o.ends_as = 'won' AND l.status = 'lost' THEN o.reason ELSE l.status_reason END ELSE o.reason END,
                status_at = CASE WHEN l.status IN ('opted_out', 'lost', 'won') OR (l.status = 'booked' AND o.ends_as IS NULL)
                    THEN CASE WHEN o.ends_as = 'won' AND l.status = 'lost' THEN @now ELSE l.status_at END ELSE @now END
            FROM unnest(@externalIds, @versions, @areGone, @ends, @reasons, @areConfirmed) AS o (external_id, version, is_gone, ends_as, reason, is_confirmed)
            WHERE l.tenant_id = @tenantId AND l.source = @source AND l.external_id = o.external_id
              AND (o.is_gone OR l.external_version < o.version OR (o.is_confirmed AND l.external_version = o.version))
            RETURNING l.id, l.external_id
            """, Args(source, orders), cancel);
        return leads.ToDictionary(lead => lead.ExternalId, lead => lead.Id);
    }

    /// <summary>Remembers orders that are no leads, although they never were one here: an older event of theirs may still come.</summary>
    public Task BuryAsync(TenantTransaction transaction, string source, IReadOnlyList<LostOrder> orders, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            INSERT INTO external_tombstones AS t (tenant_id, id, source, external_id, external_version, is_gone, created_at)
            SELECT @tenantId, o.id, @source, o.external_id, o.version, o.is_gone, @now
            FROM unnest(@ids, @externalIds, @versions, @areGone) AS o (id, external_id, version, is_gone)
            ON CONFLICT (tenant_id, source, external_id) DO UPDATE
            SET external_version = greatest(t.external_version, excluded.external_version), is_gone = t.is_gone OR excluded.is_gone
            """, Args(source, orders), cancel);
    }

    /// <summary>Which of these versions are older than what we know of their orders: deleted, or no lead any more?</summary>
    public async Task<IReadOnlySet<string>> BuriedAsync(TenantTransaction transaction, string source, IReadOnlyList<NewLead> leads, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return (await transaction.QueryAsync<string>("""
            SELECT t.external_id
            FROM unnest(@externalIds, @versions) AS o (external_id, version)
            JOIN external_tombstones t ON t.tenant_id = @tenantId AND t.source = @source AND t.external_id = o.external_id
            WHERE t.is_gone OR t.external_version > o.version
            """, new { source, externalIds = Each(leads, lead => lead.ExternalId), versions = Each(leads, lead => lead.ExternalVersion) }, cancel)).ToHashSet();
    }

    private object Args(string source, IReadOnlyList<LostOrder> orders) => new
    {
        source, ids = Each(orders, _ => Guid.CreateVersion7()), externalIds = Each(orders, order => order.ExternalId),
        versions = Each(orders, order => order.Version), areGone = Each(orders, order => order.IsGone), now = clock.GetUtcNow(),
        ends = Each(orders, order => order.End), reasons = Each(orders, order => order.Reason), areConfirmed = Each(orders, order => order.IsConfirmed),
    };

    private static TValue[] Each<T, TValue>(IEnumerable<T> items, Func<T, TValue> field) => [.. items.Select(field)];

    /// <summary>A text went out: a new lead is contacted now.</summary>
    public Task MarkContactedAsync(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE leads SET status = CASE WHEN status = 'new' THEN 'contacted' ELSE status END,
                first_contacted_at = coalesce(first_contacted_at, @now), updated_at = @now
            WHERE tenant_id = @tenantId AND id = @leadId
            """, new { leadId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The carrier says that no text can reach this number. A lead that has another by now is none of its business.</summary>
    public Task MarkUnreachableAsync(TenantTransaction transaction, Guid leadId, string phone, string phoneType, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE leads SET phone_type = @phoneType, status = CASE WHEN status IN ('new', 'contacted') THEN 'unreachable' ELSE status END, updated_at = @now
            WHERE tenant_id = @tenantId AND id = @leadId AND phone = @phone
            """, new { leadId, phone, phoneType, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>
    /// The lead with this contact that was texted last, or else the newest one; null = there is none. Who answers, answers that. One whose order is gone from the CRM comes after those that live:
    /// it may have been a duplicate.
    /// </summary>
    public Task<TextingLead?> NewestOfContactAsync(TenantTransaction transaction, Guid contactId, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<TextingLead>("""
            SELECT l.id, l.is_test FROM leads l
            WHERE l.tenant_id = @tenantId AND l.contact_id = @contactId
            ORDER BY l.deleted_at IS NOT NULL,
                (SELECT max(t.sent_at) FROM touch_points t WHERE t.tenant_id = l.tenant_id AND t.lead_id = l.id AND t.channel = 'sms') DESC NULLS LAST, l.created_at DESC, l.id DESC
            LIMIT 1
            """, new { contactId }, cancel);
    }

    /// <summary>Has the tenant a lead with this number?</summary>
    /// <param name="evenOptedOut">Or one who has said stop without ever being a lead.</param>
    public Task<bool> IsKnownAsync(Guid tenantId, string phone, bool evenOptedOut, CancellationToken cancel) => database.FirstOrDefaultAsync<bool>(tenantId, """
        SELECT (@evenOptedOut AND c.opted_out_at IS NOT NULL) OR EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = @tenantId AND l.contact_id = c.id)
        FROM contacts c WHERE c.tenant_id = @tenantId AND c.phone = @phone
        """, new { phone, evenOptedOut }, cancel);

    /// <summary>One lead, or null.</summary>
    /// <typeparam name="T">How much of it.</typeparam>
    public Task<T?> GetAsync<T>(TenantTransaction transaction, Guid id, CancellationToken cancel)
        where T : LeadView
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.FirstOrDefaultAsync<T>($"SELECT {Columns} FROM leads l WHERE l.tenant_id = @tenantId AND l.id = @id", new { id }, cancel);
    }

    /// <summary>A page of leads, newest first; <paramref name="search"/> looks in name, phone and email.</summary>
    public Task<IReadOnlyList<LeadView>> ListAsync(
        Guid tenantId, string? status, string? search, (DateTimeOffset CreatedAt, Guid Id)? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<LeadView>(tenantId, $"""
            SELECT {Columns}
            FROM leads l
            WHERE l.tenant_id = @tenantId
              AND (@status::text IS NULL OR l.status = @status)
              AND (@search::text IS NULL OR concat_ws(' ', l.first_name, l.last_name, l.phone, l.email) ILIKE '%' || replace(replace(replace(@search, '\', '\\'), '%', '\%'), '_', '\_') || '%')
              AND (@beforeAt::timestamptz IS NULL OR (l.created_at, l.id) < (@beforeAt, @beforeId))
            ORDER BY l.created_at DESC, l.id DESC
            LIMIT @limit
            """, new { status, search, beforeAt = before?.CreatedAt, beforeId = before?.Id, limit }, cancel);
}
