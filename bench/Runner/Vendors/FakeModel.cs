using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>Anthropic's Messages API, streamed, at a pace that can be set.</summary>
/// <remarks>
/// Each token tells when it left, by <see cref="MonotonicClock"/>, and the first one also when the question was there: so whoever reads the text in the
/// end knows what the way cost, whatever the framing. One thread sends the tokens of all answers: a timer for each would be the load.
/// </remarks>
internal static class FakeModel
{
    /// <summary>A request to this path sets the pace: <c>?tokens=N&amp;delay=MS</c>.</summary>
    public const string ControlPath = "/model-pace";

    private static readonly byte[] Head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n");

    private static readonly byte[] Beginning = [.. Head, .. Chunk(
        Event("message_start", """{"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":321,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}""")
        + Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""")
        + Event("ping", """{"type":"ping"}"""))];

    private static readonly PriorityQueue<Answer, long> Due = new();
    private static ModelPace _pace = ModelPace.OfAModel;

    static FakeModel() => new Thread(SendWhatIsDue) { IsBackground = true, Name = "Tokens" }.Start();

    /// <summary>Sets the pace of the answers that begin from now on.</summary>
    public static void Control(string query)
    {
        var values = query.Split('&').Select(pair => int.Parse(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture)).ToArray();
        Volatile.Write(ref _pace, new ModelPace(values[0], values[1]));
    }

    /// <summary>One answer.</summary>
    public static async Task StreamAsync(Socket socket)
    {
        var answer = new Answer(socket, Volatile.Read(ref _pace), MonotonicClock.Now);
        await socket.SendAsync(Beginning);
        if (answer.Pace.DelayMs > 0)
        {
            Queue(answer, MonotonicClock.Now + (answer.Pace.DelayMs * 1000L));
            await answer.Done.Task;
            return;
        }

        while (!answer.IsSaid)
        {
            await socket.SendAsync(answer.Next());
        }

        await socket.SendAsync(answer.End());
    }

    private static void Queue(Answer answer, long at)
    {
        lock (Due)
        {
            Due.Enqueue(answer, at);
            Monitor.Pulse(Due);
        }
    }

    private static void SendWhatIsDue()
    {
        while (true)
        {
            Answer? answer;
            long at;
            lock (Due)
            {
                while (!Due.TryPeek(out answer, out at))
                {
                    Monitor.Wait(Due);
                }

                if (at <= MonotonicClock.Now)
                {
                    Due.Dequeue();
                }
                else
                {
                    answer = null;
                }
            }

            if (answer is null)
            {
                MonotonicClock.WaitUntil(Math.Min(at, MonotonicClock.Now + 1000)); // one that is due earlier may come
            }
            else
            {
                Send(answer, at);
            }
        }
    }

    private static void Send(Answer answer, long at)
    {
        try
        {
            if (answer.IsSaid)
            {
                answer.Socket.Send(answer.End());
                answer.Done.SetResult();
                return;
            }

            answer.Socket.Send(answer.Next());
            Queue(answer, at + (answer.Pace.DelayMs * 1000L));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            answer.Done.TrySetException(new SocketException((int)SocketError.ConnectionReset)); // The client is done.
        }
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private static byte[] Chunk(string text) => Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n");

    /// <summary>An answer that is being said.</summary>
    private sealed class Answer(Socket socket, ModelPace pace, long askedAt)
    {
        private static readonly byte[] First = Token($" {TokenStamp.Asked}0000000000000000 {TokenStamp.Left}0000000000000000");
        private static readonly byte[] Later = Token($" word {TokenStamp.Left}0000000000000000");
        private byte[] _token = [.. First];
        private int _said;

        public Socket Socket => socket;

        public ModelPace Pace => pace;

        public bool IsSaid => _said == pace.Tokens;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The next token, as it leaves now. The buffer is used again.</summary>
        public byte[] Next()
        {
            if (_said == 0)
            {
                TokenStamp.Write(_token, TokenStamp.Asked, askedAt);
            }
            else if (_said == 1)
            {
                _token = [.. Later];
            }

            _said++;
            TokenStamp.Write(_token, TokenStamp.Left, MonotonicClock.Now);
            return _token;
        }

        public byte[] End() => [.. Chunk(
            Event("content_block_stop", """{"type":"content_block_stop","index":0}""")
            + Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":321,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":{{{pace.Tokens}}}}}""")
            + Event("message_stop", """{"type":"message_stop"}""")), .. "0\r\n\r\n"u8];

        private static byte[] Token(string text) => Chunk(
            Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{text}}}"}}"""));
    }
}

/// <summary>How a model speaks.</summary>
/// <param name="Tokens">In each answer.</param>
/// <param name="DelayMs">Before each token; 0 = as fast as it can.</param>
internal sealed record ModelPace(int Tokens, int DelayMs)
{
    /// <summary>40 tokens a second, for a second.</summary>
    public static readonly ModelPace OfAModel = new(40, 25);

    /// <summary>Sets it.</summary>
    /// <param name="vendors">The fake vendors' address.</param>
    public async Task SetAsync(Uri vendors)
    {
        using var connection = await Connection.OpenAsync(vendors);
        await connection.SendAsync(HttpRequestBytes.Get(string.Create(CultureInfo.InvariantCulture, $"{FakeModel.ControlPath}?tokens={Tokens}&delay={DelayMs}")));
        if (await connection.ReadAsync() != 200)
        {
            throw new BenchException("The fake model did not take its pace.");
        }
    }
}
