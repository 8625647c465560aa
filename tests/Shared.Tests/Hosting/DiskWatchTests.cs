using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>A database that answers and takes nothing. A really full disk is in docs/OPERATIONS.md, staged by hand; here PostgreSQL says its words.</summary>
[Collection(nameof(OneProcess))] // whoever watches the database in this process sees the exceptions that these tests make
public sealed class DiskWatchTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("53100", "disk_full")]
    [InlineData("53300", "too_many_connections")]
    [InlineData("25006", "read_only")]
    public async Task It_is_on_the_health_page_wherever_it_was_thrown_and_ends_when_new_rows_are_taken(string sqlState, string state)
    {
        await using var service = await SmallService.StartAsync(_database);
        await ThrowAsync(service, sqlState, state);

        await service.Get<IEnumerable<IHostedService>>().OfType<DiskWatch>().Single().RunOnceAsync(CancellationToken.None);

        (await service.AskAsync("/health")).Body.GetProperty("status").GetString().ShouldBe("ok");
    }

    [Fact]
    public async Task It_looks_again_by_itself()
    {
        await using var service = await SmallService.StartAsync(_database);
        await ThrowAsync(service, "53100", "disk_full");

        await Eventually.TrueAsync(async () => (await service.AskAsync("/health")).Body.GetProperty("status").GetString() == "ok", "well again");
    }

    private static async Task ThrowAsync(SmallService service, string sqlState, string state)
    {
        await Should.ThrowAsync<PostgresException>(() => service.Get<LeadDatabase>().DoorExecuteAsync(
            $"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlState}'; END $$", null, CancellationToken.None));

        var (status, health) = await service.AskAsync("/health");
        status.ShouldBe(200);
        health.GetProperty("status").GetString().ShouldBe("degraded");
        var check = health.GetProperty("checks")[0];
        check.GetProperty("name").GetString().ShouldBe("database");
        check.GetProperty("state").GetString().ShouldBe(state);
    }
}
