using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// Does the database answer? Many who ask at once share one question. It always begins after they asked: one that was under way already would tell of the past.
/// </summary>
/// <param name="ask">One real question to the database; its failures count as no.</param>
internal sealed class DatabaseAnswer(Func<Task<bool>> ask)
{
    /// <summary>Silence for this long is a no.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<bool> _running = Task.FromResult(false);
    private Task<bool>? _next;

    public DatabaseAnswer(LeadDatabase database)
        : this(async () =>
        {
            await using var connection = await database.OpenAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            return await command.ExecuteScalarAsync() is 1;
        })
    {
    }

    /// <summary>Asks, at the latest when the question that is under way now has ended.</summary>
    public async Task<bool> AskAsync(CancellationToken cancel)
    {
        try
        {
            return await Shared().WaitAsync(Deadline, cancel);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private Task<bool> Shared()
    {
        lock (_lock)
        {
            return _running.IsCompleted ? _running = OnceAsync() : _next ??= AfterAsync(_running);
        }
    }

    private async Task<bool> AfterAsync(Task<bool> current)
    {
        await current;
        Task<bool> mine;
        lock (_lock)
        {
            _next = null;
            _running = mine = OnceAsync();
        }

        return await mine;
    }

    private async Task<bool> OnceAsync()
    {
        // Out of the lock, whatever the pool does before its first wait.
        await Task.Yield();
        try
        {
            // Left alone at the deadline: on a silent network, cancelling the query waits for that network too (20 s, measured).
            return await ask().WaitAsync(Deadline);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or WrongRoleException)
        {
            return false;
        }
    }
}
