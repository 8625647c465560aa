using System.Net.Http.Json;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>One franchise's account at Twilio is dead or hangs: the other franchise's texts go out as if nothing had happened.</summary>
public sealed class TenantTroubleTests : TwoFranchises
{
    private GatedTwilio _twilio = null!;
    private Guid _defaultId;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await StopAsync(App);
        _twilio = await GatedTwilio.StartAsync();
        await StartOnBothAsync(("TWILIO_BASE_URL", _twilio.Url));
        Owner = await SignInAsync("owner@bright.example", "a-long-password");
        _defaultId = await Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = $1", TestVariables.TenantSlug);
    }

    public override async ValueTask DisposeAsync()
    {
        _twilio.Release();
        await base.DisposeAsync();
        await _twilio.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_account_that_hangs_holds_a_hundred_of_its_own_texts_and_nobody_elses()
    {
        _twilio.SlowAccount = AccountSid;
        _twilio.Shut();
        await SeedAsync(SecondId, 1, 250);
        await Eventually.TrueAsync(() => _twilio.InFlight >= 90, "the hanging account to have its hundred");

        await SeedAsync(_defaultId, 1, 20);

        await Eventually.ValueAsync(() => CountAsync(_defaultId, "sent"), sent => sent == 20, "the other franchise's texts to be sent");
        _twilio.Most.ShouldBeLessThanOrEqualTo(100 + 20);
        (await CountAsync(SecondId, "sent")).ShouldBe(0);

        _twilio.Release();
        await Eventually.ValueAsync(() => CountAsync(SecondId, "sent"), sent => sent == 250, "all of them to be sent when it answers again", TimeSpan.FromSeconds(40));
        _twilio.Texts.Count.ShouldBe(270, "none of them twice");
    }

    [Fact]
    public async Task A_dead_key_parks_those_that_were_tried_and_the_others_wait_for_the_new_one()
    {
        _twilio.DeniedAccount = AccountSid;
        await SeedAsync(SecondId, 1, 10);
        await Eventually.ValueAsync(() => CountAsync(SecondId, "needs_review"), parked => parked == 10, "those that were tried to be parked");

        await SeedAsync(SecondId, 11, 30);
        await SeedAsync(_defaultId, 1, 10);

        await Eventually.ValueAsync(() => CountAsync(_defaultId, "sent"), sent => sent == 10, "the other franchise's texts to be sent");
        (await CountAsync(SecondId, "scheduled")).ShouldBeGreaterThanOrEqualTo(28, "at most a probe or two of them were tried");

        _twilio.DeniedAccount = null;
        await OkAsync(await Owner.PutAsJsonAsync("/api/vendor-credentials/twilio", new { accountSid = AccountSid, authToken = "renewed-token", phoneNumber = Number }));

        await Eventually.ValueAsync(() => CountAsync(SecondId, "sent"), sent => sent >= 28, "all of them to go out");
        await Eventually.ValueAsync(() => CountAsync(SecondId, "scheduled"), waiting => waiting == 0, "none of them to wait any more");
        (await Database.ScalarAsync<long>("SELECT max(attempts)::bigint FROM touch_points WHERE status = 'sent'")).ShouldBe(1, "waiting is no try");
    }

    private Task<long> CountAsync(Guid tenant, string status) => Database.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE tenant_id = $1 AND status = $2", tenant, status);

    // In one statement, so that a worker finds none of them or all.
    private Task<int> SeedAsync(Guid tenant, int first, int count) => Database.ExecuteAsync($"""
        WITH shop AS (
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at)
            VALUES ('{tenant}', '{tenant}', 'Shop', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
            ON CONFLICT DO NOTHING
        ), people AS (
            INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at)
            SELECT '{tenant}', md5('contact' || n)::uuid, '+1512555' || (1000 + n), '2026-11-23Z', '2026-11-23Z' FROM generate_series({first}, {first + count - 1}) n
        ), asked AS (
            INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, phone, phone_type, timezone, external_created_at, created_at, updated_at)
            SELECT '{tenant}', md5('lead' || n)::uuid, '{tenant}', md5('contact' || n)::uuid, 'api', 'order-' || n, 'new', '+1512555' || (1000 + n), 'mobile',
                'America/Chicago', '2026-11-23Z', '2026-11-23Z', '2026-11-23Z' FROM generate_series({first}, {first + count - 1}) n
        )
        INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
        SELECT '{tenant}', gen_random_uuid(), md5('lead' || n)::uuid, 'greeting', 'sms', 'scheduled', '2026-11-23T15:00:00Z', '2026-11-26Z', '2026-11-23Z', '2026-11-23Z'
        FROM generate_series({first}, {first + count - 1}) n
        """);
}
