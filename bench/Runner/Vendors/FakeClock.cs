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

    /// <summary>The answer.</summary>
    public static string Read() =>
        $$"""{"now":"{{(Start + TimeSpan.FromMicroseconds(MonotonicClock.Now - Begun)).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}}"}""";
}
