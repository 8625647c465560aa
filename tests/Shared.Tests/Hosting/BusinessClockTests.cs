using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class BusinessClockTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public void Without_a_test_clock_it_is_this_machines_time_and_goes_on()
    {
        var clock = new BusinessClock();

        var (before, now, after) = (TimeProvider.System.GetUtcNow(), clock.GetUtcNow(), TimeProvider.System.GetUtcNow());

        now.ShouldBeInRange(before, after);
    }

    [Fact]
    public void Set_moves_business_time_and_no_timer()
    {
        var clock = new BusinessClock();
        var timestamp = clock.GetTimestamp();

        clock.Set(HttpClock.MondayMorning.AddYears(3));

        clock.GetUtcNow().ShouldBe(HttpClock.MondayMorning.AddYears(3));
        clock.GetElapsedTime(timestamp).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_service_has_the_test_clocks_time_before_it_starts_and_follows_it()
    {
        await using var clock = await HttpClock.StartAsync(HttpClock.MondayMorning);
        var variables = SmallService.Variables(_database.Url);
        variables["TEST_CLOCK_URL"] = clock.Url.ToString();
        await using var service = SmallService.Create(variables);
        await service.StartAsync();
        var time = service.Get<TimeProvider>();

        time.GetUtcNow().ShouldBe(HttpClock.MondayMorning);
        (await _database.ScalarAsync<DateTime>("SELECT created_at FROM tenants")).ShouldBe(HttpClock.MondayMorning.UtcDateTime, "the default tenant was made in business time");
        clock.Now += TimeSpan.FromDays(2);
        await Eventually.TrueAsync(() => time.GetUtcNow() == clock.Now, "business time follows the test clock");
    }

    [Fact]
    public async Task A_service_waits_for_a_test_clock_that_comes_later()
    {
        await using var clock = await HttpClock.StartAsync(HttpClock.MondayMorning);
        await using var wire = TcpSwitch.Before("127.0.0.1", clock.Url.Port);
        wire.Refuse();
        var business = new BusinessClock();
        using var reader = new TestClockReader(business, new Uri($"http://127.0.0.1:{wire.Port}/"), NullLogger<TestClockReader>.Instance);

        var starting = reader.StartAsync(CancellationToken.None);
        starting.IsCompleted.ShouldBeFalse();
        wire.Restore();
        await starting;

        business.GetUtcNow().ShouldBe(HttpClock.MondayMorning);
        await reader.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("<html>hello</html>", 200, "something else")]
    [InlineData("{}", 200, "something else")]
    [InlineData("null", 200, "something else")]
    [InlineData("{\"now\":\"soon\"}", 200, "something else")]
    [InlineData("{\"now\":\"2026-11-23T16:00:00Z\"}", 503, "503")]
    public async Task What_is_no_clock_stops_the_start_with_one_sentence_that_names_the_variable(string answer, int status, string cause)
    {
        await using var http = await StartAsync(answer, status);
        using var reader = new TestClockReader(new BusinessClock(), new Uri(http.Urls.First()), NullLogger<TestClockReader>.Instance) { Patience = TimeSpan.Zero };

        var problem = (await Should.ThrowAsync<SettingsException>(() => reader.StartAsync(CancellationToken.None))).Problems.ShouldHaveSingleItem();

        problem.ShouldStartWith("TEST_CLOCK_URL");
        problem.ShouldContain(cause);
    }

    [Fact]
    public async Task While_the_test_clock_is_away_business_time_stands_still()
    {
        var clock = await HttpClock.StartAsync(HttpClock.MondayMorning);
        await using var wire = TcpSwitch.Before("127.0.0.1", clock.Url.Port);
        var variables = SmallService.Variables(_database.Url);
        variables["TEST_CLOCK_URL"] = $"http://127.0.0.1:{wire.Port}/";
        await using var service = SmallService.Create(variables);
        await service.StartAsync();

        wire.Refuse();
        clock.Now += TimeSpan.FromHours(1);
        service.Get<TimeProvider>().GetUtcNow().ShouldBe(HttpClock.MondayMorning);
        wire.Restore();

        await Eventually.TrueAsync(() => service.Get<TimeProvider>().GetUtcNow() == clock.Now, "business time goes on");
        await clock.DisposeAsync();
    }

    private static async Task<WebApplication> StartAsync(string answer, int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(answer);
        });
        await app.StartAsync();
        return app;
    }
}
