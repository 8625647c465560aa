using System.Globalization;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>A clock for <c>TEST_CLOCK_URL</c>: a Monday, 10:00 in Chicago when the vendors start, and it goes on from there. So texts may go out at whatever hour somebody measures.</summary>
internal static class FakeClock
{
    /// <summary>Where it is asked.</summary>
    public const string Path = "/bench/clock";

    /// <summary>What it shows at first. The legal hours last for eight more.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 16, 0, 0, TimeSpan.Zero);

    private static readonly long Begun = MonotonicClock.Now;

    /// <summary>Tells when it began, by <see cref="MonotonicClock"/>, which all processes share: so <see cref="BenchClock"/> shows the same time.</summary>
    public const string BegunPath = "/bench/clock/begun";

    /// <summary>The answer to <see cref="BegunPath"/>.</summary>
    public static string ReadBegun() => Begun.ToString(CultureInfo.InvariantCulture);

    /// <summary>The answer.</summary>
    public static string Read() =>
        $$"""{"now":"{{(Start + TimeSpan.FromMicroseconds(MonotonicClock.Now - Begun)).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}}"}""";
}

/// <summary>The time that <see cref="FakeClock"/> shows, in the process that measures.</summary>
/// <param name="begun">The answer of <see cref="FakeClock.BegunPath"/>.</param>
internal sealed class BenchClock(long begun) : TimeProvider
{
    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => TimeOf(MonotonicClock.Now);

    /// <summary>What it showed, or will, at a moment of <see cref="MonotonicClock"/>.</summary>
    public DateTimeOffset TimeOf(long micros) => FakeClock.Start + TimeSpan.FromMicroseconds(micros - begun);

    /// <summary>The moment of <see cref="MonotonicClock"/> at which it shows a time.</summary>
    public long MicrosOf(DateTimeOffset time) => begun + (long)(time - FakeClock.Start).TotalMicroseconds;
}
