using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Two transactions that wait for each other in a ring: the database ends one of them, and nothing of that one is stored.</summary>
/// <remarks>Staff and the CRM take a lead before its conversation; a customer's words take the conversation first, and then all leads of the same person in their order.</remarks>
public static class Deadlock
{
    // Who has waited for the ended one is let on first: one that comes back at once may take the same row before them, and the ring closes anew.
    private static readonly TimeSpan[] Rests = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250)];

    /// <summary>Runs what begins and ends its own transaction, and again, twice at most, if it is the one that was ended.</summary>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        for (var ended = 0; ; ended++)
        {
            try
            {
                return await work();
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected && ended < Rests.Length)
            {
                await Task.Delay(Rests[ended]);
            }
        }
    }
}
