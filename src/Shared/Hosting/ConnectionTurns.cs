using System.Net.Sockets;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// Lets callers open connections a few at a time, and asks a server that has gone away by one of them alone.
/// </summary>
/// <remarks>
/// The pool gives a caller five seconds for waiting and opening together, and wakes the next one when an opening fails. After a restart, with everybody wanting a connection at once, each was
/// served when its time was nearly up, gave up, and left PostgreSQL a process to start for nothing: on two cores two Orchestrators did not come back within a minute (measured, 2026-11-30).
/// </remarks>
/// <param name="open">Rents or opens a connection.</param>
/// <param name="clock">Real time.</param>
internal sealed class ConnectionTurns(Func<CancellationToken, ValueTask<NpgsqlConnection>> open, TimeProvider clock) : IDisposable
{
    /// <summary>So many callers are with the pool at once; to open that many takes PostgreSQL a fraction of what each of them may wait.</summary>
    public const int AtOnce = 3;

    /// <summary>A server that is away is asked again after this long.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>As long as a connection may take.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turns = new(AtOnce);
    private long _askedAt;
    private volatile NpgsqlException? _away;

    /// <summary>A connection, in its turn.</summary>
    /// <exception cref="NpgsqlException">None could be had; or a moment ago the server was away, and somebody else is asking it.</exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        if (!await _turns.WaitAsync(LongestWait, cancel))
        {
            throw new NpgsqlException("No connection could be had in time", new TimeoutException());
        }

        try
        {
            if (_away is { } why && !MayAsk())
            {
                throw new NpgsqlException("The database was away a moment ago", why);
            }

            var connection = await open(cancel);
            _away = null;
            return connection;
        }
        catch (NpgsqlException exception) when (SaysItIsAway(exception))
        {
            Interlocked.Exchange(ref _askedAt, clock.GetTimestamp());
            _away = exception;
            throw;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();

    // The first to come after the pause, and nobody else until the next one is over.
    private bool MayAsk()
    {
        var last = Interlocked.Read(ref _askedAt);
        return clock.GetElapsedTime(last) >= Pause && Interlocked.CompareExchange(ref _askedAt, clock.GetTimestamp(), last) == last;
    }

    // Nobody listens, or it starts or ends (57P0x): what the pool still holds is dead, too. A time-out may be one caller's alone.
    private static bool SaysItIsAway(NpgsqlException exception) =>
        exception is PostgresException { SqlState: ['5', '7', 'P', ..] } || exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
}
