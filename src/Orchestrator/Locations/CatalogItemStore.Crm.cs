using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Locations;

public sealed partial class CatalogItemStore
{
    /// <summary>The services of the CRM that a shop offers, each as if it were missing from the CRM from now on.</summary>
    public Task<IReadOnlyList<LostService>> KnownAsync(Guid tenantId, Guid locationId, CancellationToken cancel) => database.QueryAsync<LostService>(tenantId, """
        SELECT external_id, coalesce(crm_version, 0) AS version, 'missing' AS state
        FROM service_catalog
        WHERE tenant_id = @tenantId AND location_id = @locationId AND external_id IS NOT NULL AND coalesce(crm_state, 'offered') = 'offered'
        """, new { locationId }, cancel);

    /// <summary>Writes services as the CRM has them; older versions than ours change nothing, and neither does the CRM what staff have changed. The shop is locked.</summary>
    /// <returns>How many are new here, and how many are otherwise than before.</returns>
    public async Task<(int Added, int Changed)> SaveAsync(
        TenantTransaction transaction, Guid locationId, IReadOnlyList<CrmService> services, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(services);
        if (services.Count == 0)
        {
            return (0, 0);
        }

        var areNew = await transaction.QueryAsync<bool>($"""
            WITH told AS (
                SELECT t.id, t.external_id, t.version, t.name, t.description, t.price_cents, t.vehicle_class,
                    CASE WHEN t.knows_duration THEN t.duration_minutes ELSE s.crm_duration_minutes END AS duration_minutes,
                    coalesce(t.bookable, s.crm_bookable, false) AS bookable
                FROM unnest(@ids, @externalIds, @versions, @names, @descriptions, @prices, @vehicleClasses, @knowDurations, @durations, @bookables)
                    AS t (id, external_id, version, name, description, price_cents, vehicle_class, knows_duration, duration_minutes, bookable)
                LEFT JOIN service_catalog s ON s.tenant_id = @tenantId AND s.location_id = @locationId AND s.external_id = t.external_id
            ), changed AS (
                INSERT INTO service_catalog AS s (tenant_id, id, location_id, external_id, name, description, price_cents, duration_minutes, bookable, vehicle_class,
                    source, active, valid_from, updated_at,
                    crm_name, crm_description, crm_price_cents, crm_duration_minutes, crm_bookable, crm_vehicle_class, crm_state, crm_version)
                SELECT @tenantId, t.id, @locationId, t.external_id, t.name, t.description, t.price_cents, t.duration_minutes, t.bookable, t.vehicle_class,
                    'crm', true, @now, @now,
                    t.name, t.description, t.price_cents, t.duration_minutes, t.bookable, t.vehicle_class, 'offered', t.version
                FROM told t
                ON CONFLICT (tenant_id, location_id, external_id) DO UPDATE
                SET crm_name = excluded.crm_name, crm_description = excluded.crm_description, crm_price_cents = excluded.crm_price_cents,
                    crm_duration_minutes = excluded.crm_duration_minutes, crm_bookable = excluded.crm_bookable, crm_vehicle_class = excluded.crm_vehicle_class,
                    crm_state = excluded.crm_state, crm_version = excluded.crm_version, updated_at = @now,
                    name = CASE WHEN 'name' = ANY (s.overridden) THEN s.name ELSE excluded.name END,
                    description = CASE WHEN 'description' = ANY (s.overridden) THEN s.description ELSE excluded.description END,
                    duration_minutes = CASE WHEN 'durationMinutes' = ANY (s.overridden) THEN s.duration_minutes ELSE excluded.duration_minutes END,
                    bookable = CASE WHEN 'bookable' = ANY (s.overridden) THEN s.bookable ELSE excluded.bookable END,
                    vehicle_class = CASE WHEN 'vehicleClass' = ANY (s.overridden) THEN s.vehicle_class ELSE excluded.vehicle_class END,
                    active = 'active' <> ALL (s.overridden),
                    price_cents = CASE WHEN 'priceCents' = ANY (s.overridden) THEN s.price_cents ELSE excluded.price_cents END,
                    valid_from = CASE WHEN 'priceCents' = ANY (s.overridden) OR s.price_cents = excluded.price_cents THEN s.valid_from ELSE @now END
                WHERE coalesce(s.crm_version, 0) <= excluded.crm_version AND (s.crm_state IS DISTINCT FROM 'deleted' OR s.crm_version < excluded.crm_version)
                  AND (s.crm_name, s.crm_description, s.crm_price_cents, s.crm_duration_minutes, s.crm_bookable, s.crm_vehicle_class, s.crm_state, s.crm_version)
                    IS DISTINCT FROM (excluded.crm_name, excluded.crm_description, excluded.crm_price_cents, excluded.crm_duration_minutes, excluded.crm_bookable,
                        excluded.crm_vehicle_class, excluded.crm_state, excluded.crm_version)
                RETURNING s.id, s.price_cents, s.active, s.overridden, s.source, s.valid_from, s.valid_until, s.xmax = 0 AS is_new
            ), history AS (
                {Historize}
            )
            SELECT is_new FROM changed
            """, SaveArgs(locationId, services), cancel);
        return (areNew.Count(isNew => isNew), areNew.Count(isNew => !isNew));
    }

    /// <summary>Lets services go that the CRM no longer offers; newer versions than the one that is gone stay. The shop is locked.</summary>
    /// <returns>How many were offered by the CRM until now.</returns>
    public async Task<int> LetGoAsync(TenantTransaction transaction, Guid locationId, IReadOnlyList<LostService> services, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(services);
        if (services.Count == 0)
        {
            return 0;
        }

        return (await transaction.QueryAsync<Guid>($"""
            WITH changed AS (
                UPDATE service_catalog s
                SET crm_state = t.state, crm_version = greatest(coalesce(s.crm_version, 0), t.version), active = false, updated_at = @now
                FROM unnest(@externalIds, @versions, @states) AS t (external_id, version, state)
                WHERE s.tenant_id = @tenantId AND s.location_id = @locationId AND s.external_id = t.external_id
                  AND coalesce(s.crm_version, 0) <= t.version AND s.crm_state IS DISTINCT FROM t.state AND s.crm_state IS DISTINCT FROM 'deleted'
                RETURNING s.id, s.price_cents, s.active, s.overridden, s.source, s.valid_from, s.valid_until
            ), history AS (
                {Historize}
            )
            SELECT id FROM changed
            """, new
            {
                locationId, externalIds = Each(services, service => service.ExternalId), versions = Each(services, service => service.Version),
                states = Each(services, service => service.State), now = clock.GetUtcNow(), priceIds = NewIds(services.Count),
            }, cancel)).Count;
    }

    private object SaveArgs(Guid locationId, IReadOnlyList<CrmService> services) => new
    {
        locationId, ids = NewIds(services.Count), priceIds = NewIds(services.Count), now = clock.GetUtcNow(),
        externalIds = Each(services, service => service.ExternalId),
        versions = Each(services, service => service.Version),
        names = Each(services, service => service.Name),
        descriptions = Each(services, service => service.Description),
        prices = Each(services, service => service.PriceCents),
        vehicleClasses = Each(services, service => service.VehicleClass),
        knowDurations = Each(services, service => service.KnowsDuration),
        durations = Each(services, service => service.DurationMinutes),
        bookables = Each(services, service => service.Bookable),
    };

    private static TValue[] Each<T, TValue>(IReadOnlyList<T> items, Func<T, TValue> field) => [.. items.Select(field)];
}
