namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Work that is done again and again in the background, whatever becomes of one round of it.</summary>
public static class Rounds
{
    /// <summary>At once, and then after each interval, until the host stops.</summary>
    /// <param name="failed">Says that a round failed: the next one tries again.</param>
    public static async Task EveryAsync(TimeSpan every, Func<CancellationToken, Task> round, Action<Exception> failed, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(failed);
        using var timer = new PeriodicTimer(every);
        do
        {
            try
            {
                await round(stopping);
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                failed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }
}
