using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>What a dead process had claimed: taken over after ten seconds without a sign of life, and not while everybody was silent.</summary>
public sealed class LostOwnerTests : IAsyncLifetime
{
    private readonly Guid _owner = Guid.CreateVersion7();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync("""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at)
            VALUES (gen_random_uuid(), 'acme-tint', 'Acme Tint', 'America/Chicago', '2026-11-23Z', '2026-11-23Z');
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at)
            SELECT id, id, 'Shop', 'America/Chicago', '2026-11-23Z', '2026-11-23Z' FROM tenants;
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, timezone, external_created_at, created_at, updated_at)
            SELECT id, id, id, 'api', 'order', 'new', 'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM tenants
            """);
        await _database.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, payload, status, attempts, claimed_by, lease_until, received_at)
            SELECT id, gen_random_uuid(), 'shopmonkey', 'key', 'order', 'UPDATE', '{}', 'processing', 1, $1, clock_timestamp() + interval '1 minute', '2026-11-23Z' FROM tenants
            """, _owner);
        await _database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, claimed_by, lease_until, handed_over_at, created_at, updated_at)
            SELECT t.id, gen_random_uuid(), t.id, s.step, 'sms', 'sending', '2026-11-23Z', '2026-11-24Z', $1, clock_timestamp() + interval '1 minute', s.handed_over_at,
                '2026-11-23Z', '2026-11-23Z'
            FROM tenants t, (VALUES ('before', NULL::timestamptz), ('after', '2026-11-23Z')) AS s (step, handed_over_at)
            """, _owner);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_process_silent_for_ten_seconds_loses_what_it_claimed()
    {
        await BeatAsync(_owner, silentFor: 11, steadyFor: 60);
        await BeatAsync(Guid.CreateVersion7(), silentFor: 0, steadyFor: 60);

        (await ClaimedAsync()).ShouldBe(1);
        (await RescuedAsync()).ShouldBe(["scheduled", "unknown"], "what was not handed over is due again, what was may have been sent");
    }

    [Fact]
    public async Task A_pause_of_a_few_seconds_costs_nothing()
    {
        await BeatAsync(_owner, silentFor: 8, steadyFor: 60);
        await BeatAsync(Guid.CreateVersion7(), silentFor: 0, steadyFor: 60);

        (await ClaimedAsync()).ShouldBe(0);
        (await RescuedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_an_outage_of_the_database_nobody_is_taken_for_dead_before_all_could_speak_again()
    {
        await BeatAsync(_owner, silentFor: 40, steadyFor: 60);
        await BeatAsync(Guid.CreateVersion7(), silentFor: 0, steadyFor: 1);

        (await ClaimedAsync()).ShouldBe(0);
        (await RescuedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_process_that_nobody_knows_keeps_its_lease()
    {
        await BeatAsync(Guid.CreateVersion7(), silentFor: 0, steadyFor: 60);

        (await ClaimedAsync()).ShouldBe(0);
        (await RescuedAsync()).ShouldBeEmpty();
    }

    private Task<int> BeatAsync(Guid id, int silentFor, int steadyFor) => _database.ExecuteAsync("""
        INSERT INTO service_instances (id, service, started_at, seen_at, steady_since)
        VALUES ($1, 'orchestrator', clock_timestamp() - interval '1 hour', clock_timestamp() - make_interval(secs => $2), clock_timestamp() - make_interval(secs => $3))
        """, id, (double)silentFor, (double)steadyFor);

    private async Task<int> ClaimedAsync() => (await _database.Lead.DoorAsync<Guid>(
        "SELECT id FROM claim_webhook_events(@worker, 10, 10, interval '60 seconds')", new { worker = Guid.CreateVersion7() }, CancellationToken.None)).Count;

    private async Task<IReadOnlyList<string>> RescuedAsync() => await _database.Lead.DoorAsync<string>(
        "SELECT status FROM rescue_touch_points('2026-11-23T12:00:00Z') ORDER BY status", null, CancellationToken.None);
}
