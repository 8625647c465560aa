using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Leads;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A lead whose person changed at the CRM.</summary>
/// <param name="IsMoved">It has another number now, or none.</param>
/// <param name="IsOptedOut">Whoever has the number said stop, now or before the change.</param>
/// <param name="IsOpen">Something may still come of it: neither it nor its sequence has ended, it is not booked, and its order is a lead still.</param>
/// <param name="HadWrongNumber">Whoever has the number that it had said that it is not the customer's.</param>
public sealed record ChangedLead(
    Guid Id, string ExternalCustomerId, Guid? ContactId, string Timezone, DateTimeOffset ExternalCreatedAt, bool IsMoved, bool IsOptedOut, bool IsOpen, bool HadWrongNumber);

/// <summary>Whose a lead is, as it was read last.</summary>
public sealed record StoredPerson(string FirstName, string LastName, string? Phone, string PhoneType, string? Email, string? AddressState, long ExternalCustomerVersion);

/// <summary>What the CRM tells of the people, cars and appointments behind leads. The rows are locked, and each is newer than what was taken in of it.</summary>
public sealed partial class LeadStore
{
    // What another number does with a lead that could not be reached, or could.
    private const string MovesToNew = "(l.status = 'unreachable' AND l.phone IS DISTINCT FROM c.phone AND c.phone IS NOT NULL AND NOT c.is_wrong)";
    private const string MovesToWrong = "(l.status IN ('new', 'contacted', 'engaged') AND l.phone IS DISTINCT FROM c.phone AND c.is_wrong)";

    /// <summary>Is anybody's lead this customer's?</summary>
    public async Task<bool> HasLeadAsync(Guid tenantId, string customerId, CancellationToken cancel) => await database.FirstOrDefaultAsync<int?>(tenantId, """
        SELECT 1 FROM leads WHERE tenant_id = @tenantId AND external_customer_id = @customerId AND deleted_at IS NULL LIMIT 1
        """, new { customerId }, cancel) is not null;

    /// <summary>Which of these customers have a lead, and with which of their versions were these read?</summary>
    public Task<IReadOnlyList<(string CustomerId, long Version)>> CustomersWithLeadsAsync(TenantTransaction transaction, string[] customerIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<(string, long)>("""
            SELECT DISTINCT external_customer_id, external_customer_version FROM leads
            WHERE tenant_id = @tenantId AND external_customer_id = ANY(@customerIds) AND deleted_at IS NULL
            """, new { customerIds }, cancel);
    }

    /// <summary>The leads of customers.</summary>
    public async Task<IReadOnlyList<(Guid Id, string CustomerId)>> OfCustomersAsync(TenantTransaction transaction, string[] customerIds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return customerIds.Length == 0 ? [] : await transaction.QueryAsync<(Guid, string)>("""
            SELECT id, external_customer_id FROM leads WHERE tenant_id = @tenantId AND external_customer_id = ANY(@customerIds) AND deleted_at IS NULL
            """, new { customerIds }, cancel);
    }

    /// <summary>Nothing more of their sequences comes to these leads, whatever is with the vendor at the moment.</summary>
    public Task EndSequencesAsync(TenantTransaction transaction, Guid[] leadIds, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return leadIds.Length == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            WITH theirs AS (SELECT id FROM leads WHERE tenant_id = @tenantId AND id = ANY(@leadIds) ORDER BY id FOR NO KEY UPDATE)
            UPDATE leads l SET sequence_ended_as = @reason, updated_at = @now
            FROM theirs WHERE l.tenant_id = @tenantId AND l.id = theirs.id AND l.sequence_ended_as IS NULL
            """, new { leadIds, reason, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The sequences of the other open leads of the same persons or phones end: one of their requests has become what all were for.</summary>
    /// <returns>Those other leads.</returns>
    public async Task<IReadOnlyList<Guid>> EndOthersAsync(TenantTransaction transaction, Guid[] leadIds, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return leadIds.Length == 0 ? [] : await transaction.QueryAsync<Guid>($"""
            WITH theirs AS (
                SELECT o.id
                FROM leads l {SamePerson.Join}
                WHERE l.tenant_id = @tenantId AND l.id = ANY(@leadIds) AND o.id <> ALL(@leadIds) AND o.status IN ('new', 'contacted', 'engaged', 'unreachable')
                ORDER BY o.id FOR NO KEY UPDATE OF o
            )
            UPDATE leads l SET sequence_ended_as = @reason, updated_at = @now
            FROM theirs WHERE l.tenant_id = @tenantId AND l.id = theirs.id AND l.sequence_ended_as IS NULL
            RETURNING l.id
            """, new { leadIds, reason, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>The person of an order's lead as they are stored, while the order is this customer's; null when there is no such lead.</summary>
    public Task<StoredPerson?> PersonOfOrderAsync(Guid tenantId, string orderId, string customerId, CancellationToken cancel) => database.FirstOrDefaultAsync<StoredPerson>(tenantId, """
        SELECT first_name, last_name, phone, phone_type, email, address_state, external_customer_version FROM leads
        WHERE tenant_id = @tenantId AND source = 'shopmonkey' AND external_id = @orderId AND external_customer_id = @customerId AND deleted_at IS NULL
        """, new { orderId, customerId }, cancel);

    /// <summary>Names, number and email of everybody's leads that are older. An empty name changes none: the order's own stays.</summary>
    /// <param name="contacts">By phone; must hold each of the new numbers.</param>
    /// <remarks>
    /// Who said stop stays so with another number: it was the person who said it; whoever has a wrong number was not. A lead that was read with this very version is written again: its order may have
    /// brought the row before the customer's own event, and a date that is the same to the millisecond may be another change.
    /// </remarks>
    public Task<IReadOnlyList<ChangedLead>> ChangeCustomersAsync(
        TenantTransaction transaction, IReadOnlyList<Intake.Customer> customers, IReadOnlyDictionary<string, Contact> contacts, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var contactOf = customers.Select(customer => customer.Facts!.Phone.E164 is { } phone ? contacts[phone] : null).ToArray();
        return transaction.QueryAsync<ChangedLead>($"""
            WITH locked AS MATERIALIZED (
                SELECT l.id, l.contact_id, o.test_marker, l.status = 'unreachable' AND coalesce(l.status_reason = 'wrong_number', false) AS had_wrong_number
                FROM leads l JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
                WHERE l.tenant_id = @tenantId AND l.external_customer_id = ANY(@customerIds) AND l.deleted_at IS NULL
                ORDER BY l.id
                FOR NO KEY UPDATE OF l
            )
            UPDATE leads l
            SET first_name = CASE WHEN c.first_name || c.last_name = '' THEN l.first_name ELSE c.first_name END,
                last_name = CASE WHEN c.first_name || c.last_name = '' THEN l.last_name ELSE c.last_name END,
                contact_id = c.contact_id, phone = c.phone, phone_type = c.phone_type, email = c.email, address_state = c.address_state, external_customer_version = c.version, updated_at = @now,
                -- A mark in the order's name is not told apart from one in the person's: when in doubt it is no test.
                is_test = CASE
                    WHEN position(lower(w.test_marker) IN lower(c.first_name || ' ' || c.last_name)) > 0 THEN true
                    WHEN position(lower(w.test_marker) IN lower(l.first_name || ' ' || l.last_name)) > 0 THEN false
                    ELSE l.is_test END,
                consent = CASE WHEN c.is_out THEN 'opted_out' ELSE l.consent END,
                status = CASE
                    WHEN c.is_out AND l.status IN ('new', 'contacted', 'engaged', 'unreachable') THEN 'opted_out'
                    WHEN {MovesToWrong} THEN 'unreachable'
                    WHEN {MovesToNew}
                        THEN CASE WHEN l.first_contacted_at IS NULL THEN 'new' ELSE 'contacted' END
                    ELSE l.status END,
                status_reason = CASE
                    WHEN c.is_out AND l.status IN ('new', 'contacted', 'engaged', 'unreachable') THEN 'new_number_opted_out'
                    WHEN {MovesToWrong} THEN 'wrong_number'
                    WHEN {MovesToNew} THEN 'phone_changed'
                    ELSE l.status_reason END,
                status_at = CASE
                    WHEN (c.is_out AND l.status IN ('new', 'contacted', 'engaged', 'unreachable'))
                        OR {MovesToNew} OR {MovesToWrong} THEN @now
                    ELSE l.status_at END
            FROM locked w, unnest(@customerIds, @versions, @areConfirmed, @firstNames, @lastNames, @phones, @phoneTypes, @emails, @contactIds, @areOut, @areWrong, @states)
                AS c (customer_id, version, is_confirmed, first_name, last_name, phone, phone_type, email, contact_id, is_out, is_wrong, address_state)
            WHERE l.tenant_id = @tenantId AND l.id = w.id AND l.external_customer_id = c.customer_id
              AND (l.external_customer_version <= c.version OR (c.is_confirmed AND {CrmVersionStore.AreOfTwoKinds("l.external_customer_version", "c.version")}))
            RETURNING l.id, l.external_customer_id, l.contact_id, l.timezone, l.external_created_at,
                l.contact_id IS DISTINCT FROM w.contact_id AS is_moved, (c.is_out OR l.status = 'opted_out' OR l.consent = 'opted_out') AS is_opted_out,
                {IsOpen("l")} AS is_open, w.had_wrong_number
            """,
            new
            {
                customerIds = Each(customers, customer => customer.Seen.ExternalId), versions = Each(customers, customer => customer.Seen.Version),
                areConfirmed = Each(customers, customer => customer.Seen.IsConfirmed),
                firstNames = Each(customers, customer => customer.Facts!.FirstName), lastNames = Each(customers, customer => customer.Facts!.LastName),
                phones = Each(customers, customer => customer.Facts!.Phone.E164), phoneTypes = Each(customers, customer => customer.Facts!.Phone.Type),
                emails = Each(customers, customer => customer.Facts!.Email), contactIds = contactOf.Select(contact => contact?.Id).ToArray(),
                areOut = contactOf.Select(contact => contact is { IsCustomersNo: true }).ToArray(), areWrong = contactOf.Select(contact => contact?.WrongNumberAt is not null).ToArray(),
                states = Each(customers, customer => customer.Facts!.State), now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>The cars of leads that are older.</summary>
    /// <returns>The ids of the cars that some lead has.</returns>
    public async Task<IReadOnlyList<string>> ChangeVehiclesAsync(TenantTransaction transaction, IReadOnlyList<Intake.Vehicle> vehicles, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return vehicles.Count == 0 ? [] : await transaction.QueryAsync<string>($"""
            WITH locked AS MATERIALIZED (
                SELECT id FROM leads
                WHERE tenant_id = @tenantId AND external_vehicle_id = ANY(@vehicleIds) AND deleted_at IS NULL
                ORDER BY id
                FOR NO KEY UPDATE
            )
            UPDATE leads l SET vehicle = v.text, external_vehicle_version = v.version, updated_at = @now
            FROM locked w, unnest(@vehicleIds, @versions, @areConfirmed, @texts) AS v (vehicle_id, version, is_confirmed, text)
            WHERE l.tenant_id = @tenantId AND l.id = w.id AND l.external_vehicle_id = v.vehicle_id
              AND (l.external_vehicle_version <= v.version OR (v.is_confirmed AND {CrmVersionStore.AreOfTwoKinds("l.external_vehicle_version", "v.version")}))
            RETURNING l.external_vehicle_id
            """,
            new
            {
                vehicleIds = Each(vehicles, vehicle => vehicle.Seen.ExternalId), versions = Each(vehicles, vehicle => vehicle.Seen.Version),
                areConfirmed = Each(vehicles, vehicle => vehicle.Seen.IsConfirmed), texts = Each(vehicles, vehicle => vehicle.Text!), now = clock.GetUtcNow(),
            }, cancel);
    }

    /// <summary>
    /// The orders that these appointments book: their own; where that is none of ours, the one that they have booked already, else the one of the customer's newest lead that may still come of it.
    /// An own order of which we know nothing yet is given too. An appointment of nobody we know has none.
    /// </summary>
    public Task<IReadOnlyList<(string Appointment, string Order)>> OrdersOfAppointmentsAsync(
        TenantTransaction transaction, IReadOnlyList<Intake.Appointment> appointments, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<(string, string)>("""
            SELECT found.appointment, found.books
            FROM (
                SELECT a.id AS appointment,
                    coalesce(own.external_id, CASE WHEN a.order_id IS NULL OR buried.id IS NOT NULL THEN coalesce(was.external_id, other.external_id) ELSE a.order_id END) AS books
                FROM unnest(@ids, @orderIds, @customerIds, @startsAt) AS a (id, order_id, customer_id, starts_at)
                LEFT JOIN leads own ON own.tenant_id = @tenantId AND own.source = 'shopmonkey' AND own.external_id = a.order_id
                LEFT JOIN external_tombstones buried ON buried.tenant_id = @tenantId AND buried.source = 'shopmonkey' AND buried.external_id = a.order_id
                LEFT JOIN crm_versions v ON v.tenant_id = @tenantId AND v.kind = 'appointment' AND v.external_id = a.id
                LEFT JOIN leads was ON was.tenant_id = @tenantId AND was.source = 'shopmonkey' AND was.external_id = v.books_order
                    AND was.external_customer_id = a.customer_id AND was.deleted_at IS NULL
                LEFT JOIN LATERAL (
                    SELECT l.external_id FROM leads l
                    WHERE l.tenant_id = @tenantId AND l.source = 'shopmonkey' AND l.external_customer_id = a.customer_id AND l.deleted_at IS NULL
                      AND l.status NOT IN ('won', 'lost') AND (a.starts_at IS NULL OR a.starts_at >= l.external_created_at)
                    ORDER BY l.created_at DESC, l.id DESC
                    LIMIT 1
                ) other ON true
            ) found
            WHERE found.books IS NOT NULL
            """,
            new
            {
                ids = Each(appointments, appointment => appointment.Seen.ExternalId), orderIds = Each(appointments, appointment => appointment.OrderId),
                customerIds = Each(appointments, appointment => appointment.CustomerId),
                startsAt = Each(appointments, appointment => appointment.StartsAt?.UtcDateTime),
            }, cancel);
    }

    /// <summary>An appointment stands for these orders: their leads are booked, unless they ended or opted out.</summary>
    /// <returns>The leads, by their orders, and whether each is booked by this and was not before.</returns>
    public async Task<IReadOnlyDictionary<string, (Guid Id, bool IsNews)>> BookAsync(TenantTransaction transaction, string[] orders, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return orders.Length == 0 ? new Dictionary<string, (Guid, bool)>() : (await transaction.QueryAsync<(Guid Id, string ExternalId, bool IsNews)>("""
            WITH locked AS MATERIALIZED (
                SELECT id, status IN ('new', 'contacted', 'engaged', 'unreachable') AS is_open FROM leads WHERE tenant_id = @tenantId AND source = 'shopmonkey' AND external_id = ANY(@orders) AND deleted_at IS NULL
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE leads l
            SET status = CASE WHEN w.is_open THEN 'booked' ELSE l.status END, status_reason = CASE WHEN w.is_open THEN 'appointment_in_crm' ELSE l.status_reason END,
                status_at = CASE WHEN w.is_open THEN @now ELSE l.status_at END, updated_at = @now
            FROM locked w
            WHERE l.tenant_id = @tenantId AND l.id = w.id
            RETURNING l.id, l.external_id, w.is_open
            """, new { orders, now = clock.GetUtcNow() }, cancel)).ToDictionary(lead => lead.ExternalId, lead => (lead.Id, lead.IsNews));
    }

    /// <summary>An appointment for these orders is gone or declined: a lead that has no other one goes on where it was.</summary>
    /// <returns>The orders of the leads that do.</returns>
    public Task<IReadOnlyList<string>> ReleaseAsync(TenantTransaction transaction, string[] orders, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<string>($"""
            UPDATE leads SET status = {BeforeItsEnd}, status_reason = 'appointment_gone_from_crm', status_at = @now, updated_at = @now
            WHERE tenant_id = @tenantId AND source = 'shopmonkey' AND external_id = ANY(@orders) AND status = 'booked' AND status_reason = 'appointment_in_crm'
              AND NOT EXISTS (SELECT 1 FROM crm_versions v WHERE v.tenant_id = leads.tenant_id AND v.books_order = leads.external_id)
              AND NOT EXISTS (SELECT 1 FROM appointments a WHERE a.tenant_id = leads.tenant_id AND a.lead_id = leads.id AND a.status IN ('confirmed', 'completed'))
            RETURNING external_id
            """, new { orders, now = clock.GetUtcNow() }, cancel);
    }
}
