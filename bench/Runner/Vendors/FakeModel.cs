using System.Net.Sockets;
using System.Text;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>Anthropic's Messages API, streamed: a fixed answer at the pace of a model.</summary>
internal static class FakeModel
{
    private const int Tokens = 40;
    private static readonly TimeSpan TokenDelay = TimeSpan.FromMilliseconds(25);

    private static readonly byte[] Head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n");

    private static readonly byte[] Beginning = Chunk(
        Event("message_start", """{"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":321,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}""")
        + Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""")
        + Event("ping", """{"type":"ping"}"""));

    private static readonly byte[] Token = Chunk(
        Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" another word"}}"""));

    private static readonly byte[] End = [.. Chunk(
        Event("content_block_stop", """{"type":"content_block_stop","index":0}""")
        + Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":321,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":{{{Tokens}}}}}""")
        + Event("message_stop", """{"type":"message_stop"}""")), .. "0\r\n\r\n"u8];

    /// <summary>One answer.</summary>
    public static async Task StreamAsync(Socket socket)
    {
        await socket.SendAsync(Head);
        await socket.SendAsync(Beginning);
        for (var token = 0; token < Tokens; token++)
        {
            await Task.Delay(TokenDelay);
            await socket.SendAsync(Token);
        }

        await socket.SendAsync(End);
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private static byte[] Chunk(string text) => Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n");
}
