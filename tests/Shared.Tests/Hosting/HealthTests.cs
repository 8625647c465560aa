using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Hosting;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class HealthTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_service_that_can_serve_says_so_with_version_and_schema()
    {
        await using var service = await SmallService.StartAsync(_database);

        var (live, liveBody) = await service.AskAsync("/health/live");
        var (ready, body) = await service.AskAsync("/health/ready");

        live.ShouldBe(200);
        liveBody.GetProperty("service").GetString().ShouldBe("orchestrator");
        ready.ShouldBe(200);
        body.GetProperty("status").GetString().ShouldBe("ok");
        body.GetProperty("database").GetString().ShouldBe("up");
        body.GetProperty("schema").GetInt32().ShouldBe(Database.Migrator.CurrentVersion);
        (await service.AskAsync("/health")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_report_names_the_versions_of_everything_and_the_living_processes()
    {
        await using var service = await SmallService.StartAsync(_database);

        var (_, report) = await service.AskAsync("/health");

        report.GetProperty("status").GetString().ShouldBe("ok");
        report.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        report.GetProperty("runtime").GetString()!.ShouldStartWith(".NET");
        report.GetProperty("postgresql").GetString().ShouldNotBeNullOrEmpty();
        report.GetProperty("schema").GetInt32().ShouldBe(Database.Migrator.CurrentVersion);
        report.GetProperty("schemaNeeded").GetInt32().ShouldBe(Database.Migrator.CurrentVersion);
        var instance = report.GetProperty("instances").EnumerateArray().ShouldHaveSingleItem();
        instance.GetProperty("status").GetString().ShouldBe("alive");
        instance.GetProperty("id").GetGuid().ShouldBe(service.Get<ServiceInstance>().Id);
    }

    [Fact]
    public async Task What_fails_in_one_process_is_on_the_health_page_of_the_other()
    {
        await using var one = await SmallService.StartAsync(_database);
        await using var other = await SmallService.StartAsync(_database);

        one.Get<Conditions>().Failed("twilio", "denied", "mend it");

        await Eventually.TrueAsync(async () => (await other.AskAsync("/health")).Body.GetProperty("checks").EnumerateArray()
            .Any(check => check.GetProperty("name").GetString() == "twilio" && check.GetProperty("state").GetString() == "denied"), "the other's failure");
    }

    [Fact]
    public async Task A_process_that_died_is_missing_until_another_has_started_since()
    {
        var dead = Guid.CreateVersion7();
        await _database.ExecuteAsync(
            "INSERT INTO service_instances (id, service, started_at, seen_at) VALUES ($1, 'chat-api', clock_timestamp() - interval '2 hours', clock_timestamp() - interval '1 minute')", dead);
        await using var service = await SmallService.StartAsync(_database);

        var (_, report) = await service.AskAsync("/health");
        report.GetProperty("status").GetString().ShouldBe("degraded");
        report.GetProperty("checks")[0].GetProperty("state").GetString().ShouldBe("chat-api missing");
        report.GetProperty("instances").EnumerateArray().ShouldContain(instance => instance.GetProperty("id").GetGuid() == dead && instance.GetProperty("status").GetString() == "silent");

        await _database.ExecuteAsync(
            "INSERT INTO service_instances (id, service, started_at, seen_at) VALUES ($1, 'chat-api', clock_timestamp(), clock_timestamp() + interval '1 minute')", Guid.CreateVersion7());
        await Eventually.TrueAsync(async () => (await service.AskAsync("/health")).Body.GetProperty("status").GetString() == "ok", "replaced");
    }

    [Fact]
    public async Task A_process_that_stops_as_told_says_goodbye_and_is_not_missed()
    {
        await using var stays = await SmallService.StartAsync(_database);
        await using (var leaves = await SmallService.StartAsync(_database))
        {
            await leaves.App.StopAsync();
        }

        (await _database.ScalarAsync<long>("SELECT count(*) FROM service_instances")).ShouldBe(1);
    }

    [Fact]
    public async Task After_a_stop_was_asked_for_it_lives_and_is_not_ready()
    {
        await using var service = await SmallService.StartAsync(_database);

        service.Get<IHostApplicationLifetime>().StopApplication();

        (await service.AskAsync("/health/live")).Status.ShouldBe(200);
        var (status, body) = await service.AskAsync("/health/ready");
        status.ShouldBe(503);
        body.GetProperty("status").GetString().ShouldBe("draining");
    }

    [Fact]
    public async Task A_database_that_is_gone_makes_it_unready_until_it_is_back()
    {
        await using var wire = TcpSwitch.Before(_database);
        await using var service = await SmallService.StartAsync(_database, databasePort: wire.Port);

        wire.Refuse();
        var (status, body) = await service.AskAsync("/health/ready");
        status.ShouldBe(503);
        body.GetProperty("database").GetString().ShouldBe("down");
        (await service.AskAsync("/health/live")).Status.ShouldBe(200);

        wire.Restore();
        await Eventually.TrueAsync(async () => (await service.AskAsync("/health/ready")).Status == 200, "ready again");
    }

    [Fact]
    public async Task A_database_that_is_silent_is_given_up_on_within_seconds()
    {
        await using var wire = TcpSwitch.Before(_database);
        await using var service = await SmallService.StartAsync(_database, databasePort: wire.Port);
        wire.BlackHole();

        var started = System.Diagnostics.Stopwatch.StartNew();
        var (status, _) = await service.AskAsync("/health/ready");

        status.ShouldBe(503);
        started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        wire.Restore();
    }
}
