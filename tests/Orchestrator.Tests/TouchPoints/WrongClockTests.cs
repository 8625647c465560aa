using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>A machine whose clock is wrong would text people at hours that are not legal: it sends nothing, and says so.</summary>
public sealed class WrongClockTests : Shop
{
    private WebApplication _app = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync(("TEST_CLOCK_URL", null));
        await _app.Services.GetServices<IHostedService>().OfType<TouchPointWorker>().Single().StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public async Task A_clock_that_is_an_hour_from_the_databases_lets_nothing_be_claimed(int hours, bool isWrong)
    {
        var conditions = ActivatorUtilities.CreateInstance<Conditions>(_app.Services);
        var clock = ActivatorUtilities.CreateInstance<ClockWatch>(_app.Services, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(hours)), conditions);
        using var staff = await SignedInAsync();
        var lead = (await TwoFranchises.OkAsync(await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
            staff, "/api/leads", new { locationId = await LocationAsync(), firstName = "Ann", phone = "+15125551801" }))).GetProperty("id").GetGuid();
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'scheduled', due_at = now() - interval '1 minute' WHERE lead_id = $1", lead);

        clock.Compare(clock.Now, await ActivatorUtilities.CreateInstance<InstanceStore>(_app.Services).SayAliveAsync(CancellationToken.None));
        using var worker = ActivatorUtilities.CreateInstance<TouchPointWorker>(_app.Services, clock);
        await worker.RunOnceAsync(CancellationToken.None);

        clock.IsWrong.ShouldBe(isWrong);
        conditions.Failing.Any(failure => failure.Check == ClockWatch.Check).ShouldBe(isWrong);
        (await Database.ScalarAsync<long>("SELECT fence FROM touch_points WHERE lead_id = $1", lead) > 0).ShouldBe(!isWrong);
    }
}
