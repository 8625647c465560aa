using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>
/// Shopmonkey, Twilio and Anthropic on one raw socket server, in a process of its own: cheap enough not to be the limit, the same for every target.
/// </summary>
internal static class FakeVendors
{
    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>Serves until the process ends.</summary>
    public static async Task RunAsync(int port, TimeProvider clock)
    {
        var shopmonkey = new FakeShopmonkey(clock);
        var twilio = new FakeTwilio();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        while (true)
        {
            var socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = Task.Run(() => ServeAsync(socket, shopmonkey, twilio));
        }
    }

    private static async Task ServeAsync(Socket socket, FakeShopmonkey shopmonkey, FakeTwilio twilio)
    {
        using var _ = socket;
        var buffer = new byte[64 * 1024];
        var have = 0;
        try
        {
            while (true)
            {
                int headEnd;
                while ((headEnd = buffer.AsSpan(0, have).IndexOf(HeadEnd)) < 0)
                {
                    have = await ReceiveAsync(socket, buffer, have);
                }

                var head = Encoding.ASCII.GetString(buffer, 0, headEnd);
                var bodyStart = headEnd + HeadEnd.Length;
                var end = bodyStart + LengthOf(head);
                while (have < end || (IsChunked(head) && !buffer.AsSpan(bodyStart, have - bodyStart).EndsWith("0\r\n\r\n"u8)))
                {
                    if (have == buffer.Length)
                    {
                        Array.Resize(ref buffer, buffer.Length * 2);
                    }

                    have = await ReceiveAsync(socket, buffer, have);
                }

                end = IsChunked(head) ? have : end;
                await AnswerAsync(socket, shopmonkey, twilio, head, buffer.AsMemory(bodyStart, end - bodyStart));
                buffer.AsSpan(end, have - end).CopyTo(buffer);
                have -= end;
            }
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            // The client is done.
        }
    }

    private static async ValueTask<int> ReceiveAsync(Socket socket, byte[] buffer, int have)
    {
        var received = await socket.ReceiveAsync(buffer.AsMemory(have));
        return received > 0 ? have + received : throw new EndOfStreamException();
    }

    private static async Task AnswerAsync(Socket socket, FakeShopmonkey shopmonkey, FakeTwilio twilio, string head, ReadOnlyMemory<byte> body)
    {
        var path = head.Split(' ', 3)[1];
        if (path.StartsWith("/v1/messages", StringComparison.Ordinal))
        {
            await FakeModel.StreamAsync(socket);
        }
        else if (path.StartsWith("/v3/", StringComparison.Ordinal))
        {
            await socket.SendAsync(shopmonkey.Read(path["/v3/".Length..]) is { } row ? Json(row) : NotFound);
        }
        else if (path.StartsWith("/2010-04-01/", StringComparison.Ordinal))
        {
            await socket.SendAsync(Json(await twilio.AnswerAsync(head.StartsWith("POST", StringComparison.Ordinal), body.Span)));
        }
        else if (path.StartsWith(FakeTwilio.ControlPath, StringComparison.Ordinal))
        {
            twilio.Control(path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..]);
            await socket.SendAsync(Json("{}"));
        }
        else if (path.StartsWith(FakeModel.ControlPath, StringComparison.Ordinal))
        {
            FakeModel.Control(path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..]);
            await socket.SendAsync(Json("{}"));
        }
        else if (path.StartsWith(FakeTwilio.TextsPath, StringComparison.Ordinal))
        {
            await socket.SendAsync(Json(twilio.ReadTexts(path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..])));
        }
        else if (path.StartsWith(FakeShopmonkey.AreaPath, StringComparison.Ordinal))
        {
            shopmonkey.MoveTo(path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..]);
            await socket.SendAsync(Json("{}"));
        }
        else if (path == FakeTwilio.LedgerPath)
        {
            await socket.SendAsync(Json(twilio.ReadLedger()));
        }
        else if (path == FakeShopmonkey.ListsPath)
        {
            await socket.SendAsync(Json(shopmonkey.ReadLists()));
        }
        else if (path == FakeClock.BegunPath)
        {
            await socket.SendAsync(Json(FakeClock.ReadBegun()));
        }
        else if (path == FakeClock.Path)
        {
            await socket.SendAsync(Json(FakeClock.Read()));
        }
        else
        {
            await socket.SendAsync(Json("{}"));
        }
    }

    private static readonly byte[] NotFound = Encoding.UTF8.GetBytes(
        "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 39\r\n\r\n{\"success\":false,\"message\":\"Not Found\"}");

    private static byte[] Json(string body) => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    private static int LengthOf(string head)
    {
        const string Name = "content-length:";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return 0;
        }

        var value = head.AsSpan(at + Name.Length);
        var lineEnd = value.IndexOf('\r');
        return int.Parse(lineEnd < 0 ? value : value[..lineEnd], CultureInfo.InvariantCulture);
    }

    private static bool IsChunked(string head) => head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase);
}
