namespace LeadOrchestrator.Bench.Driving;

/// <summary>So many requests a second, whatever the answers do. Latency counts from the moment a request should have left: a stalled server cannot hide its queue.</summary>
internal static class FixedRate
{
    private const long LeadMicros = 20_000;

    /// <summary>Runs it.</summary>
    /// <param name="next">Makes the next request; called from one thread.</param>
    public static async Task<LoopResult> RunAsync(Uri url, Func<byte[]> next, double perSecond, TimeSpan duration)
    {
        var result = new LoopResult();
        var start = MonotonicClock.Now + LeadMicros;
        await Timetable.RunAsync(url, (int)(perSecond * duration.TotalSeconds), number => start + (long)(number * 1e6 / perSecond), _ => next(), answer =>
        {
            if (answer.Error is { } error)
            {
                result.Failed(error);
            }
            else
            {
                result.Note(answer.Status, answer.Read - answer.IntendedStart, answer.Connection);
            }
        });
        result.Seconds = (MonotonicClock.Now - start) / 1e6;
        return result;
    }
}
