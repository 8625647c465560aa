using LeadOrchestrator.Launcher.Demo;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Identity;

namespace LeadOrchestrator.Launcher.Tests.Demo;

public sealed class DemoSeedTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    private static readonly CrmShop[] Shops =
        [new("crm-1", "Acme Tint Austin", "+15125550100", null, "America/Chicago", [new("s-1", "Full Car Carbon Tint", "Sedan", 24900, 180)])];

    [Fact]
    public async Task Both_franchises_are_there_and_a_second_start_adds_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(
            "INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, 'acme-tint', 'Acme Tint', 'America/Chicago', $2, $2)",
            Guid.CreateVersion7(), Now);

        await SeedAsync(database);
        var first = await CountsAsync(database);
        await SeedAsync(database);

        first.ShouldBe("2 locations, 12 hours, 4 services, 3 leads, 10 messages");
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

    private static Task SeedAsync(TestDatabase database) => DemoSeed.RunAsync(database.OwnerConnectionString, Shops, Now, CancellationToken.None);

    private static async Task<string> CountsAsync(TestDatabase database) => (await database.ScalarAsync<string>("""
        SELECT format('%s locations, %s hours, %s services, %s leads, %s messages',
            (SELECT count(*) FROM locations), (SELECT count(*) FROM location_hours), (SELECT count(*) FROM service_catalog),
            (SELECT count(*) FROM leads), (SELECT count(*) FROM chat_messages))
        """))!;
}
