using System.Net.Sockets;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>Saturation: each connection sends its next request as soon as it has its answer.</summary>
internal static class ClosedLoop
{
    /// <summary>Runs it.</summary>
    /// <param name="next">Makes the next request; called from many threads.</param>
    public static async Task<LoopResult> RunAsync(Uri url, Func<byte[]> next, int connections, TimeSpan duration)
    {
        var opened = await Connection.OpenManyAsync(url, connections);
        var result = new LoopResult();
        var start = MonotonicClock.Now;
        var end = start + (long)duration.TotalMicroseconds;
        await Task.WhenAll(opened.Select(connection => Task.Run(() => DriveAsync(connection, next, end, result))));
        result.Seconds = (MonotonicClock.Now - start) / 1e6;
        return result;
    }

    private static async Task DriveAsync(Connection connection, Func<byte[]> next, long end, LoopResult result)
    {
        using (connection)
        {
            try
            {
                while (MonotonicClock.Now < end)
                {
                    var request = next();
                    var sent = MonotonicClock.Now;
                    await connection.SendAsync(request);
                    var status = await connection.ReadAsync();
                    result.Note(status, MonotonicClock.Now - sent, connection);
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                result.Failed(exception.Message);
            }
        }
    }
}
