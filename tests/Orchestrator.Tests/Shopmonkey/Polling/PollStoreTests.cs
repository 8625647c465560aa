using LeadOrchestrator.Orchestrator.Shopmonkey.Polling;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey.Polling;

/// <summary>Who polls whom: claims of many processes on many tenants.</summary>
public sealed class PollStoreTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Monday10 = DateTimeOffset.Parse(Shop.Monday10, null);
    private readonly FakeTimeProvider _clock = new(Monday10);
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync("""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) SELECT gen_random_uuid(), 'shop-' || n, 'Shop', 'America/Chicago', $1, $1 FROM generate_series(1, 40) n
            """, Monday10.UtcDateTime);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Many_processes_that_claim_at_once_share_the_tenants_and_no_two_get_one()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => LivingAsync()));

        var claims = (await Task.WhenAll(stores.Select(store => ClaimUntilEmptyAsync(store)))).SelectMany(all => all).ToList();

        claims.Count.ShouldBe(40);
        claims.Select(claim => claim.TenantId).ShouldBeUnique();
    }

    [Fact]
    public async Task A_claim_is_not_given_twice_while_its_process_lives_and_at_once_when_it_does_not()
    {
        var (first, second) = (await LivingAsync(), await LivingAsync());
        (await first.ClaimAsync(100, CancellationToken.None)).Count.ShouldBe(40);
        (await second.ClaimAsync(100, CancellationToken.None)).ShouldBeEmpty();

        await _database.ExecuteAsync("UPDATE service_instances SET seen_at = clock_timestamp() - interval '6 seconds' WHERE id = (SELECT claimed_by FROM poll_states LIMIT 1)");

        var taken = await second.ClaimAsync(100, CancellationToken.None);
        taken.Count.ShouldBe(40);
        taken.ShouldAllBe(claim => claim.Fence == 2);
    }

    [Fact]
    public async Task Whoever_waits_longest_comes_first()
    {
        var store = await LivingAsync();
        await store.ClaimAsync(100, CancellationToken.None);
        await _database.ExecuteAsync("UPDATE poll_states SET claimed_by = NULL, lease_until = NULL, next_poll_at = clock_timestamp() - interval '1 second'");
        var longest = await _database.ScalarAsync<Guid>("UPDATE poll_states SET next_poll_at = clock_timestamp() - interval '1 hour' WHERE tenant_id = (SELECT tenant_id FROM poll_states ORDER BY tenant_id DESC LIMIT 1) RETURNING tenant_id");

        (await store.ClaimAsync(1, CancellationToken.None)).ShouldHaveSingleItem().TenantId.ShouldBe(longest);
    }

    [Fact]
    public async Task A_claim_that_is_given_back_waits_as_long_as_was_said()
    {
        var store = await LivingAsync();
        var claims = await store.ClaimAsync(100, CancellationToken.None);
        await store.GiveBackAsync(claims[0], "failed", TimeSpan.FromMinutes(5), isOff: false, CancellationToken.None);
        await store.GiveBackAsync(claims[1], null, TimeSpan.Zero, isOff: false, CancellationToken.None);
        await store.GiveBackAsync(claims[2] with { Fence = 0 }, null, TimeSpan.Zero, isOff: false, CancellationToken.None);

        (await store.ClaimAsync(100, CancellationToken.None)).ShouldHaveSingleItem().TenantId.ShouldBe(claims[1].TenantId);
    }

    [Fact]
    public async Task A_tenant_of_which_nothing_is_known_yet_has_no_marks()
    {
        var store = await LivingAsync();
        var tenant = (await store.ClaimAsync(1, CancellationToken.None))[0].TenantId;

        var state = await store.ReadAsync(tenant, CancellationToken.None);

        state.Marks.ShouldBeEmpty();
        (state.PolledAt, state.SweptAt, state.ComparedAt, state.Failures, state.ClockSkew).ShouldBe((null, null, null, 0, TimeSpan.Zero));
    }

    private static async Task<List<PollClaim>> ClaimUntilEmptyAsync(PollStore store)
    {
        List<PollClaim> all = [];
        while (await store.ClaimAsync(3, CancellationToken.None) is { Count: > 0 } some)
        {
            all.AddRange(some);
        }

        return all;
    }

    private async Task<PollStore> LivingAsync()
    {
        var instance = new ServiceInstance(Guid.CreateVersion7(), "orchestrator");
        await _database.ExecuteAsync("INSERT INTO service_instances (id, service, started_at, seen_at) VALUES ($1, 'orchestrator', clock_timestamp(), clock_timestamp() + interval '1 minute')", instance.Id);
        return new PollStore(_database.Lead, _clock, instance);
    }
}
