using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>One connection that asks and reads streamed answers. Thousands of them are read on the cores that are measured, so it does little for each piece.</summary>
/// <param name="endMark">Tells that the answer is whole; what follows it may repeat the text, and is not looked at.</param>
/// <param name="keeps">Keep the last answer's bytes?</param>
internal sealed class AnswerConnection(Uri url, byte[] endMark, bool keeps) : IDisposable
{
    // A mark or a stamp may be cut anywhere; so much is looked at again.
    private const int Overlap = 64;
    private const int BufferBytes = 4096;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly byte[] _text = new byte[BufferBytes + Overlap];
    private readonly Chunks _chunks = new();
    private int _textLength;
    private int _scanned;
    private bool _isWhole;

    /// <summary>The bytes of the last answer's body, if they are kept.</summary>
    public MemoryStream Kept { get; } = new();

    /// <summary>Connects.</summary>
    public Task OpenAsync() => _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));

    public void Dispose() => _socket.Dispose();

    /// <summary>Asks, and reads the answer to its end.</summary>
    /// <exception cref="IOException">It was refused, cut, or has not as many tokens as it should.</exception>
    public async Task AskAsync(byte[] request, int tokens, AnswerTally tally)
    {
        (_textLength, _scanned, _isWhole) = (0, 0, false);
        Kept.SetLength(0);
        var seen = new Seen(MonotonicClock.Now);
        await _socket.SendAsync(request);
        var (bodyAt, have) = await ReadHeadAsync();
        _chunks.Begin();
        while (true)
        {
            var now = MonotonicClock.Now;
            for (var at = bodyAt; at < have && !_chunks.IsAtEnd;)
            {
                var piece = _chunks.Take(_buffer.AsSpan(at, have - at), out var used);
                Look(piece, now, ref seen, tally);
                at += used;
            }

            if (_chunks.IsAtEnd)
            {
                break;
            }

            (bodyAt, have) = (0, await ReceiveAsync(0));
        }

        if (!_isWhole || seen.Tokens != tokens)
        {
            throw new IOException($"an answer from {url} had {seen.Tokens} of {tokens} tokens{(_isWhole ? "" : ", and no end")}");
        }

        tally.Answered(seen.Tokens);
    }

    private async ValueTask<(int BodyAt, int Have)> ReadHeadAsync()
    {
        var have = 0;
        int end;
        do
        {
            have = await ReceiveAsync(have);
        }
        while ((end = _buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0);
        return _buffer.AsSpan(9, 3).SequenceEqual("200"u8)
            ? (end + 4, have)
            : throw new IOException($"{url} refused a question: {Encoding.UTF8.GetString(_buffer, 0, have)}");
    }

    private async ValueTask<int> ReceiveAsync(int have)
    {
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(have));
        return received > 0 ? have + received : throw new IOException($"{url} closed the connection in the middle of an answer");
    }

    private void Look(ReadOnlySpan<byte> piece, long now, ref Seen seen, AnswerTally tally)
    {
        if (keeps)
        {
            Kept.Write(piece);
        }

        if (_isWhole || piece.IsEmpty)
        {
            return;
        }

        piece.CopyTo(_text.AsSpan(_textLength));
        var text = _text.AsSpan(0, _textLength + piece.Length);
        var end = text.IndexOf(endMark);
        _isWhole = end >= 0;
        ReadOnlySpan<byte> rest = _isWhole ? text[..end] : text;
        while (_scanned <= rest.Length && TokenStamp.Find(rest, _scanned, out _scanned, out var asked) is { } left)
        {
            seen.Note(left, asked, now, tally);
        }

        var kept = Math.Min(text.Length, Overlap);
        var dropped = text.Length - kept;
        text[dropped..].CopyTo(_text);
        (_textLength, _scanned) = (kept, Math.Max(0, _scanned - dropped));
    }

    /// <summary>What was seen of an answer.</summary>
    private struct Seen(long sentAt)
    {
        public int Tokens;
        private long _lastAt;

        public void Note(long left, long? asked, long now, AnswerTally tally)
        {
            tally.Arrived(now);
            tally.Relay.Add(now - left);
            if (Tokens++ == 0)
            {
                tally.FirstToken.Add(now - sentAt);
                tally.Added.Add(now - sentAt - (left - (asked ?? left)));
            }
            else
            {
                tally.Gap.Add(now - _lastAt);
            }

            _lastAt = now;
        }
    }
}
