using LeadOrchestrator.Orchestrator.Operations;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Tests.Operations;

/// <summary>The figures of the gauges, counted by hand and by the door.</summary>
public sealed class OperationsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-11-23T16:00:00Z", null);
    private readonly FakeTimeProvider _clock = new(Now);
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_empty_installation_has_nothing_late_and_has_never_heard_from_the_CRM()
    {
        var figures = await ReadAsync();

        (figures.Inbox, figures.Due, figures.LatenessSeconds, figures.NeedsReview, figures.LastWebhookSeconds).ShouldBe((0, 0, 0, 0, -1));
        figures.DatabaseBytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Everything_that_waits_is_counted_over_all_tenants_with_the_age_of_the_oldest()
    {
        foreach (var slug in new[] { "first", "second" })
        {
            await SeedAsync(slug);
        }

        var figures = await ReadAsync();

        (figures.Inbox, figures.InboxOldestSeconds, figures.InboxDead).ShouldBe((2, 90, 2));
        (figures.Due, figures.LatenessSeconds).ShouldBe((2, 600));
        (figures.Unknown, figures.UnsettledOldestSeconds, figures.NeedsReview).ShouldBe((2, 1200, 2));
        (figures.LastWebhookSeconds, figures.SilentTenants).ShouldBe((90, 0));
        (figures.AiSpentMicros, figures.AiFullestPercent).ShouldBe((800, 80));
    }

    [Fact]
    public async Task A_tenant_that_was_heard_of_and_then_not_for_three_days_is_silent()
    {
        await SeedAsync("first");
        _clock.Advance(TimeSpan.FromDays(4));

        (await ReadAsync()).SilentTenants.ShouldBe(1);
    }

    [Fact]
    public async Task A_hundred_thousand_scheduled_touch_points_do_not_make_the_reading_slow()
    {
        var lead = await SeedAsync("first");
        await _database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, 'step ' || n, 'sms', 'scheduled', $3::timestamptz + interval '1 day', $3::timestamptz + interval '9 days', $3, $3 FROM generate_series(1, 100000) n
            """, lead.Tenant, lead.Id, Now.UtcDateTime);
        await _database.ExecuteAsync("ANALYZE");

        // What is not due is not read: the table and its index have hundreds of pages.
        (await PagesReadAsync()).ShouldBeLessThan(200);
    }

    // The second time in a session: the first one also reads PostgreSQL's own catalogue.
    private async Task<int> PagesReadAsync()
    {
        await using var connection = new NpgsqlConnection(_database.OwnerConnectionString);
        await connection.OpenAsync();
        var plan = "";
        for (var round = 0; round < 2; round++)
        {
            await using var explain = new NpgsqlCommand($"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) SELECT * FROM installation_figures('{Now:O}')", connection);
            await using var reader = await explain.ExecuteReaderAsync();
            for (plan = ""; await reader.ReadAsync();)
            {
                plan += reader.GetString(0) + '\n';
            }
        }

        return int.Parse(plan[(plan.IndexOf("shared hit=", StringComparison.Ordinal) + "shared hit=".Length)..].Split(' ', '\n')[0], null);
    }

    private Task<Figures> ReadAsync() => new OperationsStore(_database.Lead, _clock).ReadAsync(CancellationToken.None);

    private async Task<(Guid Tenant, Guid Id)> SeedAsync(string slug)
    {
        var (tenant, location, lead, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Now.UtcDateTime);
        await _database.ExecuteAsync("INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, $2, $2, 'America/Chicago', $3, $3)", tenant, slug, now);
        await _database.ExecuteAsync("INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at) VALUES ($1, $2, 'shop', 'America/Chicago', $3, $3)", tenant, location, now);
        await _database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'shopmonkey', 'order', 'new', 'America/Chicago', $4, $4, $4)
            """, tenant, lead, location, now);
        await _database.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, payload, status, reason, next_attempt_at, received_at) VALUES
                ($1, '019ab1c2-0000-7000-8000-000000000001', 'shopmonkey', 'dead', 'order', 'INSERT', '{}', 'dead', 'unknown_company', NULL, $2::timestamptz - interval '2 hours'),
                ($1, '019ab1c2-0000-7000-8000-000000000002', 'shopmonkey', 'waits', 'order', 'INSERT', '{}', 'received', NULL, $2, $2::timestamptz - interval '90 seconds')
            """, tenant, now);
        await _database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, reason, due_at, expires_at, created_at, updated_at)
            SELECT $1, gen_random_uuid(), $2, step, 'sms', status, reason, $3::timestamptz - late, $3::timestamptz + interval '1 day', $3::timestamptz - interval '1 day', $3::timestamptz - late
            FROM (VALUES ('due', 'scheduled', NULL, interval '10 minutes'), ('later', 'scheduled', NULL, interval '-1 hour'),
                ('unknown', 'unknown', 'twilio_timeout', interval '20 minutes'), ('review', 'needs_review', 'twilio_20003', interval '1 hour')) t (step, status, reason, late)
            """, tenant, lead, now);
        await _database.ExecuteAsync("INSERT INTO ai_budgets (tenant_id, id, day, limit_micros, reserved_micros, spent_micros) VALUES ($1, $2, '2026-11-23', 500, 100, 300)", tenant, Guid.CreateVersion7());
        return (tenant, lead);
    }
}
