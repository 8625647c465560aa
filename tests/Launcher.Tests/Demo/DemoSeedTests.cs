using LeadOrchestrator.Launcher.Demo;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Identity;

namespace LeadOrchestrator.Launcher.Tests.Demo;

public sealed class DemoSeedTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    private static readonly CrmShop[] Shops =
        [new("crm-1", "Acme Tint Austin", "+15125550100", null, "America/Chicago", [new("s-1", "Full Car Carbon Tint", "Sedan", 24900, 180)])];

    private static readonly CrmShop Phoenix = new("crm-2", "Acme Tint Phoenix", "+16025550100", null, "America/Phoenix", [new("s-2", "Full Car Carbon Tint", "Sedan", 27900, 180)]);

    [Fact]
    public async Task Both_franchises_are_there_and_a_second_start_adds_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAcmeAsync(database);

        await SeedAsync(database);
        var first = await CountsAsync(database);
        await SeedAsync(database);

        first.ShouldBe("2 locations, 12 hours, 4 days that differ, 4 services, 3 leads, 10 messages");
        (await CountsAsync(database)).ShouldBe(first);
    }

    [Fact]
    public async Task What_staff_have_changed_stays_as_it_is()
    {
        await using var database = await TestDatabase.CreateAsync();
        await SeedAsync(database);
        await database.ExecuteAsync("UPDATE service_catalog SET price_cents = 1 WHERE name = 'Interior Detail'");

        await SeedAsync(database);

        (await database.ScalarAsync<long>("SELECT price_cents FROM service_catalog WHERE name = 'Interior Detail'")).ShouldBe(1);
    }

    [Fact]
    public async Task The_owner_can_sign_in_with_the_printed_password()
    {
        await using var database = await TestDatabase.CreateAsync();
        await SeedAsync(database);

        var hash = await database.ScalarAsync<string>("SELECT password_hash FROM users WHERE email = $1", DemoSeed.OwnerEmail);

        new PasswordHasher<object>().VerifyHashedPassword(new object(), hash!, DemoSeed.OwnerPassword).ShouldBe(PasswordVerificationResult.Success);
    }

    [Fact]
    public async Task Two_shops_of_one_franchise_have_their_own_hours_prices_and_days_that_differ()
    {
        await using var database = await TestDatabase.CreateAsync();
        await AddAcmeAsync(database);

        await DemoSeed.RunAsync(database.OwnerConnectionString, [.. Shops, Phoenix], Now, CancellationToken.None);

        (await ShopAsync(database, "crm-1")).ShouldBe("America/Chicago 08:00-18:00 24900 | 2026-11-30 08:00-12:00 Staff training, 2026-12-25 closed Christmas Day");
        (await ShopAsync(database, "crm-2")).ShouldBe("America/Phoenix 07:00-15:00 27900 | 2026-11-30 07:00-10:00 Staff training, 2026-12-25 closed Christmas Day");
    }

    [Theory]
    [InlineData("2026-12-18", "2026-12-25")] // the short day would be Christmas itself
    [InlineData("2026-12-28", "2027-01-04,2027-12-25")]
    public async Task A_day_differs_in_one_way_and_lies_ahead(string today, string days)
    {
        await using var database = await TestDatabase.CreateAsync();

        await DemoSeed.RunAsync(database.OwnerConnectionString, [], DateTimeOffset.Parse(today + "T16:00:00Z", null), CancellationToken.None);

        (await database.ScalarAsync<string>("SELECT string_agg(date::text, ',' ORDER BY date) FROM location_hours_exceptions")).ShouldBe(days);
    }

    [Fact]
    public async Task The_second_franchise_is_connected_until_it_has_keys()
    {
        await using var database = await TestDatabase.CreateAsync();
        (await SeedAsync(database)).ShouldBeTrue();
        await database.ExecuteAsync("""
            INSERT INTO vendor_credentials (tenant_id, id, vendor, secret, created_at, updated_at) SELECT id, id, 'shopmonkey', 'v1.x.y', $1, $1 FROM tenants WHERE slug = 'bright-detail'
            """, Now);

        (await SeedAsync(database)).ShouldBeFalse();
    }

    private static Task<int> AddAcmeAsync(TestDatabase database) => database.ExecuteAsync(
        "INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, 'acme-tint', 'Acme Tint', 'America/Chicago', $2, $2)",
        Guid.CreateVersion7(), Now);

    private static async Task<string> ShopAsync(TestDatabase database, string externalId) => (await database.ScalarAsync<string>("""
        SELECT format('%s %s-%s %s | %s', l.timezone, to_char(h.opens, 'HH24:MI'), to_char(h.closes, 'HH24:MI'), c.price_cents,
            (SELECT string_agg(format('%s %s %s', e.date, CASE WHEN e.closed THEN 'closed' ELSE to_char(e.opens, 'HH24:MI') || '-' || to_char(e.closes, 'HH24:MI') END, e.note), ', ' ORDER BY e.date)
             FROM location_hours_exceptions e WHERE e.location_id = l.id))
        FROM locations l JOIN location_hours h ON h.location_id = l.id AND h.weekday = 1 JOIN service_catalog c ON c.location_id = l.id
        WHERE l.external_id = $1
        """, externalId))!;

    private static Task<bool> SeedAsync(TestDatabase database) => DemoSeed.RunAsync(database.OwnerConnectionString, Shops, Now, CancellationToken.None);

    private static async Task<string> CountsAsync(TestDatabase database) => (await database.ScalarAsync<string>("""
        SELECT format('%s locations, %s hours, %s days that differ, %s services, %s leads, %s messages',
            (SELECT count(*) FROM locations), (SELECT count(*) FROM location_hours), (SELECT count(*) FROM location_hours_exceptions), (SELECT count(*) FROM service_catalog),
            (SELECT count(*) FROM leads), (SELECT count(*) FROM chat_messages))
        """))!;
}
