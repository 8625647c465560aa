using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Webhooks;
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // what a clock would do that nobody watches
    public async Task A_clock_that_is_a_week_ahead_lets_nothing_go(bool isWatched)
    {
        var ahead = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(7));
        var watch = ActivatorUtilities.CreateInstance<ClockWatch>(_app.Services, ahead);
        var touch = Guid.CreateVersion7();
        using var staff = await SignedInAsync();
        await Database.ExecuteAsync("""
            INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, phone_type, timezone, external_created_at, created_at, updated_at)
            VALUES ($1, $2, $3, 'api', $2::text, 'contacted', 'missing', 'America/Chicago', now(), now(), now())
            """, await TenantAsync(), touch, await LocationAsync());
        await Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            VALUES ($1, $2, $2, 'next_day', 'email', 'scheduled', now() + interval '1 day', now() + interval '4 days', now(), now())
            """, await TenantAsync(), touch);
        if (isWatched)
        {
            watch.Compare(watch.Now, TimeProvider.System.GetUtcNow());
        }

        using var rescue = ActivatorUtilities.CreateInstance<TouchPointRescue>(_app.Services, watch, ActivatorUtilities.CreateInstance<TouchPointStore>(_app.Services, ahead));
        await rescue.RunOnceAsync(CancellationToken.None);

        (await Database.ScalarAsync<string>("SELECT status FROM touch_points WHERE id = $1", touch)).ShouldBe(isWatched ? "scheduled" : "expired");
    }

    [Fact]
    public async Task And_it_calls_no_order_too_old_but_leaves_it_to_a_machine_whose_clock_is_right()
    {
        var watch = ActivatorUtilities.CreateInstance<ClockWatch>(_app.Services, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(7)));
        watch.Compare(watch.Now, TimeProvider.System.GetUtcNow());
        var hand = new InboxHand();
        hand.Open();
        var order = new InboxEvent(Guid.CreateVersion7(), await TenantAsync(), "order", "INSERT", "a", "{}", 1, null, DateTimeOffset.UnixEpoch);
        hand.Add([order]).ShouldBeTrue();

        using var worker = ActivatorUtilities.CreateInstance<InboxWorker>(_app.Services, watch, hand);
        (await worker.RunOnceAsync(CancellationToken.None)).ShouldBe(0);

        hand.TakeDoubtful().ShouldBe([order], "it is put back");
    }

    [Fact]
    public async Task A_text_that_a_wrong_clock_has_heard_is_no_licence_for_the_night()
    {
        const string phone = "+15125551802";
        using var staff = await SignedInAsync();
        await TwoFranchises.OkAsync(await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(staff, "/api/leads", new { locationId = await LocationAsync(), firstName = "Ann", phone }));
        // No sign of life of the real clock comes in between.
        await using var between = await Database.Lead.BeginAsync(await TenantAsync(), CancellationToken.None);
        await between.ExecuteAsync("SELECT id FROM service_instances FOR UPDATE", null, CancellationToken.None);
        var watch = _app.Services.GetRequiredService<ClockWatch>();
        watch.Compare(watch.Now, watch.Now.AddHours(-1));

        await Sandbox.Twilio.ReceiveAsync(phone, "When do you open?");

        (await Database.ScalarAsync<bool>("SELECT created_at BETWEEN now() - interval '61 minutes' AND now() - interval '59 minutes' FROM chat_messages WHERE content = 'When do you open?'"))
            .ShouldBeTrue("it came when the database says so");
    }
}
