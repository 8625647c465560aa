using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>What the benchmarks begin with, at the current schema: a table that refers to another one must not keep it from being emptied.</summary>
public sealed class SeedTests : IAsyncLifetime
{
    private static readonly Guid Tenant = Guid.Parse("0199a000-0000-7000-8000-00000000a001");
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync("INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, 'bench', 'Bench', 'America/Chicago', now(), now())", Tenant);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Conversations_are_seeded_anew_for_each_benchmark()
    {
        await _database.ExecuteAsync(ChatSeed.Product(Tenant, 3));
        await _database.ExecuteAsync(ChatSeed.Product(Tenant, 2));

        (await _database.ScalarAsync<long>("SELECT count(*) FROM chat_sessions")).ShouldBe(2);
        (await _database.ScalarAsync<long>("SELECT count(*) FROM chat_messages")).ShouldBe(2 * ChatSeed.PerSession);
    }

    [Fact]
    public async Task Due_texts_are_seeded_anew_for_each_round()
    {
        await _database.ExecuteAsync($"""
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at)
            VALUES ('{Tenant}', '01900000-0000-7000-8000-000000000001', 'Bench', 'America/Chicago', now(), now());
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
            SELECT '{Tenant}', ('01900000-0000-7000-a00c-' || lpad(g::text, 12, '0'))::uuid, '+1512' || (2000000 + g), now(), now() FROM generate_series(1, 3) g
            """);

        await _database.ExecuteAsync(TouchSeed.Product(Tenant, 3));
        await _database.ExecuteAsync(TouchSeed.Product(Tenant, 2));

        (await _database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE status = 'scheduled'")).ShouldBe(2);
    }

    [Fact]
    public async Task What_is_planned_can_be_counted_on_both_sides()
    {
        await using var peer = await TestDatabase.CreateEmptyAsync();
        await peer.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(Testing.Repository.Root, "bench/peer/schema.sql")));

        (await _database.ScalarAsync<long>(Databases.PlannedByProduct)).ShouldBe(0);
        (await peer.ScalarAsync<long>(Databases.PlannedByPeer)).ShouldBe(0);
    }
}
