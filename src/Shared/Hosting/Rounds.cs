using Microsoft.Extensions.Hosting;

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

    /// <summary>The same for work that begins something outside: no round begins from the moment on that a stop is asked for. The host's own token comes seconds later.</summary>
    public static async Task UntilStopAsync(
        TimeSpan every, Func<CancellationToken, Task> round, Action<Exception> failed, IHostApplicationLifetime lifetime, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(lifetime);
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(stopping, lifetime.ApplicationStopping);
        try
        {
            await EveryAsync(every, round, failed, asked.Token);
        }
        catch (OperationCanceledException) when (asked.IsCancellationRequested)
        {
            // For the host this is no failure, although it has not stopped yet.
        }
    }
}
