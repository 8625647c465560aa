using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Vendors;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>The process that measures reads the vendors' clock without asking them.</summary>
public sealed class BenchClockTests
{
    private const long Begun = 5_000_000;
    private readonly BenchClock _clock = new(Begun);

    [Fact]
    public void It_shows_the_first_time_at_the_moment_at_which_the_vendors_began() => _clock.TimeOf(Begun).ShouldBe(FakeClock.Start);

    [Fact]
    public void A_time_and_its_moment_are_one() => _clock.MicrosOf(_clock.TimeOf(1_234_567_890)).ShouldBe(1_234_567_890);

    [Fact]
    public void It_goes_on_with_the_clock_that_all_processes_share()
    {
        var before = MonotonicClock.Now;

        _clock.MicrosOf(_clock.GetUtcNow()).ShouldBeInRange(before, MonotonicClock.Now);
    }
}
