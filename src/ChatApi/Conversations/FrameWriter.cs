using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Npgsql;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>
/// The one writer of this process's running answers: what all of them said since the last round is stored in one round trip and one commit, at most
/// every 25 ms, and only then do the frames leave.
/// </summary>
/// <remarks>500 rows a statement are 20 times the rows of one-row commits (measured); an answer that speaks alone is stored at once.</remarks>
public sealed partial class FrameWriter(FrameStore frames, LiveSessions live, ServiceInstance instance, ILogger<FrameWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly Channel<AnswerFeed> _waiting = Channel.CreateUnbounded<AnswerFeed>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Opens the way for an answer's pieces.</summary>
    public AnswerFeed Open(SessionKey session, Guid messageId) => new(session, messageId, _waiting.Writer);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            var started = Stopwatch.GetTimestamp();
            await RunOnceAsync(stoppingToken);
            if (Window - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, stoppingToken);
            }
        }
    }

    /// <summary>One round: everything that waits is stored, however long the database takes to come back.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var pieces = new List<(AnswerFeed Stream, NewDelta Delta)>();
        while (_waiting.Reader.TryRead(out var stream))
        {
            if (stream.Take() is { } delta)
            {
                pieces.Add((stream, delta));
            }
        }

        if (pieces.Count == 0)
        {
            return;
        }

        try
        {
            await StoreAsync([.. pieces], cancel);
        }
        finally
        {
            foreach (var (stream, _) in pieces)
            {
                stream.Settled();
            }
        }
    }

    private async Task StoreAsync(List<(AnswerFeed Stream, NewDelta Delta)> pieces, CancellationToken cancel)
    {
        var isSecondTry = false;
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                if (isSecondTry)
                {
                    // The commit may have come through although its answer did not.
                    Deliver(pieces, await frames.FindAsync([.. pieces.Select(piece => piece.Delta)], cancel), isAll: false);
                }

                if (pieces.Count > 0)
                {
                    Deliver(pieces, await frames.WriteAsync(instance.Id, [.. pieces.Select(piece => piece.Delta)], cancel), isAll: true);
                }

                return;
            }
            catch (PostgresException exception) when (!exception.IsTransient && IsAboutTheRows(exception) && !cancel.IsCancellationRequested)
            {
                await IsolateAsync(pieces, exception, cancel);
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or WrongRoleException && !cancel.IsCancellationRequested)
            {
                StoreFailed(logger, pieces.Count, exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
            }

            isSecondTry = true;
            await Task.Delay(pause, cancel);
        }
    }

    // Data exceptions and broken constraints come back however often they are tried; everything else is the server's state and passes.
    private static bool IsAboutTheRows(PostgresException exception) => exception.SqlState.StartsWith("22", StringComparison.Ordinal)
        || (exception.SqlState.StartsWith("23", StringComparison.Ordinal) && exception.SqlState != PostgresErrorCodes.UniqueViolation);

    // One answer that cannot be stored must not stop all others.
    private async Task IsolateAsync(List<(AnswerFeed Stream, NewDelta Delta)> pieces, PostgresException exception, CancellationToken cancel)
    {
        if (pieces is [var alone])
        {
            PieceRefused(logger, alone.Delta.MessageId, alone.Delta.TenantId, exception.SqlState);
            alone.Stream.Lose();
            return;
        }

        foreach (var piece in pieces)
        {
            await StoreAsync([piece], cancel);
        }
    }

    private void Deliver(List<(AnswerFeed Stream, NewDelta Delta)> pieces, IReadOnlyDictionary<Guid, Frame> stored, bool isAll)
    {
        foreach (var (stream, delta) in pieces.ToList())
        {
            if (stored.TryGetValue(delta.Id, out var frame))
            {
                live.Publish(stream.Session, frame);
                pieces.RemoveAll(piece => piece.Delta.Id == delta.Id);
            }
            else if (isAll)
            {
                stream.Lose();
            }
        }
    }

    [LoggerMessage(5020, LogLevel.Warning, "{Count} pieces of answers could not be stored ({Kind} {SqlState}); trying again")]
    private static partial void StoreFailed(ILogger logger, int count, string kind, string? sqlState);

    [LoggerMessage(5021, LogLevel.Error, "A piece of answer {MessageId} (tenant {TenantId}) is refused by the database ({SqlState}); the answer ends")]
    private static partial void PieceRefused(ILogger logger, Guid messageId, Guid tenantId, string sqlState);
}

/// <summary>The way of one answer's pieces to the database and to its viewers.</summary>
public sealed class AnswerFeed : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _pending = new();
    private readonly ChannelWriter<AnswerFeed> _writer;
    private readonly CancellationTokenSource _lost = new();
    private readonly Guid _messageId;
    private TaskCompletionSource? _inFlight;
    private bool _isClosed;

    internal AnswerFeed(SessionKey session, Guid messageId, ChannelWriter<AnswerFeed> writer)
    {
        Session = session;
        _messageId = messageId;
        _writer = writer;
    }

    /// <summary>The answer's session.</summary>
    public SessionKey Session { get; }

    /// <summary>Cancelled when the answer was taken away from this process, or cannot be stored: nothing that it says counts any more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The next piece. It leaves when it is stored.</summary>
    public void Say(string text)
    {
        lock (_lock)
        {
            _pending.Append(text);
            if (_inFlight is not null)
            {
                return; // it is queued again when that one is stored
            }
        }

        _writer.TryWrite(this);
    }

    /// <summary>Ends the way.</summary>
    /// <returns>What no frame has yet: it belongs into the transaction that ends the answer.</returns>
    public async Task<string> CloseAsync()
    {
        Task? inFlight;
        lock (_lock)
        {
            _isClosed = true;
            inFlight = _inFlight?.Task;
        }

        if (inFlight is not null)
        {
            await inFlight;
        }

        return _pending.ToString();
    }

    /// <inheritdoc />
    public void Dispose() => _lost.Dispose();

    internal NewDelta? Take()
    {
        lock (_lock)
        {
            if (_isClosed || _pending.Length == 0 || _inFlight is not null)
            {
                return null;
            }

            var text = _pending.ToString();
            _pending.Clear();
            _inFlight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new NewDelta(Guid.CreateVersion7(), Session.TenantId, Session.SessionId, _messageId, text);
        }
    }

    internal void Settled()
    {
        TaskCompletionSource? done;
        bool isMore;
        lock (_lock)
        {
            (done, _inFlight) = (_inFlight, null);
            isMore = _pending.Length > 0 && !_isClosed;
        }

        done?.TrySetResult();
        if (isMore)
        {
            _writer.TryWrite(this);
        }
    }

    internal void Lose()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        _lost.Cancel();
    }
}
