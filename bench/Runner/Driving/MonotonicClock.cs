using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>The clock of all measurements: microseconds, the same for all processes of this machine.</summary>
internal static partial class MonotonicClock
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>Microseconds since some moment in the past.</summary>
    public static long Now => (long)(Stopwatch.GetTimestamp() * ((double)MicrosPerSecond / Stopwatch.Frequency));

    /// <summary>Blocks this thread until then; late by some ten microseconds where the kernel can sleep that finely.</summary>
    public static void WaitUntil(long micros)
    {
        if (OperatingSystem.IsLinux())
        {
            var until = new TimeSpec { Seconds = (nint)(micros / MicrosPerSecond), Nanoseconds = (nint)(micros % MicrosPerSecond * 1000) };
            _ = SleepUntil(ClockMonotonic, AbsoluteTime, in until, 0);
            return;
        }

        using var never = new ManualResetEventSlim();
        while (micros - Now is > 0 and var left)
        {
            if (left > 2000)
            {
                never.Wait(TimeSpan.FromMicroseconds(left - 1500));
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int SleepUntil(int clock, int flags, in TimeSpec until, nint remaining);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
