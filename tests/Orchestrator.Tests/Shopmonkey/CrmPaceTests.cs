using LeadOrchestrator.Orchestrator.Shopmonkey;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

/// <summary>One key's requests: the vendor's minute, who may use how much of it, pauses and the breaker.</summary>
public sealed class CrmPaceTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-23T16:00:00Z", null));
    private readonly CrmPace _pace;

    public CrmPaceTests() => _pace = new CrmPace(_clock);

    [Theory]
    [InlineData(CrmPriority.Customer, 300)]
    [InlineData(CrmPriority.Poll, 240)]
    [InlineData(CrmPriority.Background, 150)]
    public async Task Each_uses_its_share_of_the_minute_and_leaves_the_rest(CrmPriority priority, int most)
    {
        Told(300);
        var used = 0;
        while (used < 400 && await TryAsync(priority))
        {
            used++;
        }

        used.ShouldBe(most);
    }

    [Fact]
    public async Task A_limit_that_the_vendor_never_told_holds_no_customer_back_and_no_customer_takes_the_polls_share()
    {
        await UseAsync(2_000);

        var polled = 0;
        while (polled < 400 && await TryAsync(CrmPriority.Poll))
        {
            polled++;
        }

        polled.ShouldBe(240);
        (await TryAsync(CrmPriority.Customer)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_customer_is_told_when_the_minute_has_room_again()
    {
        Told(300);
        await UseAsync(300);
        _clock.Advance(TimeSpan.FromSeconds(20));

        var refused = await Should.ThrowAsync<ShopmonkeyException>(() => _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None));

        (refused.Failure, refused.Message).ShouldBe((ShopmonkeyFailure.Outage, "shopmonkey_budget_used_up"));
        refused.RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromSeconds(39), TimeSpan.FromSeconds(41));
        _clock.Advance(TimeSpan.FromSeconds(41));
        (await TryAsync(CrmPriority.Customer)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_poll_waits_for_its_turn_instead()
    {
        Told(300);
        await UseAsync(240);

        var turn = _pace.EnterAsync(CrmPriority.Poll, CancellationToken.None);

        turn.IsCompleted.ShouldBeFalse();
        for (var second = 0; second < 62 && !turn.IsCompleted; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await turn.WaitAsync(TimeSpan.FromSeconds(20))).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_vendors_own_limit_counts()
    {
        Told(10);

        await UseAsync(10);

        (await TryAsync(CrmPriority.Customer)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_other_processes_use_of_the_key_is_known_from_what_remains_and_fades_within_a_minute()
    {
        (await TryAsync(CrmPriority.Customer)).ShouldBeTrue();
        _pace.Heard(limit: 300, remaining: 9, date: null, TimeSpan.Zero);

        await UseAsync(9);
        (await TryAsync(CrmPriority.Customer)).ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(30));
        await UseAsync(100);
        _clock.Advance(TimeSpan.FromSeconds(61));
        await UseAsync(300);
    }

    [Fact]
    public async Task A_429_pauses_the_key_for_as_long_as_it_says_and_nothing_is_sent_meanwhile()
    {
        (await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None)).Throttled(TimeSpan.FromSeconds(17));

        var paused = await Should.ThrowAsync<ShopmonkeyException>(() => _pace.EnterAsync(CrmPriority.Poll, CancellationToken.None));

        (paused.Message, paused.RetryAfter).ShouldBe(("shopmonkey_paused", TimeSpan.FromSeconds(17)));
        _clock.Advance(TimeSpan.FromSeconds(18));
        (await TryAsync(CrmPriority.Poll)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_429_that_says_nothing_pauses_for_longer_each_time_and_never_for_more_than_a_minute()
    {
        List<double> pauses = [];
        for (var time = 0; time < 8; time++)
        {
            (await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None)).Throttled(null);
            var paused = await Should.ThrowAsync<ShopmonkeyException>(() => _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None));
            pauses.Add(paused.RetryAfter!.Value.TotalSeconds);
            _clock.Advance(paused.RetryAfter.Value);
        }

        pauses.ShouldBe([2, 4, 8, 16, 32, 60, 60, 60]);
    }

    [Fact]
    public async Task A_pause_that_would_be_too_long_to_be_true_is_cut() =>
        (await PausedAsync(turn => turn.Throttled(TimeSpan.FromDays(3)))).ShouldBe(TimeSpan.FromMinutes(10));

    [Fact]
    public async Task After_five_outages_in_a_row_one_request_at_a_time_tries_whether_it_is_over()
    {
        for (var outage = 0; outage < CrmPace.BreakerAfter; outage++)
        {
            (await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None)).Out();
        }

        (await TryAsync(CrmPriority.Customer)).ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        var probe = await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None);
        (await TryAsync(CrmPriority.Customer)).ShouldBeFalse();

        probe.Succeeded();
        (await TryAsync(CrmPriority.Customer)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_probe_that_is_given_up_lets_the_next_one_try()
    {
        for (var outage = 0; outage < CrmPace.BreakerAfter; outage++)
        {
            (await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None)).Out();
        }

        _clock.Advance(TimeSpan.FromSeconds(1.1));
        (await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None)).Dispose();

        (await TryAsync(CrmPriority.Customer)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_outage_between_answers_breaks_nothing()
    {
        for (var time = 0; time < 20; time++)
        {
            (await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None)).Out();
            (await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None)).Succeeded();
        }
    }

    [Fact]
    public void The_CRMs_clock_is_known_to_the_second_and_a_clock_of_another_day_is_not_believed()
    {
        _pace.Skew.ShouldBeNull();
        _pace.Heard(null, null, _clock.GetUtcNow().AddMinutes(-10), TimeSpan.FromMilliseconds(100));
        _pace.Skew!.Value.TotalSeconds.ShouldBeInRange(-601, -598);

        _pace.Heard(null, null, _clock.GetUtcNow().AddDays(6), TimeSpan.Zero);
        _pace.Skew!.Value.TotalSeconds.ShouldBeInRange(-601, -598);

        _pace.Heard(null, null, _clock.GetUtcNow(), TimeSpan.Zero);
        _pace.Skew.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task One_tenants_pause_is_nobody_elses_and_a_new_key_begins_anew()
    {
        var paces = new CrmPaces(_clock);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        (await paces.Of(first, "key").EnterAsync(CrmPriority.Customer, CancellationToken.None)).Throttled(TimeSpan.FromMinutes(5));

        await Should.ThrowAsync<ShopmonkeyException>(() => paces.Of(first, "key").EnterAsync(CrmPriority.Customer, CancellationToken.None));
        (await paces.Of(second, "key").EnterAsync(CrmPriority.Customer, CancellationToken.None)).Succeeded();
        (await paces.Of(first, "new key").EnterAsync(CrmPriority.Customer, CancellationToken.None)).Succeeded();
    }

    private void Told(int limit) => _pace.Heard(limit, remaining: null, date: null, TimeSpan.Zero);

    private async Task<TimeSpan?> PausedAsync(Action<CrmTurn> tell)
    {
        tell(await _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None));
        return (await Should.ThrowAsync<ShopmonkeyException>(() => _pace.EnterAsync(CrmPriority.Customer, CancellationToken.None))).RetryAfter;
    }

    private async Task UseAsync(int times)
    {
        for (var time = 0; time < times; time++)
        {
            (await TryAsync(CrmPriority.Customer)).ShouldBeTrue($"request {time}");
        }
    }

    // A poll that would have to wait is given up.
    private async Task<bool> TryAsync(CrmPriority priority)
    {
        using var now = new CancellationTokenSource();
        try
        {
            var turn = _pace.EnterAsync(priority, now.Token);
            if (!turn.IsCompleted)
            {
                await now.CancelAsync();
            }

            (await turn).Dispose();
            return true;
        }
        catch (Exception refused) when (refused is ShopmonkeyException or OperationCanceledException)
        {
            return false;
        }
    }
}
