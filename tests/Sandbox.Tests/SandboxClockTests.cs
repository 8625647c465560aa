using Microsoft.Extensions.Time.Testing;

namespace LeadOrchestrator.Sandbox.Tests;

public sealed class SandboxClockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-clock").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Chicago is at -6 in winter and at -5 in summer.
    [Theory]
    [InlineData("2026-11-23T09:00:00Z", "2026-11-23T16:00:00Z")] // Monday, 3 at night
    [InlineData("2026-11-23T22:00:00Z", "2026-11-23T16:00:00Z")] // Monday, 4 in the afternoon
    [InlineData("2026-11-21T12:00:00Z", "2026-11-23T16:00:00Z")] // Saturday
    [InlineData("2026-11-23T03:00:00Z", "2026-11-23T16:00:00Z")] // still Sunday in Chicago
    [InlineData("2026-07-05T12:00:00Z", "2026-07-06T15:00:00Z")] // a Sunday in summer
    public void It_first_starts_on_a_weekday_at_ten_in_Chicago(string real, string expected) =>
        SandboxClock.FirstStart(DateTimeOffset.Parse(real)).ShouldBe(DateTimeOffset.Parse(expected));

    [Theory]
    [InlineData("2026-11-23T18:30:00Z", "2026-11-23T18:30:00Z")] // in hours: goes on
    [InlineData("2026-11-23T22:30:00Z", "2026-11-23T22:30:00Z")] // 16:30 sharp
    [InlineData("2026-11-23T22:31:00Z", "2026-11-24T16:00:00Z")] // after hours: tomorrow
    [InlineData("2026-11-23T12:00:00Z", "2026-11-23T16:00:00Z")] // before hours: today
    [InlineData("2026-11-28T18:00:00Z", "2026-11-30T16:00:00Z")] // Saturday: Monday
    public void It_restarts_within_hours_and_never_earlier(string left, string expected) =>
        SandboxClock.NextOpen(DateTimeOffset.Parse(left)).ShouldBe(DateTimeOffset.Parse(expected));

    [Fact]
    public void It_goes_on_where_it_was_after_a_restart_and_not_back()
    {
        var real = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-23T09:00:00Z"));
        DateTimeOffset left;
        using (var clock = new SandboxClock(_folder, null, real))
        {
            real.Advance(TimeSpan.FromMinutes(12));
            left = clock.Now;
            left.ShouldBe(DateTimeOffset.Parse("2026-11-23T16:12:00Z"));
        }

        real.Advance(TimeSpan.FromHours(8));
        using var again = new SandboxClock(_folder, null, real);

        again.Now.ShouldBeGreaterThanOrEqualTo(left);
        again.Now.ShouldBeLessThan(left + TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void It_can_be_set_moved_and_stopped()
    {
        var real = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-23T09:00:00Z"));
        using var clock = new SandboxClock(null, null, real);

        clock.Set("2026-12-01T00:00:00Z");
        clock.Advance(TimeSpan.FromHours(2));
        clock.Freeze();
        real.Advance(TimeSpan.FromHours(1));

        clock.Now.ShouldBe(DateTimeOffset.Parse("2026-12-01T02:00:00Z"));
        clock.Run();
        real.Advance(TimeSpan.FromHours(1));
        clock.Now.ShouldBe(DateTimeOffset.Parse("2026-12-01T03:00:00Z"));
    }
}
