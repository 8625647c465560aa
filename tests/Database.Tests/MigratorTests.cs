using System.Collections.Concurrent;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Database.Tests;

/// <summary>Migrations, on databases that have none yet.</summary>
public sealed class MigratorTests
{
    [Fact]
    public async Task An_empty_database_gets_every_migration_and_a_second_run_does_nothing()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        var told = new List<string>();

        (await Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None, told.Add)).ShouldBe(Migrator.CurrentVersion);
        told.Count(line => line.StartsWith("Applied 0", StringComparison.Ordinal)).ShouldBe(Migrator.CurrentVersion);
        told.ShouldContain(line => line.StartsWith("Warning: JWT_SIGNING_KEY", StringComparison.Ordinal));
        var key = await SigningKeyAsync(database);
        Convert.FromBase64String(key!).Length.ShouldBeGreaterThanOrEqualTo(32);

        told.Clear();
        (await Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None, told.Add)).ShouldBe(0);
        told.ShouldBeEmpty();
        (await SigningKeyAsync(database)).ShouldBe(key, "a new key would sign everybody out");
    }

    [Fact]
    public async Task Eight_at_once_on_one_database_apply_each_migration_once()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None)));

        applied.Sum().ShouldBe(Migrator.CurrentVersion);
        applied.Count(count => count > 0).ShouldBe(1);
    }

    [Fact]
    public async Task Six_databases_of_a_cluster_without_our_roles_may_be_migrated_at_once()
    {
        await using var cluster = await EmbeddedPostgres.StartTemporaryAsync(Repository.Root);
        var names = Enumerable.Range(0, 6).Select(number => $"lead_{number}").ToList();
        foreach (var name in names)
        {
            await cluster.Server.EnsureDatabaseAsync(name);
        }

        var applied = new ConcurrentBag<int>();
        await Task.WhenAll(names.Select(async name => applied.Add(await Migrator.MigrateAsync(cluster.Server.ConnectionStringFor(name), CancellationToken.None))));

        applied.ShouldAllBe(count => count == Migrator.CurrentVersion);
    }

    [Fact]
    public async Task An_owner_who_may_create_roles_and_is_no_superuser_can_migrate_and_the_doors_work()
    {
        await using var cluster = await EmbeddedPostgres.StartTemporaryAsync(Repository.Root);
        await RunAsync(cluster.ConnectionString, "CREATE ROLE shop_owner LOGIN CREATEROLE PASSWORD 'secret'");
        await RunAsync(cluster.ConnectionString, "CREATE DATABASE shop OWNER shop_owner");
        var owner = new NpgsqlConnectionStringBuilder(cluster.Server.ConnectionStringFor("shop")) { Username = "shop_owner", Pooling = false }.ConnectionString;

        (await Migrator.MigrateAsync(owner, CancellationToken.None)).ShouldBe(Migrator.CurrentVersion);
        (await Migrator.MigrateAsync(owner, CancellationToken.None)).ShouldBe(0);

        // The owner may even run the services: their connections act as lead_app all the same.
        var service = new NpgsqlConnectionStringBuilder(owner) { Options = "-c role=lead_app" }.ConnectionString;
        (await ScalarAsync(service, "SELECT current_user::text")).ShouldBe("lead_app");
        var tenant = Guid.CreateVersion7();
        await RunAsync(service, $"""
            BEGIN; SELECT set_config('app.tenant_id', '{tenant}', true);
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ('{tenant}', 'shop', 'Shop', 'America/Chicago', '2026-11-23Z', '2026-11-23Z');
            COMMIT
            """);
        (await ScalarAsync(service, "SELECT tenant_id FROM find_tenant('shop')")).ShouldBe(tenant);
        (await ScalarAsync(service, "SELECT count(*) FROM tenants")).ShouldBe(0L);
    }

    [Fact]
    public async Task A_migration_that_was_edited_after_it_was_applied_is_refused_by_name()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("UPDATE schema_migrations SET sha256 = 'other' WHERE version = 2");

        var refusal = await Should.ThrowAsync<MigrationException>(() => Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None));

        refusal.Message.ShouldContain("0002_leads.sql");
    }

    [Fact]
    public async Task A_database_that_is_newer_than_the_build_is_left_alone()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("INSERT INTO schema_migrations VALUES (9999, 'from the future', 'x', '2026-11-23Z')");

        var refusal = await Should.ThrowAsync<MigrationException>(() => Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None));

        refusal.Message.ShouldContain("9999");
        (await database.ScalarAsync<long>("SELECT count(*) FROM schema_migrations")).ShouldBe(Migrator.CurrentVersion + 1);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_of_itself()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("CREATE TABLE touch_points (in_the_way int)");

        await Should.ThrowAsync<PostgresException>(() => Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None));

        (await database.ScalarAsync<int>("SELECT max(version) FROM schema_migrations")).ShouldBe(2);
        await database.ExecuteAsync("DROP TABLE touch_points");
        (await Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None)).ShouldBe(Migrator.CurrentVersion - 2);
    }

    private static Task<string?> SigningKeyAsync(TestDatabase database) =>
        database.ScalarAsync<string>("SELECT value FROM platform_settings WHERE name = 'jwt_signing_key'");

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
