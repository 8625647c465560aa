using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>The mark of what is held: whoever takes or ends a hold, it is there and gone in the same transaction, and a claim asks nothing else.</summary>
public sealed class HeldTouchPointTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Guid _tenant;

    // Two franchises with two shops each, two leads in each shop, a text and an email for each.
    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync("""
            INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at)
            SELECT md5('tenant' || n)::uuid, 'tenant-' || n, 'Tenant', 'America/Chicago', '2026-11-23Z', '2026-11-23Z' FROM generate_series(1, 2) n;
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at)
            SELECT t.id, md5(t.slug || 'shop' || n)::uuid, 'Shop', 'America/Chicago', '2026-11-23Z', '2026-11-23Z' FROM tenants t, generate_series(1, 2) n;
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, timezone, external_created_at, created_at, updated_at)
            SELECT o.tenant_id, md5(o.id::text || 'lead' || n)::uuid, o.id, 'api', o.id || 'order-' || n, 'new', 'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z'
            FROM locations o, generate_series(1, 2) n;
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT l.tenant_id, gen_random_uuid(), l.id, channel || '-step', channel, 'scheduled', '2026-11-23Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z'
            FROM leads l, unnest(ARRAY['sms', 'email']) channel
            """);
        _tenant = await _database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = 'tenant-1'");
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("lead", 2)]
    [InlineData("location", 4)]
    [InlineData("tenant", 8)]
    public async Task A_hold_marks_what_is_planned_in_its_scope_and_its_end_takes_the_mark_away(string scope, int marked)
    {
        var hold = await HoldAsync(scope);

        (await HeldAsync()).ShouldBe(marked);
        (await ClaimedAsync()).ShouldBe(16 - marked, "the other franchise's, and what is outside of the scope");

        await EndAsync(hold);
        (await HeldAsync()).ShouldBe(0);
        (await ClaimedAsync()).ShouldBe(marked);
    }

    [Fact]
    public async Task What_two_holds_keep_back_waits_for_the_end_of_both()
    {
        var (lead, shop) = (await HoldAsync("lead"), await HoldAsync("location"));

        await EndAsync(shop);
        (await HeldAsync()).ShouldBe(2, "those of the lead");

        await EndAsync(lead);
        (await HeldAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_has_ended_is_not_marked_and_what_was_marked_and_ended_is_free_when_it_is_put_back()
    {
        await _database.ExecuteAsync("UPDATE touch_points SET status = 'sent' WHERE channel = 'email'");
        var hold = await HoldAsync("tenant");
        (await HeldAsync()).ShouldBe(4);
        await _database.ExecuteAsync("UPDATE touch_points SET status = 'cancelled', reason = 'cancelled_by_staff' WHERE is_held");

        await EndAsync(hold);

        (await HeldAsync()).ShouldBe(0, "a replay after the hold must be claimed");
        (await _database.ColumnAsync<string>("SELECT DISTINCT reason FROM touch_points WHERE status = 'cancelled'")).ShouldBe(["cancelled_by_staff"]);
    }

    [Fact]
    public async Task The_reason_held_goes_with_the_mark_and_no_other_reason_does()
    {
        var hold = await HoldAsync("tenant");
        await _database.ExecuteAsync("UPDATE touch_points SET reason = CASE channel WHEN 'sms' THEN 'held' ELSE 'no_phone' END WHERE is_held");

        await EndAsync(hold);

        (await _database.ColumnAsync<string?>("SELECT DISTINCT channel || ' ' || coalesce(reason, 'none') FROM touch_points WHERE tenant_id = $1 ORDER BY 1", _tenant))
            .ShouldBe(["email no_phone", "sms none"]);
    }

    [Fact]
    public async Task What_is_held_is_neither_due_nor_late_and_is_let_go_when_its_time_is_over()
    {
        await HoldAsync("tenant");
        const string Due = "SELECT due FROM installation_figures('2026-11-23T12:00:00Z')";
        (await DoorAsync<long>(Due)).ShouldBe([8]);

        (await DoorAsync<Guid>("SELECT id FROM expire_touch_points('2026-11-25T12:00:00Z')")).ShouldBeEmpty();
        (await DoorAsync<Guid>("SELECT id FROM expire_touch_points('2026-11-26T12:00:00Z')")).Count.ShouldBe(16, "held or not");
        (await HeldAsync()).ShouldBe(0);
    }

    private async Task<Guid> HoldAsync(string scope) => await _database.ScalarAsync<Guid>("""
        INSERT INTO holds (tenant_id, id, scope, lead_id, location_id, reason, taken_by, taken_at)
        SELECT l.tenant_id, gen_random_uuid(), $2, CASE WHEN $2 = 'lead' THEN l.id END, CASE WHEN $2 = 'location' THEN l.location_id END, 'Wrong words', gen_random_uuid(), '2026-11-23Z'
        FROM leads l WHERE l.tenant_id = $1 ORDER BY l.location_id, l.id LIMIT 1
        RETURNING id
        """, _tenant, scope);

    private Task<int> EndAsync(Guid hold) => _database.ExecuteAsync("UPDATE holds SET released_at = '2026-11-23T13:00:00Z' WHERE id = $1", hold);

    private async Task<long> HeldAsync() => await _database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE is_held AND tenant_id = $1", _tenant);

    private async Task<int> ClaimedAsync() =>
        (await DoorAsync<Guid>("SELECT id FROM claim_touch_points_except(gen_random_uuid(), '2026-11-23T12:00:00Z', 100, 100, interval '30 s', '{}')")).Count
        + (await DoorAsync<Guid>("SELECT id FROM claim_emails(gen_random_uuid(), '2026-11-23T12:00:00Z', 100, 100, interval '30 s')")).Count;

    private Task<IReadOnlyList<T>> DoorAsync<T>(string sql) => _database.Lead.DoorAsync<T>(sql, null, CancellationToken.None);
}
