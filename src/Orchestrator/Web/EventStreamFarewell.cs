using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LeadOrchestrator.Orchestrator.Web;

/// <summary>
/// Ends a forwarded event stream in order when this process stops: after a whole event the browser is told to reconnect, and goes on elsewhere after the
/// last event that it has, whose id is repeated.
/// </summary>
/// <remarks>
/// It stands between the forward and the browser's line: it counts nothing and holds nothing back, it only sees ids, and whether an event is half written. The
/// forward takes a cancelled request for a broken one and would break the line; that is kept from it until the farewell is said.
/// </remarks>
internal sealed class EventStreamFarewell : Stream, IHttpRequestLifetimeFeature
{
    // "id: ", a message's id, its place; what is longer is none of ours.
    private const int LongestLine = 100;
    private static readonly byte[] Retry = "retry: 500\n"u8.ToArray();
    private static readonly byte[] Reconnect = "event: reconnect\ndata: {}\n\n"u8.ToArray();
    private static readonly TimeSpan LongestEvent = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly HttpContext _context;
    private readonly IHttpRequestLifetimeFeature _line;
    private readonly Stream _body;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _stop;
    private bool _isStopping;
    private bool _isWriting;
    private readonly byte[] _lineSoFar = new byte[LongestLine];
    private int _length;
    private byte[] _lastId = [];
    private bool _isBetweenEvents;

    /// <summary>Stands in the way from now on.</summary>
    public EventStreamFarewell(HttpContext context, CancellationToken stopping)
    {
        _context = context;
        _line = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _body = context.Response.Body;
        _end = CancellationTokenSource.CreateLinkedTokenSource(_line.RequestAborted);
        RequestAborted = _end.Token;
        context.Features.Set<IHttpRequestLifetimeFeature>(this);
        context.Response.Body = this;
        _stop = stopping.Register(Stop);
    }

    /// <inheritdoc />
    public CancellationToken RequestAborted { get; set; }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The forward's wish to break the line: granted, unless we are about to say farewell.</summary>
    public void Abort()
    {
        if (!_isStopping)
        {
            _line.Abort();
        }
    }

    /// <summary>Call when the forward is over. Says farewell if this process stops; a line that stays in the middle of an event is cut.</summary>
    public async Task EndAsync()
    {
        _context.Features.Set(_line);
        _context.Response.Body = _body;
        if (!_isStopping || !_end.IsCancellationRequested || !_context.Response.HasStarted || _line.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (_isBetweenEvents)
        {
            await _body.WriteAsync((byte[])[.. Retry, .. _lastId, .. Reconnect], _line.RequestAborted);
        }
        else
        {
            _line.Abort();
        }
    }

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _isWriting = true;
        }

        await _body.WriteAsync(buffer, cancellationToken);
        lock (_lock)
        {
            _isWriting = false;
            Note(buffer.Span);
            EndIfBetweenEvents();
        }
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => _body.FlushAsync(cancellationToken);

    /// <inheritdoc />
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await _stop.DisposeAsync();
        _end.Dispose();
        await base.DisposeAsync();
    }

    private void Note(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty)
        {
            var end = written.IndexOf((byte)'\n');
            var part = end < 0 ? written : written[..end];
            var kept = part[..Math.Min(part.Length, LongestLine - _length)];
            kept.CopyTo(_lineSoFar.AsSpan(_length));
            _length += kept.Length;
            _isBetweenEvents = end >= 0 && _length == 0;
            if (end < 0)
            {
                return;
            }

            if (_length < LongestLine && _lineSoFar.AsSpan(0, _length).StartsWith("id:"u8))
            {
                _lastId = [.. _lineSoFar.AsSpan(0, _length), (byte)'\n'];
            }

            _length = 0;
            written = written[(end + 1)..];
        }
    }

    private void Stop()
    {
        lock (_lock)
        {
            _isStopping = true;
            EndIfBetweenEvents();
            if (!_end.IsCancellationRequested)
            {
                _end.CancelAfter(LongestEvent);
            }
        }
    }

    private void EndIfBetweenEvents()
    {
        if (_isStopping && !_isWriting && _isBetweenEvents)
        {
            _end.CancelAfter(TimeSpan.Zero); // not under the lock
        }
    }
}
