using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Two transactions that wait for each other in a ring: the database ends one of them, and nothing of that one is stored.</summary>
/// <remarks>Staff and the CRM take a lead before its conversation; a customer's words take the conversation first, and then all leads of the same person in their order.</remarks>
public static class Deadlock
{
    /// <summary>Runs what begins and ends its own transaction, and once more if it is the one that was ended.</summary>
    public static async Task<T> OnceMoreAsync<T>(Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            return await work();
        }
        catch (PostgresException ended) when (ended.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return await work();
        }
    }
}
