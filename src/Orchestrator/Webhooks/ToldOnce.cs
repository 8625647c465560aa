using System.Diagnostics;
using LeadOrchestrator.Shared.Hosting;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What nobody tells a second time: an absence of the database of some seconds is waited for.</summary>
internal static class ToldOnce
{
    // Twilio gives up after 15 s, and who clicks sooner.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(500);

    /// <summary>Does what was told, in transactions of its own, again and again while the database is away.</summary>
    /// <param name="sender">Who leaves needs no answer; None = what they said counts all the same.</param>
    /// <exception cref="NpgsqlException">The database stayed away.</exception>
    /// <exception cref="TimeoutException">It stayed silent.</exception>
    public static async Task<T> HearAsync<T>(Func<CancellationToken, Task<T>> hear, CancellationToken sender)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(sender);
        deadline.CancelAfter(Deadline);
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(BeforeNextTry, sender))
        {
            try
            {
                return await Deadlock.RetryAsync(() => hear(deadline.Token));
            }
            catch (Exception exception) when (exception is NpgsqlException { IsTransient: true } or TimeoutException && Stopwatch.GetElapsedTime(since) < Deadline)
            {
            }
            catch (OperationCanceledException exception) when (!sender.IsCancellationRequested)
            {
                throw new TimeoutException("The database was silent for too long", exception);
            }
        }
    }
}
