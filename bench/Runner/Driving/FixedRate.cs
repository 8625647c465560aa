using System.Collections.Concurrent;
using System.Net.Sockets;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>So many requests a second, whatever the answers do. Latency counts from the moment a request should have left: a stalled server cannot hide its queue.</summary>
internal static class FixedRate
{
    private const int MostConnections = 128;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs it.</summary>
    /// <param name="next">Makes the next request; called from one thread.</param>
    public static async Task<LoopResult> RunAsync(Uri url, Func<byte[]> next, double perSecond, TimeSpan duration)
    {
        var opened = await Connection.OpenManyAsync(url, MostConnections);
        using var idle = new BlockingCollection<Connection>(new ConcurrentStack<Connection>(opened));
        var result = new LoopResult();
        var count = (int)(perSecond * duration.TotalSeconds);
        var start = MonotonicClock.Now + 20_000;
        var reads = new ConcurrentBag<Task>();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Send(sent, () =>
        {
            for (var number = 0; number < count; number++)
            {
                var at = start + (long)(number * 1e6 / perSecond);
                var request = next();
                MonotonicClock.WaitUntil(at);
                if (!idle.TryTake(out var connection, Patience))
                {
                    throw new BenchException($"{url} left {MostConnections} requests without an answer for {Patience.TotalSeconds} s");
                }

                connection.IntendedStart = at;
                connection.Send(request);
                reads.Add(ReadAsync(connection, idle, result));
            }
        }))
        { IsBackground = true, Name = "Fixed rate" }.Start();

        await sent.Task;
        await Task.WhenAll(reads).WaitAsync(Patience);
        result.Seconds = (MonotonicClock.Now - start) / 1e6;
        foreach (var connection in opened)
        {
            connection.Dispose();
        }

        return result;
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

    private static async Task ReadAsync(Connection connection, BlockingCollection<Connection> idle, LoopResult result)
    {
        try
        {
            var status = await connection.ReadAsync();
            result.Note(status, MonotonicClock.Now - connection.IntendedStart, connection);
            idle.Add(connection);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            result.Failed(exception.Message);
        }
    }
}
