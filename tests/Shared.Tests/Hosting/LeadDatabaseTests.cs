using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class LeadDatabaseTests : IAsyncLifetime
{
    private const string InsertTenant = """
        INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES (@tenantId, @slug, @slug, 'America/Chicago', @now, @now)
        """;

    private readonly Guid _tenant = Guid.CreateVersion7();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        (await _database.Lead.ExecuteAsync(_tenant, InsertTenant, new { slug = "first", now = HttpClock.MondayMorning }, CancellationToken.None)).ShouldBe(1);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_statement_runs_as_lead_app_inside_its_tenant()
    {
        (await _database.Lead.QueryAsync<string>(_tenant, "SELECT current_user::text || ' ' || current_tenant()", null, CancellationToken.None)).ShouldBe([$"lead_app {_tenant}"]);
        (await _database.Lead.QueryAsync<string>(_tenant, "SELECT slug FROM tenants", null, CancellationToken.None)).ShouldBe(["first"]);
        (await _database.Lead.QueryAsync<string>(Guid.CreateVersion7(), "SELECT slug FROM tenants", null, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_become_records_with_times_in_utc_and_nulls()
    {
        var row = await _database.Lead.FirstOrDefaultAsync<Row>(_tenant, """
            SELECT id, created_at, NULL::timestamptz AS synced_at, '2026-11-23'::date AS budget_day, '08:30'::time AS opens_at, NULL::text AS company_id, ARRAY['a','b'] AS words
            FROM tenants WHERE id = @tenantId
            """, null, CancellationToken.None);

        row.ShouldNotBeNull();
        (row.Id, row.CreatedAt, row.SyncedAt, row.BudgetDay, row.OpensAt, row.CompanyId).ShouldBe(
            (_tenant, HttpClock.MondayMorning, null, new DateOnly(2026, 11, 23), new TimeOnly(8, 30), null));
        row.CreatedAt.Offset.ShouldBe(TimeSpan.Zero);
        row.Words.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_time_of_another_zone_is_stored_as_the_same_instant()
    {
        var local = new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.FromHours(-6));

        (await _database.Lead.FirstOrDefaultAsync<DateTimeOffset>(_tenant, "SELECT @local::timestamptz", new { local }, CancellationToken.None)).ShouldBe(HttpClock.MondayMorning);
    }

    [Fact]
    public async Task A_time_that_is_not_there_is_null_and_still_a_time()
    {
        DateTimeOffset? never = null;

        (await _database.Lead.FirstOrDefaultAsync<bool>(_tenant, "SELECT @never IS NULL", new { never }, CancellationToken.None)).ShouldBeTrue();
        (await _database.Lead.FirstOrDefaultAsync<DateTimeOffset?>(_tenant, "SELECT coalesce(@never, created_at) FROM tenants", new { never }, CancellationToken.None)).ShouldBe(HttpClock.MondayMorning);
        (await _database.Lead.FirstOrDefaultAsync<DateTimeOffset?>(_tenant, "SELECT NULL::timestamptz", null, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Words_go_in_and_out_as_an_array()
    {
        string[] words = ["a", "b'c"];
        string[]? none = null;

        (await _database.Lead.FirstOrDefaultAsync<string[]>(_tenant, "SELECT @words", new { words }, CancellationToken.None)).ShouldBe(words);
        (await _database.Lead.FirstOrDefaultAsync<bool>(_tenant, "SELECT 'a' = ANY(@words) AND @none::text[] IS NULL", new { words, none }, CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_not_committed_never_was()
    {
        await using (var transaction = await _database.Lead.BeginAsync(_tenant, CancellationToken.None))
        {
            (await transaction.ExecuteAsync("UPDATE tenants SET name = 'Changed' WHERE id = @tenantId", null, CancellationToken.None)).ShouldBe(1);
            (await transaction.FirstOrDefaultAsync<string>("SELECT name FROM tenants WHERE id = @tenantId", null, CancellationToken.None)).ShouldBe("Changed");
        }

        (await NameAsync()).ShouldBe("first");
    }

    [Fact]
    public async Task What_is_committed_stays()
    {
        await using (var transaction = await _database.Lead.BeginAsync(_tenant, CancellationToken.None))
        {
            await transaction.ExecuteAsync("UPDATE tenants SET name = 'Changed' WHERE id = @tenantId", null, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        (await NameAsync()).ShouldBe("Changed");
    }

    [Fact]
    public async Task The_tenant_is_set_in_the_round_trip_of_the_first_statement()
    {
        await using var wire = TcpSwitch.Before(_database);
        await using var counted = DataSource.Create(Database.DatabaseUrl.Parse(_database.UrlOnPort(wire.Port)).ConnectionString, "test");
        var lead = new LeadDatabase(counted);
        await lead.QueryAsync<string>(_tenant, "SELECT slug FROM tenants", null, CancellationToken.None);
        var before = wire.Requests;

        await lead.QueryAsync<string>(_tenant, "SELECT slug FROM tenants", null, CancellationToken.None);

        (wire.Requests - before).ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_does_not_act_as_lead_app_is_refused()
    {
        // As a pooler does that drops start-up options in silence; and the sign-in is the worst there is.
        await using var wire = TcpSwitch.Before(_database);
        wire.Tamper = sent =>
        {
            if (sent.Span.IndexOf("-c role=lead_app"u8) is >= 0 and var at)
            {
                "-c work_mem=4096"u8.CopyTo(sent.Span[at..]);
            }
        };
        await using var source = DataSource.Create(new NpgsqlConnectionStringBuilder(_database.OwnerConnectionString) { Port = wire.Port }.ConnectionString, "test");

        var refusal = await Should.ThrowAsync<WrongRoleException>(() => new LeadDatabase(source).QueryAsync<int>(_tenant, "SELECT 1", null, CancellationToken.None));

        refusal.Message.ShouldContain("ignore_startup_parameters");
    }

    [Fact]
    public async Task A_superusers_sign_in_acts_as_lead_app_all_the_same()
    {
        await using var source = DataSource.Create(_database.OwnerConnectionString, "test");
        var lead = new LeadDatabase(source);

        (await lead.QueryAsync<string>(Guid.CreateVersion7(), "SELECT slug FROM tenants", null, CancellationToken.None)).ShouldBeEmpty();
    }

    private Task<string?> NameAsync() => _database.ScalarAsync<string>("SELECT name FROM tenants WHERE id = $1", _tenant);

    private sealed record Row(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset? SyncedAt, DateOnly BudgetDay, TimeOnly OpensAt, string? CompanyId, string[] Words);
}
