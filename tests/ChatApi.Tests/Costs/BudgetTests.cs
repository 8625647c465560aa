using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Costs;

public sealed class BudgetTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly AiModel Model = AiModels.Find(Providers.Claude, "claude-sonnet-5-5")!;

    [Fact]
    public async Task Two_hundred_reservations_at_once_never_pass_the_cap()
    {
        var (session, messageId) = await AnswerAsync();
        var budget = scene.Chat.Get<Budget>();
        var one = (await budget.ReserveAsync(session, messageId, scene.LocationId, Model, 1000, CancellationToken.None))!;
        await budget.SettleAsync(session.TenantId, one.CallId, Reservation.NotBilled("test"), CancellationToken.None);
        var before = await SpentAsync();
        await scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = $1", before + (one.Micros * 37) + 5);

        var reservations = await Task.WhenAll(Enumerable.Range(0, 200)
            .Select(_ => budget.ReserveAsync(session, messageId, scene.LocationId, Model, 1000, CancellationToken.None)));

        reservations.Count(reservation => reservation is not null).ShouldBe(37);
        (await ReservedAsync()).ShouldBe(one.Micros * 37);

        // Settled cheaper than reserved: the rest can be used again, but never more than the cap.
        await Task.WhenAll(reservations.OfType<Reservation>().Select(reservation => budget.SettleAsync(
            session.TenantId, reservation.CallId, reservation.Settled(new Tokens(100, 10, 0, 0), "stop"), CancellationToken.None)));
        (await ReservedAsync()).ShouldBe(0);
        (await SpentAsync()).ShouldBe(before + (37 * 300));
        await scene.Database.ExecuteAsync("UPDATE tenants SET ai_daily_limit_micros = 10000000");
    }

    [Fact]
    public async Task Settling_twice_counts_once()
    {
        var (session, messageId) = await AnswerAsync();
        var budget = scene.Chat.Get<Budget>();
        var before = await SpentAsync();
        var reservation = (await budget.ReserveAsync(session, messageId, scene.LocationId, Model, 1000, CancellationToken.None))!;

        await budget.SettleAsync(session.TenantId, reservation.CallId, reservation.Settled(new Tokens(100, 10, 0, 0), "stop"), CancellationToken.None);
        await budget.SettleAsync(session.TenantId, reservation.CallId, Settlement.OwnerLost, CancellationToken.None);

        (await SpentAsync()).ShouldBe(before + 300);
    }

    [Fact]
    public async Task A_day_is_the_tenants_own_and_begins_with_a_full_purse()
    {
        await using var clock = await HttpClock.StartAsync(new DateTimeOffset(2026, 12, 1, 5, 59, 0, TimeSpan.Zero)); // 23:59 in Chicago
        await using var server = await scene.StartAsync(("TEST_CLOCK_URL", clock.Url.ToString()));
        var (session, messageId) = await AnswerAsync();
        var budget = server.Get<Budget>();
        await budget.ReserveAsync(session, messageId, scene.LocationId, Model, 1000, CancellationToken.None);

        clock.Now += TimeSpan.FromMinutes(2);
        await Eventually.TrueAsync(() => server.Get<TimeProvider>().GetUtcNow() == clock.Now, "the clock has moved");
        await budget.ReserveAsync(session, messageId, scene.LocationId, Model, 1000, CancellationToken.None);

        (await scene.Database.ColumnAsync<DateOnly>("SELECT day FROM ai_budgets WHERE day >= '2026-11-29' ORDER BY day"))
            .ShouldBe([new DateOnly(2026, 11, 30), new DateOnly(2026, 12, 1)]);
    }

    private Task<long> ReservedAsync() => scene.Database.ScalarAsync<long>("SELECT coalesce(sum(reserved_micros), 0)::bigint FROM ai_budgets WHERE day = '2026-11-23'");

    private Task<long> SpentAsync() => scene.Database.ScalarAsync<long>("SELECT coalesce(sum(spent_micros), 0)::bigint FROM ai_budgets WHERE day = '2026-11-23'");

    private async Task<(SessionKey Session, Guid MessageId)> AnswerAsync()
    {
        var customer = await scene.CustomerAsync();
        var frames = await customer.AskAsync("Hi");
        frames[^1].Type.ShouldBe("answer.completed");
        return (new SessionKey(scene.TenantId, customer.SessionId), Guid.Parse(frames[^1].MessageId));
    }
}
