using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LeadOrchestrator.Orchestrator.Web;

/// <summary>
/// Ends a forwarded event stream in order when this process stops: after a whole event the browser is told to reconnect, and goes on elsewhere after the
/// last event that it has.
/// </summary>
/// <remarks>
/// It stands between the forward and the browser's line: it counts nothing and holds nothing back, it only sees whether an event is half written. The
/// forward takes a cancelled request for a broken one and would break the line; that is kept from it until the farewell is said.
/// </remarks>
internal sealed class EventStreamFarewell : Stream, IHttpRequestLifetimeFeature
{
    private static readonly byte[] Farewell = Encoding.ASCII.GetBytes("retry: 500\nevent: reconnect\ndata: {}\n\n");
    private static readonly TimeSpan LongestEvent = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly HttpContext _context;
    private readonly IHttpRequestLifetimeFeature _line;
    private readonly Stream _body;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _stop;
    private bool _isStopping;
    private bool _isWriting;
    private byte _last;
    private byte _beforeLast;

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

    private bool IsBetweenEvents => _last == '\n' && _beforeLast == '\n';

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

        if (IsBetweenEvents)
        {
            await _body.WriteAsync(Farewell, _line.RequestAborted);
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
            foreach (var value in buffer.Span[Math.Max(0, buffer.Length - 2)..])
            {
                (_beforeLast, _last) = (_last, value);
            }

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
        if (_isStopping && !_isWriting && IsBetweenEvents)
        {
            _end.CancelAfter(TimeSpan.Zero); // not under the lock
        }
    }
}
