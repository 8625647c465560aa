using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>The way of one answer's pieces to the database and to its viewers.</summary>
public sealed class AnswerFeed : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<AnswerPiece> _events = [];
    private readonly StringBuilder _pending = new();
    private readonly ChannelWriter<AnswerFeed> _writer;
    private readonly CancellationTokenSource _lost = new();
    private readonly Guid _messageId;
    private long _lastSeq;
    private TaskCompletionSource? _inFlight;
    private TaskCompletionSource? _nextStored;
    private readonly long _opened = Stopwatch.GetTimestamp();
    private bool _hasSpoken;
    private bool _hasText;
    private bool _isQueued;
    private bool _isStored;
    private bool _isClosed;

    internal AnswerFeed(SessionKey session, BegunAnswer begun, ChannelWriter<AnswerFeed> writer)
    {
        Session = session;
        _messageId = begun.MessageId;
        _lastSeq = begun.Frame.Seq;
        _writer = writer;
    }

    /// <summary>The answer's session.</summary>
    public SessionKey Session { get; }

    /// <summary>Cancelled when the answer was taken away from this process, or cannot be stored: nothing that it says counts any more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The next piece. It leaves when it is stored.</summary>
    public void Say(string text)
    {
        Add(() => _pending.Append(text));
    }

    /// <summary>Tells that a tool is used.</summary>
    public void Tell(AnswerPiece piece)
    {
        Add(() =>
        {
            FlushText();
            _events.Add(piece);
        });
    }

    /// <summary>What was said is void, and what waits is forgotten. Nothing is told when nobody has seen a word.</summary>
    public void Restart()
    {
        Add(() =>
        {
            _pending.Clear();
            _events.RemoveAll(piece => piece.Type == FrameTypes.AnswerDelta);
            if (_hasText)
            {
                _events.Add(AnswerPiece.Restarted(_messageId));
                _hasText = false;
            }
        });
    }

    /// <summary>Waits until all that was said and told so far is stored, or the answer was lost: what is stored shows that it is still ours.</summary>
    public async Task StoredAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task stored;
            lock (_lock)
            {
                if (_isClosed || (!IsMore && _inFlight is null))
                {
                    return;
                }

                _nextStored ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                stored = _nextStored.Task;
            }

            await stored.WaitAsync(cancel);
        }
    }

    /// <summary>Ends the way.</summary>
    /// <returns>What no frame has yet: it belongs into the transaction that ends the answer.</returns>
    public async Task<IReadOnlyList<AnswerPiece>> CloseAsync()
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

        FlushText();
        return [.. _events];
    }

    /// <inheritdoc />
    public void Dispose() => _lost.Dispose();

    private bool IsMore => _events.Count > 0 || _pending.Length > 0;

    private void Add(Action add)
    {
        lock (_lock)
        {
            add();
            if (_isQueued || _inFlight is not null || !IsMore)
            {
                return; // it is queued again when that one is stored
            }

            _isQueued = true;
        }

        _writer.TryWrite(this);
    }

    private void FlushText()
    {
        if (_pending.Length > 0)
        {
            _events.Add(AnswerPiece.Delta(_messageId, _pending.ToString()));
            _pending.Clear();
        }
    }

    internal NewDelta? Take()
    {
        lock (_lock)
        {
            _isQueued = false;
            if (_isClosed || !IsMore || _inFlight is not null)
            {
                return null;
            }

            if (_events.Count == 0)
            {
                FlushText();
            }

            var piece = _events[0];
            _events.RemoveAt(0);
            _hasText |= piece.Type == FrameTypes.AnswerDelta;
            _inFlight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _isStored = false;
            return new NewDelta(Guid.CreateVersion7(), Session.TenantId, Session.SessionId, _messageId, _lastSeq + 1, piece);
        }
    }

    /// <summary>Its piece is stored here; the next one follows it.</summary>
    internal void StoredAt(long seq)
    {
        if (!_hasSpoken)
        {
            _hasSpoken = true;
            Measures.FirstToken(Stopwatch.GetElapsedTime(_opened));
        }

        _lastSeq = seq;
        _isStored = true;
    }

    /// <summary>Its piece is out of the writer's hands. One that was not stored ends the answer: what came after it would leave a hole.</summary>
    internal void Settled()
    {
        if (!_isStored)
        {
            Lose();
        }

        TaskCompletionSource? done;
        TaskCompletionSource? stored;
        bool isMore;
        lock (_lock)
        {
            (done, _inFlight) = (_inFlight, null);
            (stored, _nextStored) = (_nextStored, null);
            isMore = _isQueued = IsMore && !_isClosed;
        }

        done?.TrySetResult();
        stored?.TrySetResult();
        if (isMore)
        {
            _writer.TryWrite(this);
        }
    }

    // Cancelled first: who finds the way closed finds it lost as well.
    internal void Lose()
    {
        _lost.Cancel();
        lock (_lock)
        {
            _isClosed = true;
        }
    }
}
