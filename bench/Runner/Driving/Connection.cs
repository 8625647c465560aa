using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>One HTTP/1.1 connection on a raw socket: it costs so little that it does not hide the difference between the servers.</summary>
/// <remarks>One request at a time. Chunked answers are read to their last chunk.</remarks>
internal sealed class Connection : IDisposable
{
    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Uri _url;
    private byte[] _buffer = new byte[32 * 1024];
    private int _have;

    private Connection(Uri url) => _url = url;

    /// <summary>When its request should have left, by <see cref="MonotonicClock"/>; the fixed rate counts from there.</summary>
    public long IntendedStart { get; set; }

    /// <summary>The body of the last answer that was kept.</summary>
    public byte[] Body { get; private set; } = [];

    /// <summary>Connects.</summary>
    public static async Task<Connection> OpenAsync(Uri url)
    {
        var connection = new Connection(url);
        try
        {
            await connection._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Connects several times.</summary>
    public static async Task<IReadOnlyList<Connection>> OpenManyAsync(Uri url, int count)
    {
        var connections = new List<Connection>(count);
        while (connections.Count < count)
        {
            connections.Add(await OpenAsync(url));
        }

        return connections;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Sends a whole request.</summary>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> request) => _socket.SendAsync(request);

    /// <summary>Sends a whole request from this thread: at a fixed rate the moment counts.</summary>
    public void Send(ReadOnlySpan<byte> request) => _socket.Send(request);

    /// <summary>Reads one answer and throws its body away, unless it is to be kept or the status is not 2xx.</summary>
    /// <returns>The status.</returns>
    public async ValueTask<int> ReadAsync(bool keep = false)
    {
        var (status, length) = await ReadHeadAsync();
        keep |= status is < 200 or > 299;
        if (length is { } bytes)
        {
            await FillAsync(bytes);
            Body = keep ? _buffer.AsSpan(0, bytes).ToArray() : Body;
            Drop(bytes);
            return status;
        }

        using var body = keep ? new MemoryStream() : null;
        while (await ReadChunkAsync() is > 0 and var size)
        {
            body?.Write(_buffer, 0, size);
            Drop(size + 2);
        }

        Body = body?.ToArray() ?? Body;
        return status;
    }

    /// <summary>Reads one streamed answer; tells each piece as it arrives.</summary>
    /// <param name="onPiece">The piece and the time it was there; any framing of its own is the caller's.</param>
    /// <returns>The status.</returns>
    public async ValueTask<int> ReadStreamAsync(Action<ReadOnlyMemory<byte>, long> onPiece)
    {
        var (status, length) = await ReadHeadAsync();
        if (length is { } bytes)
        {
            await FillAsync(bytes);
            Body = _buffer.AsSpan(0, bytes).ToArray();
            Drop(bytes);
            return status;
        }

        while (await ReadChunkAsync() is > 0 and var size)
        {
            onPiece(_buffer.AsMemory(0, size), MonotonicClock.Now);
            Drop(size + 2);
        }

        return status;
    }

    // The head is dropped from the buffer; a length of null means chunks.
    private async ValueTask<(int Status, int? Length)> ReadHeadAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _have).IndexOf(HeadEnd)) < 0)
        {
            await ReceiveAsync();
        }

        var head = _buffer.AsSpan(0, end + 2);
        var status = ((head[9] - '0') * 100) + ((head[10] - '0') * 10) + head[11] - '0';
        var length = status is 204 or 304 ? 0 : LengthIn(head);
        Drop(end + HeadEnd.Length);
        return (status, length);
    }

    private static int? LengthIn(ReadOnlySpan<byte> head)
    {
        var name = "\ncontent-length:"u8;
        for (var at = 0; at + name.Length <= head.Length; at++)
        {
            if (head[at] == '\n' && Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name))
            {
                var value = head[(at + name.Length)..];
                return int.Parse(value[..value.IndexOf((byte)'\r')].Trim((byte)' '), CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    // Leaves the chunk's data, and the two bytes behind it, at the buffer's beginning. 0 = that was the last.
    private async ValueTask<int> ReadChunkAsync()
    {
        int lineEnd;
        while ((lineEnd = _buffer.AsSpan(0, _have).IndexOf("\r\n"u8)) < 0)
        {
            await ReceiveAsync();
        }

        var line = Encoding.ASCII.GetString(_buffer, 0, lineEnd).Split(';')[0].Trim();
        var size = int.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Drop(lineEnd + 2);
        await FillAsync(size + 2);
        if (size == 0)
        {
            Drop(2);
        }

        return size;
    }

    private async ValueTask FillAsync(int bytes)
    {
        while (_have < bytes)
        {
            await ReceiveAsync();
        }
    }

    private async ValueTask ReceiveAsync()
    {
        if (_have == _buffer.Length)
        {
            Array.Resize(ref _buffer, _have * 2);
        }

        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_have));
        if (received == 0)
        {
            throw new IOException($"{_url} closed the connection in the middle of an answer");
        }

        _have += received;
    }

    private void Drop(int bytes)
    {
        _buffer.AsSpan(bytes, _have - bytes).CopyTo(_buffer);
        _have -= bytes;
    }
}
