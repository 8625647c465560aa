using System.Numerics;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>Counts latencies in steps of less than 1 %: 128 steps for each doubling. Any thread may add.</summary>
internal sealed class Histogram
{
    private const int Steps = 128;
    private const int StepBits = 7;
    private readonly long[] _counts = new long[Steps * 40];
    private long _count;

    /// <summary>How many were added.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Adds one, in microseconds.</summary>
    public void Add(long micros)
    {
        Interlocked.Increment(ref _counts[IndexOf(micros)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The latency in milliseconds that this share of all did not exceed; NaN when there is none.</summary>
    /// <param name="share">0–1; 0.99 = the 99th percentile.</param>
    public double Milliseconds(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var index = 0; wanted > 0 && index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
            {
                return MicrosAt(index) / 1000;
            }
        }

        return double.NaN;
    }

    private static int IndexOf(long micros)
    {
        if (micros < Steps)
        {
            return (int)Math.Max(0, micros);
        }

        var octave = BitOperations.Log2((ulong)micros) - StepBits;
        return ((octave + 1) * Steps) + (int)((micros >> octave) - Steps);
    }

    private static double MicrosAt(int index) => index < Steps ? index : (double)((long)(Steps + (index % Steps)) << ((index / Steps) - 1));
}
