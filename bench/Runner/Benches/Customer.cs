using System.Net.Sockets;
using System.Text;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>One person with a chat open: reads, looks whether all is well, writes, waits for the answer's end, thinks.</summary>
internal sealed class Customer(TestBed bed, Guid session)
{
    private const int LeastThinkMs = 300;
    private const int MostThinkMs = 900;
    private static readonly byte[] Health = HttpRequestBytes.Get("/health/ready");
    private readonly string _cookie = ChatCookie.HeaderFor(bed, session);
    private readonly string _path = $"/api/chat/sessions/{session}/messages";

    /// <summary>Goes on until then; the answer that is being streamed is read to its end.</summary>
    /// <param name="end">By <see cref="MonotonicClock"/>.</param>
    public async Task LiveAsync(LoadOnPeople load, long end, CancellationToken cancel)
    {
        using var connection = await Connection.OpenAsync(bed.Orchestrator.Url);
        await Task.Delay(Random.Shared.Next(MostThinkMs), cancel);
        while (MonotonicClock.Now < end)
        {
            var (result, act) = Random.Shared.Next(4) switch
            {
                0 => (load.Health, AskAsync(connection, Health, load.Health)),
                1 => (load.Message, WriteAsync(connection, load.Message)),
                _ => (load.History, AskAsync(connection, HttpRequestBytes.Get(_path, _cookie), load.History)),
            };
            try
            {
                await act;
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                result.Failed(exception.Message);
                return;
            }

            await Task.Delay(Random.Shared.Next(LeastThinkMs, MostThinkMs), cancel);
        }
    }

    private static async Task AskAsync(Connection connection, byte[] request, LoopResult result)
    {
        var sent = MonotonicClock.Now;
        await connection.SendAsync(request);
        var status = await connection.ReadAsync();
        result.Note(status, MonotonicClock.Now - sent, connection);
    }

    private async Task WriteAsync(Connection connection, LoopResult result)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"clientMessageId":"{{Guid.CreateVersion7()}}","content":"How much would new front brakes cost for my Camry?"}""");
        var request = HttpRequestBytes.Post(_path, _cookie, body);
        var stored = 0L;
        var frames = new StringBuilder();
        var sent = MonotonicClock.Now;
        await connection.SendAsync(request);
        var status = await connection.ReadStreamAsync((piece, now) =>
        {
            frames.Append(Encoding.UTF8.GetString(piece.Span));
            if (stored == 0 && frames.ToString().Contains("event: message.created", StringComparison.Ordinal))
            {
                stored = now;
            }
        });
        if (status == 200 && stored == 0)
        {
            result.Failed("the stream ended without message.created");
        }
        else if (status == 200 && !frames.ToString().Contains("event: answer.completed", StringComparison.Ordinal))
        {
            result.Failed($"the answer was not completed: {frames}");
        }
        else
        {
            result.Note(status, stored - sent, connection);
        }
    }
}
