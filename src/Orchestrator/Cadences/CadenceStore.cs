using System.Text.Json;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>A version of a cadence as it is stored.</summary>
public sealed record StoredCadence
{
    public required Guid Id { get; init; }
    public Guid? LocationId { get; init; }
    public required int Version { get; init; }
    public required string Name { get; init; }

    /// <summary>JSON.</summary>
    public required string Steps { get; init; }
    public required bool IsActive { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ActivatedAt { get; init; }

    /// <summary>The version itself.</summary>
    public Cadence Cadence => new(Id, JsonSerializer.Deserialize<List<Step>>(Steps, CadenceStore.Json)!);
}

/// <summary>Somebody for whom a cadence is tried out: a lead, or an example of one.</summary>
public sealed record TrialLead
{
    public required Guid Id { get; init; }
    public required Guid LocationId { get; init; }
    public required string FirstName { get; init; }
    public required string Vehicle { get; init; }
    public required string ServiceInterest { get; init; }
    public string? Phone { get; init; }
    public required string PhoneType { get; init; }

    /// <summary>Where the CRM has them live, in codes.</summary>
    public string? AddressState { get; init; }
    public string? Email { get; init; }
    public required bool IsTest { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public required string Timezone { get; init; }
    public required string LocationName { get; init; }
    public string? LocationAddress { get; init; }
    public required bool IsOptedOut { get; init; }

    /// <summary>Whoever has the number said that it is not theirs: that ends texts, and no emails.</summary>
    public bool IsWrongNumber { get; init; }
    public DateTimeOffset? CrmOptOutAt { get; init; }

    /// <summary>To us, or to the CRM, by any number of theirs: that ends emails, too.</summary>
    public bool SaidStop { get; init; }
    public bool SaidNoInCrm { get; init; }
    public required bool IsUnsubscribed { get; init; }

    /// <summary>Null, or why the address takes no mail: one machine word.</summary>
    public string? Suppression { get; init; }
}

/// <summary>The table <c>cadences</c>, and what a trial of one reads of a lead.</summary>
public sealed class CadenceStore(LeadDatabase database, TimeProvider clock)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private const string Columns = "id, location_id, version, name, steps::text AS steps, is_active, created_at, activated_at";

    private const string Active = $"SELECT {Columns} FROM cadences WHERE tenant_id = @tenantId AND is_active";

    /// <summary>A page of versions, newest first. Of a shop these are its own and the tenant's, and active is the one that counts there.</summary>
    public Task<IReadOnlyList<StoredCadence>> ListAsync(Guid tenantId, Guid? locationId, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<StoredCadence>(tenantId, $"""
            SELECT id, location_id, version, name, steps::text AS steps, is_active AND (location_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM cadences own WHERE own.tenant_id = @tenantId AND own.location_id = @locationId::uuid AND own.is_active)) AS is_active, created_at, activated_at
            FROM cadences
            WHERE tenant_id = @tenantId AND (@locationId::uuid IS NULL OR location_id IS NULL OR location_id = @locationId) AND (@before::uuid IS NULL OR id < @before)
            ORDER BY id DESC
            LIMIT @limit
            """, new { locationId, before, limit }, cancel);

    /// <summary>One version, or null.</summary>
    public Task<StoredCadence?> FindAsync(Guid tenantId, Guid id, CancellationToken cancel) =>
        database.FirstOrDefaultAsync<StoredCadence>(tenantId, $"SELECT {Columns} FROM cadences WHERE tenant_id = @tenantId AND id = @id", new { id }, cancel);

    /// <summary>The active versions: the tenant's, and those of single shops.</summary>
    public Task<IReadOnlyList<StoredCadence>> ActiveAsync(Guid tenantId, CancellationToken cancel) =>
        database.QueryAsync<StoredCadence>(tenantId, Active, null, cancel);

    /// <summary>The same, on the connection of a transaction that is under way: whoever holds one does not wait for another.</summary>
    public Task<IReadOnlyList<StoredCadence>> ActiveAsync(TenantTransaction transaction, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.QueryAsync<StoredCadence>(Active, null, cancel);
    }

    /// <summary>Adds a version, which is not active yet.</summary>
    public async Task<StoredCadence> AddAsync(TenantTransaction transaction, Guid? locationId, string name, IReadOnlyList<Step> steps, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // Two that come at once are counted one after the other.
        await transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended(@key, 0))", new { key = $"{transaction.TenantId}/cadences/{locationId}" }, cancel);
        var next = await NextAsync(transaction, locationId, name, steps, cancel);
        return (await transaction.FirstOrDefaultAsync<StoredCadence>($"""
            INSERT INTO cadences (tenant_id, id, location_id, version, name, steps, created_at) VALUES (@tenantId, @Id, @LocationId, @Version, @Name, @Steps::jsonb, @CreatedAt) RETURNING {Columns}
            """, new { next.Id, next.LocationId, next.Version, next.Name, next.Steps, next.CreatedAt }, cancel))!;
    }

    /// <summary>The version that would be added now.</summary>
    public async Task<StoredCadence> NextAsync(TenantTransaction transaction, Guid? locationId, string name, IReadOnlyList<Step> steps, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var version = await transaction.FirstOrDefaultAsync<int>(
            "SELECT coalesce(max(version), 0) + 1 FROM cadences WHERE tenant_id = @tenantId AND location_id IS NOT DISTINCT FROM @locationId::uuid", new { locationId }, cancel);
        return new StoredCadence
        {
            Id = Guid.CreateVersion7(), LocationId = locationId, Version = version, Name = name, Steps = JsonSerializer.Serialize(steps, Json), IsActive = false, CreatedAt = clock.GetUtcNow(),
        };
    }

    /// <summary>Makes a version the active one for its shop, or for the tenant. Leads that came before keep theirs.</summary>
    /// <returns>Null when there is no such version.</returns>
    public async Task<StoredCadence?> ActivateAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await transaction.ExecuteAsync("""
            UPDATE cadences c SET is_active = false
            FROM cadences chosen
            WHERE chosen.tenant_id = @tenantId AND chosen.id = @id
              AND c.tenant_id = @tenantId AND c.location_id IS NOT DISTINCT FROM chosen.location_id AND c.is_active AND c.id <> @id
            """, new { id }, cancel);
        return await transaction.FirstOrDefaultAsync<StoredCadence>($"""
            UPDATE cadences SET is_active = true, activated_at = @now WHERE tenant_id = @tenantId AND id = @id RETURNING {Columns}
            """, new { id, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Ends that a version is the active one: the tenant's counts for its shop again, and without one the product's own.</summary>
    public async Task<bool> DeactivateAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("UPDATE cadences SET is_active = false WHERE tenant_id = @tenantId AND id = @id", new { id }, cancel) == 1;
    }

    /// <summary>A lead for a trial, or null.</summary>
    public Task<TrialLead?> LeadAsync(Guid tenantId, Guid leadId, CancellationToken cancel) => database.FirstOrDefaultAsync<TrialLead>(tenantId, $"""
        SELECT l.id, l.location_id, l.first_name, l.vehicle, l.service_interest, l.phone, l.phone_type, {LeadStore.AddressState} AS address_state, l.email, l.is_test, l.deleted_at, o.timezone,
            o.name AS location_name, o.address AS location_address,
            (l.status = 'opted_out' OR (c.opted_out_at IS NOT NULL AND c.wrong_number_at IS NULL)) AS is_opted_out, c.wrong_number_at IS NOT NULL AS is_wrong_number, c.crm_opt_out_at, (e.unsubscribed_at IS NOT NULL) AS is_unsubscribed, {EmailAddressStore.WhyNoMail} AS suppression,
            coalesce(theirs.said_stop, false) AS said_stop, coalesce(theirs.said_no_in_crm, false) AS said_no_in_crm
        FROM leads l
        JOIN locations o ON o.tenant_id = l.tenant_id AND o.id = l.location_id
        LEFT JOIN contacts c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id
        {ExplanationStore.WithTheirNumbers}
        LEFT JOIN email_addresses e ON e.tenant_id = l.tenant_id AND e.email = lower(trim(l.email))
        WHERE l.tenant_id = @tenantId AND l.id = @leadId
        """, new { leadId }, cancel);

    /// <summary>An example of a lead of this shop, or of the tenant's first one; null when there is no shop.</summary>
    public Task<TrialLead?> ExampleAsync(Guid tenantId, Guid? locationId, CancellationToken cancel) => database.FirstOrDefaultAsync<TrialLead>(tenantId, """
        SELECT '00000000-0000-7000-8000-000000000000'::uuid AS id, o.id AS location_id, 'Jordan' AS first_name, '2021 Honda Civic' AS vehicle, 'Window Tint' AS service_interest,
            '+15125550123' AS phone, 'mobile' AS phone_type, 'jordan@example.com' AS email, true AS is_test, NULL::timestamptz AS deleted_at, o.timezone,
            o.name AS location_name, o.address AS location_address, false AS is_opted_out, false AS is_unsubscribed
        FROM locations o
        WHERE o.tenant_id = @tenantId AND (@locationId::uuid IS NULL OR o.id = @locationId)
        ORDER BY o.id
        LIMIT 1
        """, new { locationId }, cancel);
}
