using LeadOrchestrator.ChatApi.Ai;
using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Ai;

/// <summary>When a provider is out, and how it comes back.</summary>
public sealed class ModelBreakerTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ModelBreaker _breaker;

    public ModelBreakerTests() => _breaker = new ModelBreaker(_clock);

    [Fact]
    public void Half_of_twenty_failures_within_a_minute_open_it()
    {
        for (var call = 0; call < 19; call++)
        {
            _breaker.Ended(failed: call % 2 == 1, isSilence: false).ShouldBeNull();
        }

        _breaker.Ended(failed: true, isSilence: false).ShouldBe(true);
        _breaker.IsOpen().ShouldBeTrue();
    }

    [Fact]
    public void Failures_of_an_earlier_minute_do_not_count()
    {
        Fail(19);
        _clock.Advance(TimeSpan.FromMinutes(1));

        _breaker.Ended(failed: true, isSilence: false).ShouldBeNull();
        _breaker.IsOpen().ShouldBeFalse();
    }

    [Fact]
    public void Two_silences_in_a_row_open_it_and_a_word_between_them_does_not()
    {
        _breaker.Ended(failed: true, isSilence: true).ShouldBeNull();
        _breaker.Ended(failed: false, isSilence: false).ShouldBeNull();
        _breaker.Ended(failed: true, isSilence: true).ShouldBeNull();

        _breaker.Ended(failed: true, isSilence: true).ShouldBe(true);
    }

    [Fact]
    public void After_a_minute_one_call_tries_it_and_the_next_a_minute_later()
    {
        Fail(20);
        _clock.Advance(TimeSpan.FromSeconds(59));
        _breaker.IsOpen().ShouldBeTrue();

        _clock.Advance(TimeSpan.FromSeconds(1));
        (_breaker.IsOpen(), _breaker.IsOpen()).ShouldBe((false, true));

        _breaker.Ended(failed: true, isSilence: false).ShouldBeNull("it is out as it was");
        _clock.Advance(TimeSpan.FromMinutes(1));
        _breaker.IsOpen().ShouldBeFalse();
    }

    [Fact]
    public void A_call_that_succeeds_brings_it_back_and_what_was_before_is_forgotten()
    {
        Fail(20);

        _breaker.Ended(failed: false, isSilence: false).ShouldBe(false);

        _breaker.IsOpen().ShouldBeFalse();
        Fail(1);
        _breaker.IsOpen().ShouldBeFalse();
    }

    private void Fail(int times)
    {
        for (var call = 0; call < times; call++)
        {
            _breaker.Ended(failed: true, isSilence: false);
        }
    }
}
