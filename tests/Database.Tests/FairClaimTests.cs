using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>Tenants with more due work than one claim takes, all at once.</summary>
public sealed class FairClaimTests : IAsyncLifetime
{
    private const int Tenants = 12;
    private const int ClaimsOfTwoTenants = 120;

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync($"""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at)
            SELECT gen_random_uuid(), 'tenant-' || n, 'Tenant', 'America/Chicago', '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, {Tenants}) n;
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at)
            SELECT id, id, 'Shop', 'America/Chicago', '2026-11-23Z', '2026-11-23Z' FROM tenants;
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, timezone, external_created_at, created_at, updated_at)
            SELECT id, id, id, 'api', 'order', 'new', 'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM tenants;
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT id, gen_random_uuid(), id, 'step-' || n, 'sms', 'scheduled', '2026-11-23Z', '2026-11-24Z', '2026-11-23Z', '2026-11-23Z'
            FROM tenants CROSS JOIN generate_series(1, 300) n;
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, payload, status, next_attempt_at, received_at)
            SELECT id, gen_random_uuid(), 'shopmonkey', 'key-' || n, 'order', 'UPDATE', '{"{}"}', 'received', '2026-11-23Z', '2026-11-23Z'
            FROM tenants CROSS JOIN generate_series(1, 300) n
            """);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("SELECT tenant_id FROM claim_touch_points(@worker, '2026-11-23T12:00:00Z', 4, 2, interval '60 seconds')")]
    [InlineData("SELECT tenant_id FROM claim_touch_points_except(@worker, '2026-11-23T12:00:00Z', 4, 2, interval '60 seconds', '{}')")]
    [InlineData("SELECT tenant_id FROM claim_webhook_events(@worker, 4, 2, interval '60 seconds')")]
    public async Task A_flood_of_several_tenants_starves_no_other(string claim)
    {
        var served = new HashSet<Guid>();
        for (var round = 0; round < ClaimsOfTwoTenants; round++)
        {
            var tenants = await _database.Lead.DoorAsync<Guid>(claim, new { worker = Guid.CreateVersion7() }, CancellationToken.None);
            tenants.Count.ShouldBe(4);
            served.UnionWith(tenants);
        }

        served.Count.ShouldBe(Tenants);
    }

    [Fact]
    public async Task Tenants_whose_texts_wait_are_not_claimed_and_cost_the_others_nothing()
    {
        var all = await _database.ColumnAsync<Guid>("SELECT id FROM tenants ORDER BY id");
        var skipped = all.Take(Tenants - 2).ToArray();

        var claimed = await _database.Lead.DoorAsync<Guid>(
            "SELECT tenant_id FROM claim_touch_points_except(@worker, '2026-11-23T12:00:00Z', 100, 50, interval '60 seconds', @skipped)",
            new { worker = Guid.CreateVersion7(), skipped }, CancellationToken.None);

        claimed.Count.ShouldBe(100);
        claimed.Distinct().ShouldBe(all.Skip(Tenants - 2), ignoreOrder: true);
    }

    [Theory]
    [InlineData("claim_touch_points(@worker, '2026-11-23T12:00:00Z', 1, 1, interval '60 seconds')")]
    [InlineData("claim_touch_points_except(@worker, '2026-11-23T12:00:00Z', 1, 1, interval '60 seconds', '{}')")]
    public async Task An_answer_to_a_text_waits_for_no_backlog(string claim)
    {
        await _database.ExecuteAsync("""
            INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, created_at, updated_at) SELECT id, id, id, 'ai', '2026-11-23Z', '2026-11-23Z' FROM tenants;
            INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, covers_seq, created_at)
            SELECT id, id, id, 2, 'assistant', 'sms', 'Yes.', 'complete', 1, '2026-11-23Z' FROM tenants;
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, content, message_id, replies_to_at, created_at, updated_at)
            SELECT id, gen_random_uuid(), id, 'reply-2', 'sms', 'scheduled', '2026-11-23T11:59:00Z', '2026-11-24Z', 'Yes.', id, '2026-11-23T11:58:00Z', '2026-11-23Z', '2026-11-23Z' FROM tenants
            """);

        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            var claimed = (await _database.Lead.DoorAsync<Guid>($"SELECT id FROM {claim}", new { worker = Guid.CreateVersion7() }, CancellationToken.None)).ShouldHaveSingleItem();
            (await _database.ScalarAsync<string>("SELECT step FROM touch_points WHERE id = $1", claimed)).ShouldBe("reply-2");
        }
    }
}
