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
