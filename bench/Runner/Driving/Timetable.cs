using System.Collections.Concurrent;
using System.Net.Sockets;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>An answer to one of the requests of a <see cref="Timetable"/>.</summary>
/// <param name="Number">Of the request, from 0.</param>
/// <param name="Status">0 = there was none, and <paramref name="Connection"/> broke.</param>
/// <param name="IntendedStart">When its request should have left, by <see cref="MonotonicClock"/>.</param>
/// <param name="Read">When the answer had been read.</param>
/// <param name="Error">Why there is none.</param>
internal sealed record TimetableAnswer(int Number, int Status, long IntendedStart, long Read, Connection Connection, string? Error);

/// <summary>Requests that leave at moments that were fixed before, whatever the answers do.</summary>
internal static class Timetable
{
    private const int MostConnections = 128;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs it, and ends with the last answer.</summary>
    /// <param name="at">When the request of a number leaves, by <see cref="MonotonicClock"/>; it never goes back.</param>
    /// <param name="request">Makes the request of a number, in their order and on one thread.</param>
    /// <param name="answered">Called for each; several at once.</param>
    public static async Task RunAsync(Uri url, int count, Func<int, long> at, Func<int, byte[]> request, Action<TimetableAnswer> answered)
    {
        var opened = await Connection.OpenManyAsync(url, MostConnections);
        using var idle = new BlockingCollection<Connection>(new ConcurrentStack<Connection>(opened));
        var reads = new ConcurrentBag<Task>();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Send(sent, () =>
        {
            for (var number = 0; number < count; number++)
            {
                var start = at(number);
                var bytes = request(number);
                MonotonicClock.WaitUntil(start);
                if (!idle.TryTake(out var connection, Patience))
                {
                    throw new BenchException($"{url} left {MostConnections} requests without an answer for {Patience.TotalSeconds} s");
                }

                connection.IntendedStart = start;
                connection.Send(bytes);
                reads.Add(ReadAsync(number, connection, idle, answered));
            }
        }))
        { IsBackground = true, Name = "Timetable" }.Start();

        await sent.Task;
        await Task.WhenAll(reads).WaitAsync(Patience);
        foreach (var connection in opened)
        {
            connection.Dispose();
        }
    }

    private static void Send(TaskCompletionSource sent, Action loop)
    {
        try
        {
            loop();
            sent.SetResult();
        }
        catch (Exception exception)
        {
            sent.SetException(exception);
        }
    }

    private static async Task ReadAsync(int number, Connection connection, BlockingCollection<Connection> idle, Action<TimetableAnswer> answered)
    {
        try
        {
            var status = await connection.ReadAsync();
            answered(new TimetableAnswer(number, status, connection.IntendedStart, MonotonicClock.Now, connection, null));
            idle.Add(connection);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            answered(new TimetableAnswer(number, 0, connection.IntendedStart, MonotonicClock.Now, connection, exception.Message));
        }
    }
}
