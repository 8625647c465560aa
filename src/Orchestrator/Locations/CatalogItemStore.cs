using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Locations;

/// <summary>The tables <c>service_catalog</c> and <c>service_prices</c>: what shops sell, and what it cost when.</summary>
/// <remarks>
/// Each change of a price, or of whether something is offered, is in <c>service_prices</c> by the same statement. All changes of a shop's services stand in line at
/// the shop's row (<see cref="LocationStore.LockAsync"/>), so that each sees the last change before it, and none waits for another crosswise.
/// </remarks>
public sealed partial class CatalogItemStore(LeadDatabase database, TimeProvider clock)
{
    private const string Columns = """
        s.id, s.external_id, s.name, s.description, s.price_cents, s.duration_minutes, s.bookable, s.vehicle_class, s.active, s.source, s.valid_from, s.valid_until, s.next_price_cents, s.next_valid_from, s.updated_at, s.overridden,
        s.crm_name, s.crm_description, s.crm_price_cents, s.crm_duration_minutes, s.crm_bookable, s.crm_vehicle_class, s.crm_state
        """;

    // Goes on after "WITH changed AS (…)", whose rows are services as they are now. @priceIds holds at least as many ids.
    private const string Historize = """
        INSERT INTO service_prices (tenant_id, id, service_id, ordinal, price_cents, active, source, valid_from, valid_until)
        SELECT @tenantId, (@priceIds::uuid[])[row_number() OVER ()], c.id, coalesce(before.ordinal, 0) + 1, c.price_cents, offered.now,
            CASE WHEN c.source = 'manual' THEN 'manual' WHEN c.overridden && '{priceCents,active}' THEN 'override' ELSE 'crm' END,
            greatest(@now, before.valid_from), c.valid_until
        FROM changed c
        LEFT JOIN LATERAL (
            SELECT ordinal, price_cents, active, valid_from, valid_until FROM service_prices WHERE tenant_id = @tenantId AND service_id = c.id ORDER BY ordinal DESC LIMIT 1
        ) before ON true
        -- What is sold from a later instant on is not offered before.
        CROSS JOIN LATERAL (SELECT c.active AND c.valid_from <= greatest(@now, before.valid_from) AS now) offered
        WHERE (c.price_cents, offered.now, c.valid_until) IS DISTINCT FROM (before.price_cents, before.active, before.valid_until)
        """;

    /// <summary>A page of a shop's items, by name.</summary>
    /// <param name="activeOnly">Only what is offered.</param>
    /// <param name="after">The last one of the page before.</param>
    public async Task<IReadOnlyList<CatalogItemView>> ListAsync(
        Guid tenantId, Guid locationId, bool activeOnly, (string Name, Guid Id)? after, int limit, CancellationToken cancel)
    {
        var rows = await database.QueryAsync<Row>(tenantId, $"""
            SELECT {Columns}
            FROM service_catalog s
            WHERE s.tenant_id = @tenantId AND s.location_id = @locationId AND (s.active OR NOT @activeOnly)
              AND (@afterId::uuid IS NULL OR (s.name, s.id) > (@afterName, @afterId))
            ORDER BY s.name, s.id
            LIMIT @limit
            """, new { locationId, activeOnly, afterName = after?.Name ?? "", afterId = after?.Id, limit }, cancel);
        return [.. rows.Select(row => row.View().At(clock.GetUtcNow()))];
    }

    /// <summary>One item of a shop, or null.</summary>
    public async Task<CatalogItemView?> FindAsync(TenantTransaction transaction, Guid locationId, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return (await transaction.FirstOrDefaultAsync<Row>($"""
            SELECT {Columns} FROM service_catalog s WHERE s.tenant_id = @tenantId AND s.location_id = @locationId AND s.id = @id
            """, new { locationId, id }, cancel))?.View();
    }

    /// <summary>The changes of an item's price, newest first. None = the shop has no such item: each begins with one.</summary>
    /// <param name="before">The ordinal of the last one of the page before.</param>
    public Task<IReadOnlyList<PriceChange>> PricesAsync(Guid tenantId, Guid locationId, Guid id, int? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<PriceChange>(tenantId, """
            SELECT p.id, p.ordinal, p.price_cents, p.active, p.source, p.valid_from, p.valid_until
            FROM service_prices p
            JOIN service_catalog s ON s.tenant_id = p.tenant_id AND s.id = p.service_id
            WHERE p.tenant_id = @tenantId AND p.service_id = @id AND s.location_id = @locationId AND (@before::integer IS NULL OR p.ordinal < @before)
            ORDER BY p.ordinal DESC
            LIMIT @limit
            """, new { locationId, id, before, limit }, cancel);

    /// <summary>Adds an item by hand.</summary>
    /// <returns>Its id.</returns>
    public async Task<Guid> AddAsync(TenantTransaction transaction, Guid locationId, ManualItem item, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(item);
        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        var begins = item.ValidFrom > now ? item.ValidFrom.Value.ToUniversalTime() : (DateTimeOffset?)null;
        await transaction.ExecuteAsync($"""
            WITH changed AS (
                INSERT INTO service_catalog (tenant_id, id, location_id, name, description, price_cents, duration_minutes, bookable, vehicle_class, source, active, valid_from, updated_at,
                    next_price_cents, next_valid_from)
                VALUES (@tenantId, @id, @locationId, @Name, @Description, @PriceCents, @DurationMinutes, @Bookable, @VehicleClass, 'manual', true, coalesce(@begins, @now), @now,
                    CASE WHEN @begins::timestamptz IS NOT NULL THEN @PriceCents END, @begins)
                RETURNING id, price_cents, active, overridden, source, valid_from, valid_until
            )
            {Historize}
            """, new
            {
                id, locationId, item.Name, Description = item.Description ?? "", item.PriceCents, item.DurationMinutes, item.Bookable, item.VehicleClass,
                begins, now, priceIds = NewIds(1),
            }, cancel);
        return id;
    }

    /// <summary>Writes an item as it is to be now. Its shop is locked.</summary>
    /// <param name="item">With its new values; <see cref="CatalogItemView.Overridden"/> names the fields in which it differs from the CRM by our will.</param>
    /// <param name="since">Since when it is so; null = from now on. <see cref="CatalogItemView.ValidFrom"/> says it of its price.</param>
    public Task WriteAsync(TenantTransaction transaction, CatalogItemView item, DateTimeOffset? since, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(item);
        var now = clock.GetUtcNow();
        var coming = item.Next ?? (item.ValidFrom > now ? new NextPrice(item.PriceCents, item.ValidFrom) : null);
        return transaction.ExecuteAsync($"""
            WITH changed AS (
                UPDATE service_catalog s
                SET name = @Name, description = @Description, duration_minutes = @DurationMinutes, bookable = @Bookable, vehicle_class = @VehicleClass, active = @Active,
                    price_cents = @PriceCents, valid_from = @validFrom, valid_until = @ValidUntil, next_price_cents = @nextPriceCents, next_valid_from = @nextValidFrom,
                    source = @Source, overridden = @overridden, updated_at = @writtenAt
                WHERE s.tenant_id = @tenantId AND s.id = @Id
                RETURNING s.id, s.price_cents, s.active, s.overridden, s.source, s.valid_from, s.valid_until
            )
            {Historize}
            """, new
            {
                item.Id, item.Name, item.Description, item.PriceCents, item.DurationMinutes, item.Bookable, item.VehicleClass, item.Active, item.Source, item.ValidUntil,
                validFrom = item.ValidFrom.ToUniversalTime(), nextPriceCents = coming?.PriceCents, nextValidFrom = coming?.ValidFrom.ToUniversalTime(),
                overridden = item.Overridden.ToArray(), now = since ?? now, writtenAt = now, priceIds = NewIds(1),
            }, cancel);
    }

    /// <summary>Items of any tenant whose price ends, or has ended, today or before (at their shop it may be another day still), or whose next price's hour has come.</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid LocationId, Guid Id)>> EndingAsync(int most, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid, Guid)>("SELECT tenant_id, location_id, id FROM ending_prices(@now, @most)", new { now = clock.GetUtcNow(), most }, cancel);

    private static Guid[] NewIds(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string? ExternalId { get; init; }
        public string Name { get; init; } = "";
        public string Description { get; init; } = "";
        public long PriceCents { get; init; }
        public int? DurationMinutes { get; init; }
        public bool Bookable { get; init; }
        public string? VehicleClass { get; init; }
        public bool Active { get; init; }
        public string Source { get; init; } = "";
        public DateTimeOffset ValidFrom { get; init; }
        public DateOnly? ValidUntil { get; init; }
        public long? NextPriceCents { get; init; }
        public DateTimeOffset? NextValidFrom { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public string[] Overridden { get; init; } = [];
        public string? CrmName { get; init; }
        public string? CrmDescription { get; init; }
        public long? CrmPriceCents { get; init; }
        public int? CrmDurationMinutes { get; init; }
        public bool? CrmBookable { get; init; }
        public string? CrmVehicleClass { get; init; }
        public string? CrmState { get; init; }

        public CatalogItemView View() => new()
        {
            Id = Id, ExternalId = ExternalId, Name = Name, Description = Description, PriceCents = PriceCents, DurationMinutes = DurationMinutes,
            Bookable = Bookable, VehicleClass = VehicleClass, Active = Active, Source = Source, ValidFrom = ValidFrom, ValidUntil = ValidUntil, UpdatedAt = UpdatedAt, Overridden = Overridden,
            IsComing = NextValidFrom == ValidFrom, Next = NextValidFrom is { } next && next != ValidFrom ? new NextPrice(NextPriceCents!.Value, next) : null,
            Crm = CrmState is null ? null
                : new CrmSide(CrmName, CrmDescription, CrmPriceCents, CrmDurationMinutes, CrmBookable, CrmVehicleClass, CrmState),
        };
    }
}
