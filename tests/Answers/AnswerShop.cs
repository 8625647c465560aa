using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.Testing;
using NodaTime;
using NodaTime.Text;

namespace LeadOrchestrator.Answers;

/// <summary>The shop of which the corpus speaks, and what must never be heard of: another shop of the same franchise, another franchise, and their customers.</summary>
public sealed class AnswerShop
{
    /// <summary>Where its wall clock hangs.</summary>
    public static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["America/Chicago"];

    /// <summary>What stands only in rows of others: whoever reads one of these has read a foreign row.</summary>
    public static IReadOnlyList<string> Foreign { get; } = ["Quimby-Zephyr", "Lamborghini Diablo", "15125550199", "777.77", "355.55", "Zephyr Lane"];

    /// <summary>The services: name, class of car, cents, minutes, bookable in the chat.</summary>
    public static IReadOnlyList<(string Name, string? Class, int Cents, int Minutes, bool Bookable)> Services { get; } =
    [
        ("Full Car Ceramic Tint", "Sedan", 39900, 240, true), ("Full Car Ceramic Tint", "SUV", 49900, 300, true), ("Full Car Ceramic Tint", "Truck", 44900, 270, true),
        ("Full Car Carbon Tint", "Sedan", 24900, 180, true), ("Full Car Carbon Tint", "SUV", 29900, 210, true), ("Full Car Carbon Tint", "Truck", 26900, 200, true),
        ("Front Two Windows", null, 12900, 60, true), ("Windshield Strip", null, 4900, 45, true), ("Full Windshield Ceramic", null, 19990, 90, true),
        ("Sunroof", null, 7950, 40, true), ("Old Tint Removal", null, 15000, 120, true), ("Headlight Film", null, 9900, 45, true),
        ("Paint Protection Film, Full Front", null, 189500, 480, false),
    ];

    // Many cars at once, so that conversations do not take each other's times.
    private const int Bays = 60;
    private static int _lastPhone = 2_000_000;
    private readonly OwnerSql _database;
    private readonly Guid _location = Guid.CreateVersion7();
    private int _booked;

    private AnswerShop(OwnerSql database, Guid tenantId) => (_database, TenantId) = (database, tenantId);

    /// <summary>Its franchise.</summary>
    public Guid TenantId { get; }

    /// <summary>Every price in cents.</summary>
    public static IReadOnlySet<long> Prices { get; } = Services.Select(service => (long)service.Cents).ToHashSet();

    /// <summary>Writes it into a database whose franchise exists already.</summary>
    public static async Task<AnswerShop> OpenAsync(OwnerSql database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var shop = new AnswerShop(database, await database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug <> 'bright-detail'"));
        await database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 1000000000000");
        await shop.AddLocationAsync(shop.TenantId, shop._location, "Acme Tint Austin", "+15125550100", "1 Main St, Austin, TX");
        await database.ExecuteAsync("""
            INSERT INTO bays (tenant_id, id, location_id, name, position, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, 'Bay ' || number, number, now(), now() FROM generate_series(2, $3) AS number
            """, shop.TenantId, shop._location, Bays);
        foreach (var (name, vehicleClass, cents, minutes, isBookable) in Services)
        {
            await shop.AddServiceAsync(shop.TenantId, shop._location, name, vehicleClass, cents, minutes, isBookable);
        }

        foreach (var (date, opens, closes, note) in ((string, string?, string?, string)[])
        [
            ("2026-11-26", null, null, "Thanksgiving"), ("2026-11-27", "10:00", "14:00", "Day after Thanksgiving"), ("2026-12-24", "08:00", "12:00", "Christmas Eve"),
            ("2026-12-25", null, null, "Christmas"), ("2027-01-01", null, null, "New Year"), ("2027-03-14", "10:00", "15:00", "Open Sunday"), ("2027-11-07", "10:00", "15:00", "Open Sunday"),
        ])
        {
            await database.ExecuteAsync("""
                INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, opens, closes, note) VALUES ($1, $2, $3, $4::date, $5, $6::time, $7::time, $8)
                """, shop.TenantId, Guid.CreateVersion7(), shop._location, DateOnly.Parse(date, CultureInfo.InvariantCulture), opens is null, Time(opens), Time(closes), note);
        }

        if (!await database.ScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM tenants WHERE slug = 'bright-detail')"))
        {
            await shop.AddForeignersAsync();
        }

        return shop;

        static object? Time(string? text) => text is null ? null : TimeOnly.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>The instant at which its wall shows a time.</summary>
    public static DateTimeOffset InstantOf(LocalDateTime wall) => wall.InZoneLeniently(Zone).ToDateTimeOffset().ToUniversalTime();

    /// <summary>A new customer with a code, as the text brought it.</summary>
    public async Task<(Guid LeadId, string Code)> LeadAsync(LeadData data, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(data);
        var id = Guid.CreateVersion7();
        await AddLeadAsync(TenantId, _location, id, data, now);
        var contact = Guid.CreateVersion7();
        await _database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)",
            TenantId, contact, $"+1737{Interlocked.Increment(ref _lastPhone)}", now.UtcDateTime);
        await _database.ExecuteAsync("UPDATE leads SET contact_id = $2 WHERE id = $1", id, contact);
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        await _database.ExecuteAsync("INSERT INTO chat_codes (tenant_id, id, lead_id, code_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            TenantId, Guid.CreateVersion7(), id, SHA256.HashData(Encoding.UTF8.GetBytes(code)), now.UtcDateTime, now.UtcDateTime.AddDays(14));
        return (id, code);
    }

    /// <summary>An appointment that stands already.</summary>
    /// <returns>Its id.</returns>
    public async Task<Guid> BookAsync(Guid leadId, string wall, DateTimeOffset now)
    {
        var startsAt = InstantOf(LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(wall).GetValueOrThrow()).UtcDateTime;
        var id = Guid.CreateVersion7();
        // Each in a bay of its own, from the last one on: the product takes the first free one.
        var bay = Bays - Interlocked.Increment(ref _booked);
        await _database.ExecuteAsync("""
            INSERT INTO appointments (tenant_id, id, lead_id, location_id, service_id, bay_id, starts_at, ends_at, status, price_cents, created_at, updated_at)
            SELECT $1, $2, $3, $4, (SELECT id FROM service_catalog WHERE location_id = $4 AND name = 'Front Two Windows'),
                (SELECT id FROM bays WHERE location_id = $4 ORDER BY position OFFSET $5 LIMIT 1), $6, $6 + interval '60 minutes', 'confirmed', 12900, $7, $7
            """, TenantId, id, leadId, _location, bay, startsAt, now.UtcDateTime);
        await _database.ExecuteAsync("UPDATE leads SET status = 'booked' WHERE id = $1", leadId);
        return id;
    }

    /// <summary>What the customer holds (<c>held</c>) and has booked (<c>confirmed</c>): how many.</summary>
    public async Task<(long Held, long Confirmed)> AppointmentsAsync(Guid leadId) => (
        await _database.ScalarAsync<long>("SELECT count(*) FROM appointments WHERE lead_id = $1 AND status = 'held'", leadId),
        await _database.ScalarAsync<long>("SELECT count(*) FROM appointments WHERE lead_id = $1 AND status = 'confirmed'", leadId));

    /// <summary>Appointments that stand at this shop.</summary>
    public Task<long> ConfirmedAsync() => _database.ScalarAsync<long>("SELECT count(*) FROM appointments WHERE location_id = $1 AND status IN ('confirmed', 'completed')", _location);

    /// <summary>Answers of this customer that the guard held back and left to the shop.</summary>
    public Task<long> HeldBackAsync(Guid leadId) => _database.ScalarAsync<long>("SELECT count(*) FROM review_items WHERE lead_id = $1 AND kind = 'answer_held_back'", leadId);

    /// <summary>Rows of the other franchise and the other shop, counted by what they say: whoever writes there changes this.</summary>
    public async Task<string> ForeignRowsAsync() => await _database.ScalarAsync<string>("""
        SELECT string_agg(id || status || first_name || coalesce(vehicle, ''), ',' ORDER BY id) || (SELECT count(*) FROM appointments WHERE location_id <> $1)
        FROM leads WHERE location_id <> $1
        """, _location) ?? "";

    private async Task AddForeignersAsync()
    {
        var now = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var (dallas, bright, brightShop) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await AddLocationAsync(TenantId, dallas, "Acme Tint Dallas", "+15125550199", "9 Zephyr Lane, Dallas, TX");
        await AddServiceAsync(TenantId, dallas, "Full Car Ceramic Tint", null, 35555, 240, true);
        await AddLeadAsync(TenantId, dallas, Guid.CreateVersion7(), new LeadData { FirstName = "Zelda Quimby-Zephyr", Vehicle = "1999 Lamborghini Diablo" }, now);
        await _database.ExecuteAsync("INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, 'bright-detail', 'Bright Detail', 'America/Chicago', $2, $2)", bright, now.UtcDateTime);
        await AddLocationAsync(bright, brightShop, "Bright Detail", "+15125550199", "9 Zephyr Lane, Austin, TX");
        await AddServiceAsync(bright, brightShop, "Full Car Ceramic Tint", null, 77777, 240, true);
        await AddLeadAsync(bright, brightShop, Guid.Parse("0199a000-0000-7000-8000-0000000000ff"), new LeadData { FirstName = "Zelda Quimby-Zephyr", Vehicle = "1999 Lamborghini Diablo" }, now);
    }

    private async Task AddLocationAsync(Guid tenant, Guid id, string name, string phone, string address)
    {
        await _database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, external_id, name, phone, address, timezone, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 'America/Chicago', $7, $7)
            """, tenant, id, id.ToString(), name, phone, address, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await _database.ExecuteAsync("""
            INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes)
            SELECT $1, gen_random_uuid(), $2, day, CASE day WHEN 6 THEN '09:00' ELSE '08:00' END::time, CASE day WHEN 6 THEN '13:00' ELSE '17:00' END::time FROM generate_series(1, 6) AS day
            """, tenant, id);
    }

    private Task<int> AddServiceAsync(Guid tenant, Guid location, string name, string? vehicleClass, int cents, int minutes, bool isBookable) => _database.ExecuteAsync("""
        INSERT INTO service_catalog (tenant_id, id, location_id, name, vehicle_class, price_cents, duration_minutes, bookable, source, valid_from, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'manual', '2020-01-01', '2026-01-01Z')
        """, tenant, Guid.CreateVersion7(), location, name, vehicleClass, cents, minutes, isBookable);

    private Task<int> AddLeadAsync(Guid tenant, Guid location, Guid id, LeadData data, DateTimeOffset now) => _database.ExecuteAsync("""
        INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, first_name, vehicle, service_interest, timezone, external_created_at, created_at, updated_at)
        VALUES ($1, $2, $3, 'shopmonkey', $4, 'contacted', $5, $6, $7, 'America/Chicago', $8, $8, $8)
        """, tenant, id, location, id.ToString(), data.FirstName, data.Vehicle, data.Interest, now.UtcDateTime);
}
