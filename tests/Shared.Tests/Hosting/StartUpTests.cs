using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class StartUpTests
{
    [Fact]
    public async Task A_database_that_was_never_migrated_stops_the_start_and_says_what_to_run()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        (await StartingAsync<OldSchemaException>(database.Url)).Message.ShouldContain("run ./run migrate first");
    }

    [Fact]
    public async Task An_older_schema_stops_the_start_and_is_named()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("DELETE FROM schema_migrations WHERE version = $1", Database.Migrator.CurrentVersion);

        var older = await database.ScalarAsync<int>("SELECT max(version)::int FROM schema_migrations");
        (await StartingAsync<OldSchemaException>(database.Url)).Message.ShouldContain($"schema {older}, this build needs {Database.Migrator.CurrentVersion}");
    }

    [Fact]
    public async Task A_newer_schema_is_fine()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("INSERT INTO schema_migrations VALUES (9999, 'newer', 'x', '2026-11-23Z')");

        await using var service = await SmallService.StartAsync(database);

        service.Get<Readiness>().IsStarted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_sign_in_that_may_not_act_as_lead_app_is_told_how_to_mend_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        var role = $"stranger_{database.Name}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'");
        try
        {
            var url = database.Url.Replace("lead_service:lead_service", $"{role}:x", StringComparison.Ordinal);

            (await StartingAsync<WrongRoleException>(url)).Message.ShouldContain("GRANT lead_app TO");
        }
        finally
        {
            await database.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_service_waits_for_a_database_that_comes_later()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var wire = TcpSwitch.Before(database);
        wire.Refuse();
        await using var service = SmallService.Create(SmallService.Variables(database.UrlOnPort(wire.Port)));

        var starting = service.StartAsync();
        starting.IsCompleted.ShouldBeFalse();
        wire.Restore();
        await starting;

        service.Get<Readiness>().IsStarted.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_services_that_start_at_once_make_one_default_tenant()
    {
        await using var database = await TestDatabase.CreateAsync();

        var services = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SmallService.StartAsync(database)));

        services.Select(service => service.Get<DefaultTenant>().Id).Distinct().ShouldHaveSingleItem();
        (await database.ScalarAsync<long>("SELECT count(*) FROM tenants")).ShouldBe(1);
        (await database.ScalarAsync<string>("SELECT name || '/' || shopmonkey_company_id FROM tenants")).ShouldBe($"Acme Tint/{TestVariables.ShopmonkeyCompanyId}");
        foreach (var service in services)
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_company_that_belongs_to_another_tenant_stops_the_start_with_one_sentence()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (await SmallService.StartAsync(database))
        {
        }

        var variables = SmallService.Variables(database.Url);
        variables["TENANT_ID"] = "other-shop";
        await using var service = SmallService.Create(variables);

        (await Should.ThrowAsync<SettingsException>(service.StartAsync)).Problems.ShouldHaveSingleItem().ShouldStartWith("SHOPMONKEY_TENANT_ID");
    }

    [Fact]
    public async Task The_signing_key_is_the_variables_else_the_databases()
    {
        await using var database = await TestDatabase.CreateAsync();
        var variables = SmallService.Variables(database.Url);
        variables["JWT_SIGNING_KEY"] = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

        await using var ours = SmallService.Create(variables);
        await ours.StartAsync();
        await using var migrated = await SmallService.StartAsync(database);

        ours.Get<SigningKey>().Key.Key.ShouldAllBe(part => part == 7);
        Convert.ToBase64String(migrated.Get<SigningKey>().Key.Key).ShouldBe(await database.ScalarAsync<string>("SELECT value FROM platform_settings WHERE name = 'jwt_signing_key'"));
    }

    [Fact]
    public async Task A_living_service_is_seen_again_every_second()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await SmallService.StartAsync(database);
        var id = service.Get<ServiceInstance>().Id;
        var first = await database.ScalarAsync<DateTime>("SELECT seen_at FROM service_instances WHERE id = $1", id);

        await Eventually.TrueAsync(async () => await database.ScalarAsync<DateTime>("SELECT seen_at FROM service_instances WHERE id = $1", id) > first, "a second sign of life");
    }

    [Fact]
    public async Task A_heartbeat_forgets_the_long_dead()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("INSERT INTO service_instances VALUES ($1, 'chat-api', clock_timestamp() - interval '2 days', clock_timestamp() - interval '25 hours')", Guid.CreateVersion7());
        await database.ExecuteAsync("INSERT INTO service_instances VALUES ($1, 'chat-api', clock_timestamp() - interval '2 days', clock_timestamp() - interval '23 hours')", Guid.CreateVersion7());

        await using var service = await SmallService.StartAsync(database);

        (await database.ScalarAsync<long>("SELECT count(*) FROM service_instances WHERE service = 'chat-api'")).ShouldBe(1);
    }

    private static async Task<T> StartingAsync<T>(string url) where T : Exception
    {
        await using var service = SmallService.Create(SmallService.Variables(url));
        return await Should.ThrowAsync<T>(service.StartAsync);
    }
}
