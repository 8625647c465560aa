using System.Diagnostics;
using System.Threading.Channels;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Who of this process's viewers looks at which session. Frames come here right after their commit.</summary>
/// <remarks>
/// Only a shortcut: viewers know by the seq what they miss and read it from the database. So a full channel may drop, and frames of other
/// processes need no message between them.
/// </remarks>
public sealed class LiveSessions : IDisposable
{
    private const int Capacity = 256;

    // A customer has a phone, a computer and a few forgotten tabs. Each viewer reads the database once a second, for as long as its line is open.
    private const int MostViewers = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private readonly Lock _lock = new();
    private readonly Dictionary<SessionKey, Viewer[]> _sessions = [];
    private readonly Timer _clock;

    /// <summary>One timer for all viewers: one for each of them, set anew with each frame, would cost more than the frames.</summary>
    public LiveSessions() => _clock = new Timer(_ => RingForThoseWhoAreDue(), null, Tick, Tick);

    /// <inheritdoc />
    public void Dispose() => _clock.Dispose();

    /// <summary>Hands stored frames to the session's viewers.</summary>
    public void Publish(SessionKey session, params IReadOnlyList<Frame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        Viewer[]? viewers;
        lock (_lock)
        {
            _sessions.TryGetValue(session, out viewers);
        }

        foreach (var viewer in viewers ?? [])
        {
            foreach (var frame in frames)
            {
                viewer.Frames.Writer.TryWrite(frame);
            }
        }
    }

    /// <summary>Gets the session's frames from now on, until it is disposed.</summary>
    /// <param name="stays">Only who stays until the line breaks can be one too many. Who waits for an answer leaves with it.</param>
    internal Viewer Watch(SessionKey session, bool stays)
    {
        var viewer = new Viewer(this, session, stays);
        Viewer? oldest;
        lock (_lock)
        {
            var others = _sessions.GetValueOrDefault(session) ?? [];
            _sessions[session] = [.. others, viewer];
            // Most of them are lines that broke without a word; who comes anew is there for sure.
            oldest = stays ? others.Where(other => other.Stays).SkipLast(MostViewers - 1).LastOrDefault() : null;
        }

        oldest?.GiveWay();
        return viewer;
    }

    private void RingForThoseWhoAreDue()
    {
        lock (_lock)
        {
            foreach (var viewers in _sessions.Values)
            {
                foreach (var viewer in viewers)
                {
                    viewer.RingIfDue();
                }
            }
        }
    }

    private void Forget(SessionKey session, Viewer viewer)
    {
        lock (_lock)
        {
            if (_sessions.GetValueOrDefault(session)?.Where(other => other != viewer).ToArray() is { Length: > 0 } others)
            {
                _sessions[session] = others;
            }
            else
            {
                _sessions.Remove(session);
            }
        }
    }

    /// <summary>One viewer's ear: frames that were just stored, and a bell when it is time to look for others.</summary>
    internal sealed class Viewer(LiveSessions sessions, SessionKey session, bool stays) : IDisposable
    {
        private long _lookAgainAt = long.MaxValue;

        /// <summary>What came. Null is the bell.</summary>
        public Channel<Frame?> Frames { get; } = Channel.CreateBounded<Frame?>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        /// <summary>Does it stay until its line breaks?</summary>
        public bool Stays => stays;

        /// <summary>It is to leave: so many others look at the session that it is one too many.</summary>
        public bool HasToLeave { get; private set; }

        /// <summary>Sets the bell, to the nearest 50 ms. It rings once.</summary>
        public void LookAgainIn(TimeSpan time) => Volatile.Write(ref _lookAgainAt, Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency));

        /// <summary>Ends its wait.</summary>
        public void GiveWay()
        {
            HasToLeave = true;
            Frames.Writer.TryComplete();
        }

        public void RingIfDue()
        {
            var at = Volatile.Read(ref _lookAgainAt);
            if (Stopwatch.GetTimestamp() >= at && Interlocked.CompareExchange(ref _lookAgainAt, long.MaxValue, at) == at)
            {
                Frames.Writer.TryWrite(null);
            }
        }

        public void Dispose() => sessions.Forget(session, this);
    }
}
