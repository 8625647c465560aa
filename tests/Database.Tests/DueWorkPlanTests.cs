using System.Text.RegularExpressions;
using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Database.Tests;

/// <summary>The doors that look for work stay on their partial indexes, however long the backlog of work that is not due.</summary>
public sealed class DueWorkPlanTests(FilledDatabase filled) : IClassFixture<FilledDatabase>, IAsyncLifetime
{
    private TestDatabase Database => filled.Database;

    public async ValueTask InitializeAsync()
    {
        await Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'step-' || n, 'sms', 'scheduled',
                   '2026-12-01Z'::timestamptz + n * interval '1 minute', '2027-12-01Z', '2026-11-23Z', '2026-11-23Z'
            FROM leads CROSS JOIN generate_series(1, 10000) n
            ON CONFLICT DO NOTHING
            """);
        await Database.ExecuteAsync("""
            INSERT INTO webhook_events (tenant_id, id, provider, dedupe_key, topic, operation, payload, status, received_at)
            SELECT id, gen_random_uuid(), 'shopmonkey', 'key-' || n, 'order', 'UPDATE', '{}', 'done', '2026-11-23Z'
            FROM tenants CROSS JOIN generate_series(1, 10000) n
            ON CONFLICT DO NOTHING
            """);
        await Database.ExecuteAsync("VACUUM ANALYZE");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("claim_touch_points_except", "touch_points", "touch_points_due", "touch_points_due_first")]
    [InlineData("rescue_touch_points", "touch_points", "touch_points_leased")]
    [InlineData("expire_touch_points", "touch_points", "touch_points_due", "touch_points_held")]
    [InlineData("installation_figures", "touch_points", "touch_points_due")]
    [InlineData("unknown_touch_points", "touch_points", "touch_points_unknown")]
    [InlineData("claim_emails", "touch_points", "touch_points_due_emails")]
    [InlineData("touch_points_to_follow", "touch_points", "touch_points_to_follow")]
    [InlineData("park_unknown_emails", "touch_points", "touch_points_unknown")]
    [InlineData("claim_webhook_events", "webhook_events", "webhook_events_due", "webhook_events_leased")]
    public async Task A_door_for_due_work_reads_its_index_and_not_the_table(string door, string table, params string[] indexes)
    {
        var plan = await PlanAsync(door);

        foreach (var index in indexes)
        {
            plan.ShouldContain(index);
        }

        plan.ShouldNotContain($"Seq Scan on {table}");
    }

    [Fact]
    public async Task A_claim_takes_what_is_due_once_and_fairly()
    {
        var business = new DateTimeOffset(2026, 12, 1, 0, 5, 0, TimeSpan.Zero);
        const string Claim = "SELECT tenant_id, id, fence FROM claim_touch_points(@worker, @business, @rows, @perTenant, interval '60 seconds')";
        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Database.Lead.DoorAsync<(Guid Tenant, Guid Id, long Fence)>(
            Claim, new { worker = Guid.CreateVersion7(), business, rows = 4, perTenant = 2 }, CancellationToken.None)));

        var all = claims.SelectMany(claim => claim).ToList();
        all.Select(claim => claim.Id).Distinct().Count().ShouldBe(all.Count, "nobody gets what another has");
        all.ShouldAllBe(claim => claim.Fence == 1);
        claims.ShouldAllBe(claim => claim.GroupBy(row => row.Tenant).All(tenant => tenant.Count() <= 2));
        // 5 planned ones and the fixture's are due in each tenant; what a claim skipped because another held it, the next one takes.
        while (await Database.Lead.DoorAsync<(Guid Tenant, Guid Id, long Fence)>(
            Claim, new { worker = Guid.CreateVersion7(), business, rows = 4, perTenant = 2 }, CancellationToken.None) is { Count: > 0 } more)
        {
            all.AddRange(more);
        }

        all.Select(claim => claim.Id).Distinct().Count().ShouldBe(12);
        all.Count.ShouldBe(12);
    }

    /// <summary>The plan of the function's own text, as its owner runs it.</summary>
    private async Task<string> PlanAsync(string door)
    {
        var body = (await Database.ScalarAsync<string>("SELECT prosrc FROM pg_proc WHERE proname = $1", door))!;
        foreach (var (name, value) in new[]
        {
            ("worker", "'00000000-0000-7000-8000-000000000001'::uuid"), ("business_now", "'2026-12-01T00:05:00Z'::timestamptz"),
            ("after_tenant", "'00000000-0000-0000-0000-000000000000'::uuid"), ("after_id", "'00000000-0000-0000-0000-000000000000'::uuid"), ("max_rows", "50"), ("max_per_tenant", "10"), ("lease", "interval '60 seconds'"), ("age", "interval '15 minutes'"),
            ("skipped", "'{}'::uuid[]"),
        })
        {
            body = Regex.Replace(body, $@"\b{name}\b", value);
        }

        await using var connection = new NpgsqlConnection(Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SET ROLE lead_door; EXPLAIN {body}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        return string.Join('\n', plan);
    }
}
