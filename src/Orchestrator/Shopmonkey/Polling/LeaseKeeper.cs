using Npgsql;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>Keeps a lease while work goes on, and ends the work when the lease is lost.</summary>
internal static class LeaseKeeper
{
    private static readonly TimeSpan Every = PollStore.Lease / 3;

    /// <summary>Does the work, and renews the lease at each third of it.</summary>
    /// <param name="renewAsync">False = somebody else has it by now.</param>
    public static async Task<T> WhileAsync<T>(Func<CancellationToken, Task<bool>> renewAsync, Func<CancellationToken, Task<T>> workAsync, CancellationToken cancel)
    {
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var done = new CancellationTokenSource();
        var keeping = KeepAsync(renewAsync, work, done.Token);
        try
        {
            return await workAsync(work.Token);
        }
        finally
        {
            await done.CancelAsync();
            await keeping;
        }
    }

    private static async Task KeepAsync(Func<CancellationToken, Task<bool>> renewAsync, CancellationTokenSource work, CancellationToken done)
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                if (!await TryAsync(renewAsync, done))
                {
                    await work.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
        }
    }

    // A database that is away for a moment: two more tries are left before the lease ends, and the fence decides in the end.
    private static async Task<bool> TryAsync(Func<CancellationToken, Task<bool>> renewAsync, CancellationToken done)
    {
        try
        {
            return await renewAsync(done);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException)
        {
            return true;
        }
    }
}
